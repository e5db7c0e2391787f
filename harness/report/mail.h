// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/record.h"
#include "harness/report/cause.h"

namespace tagtrap {

/// Where a kernel function is, and who looks after that file. Empty where nobody looked.
struct Maintained {
	std::string file;                ///< "fs/gfs2/file.c"
	std::vector<std::string> people; ///< as scripts/get_maintainer.pl prints them
};

/// Looks a kernel function up in a kernel tree.
using FindMaintainers = std::function<Maintained(const std::string &function)>;

/// For a public list, plain text of 72 columns: for each cause what is due, at most mail_lines
/// without the reproducer, ids and commands being longer. `cause` is an id; empty: all. What has
/// to go to the kernel's security contact first is counted and not told. Throws
/// std::invalid_argument naming a cause that is not there or may not be told.
std::string lkml_report(const Journal &journal, std::string_view cause,
			const FindMaintainers &find = nullptr);

/// The part of it for one cause, which is one that may be told.
std::string lkml_mail(const Digest &all, const Cause &cause, const FindMaintainers &find = nullptr);

/// The private mail for one cause that has to go to the security contact first, as
/// Documentation/process/security-bugs.rst asks for: plain text, no attachment. Throws
/// std::invalid_argument: `cause` is not there, or is empty and there is not exactly one.
std::string security_report(const Journal &journal, std::string_view cause,
			    const FindMaintainers &find = nullptr);

inline constexpr size_t mail_lines = 60;

} // namespace tagtrap
