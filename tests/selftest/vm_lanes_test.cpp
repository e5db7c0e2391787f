// SPDX-License-Identifier: GPL-2.0-only
// Several runs side by side under one event loop, with a script in QEMU's place for each.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>

#include "harness/sys/hold.h"
#include "harness/sys/problem.h"
#include "tests/selftest/fake_qemu.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace tagtrap::vm;

namespace {

constexpr const char *fine = "ready; begin a; end a; begin b; end b; finish; leave 0";

/// `run` with its own events told to nobody.
VmRun quiet(const World &world)
{
	VmRun run = world.run;
	run.on_event = nullptr;
	return run;
}

bool ended_well(const World &world)
{
	const auto text = world.journal();
	return wrong_with(text).empty() && count_of(text, "end") == 2 &&
	       count_of(text, "finish") == 1;
}

} // namespace

TEST_CASE("two machines run at the same time, each into its own journal")
{
	const Scratch shared;
	// Each ends its first point when the other one has begun its own.
	const auto meets = [&](const char *self, const char *other) {
		return fmt::format("ready; begin a; touch {0}/{1}; "
				   "while [ ! -e {0}/{2} ]; do sleep 0.01; done; "
				   "end a; begin b; end b; finish; leave 0",
				   shared.path.string(), self, other);
	};
	const World one(meets("one", "other")), other(meets("other", "one"));
	const std::array runs = {quiet(one), quiet(other)};
	CHECK(run_in_vm(runs) == 0);
	CHECK(ended_well(one));
	CHECK(ended_well(other));
}

TEST_CASE("a machine that is lost is replaced while the other one goes on")
{
	World one("ready; [ $starts = 1 ] && { begin a; end a false; exec sleep 10; }\n"
		  "begin b; end b; finish; leave 0"),
		other(fine);
	const std::array runs = {quiet(one), quiet(other)};
	CHECK(run_in_vm(runs) == 0);
	CHECK(count_of(one.journal(), "restart") == 1);
	CHECK(ended_well(one));
	CHECK(count_of(other.journal(), "restart") == 0);
	CHECK(ended_well(other));
}

TEST_CASE("a run that fails ends alone, and is told when the other one is over")
{
	World one("echo no kernel >&3; exit 1"), other(std::string("sleep 0.3; ") + fine);
	const std::array runs = {quiet(one), quiet(other)};
	CHECK_THROWS_AS(run_in_vm(runs), sys::Problem);
	CHECK(ended_well(other));
	CHECK(gone(started(one.scratch.path)));
	CHECK(gone(started(other.scratch.path)));
}

TEST_CASE("what goes wrong on the host while a machine speaks ends its run alone")
{
	World one(fine), other(std::string("sleep 0.3; ") + fine);
	std::array runs = {quiet(one), quiet(other)};
	runs[0].on_event = [](const Json &event) {
		if (event.value("event", "") == "end")
			throw std::runtime_error("no room");
	};
	CHECK_THROWS_AS(run_in_vm(runs), std::runtime_error);
	CHECK(ended_well(other));
	CHECK(gone(started(one.scratch.path)));
}

TEST_CASE("a signal ends all of them in good order")
{
	heed_ending_signals();
	const sys::HeldSignals held;
	World one("ready; begin a; exec sleep 20"), other("ready; begin a; exec sleep 20");
	std::array runs = {quiet(one), quiet(other)};
	int begun = 0;
	for (VmRun &run : runs)
		run.on_event = [&begun](const Json &event) {
			if (event.value("event", "") == "begin" && ++begun == 2)
				::kill(::getpid(), SIGTERM);
		};
	CHECK(run_in_vm(runs) == 128 + SIGTERM);
	for (const World *world : {&one, &other}) {
		CHECK(count_of(world->journal(), "finish") == 1);
		CHECK(gone(started(world->scratch.path)));
	}
}

TEST_CASE("of several statuses the first that is none of success is returned")
{
	World one("ready; finish; leave 77"), other(fine);
	const std::array runs = {quiet(other), quiet(one)};
	CHECK(run_in_vm(runs) == 77);
	CHECK(ended_well(other));
}
