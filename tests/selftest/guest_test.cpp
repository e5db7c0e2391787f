// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include "fixtures/guest/memory.h"
#include "fixtures/guest/ports.h"
#include "harness/sys/bounded.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"

using namespace tagtrap;
using namespace tagtrap::guest;
using namespace std::chrono_literals;

TEST_CASE("jobs run side by side, and nobody waits for a late one")
{
	sys::BoundedJobs jobs;
	jobs.start("good", [] { return std::string(); });
	jobs.start("bad", [] { return std::string("mount: no"); });
	jobs.start("dead", []() -> std::string {
		::raise(SIGKILL);
		return "";
	});
	jobs.start("late", []() -> std::string {
		::alarm(10); // it is left behind, but not for good
		::pause();
		return "";
	});
	int beats = 0;
	const auto results = jobs.finish(1s, [&] { beats++; });
	CHECK(results.at("good") == "");
	CHECK(results.at("bad") == "mount: no");
	CHECK(results.at("dead") == "died while at it");
	CHECK(results.at("late") == "not done in time");
	CHECK(beats > 0);
}

TEST_CASE("the request is one line, in whatever pieces it arrives")
{
	int ends[2];
	sys::must(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), "pipe2");
	const sys::Fd reader(ends[0]), writer(ends[1]);
	Inbox inbox;
	CHECK_FALSE(inbox.poll(reader.get()));
	REQUIRE(::write(writer.get(), "{\"a\"", 4) == 4);
	CHECK_FALSE(inbox.poll(reader.get()));
	REQUIRE(::write(writer.get(), ":1}\nmore", 8) == 8);
	CHECK(inbox.poll(reader.get()));
	CHECK(inbox.line == "{\"a\":1}");
	CHECK(inbox.poll(reader.get()));
}

TEST_CASE("a port that nobody reads does not stop PID 1")
{
	int ends[2];
	sys::must(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), "pipe2");
	const sys::Fd reader(ends[0]), writer(ends[1]);
	CHECK(write_line(writer.get(), "x"));
	CHECK_FALSE(write_line(writer.get(), std::string(1 << 20, 'x')));
}

TEST_CASE("a swap area begins as the kernel wants it")
{
	const auto page = swap_header(1 << 20, 4096);
	CHECK(page.size() == 4096);
	CHECK(page.ends_with("SWAPSPACE2"));
	CHECK(page.substr(1024, 12) == std::string("\1\0\0\0\xff\0\0\0\0\0\0\0", 12));
	CHECK(page.find_first_not_of('\0') == 1024);
}
