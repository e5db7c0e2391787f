// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

#include "harness/model/observation.h"
#include "harness/model/point.h"
#include "harness/model/promise.h"
#include "harness/model/verdict.h"

namespace tagtrap {

enum class Contract : uint8_t { mainline, forced_signal };

/// --signal: which signal F1 accepts. `any` still fails a run that mixes both.
enum class SignalPin : uint8_t { any, segv, bus };

std::string_view to_string(Contract contract);
std::string_view to_string(SignalPin pin);
Contract parse_contract(std::string_view text);    ///< throws std::invalid_argument
SignalPin parse_signal_pin(std::string_view text); ///< throws std::invalid_argument

/// Everything a contract may look at besides the observation.
struct Terms {
	Contract contract = Contract::mainline;
	SignalPin pin = SignalPin::any;
	KernelFacts kernel = {};
};

/// What should happen to the buffer, before anything was observed.
struct Expectation {
	bool checked = false;  ///< the CPU checks this access under the mode in force
	bool sub_page = false; ///< and there is a bad granule for it to trip over
	Promise promise = {};
};

/// What the documentation and the case say of `point` on this kernel. Pure.
Expectation expect(const Point &point, const KernelFacts &facts);

/// A control of the suite: nothing is wrong with the buffer, and everything must work. Where it
/// fails, the point is BROKEN, and settle() makes those BROKEN that share its control_key().
bool is_control(const Point &point);

/// The only place where one observation is judged. Pure; never throws on any observation. What
/// depends on other points of the run is settle()'s.
Verdict judge(const Point &point, const Observation &seen, const Terms &terms);

} // namespace tagtrap
