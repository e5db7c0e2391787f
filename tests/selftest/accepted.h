// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace tagtrap::selftest {

/// The options that a command line means; the test fails where it is refused.
inline Options accepted(const std::vector<std::string> &words, Program program = Program::host)
{
	const auto parsed = parse_options(words, program);
	INFO(parsed.text);
	REQUIRE_FALSE(parsed.status);
	return parsed.options;
}

} // namespace tagtrap::selftest
