// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/contract.h"

namespace tagtrap {

using Json = nlohmann::ordered_json;

inline constexpr int journal_schema = 1;

/// Observation to and from its journal form. Lossless: from(to(x)) == x. Addresses are hex strings.
Json to_json(const Observation &seen);
Observation observation_from_json(const Json &json); ///< throws std::runtime_error naming the field

/// One finished point, as `end` records it.
struct EndRecord {
	std::string id;
	Verdict verdict;
	Promise promise;
	Observation seen;
	Json known = nullptr; ///< {reason, kernels, link} if the point is a known failure
};

Json to_json(const EndRecord &end);

/// An `end` as read back: what reports need. `promise` is text there.
struct StoredEnd {
	std::string id;
	Verdict verdict;
	std::string promise;
	Observation seen;
	Json known = nullptr;
};

/// A journal read back. `truncated` is set when the last line was cut (normal after a crash).
struct Journal {
	std::vector<Json> runs; ///< `run` events: one per machine start
	std::vector<Json> preflights;
	std::vector<StoredEnd> ends; ///< the last one per id wins
	std::vector<Json> restarts;
	Json finish = nullptr;
	std::vector<std::string> unfinished; ///< ids of the last `begin` without `end`
	bool truncated = false;
};

/// Reads a whole journal. Throws std::runtime_error "FILE:LINE: what is wrong" for anything
/// unreadable but a cut last line.
Journal read_journal(const std::string &path);

/// KernelFacts and Terms out of a `run` event.
KernelFacts facts_from_run(const Json &run);

} // namespace tagtrap
