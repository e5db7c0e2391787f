// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tagtrap {

enum class VerdictKind : uint8_t {
	pass,
	fail,
	livelock,
	deadlock,
	crash,
	unchecked,
	skip,
	broken,
};

/// Rules of contracts.md in the order in which the first broken one is named.
enum class Rule : uint8_t {
	p2,
	p1,
	p8,
	p4,
	p3,
	p9,
	f1,
	f2,
	f3,
	f4,
	f5,
	f6,
	f7,
	f8,
	f9,
	m1,
	m2,
	m3,
	m4,
	m5,
	p7,
	p5,
	p6,
};

/// What a contract says of one observation.
struct Verdict {
	VerdictKind kind = VerdictKind::pass;
	std::vector<Rule> rules = {}; ///< every rule that was broken, in order; empty if none
	std::string reason = {};      ///< expected and seen, one line, no line break
	std::vector<std::string> notes = {}; ///< stored_beyond, lost, slow, ...; never a failure

	bool operator==(const Verdict &) const = default;
};

std::string_view to_string(VerdictKind kind); ///< "PASS", ...
std::string_view to_string(Rule rule);        ///< "P2", ...
std::string_view title(Rule rule);            ///< "killable", ...
std::string_view source(Rule rule);           ///< "letter", "derived", "doc", ... for `report`

/// Inverse of to_string; throws std::invalid_argument naming the text.
VerdictKind parse_verdict(std::string_view text);
Rule parse_rule(std::string_view text);

} // namespace tagtrap
