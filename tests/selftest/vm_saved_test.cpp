// SPDX-License-Identifier: GPL-2.0-only
// Machines that are saved and restored, with a script in QEMU's place.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "fixtures/vm/run.h"
#include "fixtures/vm/saved.h"
#include "harness/sys/file.h"
#include "tests/selftest/fake_qemu.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace tagtrap::vm;

namespace {

/// The `how` of each machine, in order.
std::vector<std::string> machines(const World &world)
{
	std::vector<std::string> result;
	for (const Json &event : world.events)
		if (event["event"] == "machine")
			result.push_back(event["how"].get<std::string>());
	return result;
}

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("a machine that is lost is replaced by a copy of the one that was saved")
{
	World world(R"([ "$incoming" ] && restored || ready
[ $starts = 3 ] || { begin a$starts; end a$starts false; exec sleep 10; }
begin b; end b; finish; leave 0)");
	world.save_machines();
	CHECK(run_in_vm(world.run) == 0);
	CHECK(machines(world) == Words{"booted", "restored", "restored"});
	CHECK(sys::read_file(world.scratch.path / "conts") == "\n"); // at the second try
	CHECK(world.go(1)["restored"] == false);
	CHECK(world.go(2)["restored"] == true);
	CHECK(world.go(3)["finished"] == Json::parse("[[1,2]]"));
	CHECK(world.count("end") == 3);
}

TEST_CASE("where QEMU cannot save, machines are booted")
{
	World world(R"([ "$incoming" ] && exit 1; ready
[ $starts = 1 ] && { begin a; end a false; exec sleep 10; }
begin b; end b; finish; leave 0)");
	world.save_machines();
	sys::write_file(world.scratch.path / "no-saving", "");
	CHECK(run_in_vm(world.run) == 0);
	CHECK(machines(world) == Words{"booted", "booted"});
}

TEST_CASE("a saved machine that does not come back is booted from then on")
{
	World world(R"([ "$incoming" ] && exit 1; ready
[ $starts = 1 ] && { begin a; end a false; exec sleep 10; }
[ $starts = 3 ] && { begin b; end b false; exec sleep 10; }
begin c; end c; finish; leave 0)");
	world.save_machines();
	CHECK(run_in_vm(world.run) == 0);
	CHECK(machines(world) == Words{"booted", "booted", "booted"});
	CHECK(world.count("restart") == 3);
}

TEST_CASE("a qemu-img that fails costs the copies, not the run")
{
	World world("ready; begin a; end a; finish; leave 0");
	world.run.disks = {};
	world.run.image_tool = "/no/such/tool";
	world.run.scratch = "/no/such/directory";
	CHECK(run_in_vm(world.run) == 0);
	CHECK(machines(world) == Words{"booted"});
}

TEST_CASE("a copy of a file has its bytes and its size, holes included")
{
	const Scratch scratch;
	const auto file = nameless_file(scratch.path);
	CHECK(std::filesystem::is_empty(scratch.path));
	REQUIRE(::pwrite(file.get(), "one", 3, 100'000) == 3);
	REQUIRE(::ftruncate(file.get(), 300'000) == 0);
	const auto copy = copy_of(file, scratch.path);
	char bytes[4] = {};
	CHECK(::pread(copy.get(), bytes, 3, 100'000) == 3);
	CHECK(std::string(bytes) == "one");
	CHECK(::lseek(copy.get(), 0, SEEK_END) == 300'000);
	CHECK(copy_of(nameless_file(scratch.path), scratch.path).get() >= 0);
}

TEST_CASE("what QEMU says is an event, an answer, or nothing")
{
	const auto event = parse_said(R"({"event":"MIGRATION","data":{"status":"active"}})");
	REQUIRE(event);
	CHECK(event->event == "MIGRATION");
	CHECK(event->data["status"] == "active");
	const auto answer = parse_said(R"({"return":{"running":true},"id":3})");
	REQUIRE(answer);
	CHECK(answer->id == 3);
	CHECK_FALSE(answer->failed);
	const auto error = parse_said(R"({"id":4,"error":{"class":"GenericError","desc":"no"}})");
	REQUIRE(error);
	CHECK(error->failed);
	CHECK(error->error == "no");
	for (const char *nothing : {R"({"QMP":{"version":{}}})", R"({"return":{}})", "", "[1]",
				    R"({"id":-1})", R"({"event":7})", "x"})
		CHECK_FALSE(parse_said(nothing));
}
