// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/model/json.h"
#include "harness/sweep/judge.h"

namespace tagtrap::sweep {

/// What was seen of many cases of one class. Tallies of parts add up to that of the whole.
struct Tally {
	uint64_t cases = 0, faults = 0;
	std::map<uint32_t, uint64_t> missing; ///< bytes short of the fault: cases
	std::map<uint32_t, uint64_t> beyond;  ///< bytes beyond the count, where there were any
	std::map<Wrong, uint64_t> wrong;
	std::vector<std::string> examples; ///< the first few of those

	void add(const Judged &judged, const Case &one, const Seen &seen);
	void add(const Tally &other);
	uint64_t wrong_cases() const;
	bool operator==(const Tally &) const = default;

	static constexpr size_t most_examples = 3;
};
using Tallies = std::array<Tally, classes>;

Json to_json(const Tallies &tallies);
/// Throws what Json does, and std::exception otherwise, when it is no such thing.
Tallies tallies_from(const Json &json);

/// "0", "0..7", "0, 16, 32, 48": which numbers occur; of many only how many and between which.
std::string numbers(const std::map<uint32_t, uint64_t> &counts);

} // namespace tagtrap::sweep
