// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace tagtrap::sys {

/// This machine cannot arrange what a point asks for, which is no fault of the suite: what() says
/// what is missing.
class Unreached : public std::runtime_error {
public:
	using std::runtime_error::runtime_error;
};

/// As must(), for what a machine need not be able to do.
template <class Result> Result arranged(Result result, const std::string &step)
{
	if (result == (Result)-1)
		throw Unreached(step + ": " + std::strerror(errno));
	return result;
}

} // namespace tagtrap::sys
