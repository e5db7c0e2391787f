// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>

#include "harness/model/duration.h"

using namespace tagtrap;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their unit, and nothing else is")
{
	CHECK(parse_duration("90s") == 90s);
	CHECK(parse_duration("30m") == 30min);
	CHECK(parse_duration("2h") == 2h);
	CHECK(parse_duration("1000h") == 1000h);
	for (const auto *wrong : {"", "s", "30", "30 m", "m30", "-1m", "0s", "1.5h", "1d", "30mm",
				  "1h30m", "1001h", "99999999999999999999s", "+5s"}) {
		INFO(wrong);
		CHECK_FALSE(parse_duration(wrong));
	}
}

TEST_CASE("durations are written as they are read")
{
	for (const auto *text : {"90s", "30m", "2h", "59s", "61m", "1s"})
		CHECK(to_string(*parse_duration(text)) == text);
	CHECK(to_string(60s) == "1m");
	CHECK(to_string(120min) == "2h");
}
