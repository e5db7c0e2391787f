// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "fixtures/remote/transport.h"
#include "harness/sys/problem.h"

using namespace tagtrap;

TEST_CASE("whom ssh and adb reach", "[remote]")
{
	using remote::parse_ssh;
	CHECK(parse_ssh("board").host == "board");
	CHECK(parse_ssh("board").port.empty());
	CHECK(parse_ssh("me@board:22022").host == "me@board");
	CHECK(parse_ssh("me@board:22022").port == "22022");
	CHECK(parse_ssh("fe80::1").host == "fe80::1");
	CHECK(parse_ssh("me@[fe80::1]:22").host == "me@fe80::1");
	for (const auto *text : {"", "me@", "@board", "board:", "board:x", "board:70000", "-oX=y"})
		CHECK_THROWS_AS(parse_ssh(text), sys::Problem);
	const auto ssh = remote::over_ssh({.host = "me@board", .port = "7"}, {"User=x"});
	const auto words = ssh.command("echo 'a b'");
	CHECK(words.front() == "ssh");
	CHECK(words.back() == "sh -c 'echo '\\''a b'\\'''");
	CHECK(std::ranges::count(words, "BatchMode=yes") == 1);
	CHECK(std::ranges::count(words, "User=x") == 1);
	const auto adb = remote::over_adb("10.0.0.1:5555");
	CHECK(adb.command("id") == remote::Words{"adb", "-s", "10.0.0.1:5555", "shell", "id"});
	CHECK(adb.push("a", "b") == remote::Words{"adb", "-s", "10.0.0.1:5555", "push", "a", "b"});
}
