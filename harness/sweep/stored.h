// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/json.h"
#include "harness/model/promise.h"
#include "harness/sweep/tally.h"

namespace tagtrap::sweep {

/// How far a pass has come.
struct Progress {
	uint32_t next = 0; ///< all cases before this one are done
	uint32_t of = 0;   ///< so many there are
	std::string left;  ///< not empty: why it cannot be run, or not to its end
	Tallies tallies = {};

	bool through() const { return !left.empty() || (of != 0 && next >= of); }
};

/// A sweep of one kernel, as a file of lines holds it.
struct Stored {
	Json head = nullptr; ///< the `sweep` line; null: none yet
	std::map<std::string, Progress, std::less<>> passes;

	/// Takes a line. Throws std::exception when it makes no sense here.
	void take(const Json &event);
	bool through() const;
	uint64_t wrong_cases() const;
	/// Whether any case was run.
	bool any() const;
	/// {pass: next}, and [pass] where it is left: what need not be run again.
	Json done() const;
};

/// Reads the file's text. What the last write left half is passed over. Throws std::runtime_error.
Stored read_stored(std::string_view text);

/// Lines of the file.
Json swept_event(const Pass &pass, uint32_t first, uint32_t next, uint32_t of,
		 const Tallies &tallies);
Json left_event(const Pass &pass, const std::string &why);

/// What `head` says of the kernel.
KernelFacts facts_of(const Json &head);
Request request_of(const Json &head);
/// In what two heads are not of the same sweep; "" where they are.
std::string difference(const Json &stored, const Json &now);

/// The page for docs: a table of each kernel. Pure.
std::string page(const std::vector<Stored> &all);
/// The same of one kernel, for a terminal.
std::string section(const Stored &one);
/// Exit status: 0, 1 where a case is outside its promise, 77 where nothing could be run, 3 where
/// something was left undone.
int status_of(const Stored &one);

} // namespace tagtrap::sweep
