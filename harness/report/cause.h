// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/digest.h"

namespace tagtrap {

/// What a violation means for those who run the kernel, the worst first.
enum class Severity : uint8_t {
	disclosure,
	data_loss,
	crash, ///< panic, oops, report of a sanitizer
	hang_unkillable,
	hang_killable,
	leak, ///< something of the caller or the machine is not as it was
	wrong_count,
	wrong_signal,
	note, ///< legal, and differs from newer kernels
	tool, ///< a mistake of what the suite runs on
};

std::string_view to_string(Severity severity); ///< "disclosure", "data loss", "hang, unkillable"
/// Inverse of to_string; throws std::invalid_argument naming the text.
Severity parse_severity(std::string_view text);

/// What makes two violations one: where it happens in the kernel, and what is broken.
struct CauseKey {
	std::string function; ///< "gfs2_file_read_iter"
	Rule rule = Rule::p1;

	auto operator<=>(const CauseKey &) const = default;
};

/// The kernel function that answers for a point when no stack says better: what moves the bytes of
/// this call on this place. "call NAME" for a call that the suite does not know. Pure.
std::string function_of(std::string_view id);

/// The function that raises the signal of a tag check fault, whichever function was copying.
inline constexpr std::string_view tag_fault_handler = "do_tag_check_fault";

/// The key of a point that violates: of a hang its heart and P1, whether or not SIGKILL ended it;
/// of any other one the function of the kernel's complaint, if it is one that tells, the
/// tag_fault_handler where the signal is what is wrong, or function_of(), and the first broken
/// rule. Pure.
CauseKey cause_key(const StoredEnd &end);

/// Eight hexadecimal digits: a hash of function and rule, the same on every kernel. Pure.
std::string cause_id(const CauseKey &key);

/// How bad one point is, by its verdict and observation alone.
Severity severity_of(const StoredEnd &end);

/// Violations with one key. All pointers are into the journal.
struct Cause {
	CauseKey key;
	std::string id;
	Severity severity = Severity::wrong_count; ///< of its worst point
	std::vector<const Row *> rows;             ///< in the order of the journal
	const Row *shortest = nullptr;             ///< of the worst ones, that with the shortest id
	size_t known = 0;                          ///< rows that docs/known-issues.json has
	bool withheld = false;                     ///< a withheld row of it covers one at least
};

/// The causes of a settled run, the worst first, then those with more points. Pure.
std::vector<Cause> causes_of(const Digest &all);

/// What a cause reaches, for people: "51 points, 13 calls, 4 file states, offsets 0..2048".
struct Reach {
	std::vector<std::string> calls, places, states, modes;
	std::vector<uint64_t> offsets;
};

Reach reach_of(const Cause &cause);

/// Whether the mail for this cause has to go to the kernel's security contact first: a hang, a
/// crash, a disclosure or a loss of data that needs no privilege, and that no public source
/// describes. `known` of a row names such a source in `source`.
bool security_matter(const Digest &all, const Cause &cause);

} // namespace tagtrap
