// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace tagtrap::sys {

/// Plumbing that has to work: returns `result`, or throws std::system_error naming `step` when it
/// is -1 (errno as libc wrappers leave it). Never used for the call under test.
template <class Result> Result must(Result result, const std::string &step)
{
	if (result == (Result)-1) // numbers, and MAP_FAILED
		throw std::system_error(errno, std::generic_category(), step);
	return result;
}

} // namespace tagtrap::sys
