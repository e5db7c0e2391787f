// SPDX-License-Identifier: GPL-2.0-only
// A whole session on the kernel at hand where there are no tags: what is judged, what is SKIP.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/mte/tags.h"
#include "harness/run/preflight.h"
#include "harness/run/session.h"
#include "harness/sys/must.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {

namespace {

/// What a session of these TEST-SPECs leaves in its journal. It is a process of its own: it gets
/// signal handlers and mounts of its own.
std::vector<Json> journal_of(const std::vector<std::string> &specs)
{
	const selftest::Scratch scratch;
	SessionSetup setup;
	setup.request.level = Level::quick;
	setup.request.specs = specs;
	setup.request.page_size = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));
	setup.work = (scratch.path / "work").string();
	setup.journal = (scratch.path / "journal.jsonl").string();
	std::filesystem::create_directories(setup.work);
	const pid_t child = sys::must(fork(), "fork");
	if (child == 0)
		_exit(run_session(setup));
	int status = 0;
	sys::must(waitpid(child, &status, 0), "waitpid");
	CHECK(status == 0);
	std::vector<Json> events;
	std::ifstream in(setup.journal);
	for (std::string line; std::getline(in, line);)
		events.push_back(Json::parse(line));
	return events;
}

} // namespace

TEST_CASE("without tags a session judges page faults and leaves out what needs tags")
{
	if (mte::have_tags())
		SKIP("this machine has tags");
	std::map<std::string, Json> ends;
	Json run;
	for (auto &event : journal_of({"read/pipe/*", "write/unix/*", "clock_gettime.tp"}))
		if (event["event"] == "run")
			run = event;
		else if (event["event"] == "end")
			ends[event["id"]] = event;
	CHECK(run["half"] == "ordinary");
	CHECK(run["contract"]["name"] == "mainline");
	CHECK(run["contract"]["why"].get<std::string>().starts_with("auto; no canary"));
	for (const auto *id :
	     {"read/pipe/good/sync/4096@2048/handler", "read/pipe/unmapped/sync/16384@4096/handler",
	      "write/unix/protnone/sync/16384@4096/handler",
	      "clock_gettime.tp/self/protnone/sync/@first/handler"}) {
		INFO(id);
		REQUIRE(ends.contains(id));
		CHECK(ends[id]["verdict"] == "PASS");
		CHECK(ends[id]["observation"]["end"] == "returned");
	}
	const auto &tagged = ends["read/pipe/plain/sync/4096@2048/handler"];
	CHECK(tagged["verdict"] == "SKIP");
	CHECK(tagged["reason"] == "no-mte");
	for (const auto &[id, end] : ends) {
		INFO(id);
		const auto reason = end["reason"].get<std::string>();
		const bool lacks = reason.starts_with("no protection keys: ") ||
				   reason.starts_with("no shadow stacks: ");
		CHECK((end["verdict"] == "PASS" || reason == "no-mte" || lacks));
		if (lacks)
			CHECK((id.find("/pkey/") != id.npos || id.find("/gcs/") != id.npos));
	}
}

TEST_CASE("machines without tags are fit for page faults, but for those of ours")
{
	for (const auto ground : {Ground::no_mte, Ground::nomte, Ground::machine}) {
		CHECK(only_ordinary({.ground = ground}, false));
		CHECK(only_ordinary({.ground = ground}, true) == (ground == Ground::nomte));
	}
	for (const auto ground : {Ground::ok, Ground::refused, Ground::wrong})
		CHECK_FALSE(only_ordinary({.ground = ground}, false));
}

} // namespace tagtrap
