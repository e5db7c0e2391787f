// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <string>

#include "harness/sys/owned.h"
#include "harness/sys/problem.h"

namespace tagtrap::sys {

/// A results directory cannot be had: another run has it, or had it. Status 2.
struct Taken : Problem {
	explicit Taken(const std::string &line) : Problem(line, 2) {}
};

/// A new file that is this process's alone from before its first byte until the claim goes away.
/// Of several processes that claim the same path at once one gets it. A file that is still empty in
/// the end is removed; one that a process left empty when it was killed can be claimed again.
class Claim {
public:
	/// Throws `otherwise` when somebody else has it, std::system_error when it cannot be made.
	/// One that `goes_on` is of a file that is there and that somebody has written to before.
	Claim(std::filesystem::path path, const Taken &otherwise, bool goes_on = false);
	Claim(const Claim &) = delete;
	Claim &operator=(const Claim &) = delete;
	~Claim();

private:
	std::filesystem::path path_;
	Fd file_;
};

/// What to say of a directory that another run has.
Taken taken(const std::filesystem::path &directory);

/// The journal of a run that writes to `directory`. Throws taken().
Claim claim_results(const std::filesystem::path &directory,
		    const std::string &file = "journal.jsonl");

/// What to say of one whose run has not ended.
Taken still_at_work(const std::filesystem::path &directory);

/// The journal of a run that is gone on with. Throws Taken while its own process has it.
Claim claim_again(const std::filesystem::path &directory);

} // namespace tagtrap::sys
