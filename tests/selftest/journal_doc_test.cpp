// SPDX-License-Identifier: GPL-2.0-only
// docs/journal-format.md beside what the code really writes.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "fixtures/follow/follower.h"
#include "harness/cli/confirm.h"
#include "harness/cli/host.h"
#include "harness/model/observation_fields.h"
#include "harness/report/confirm.h"
#include "harness/report/reproduced.h"
#include "harness/report/rerun.h"
#include "harness/run/facts.h"
#include "harness/run/preflight.h"
#include "harness/run/probe.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

using Keys = std::set<std::string>;

std::string document()
{
	std::ifstream in("docs/journal-format.md");
	return {std::istreambuf_iterator<char>(in), {}};
}

void add_keys(Keys &keys, const Json &json)
{
	if (json.is_object()) {
		for (const auto &[key, value] : json.items()) {
			keys.insert(key);
			add_keys(keys, value);
		}
	} else if (json.is_array()) {
		for (const auto &value : json)
			add_keys(keys, value);
	}
}

/// A `run` event as a machine of ours writes it, with what its host knows of it.
Json written_run()
{
	SessionSetup setup;
	setup.request.level = Level::quick;
	setup.request.specs = {"read/pipe/plain/sync/4096@0/handler"};
	Options options;
	options.modules = "/modules";
	options.cmdline = "quiet";
	boot::Kernel kernel;
	kernel.package = "linux-image";
	kernel.version = "1";
	setup.machine = machine_facts(options, kernel);
	setup.our_vm = true;
	auto run =
		run_event(setup, kernel_facts(), course(setup.request), Contract::mainline, "why");
	run["kernel_log"] = true; // the session adds these
	run["half"] = "ordinary";
	return run;
}

/// One of a part of a plan, on a machine that is not ours.
Json written_part()
{
	SessionSetup setup;
	setup.request.level = Level::quick;
	setup.request.specs = {"read/pipe/*"};
	setup.request.shard = Shard{1, 2};
	return run_event(setup, kernel_facts(), course(setup.request), Contract::mainline, "why");
}

/// Every event that the code writes, but for those that hold an observation.
std::vector<Json> written_events()
{
	follow::Follower host;
	host.line(R"({"event":"begin","ids":["a","b"],"indices":[0,1]})");
	auto events = host.lost(follow::Loss::guest, "why", {"last words"});
	events.push_back(written_run());
	events.push_back(written_part());
	events.push_back(to_json(Preflight{.checks = {{"name", "expected", "seen", true}}}));
	events.push_back(finish_event(
		{.closed = {{"group", 1}}, .pending = 1, .spoiled = true, .interrupted = 2}));
	events.push_back(host.interrupted(2));
	events.push_back(follow::machine_event(1, true, 1.5));
	events.push_back(after_event("a", {Made::ended, 1, 1}));
	events.push_back(watch_event("a", 1, 1));
	events.push_back(sites_event("a", "a", {{{1}, 1}}, {}));
	events.push_back(FaultProbe::loaded());
	auto before = sample_journal();
	before.ends.resize(1);
	before.ends[0].verdict.kind = VerdictKind::fail;
	events.push_back(rerun_event("results/x", before, {parse_id(before.ends[0].id)}));
	events.push_back(confirm_event(before.ends[0].id, "confirm/1", before));
	events.back()["uid"] = ordinary_user;
	events.push_back(reproduced_event(before.ends[0].id, "e7387c21", 0, "", nullptr));
	for (auto &event : events)
		if (event["event"] == "finish")
			event["totals"] = event["pending"] = Json::object(); // keys are names
	return events;
}

Keys written_keys()
{
	Keys keys;
	for (const auto &event : written_events())
		add_keys(keys, event);
	add_keys(keys, to_json(sample_hang("read/gfs2/cached/sync/4096@0/handler",
					   VerdictKind::livelock, true)));
	auto signalled = sample_end("read/gfs2/cached/sync/4096@0/handler");
	signalled.seen.signal_count = 1;
	signalled.index = 1;
	add_keys(keys, to_json(signalled));
	const auto add = [&](const char *name, auto) { keys.insert(name); };
	each_field(static_cast<Observation *>(nullptr), add);
	each_field(static_cast<SignalSeen *>(nullptr), add);
	each_field(static_cast<Hang *>(nullptr), add);
	each_field(static_cast<HangSample *>(nullptr), add);
	each_field(static_cast<Failure *>(nullptr), add);
	each_field(static_cast<GoodRun *>(nullptr), add);
	return keys;
}

/// The names in the first column of the page's tables.
Keys documented_fields(const std::string &text)
{
	Keys names;
	std::istringstream lines(text);
	for (std::string line; std::getline(lines, line);) {
		if (!line.starts_with("| `"))
			continue;
		const auto cell = line.substr(2, line.find(" |", 2) - 2);
		for (size_t at = 0; (at = cell.find('`', at)) != std::string::npos;) {
			const auto end = cell.find('`', at + 1);
			names.insert(cell.substr(at + 1, end - at - 1));
			at = end + 1;
		}
	}
	return names;
}

} // namespace

TEST_CASE("every field that is written is documented", "[journal][doc]")
{
	const auto text = document();
	const auto keys = written_keys();
	CHECK(keys.size() > 100);
	for (const auto &key : keys) {
		INFO(key);
		CHECK(text.find("`" + key + "`") != std::string::npos);
	}
}

TEST_CASE("every field that is documented is written", "[journal][doc]")
{
	auto keys = written_keys();
	keys.insert({"ids", "indices", "stuck",
		     "complaint"}); // of `begin` and `suspect`, which have no more
	const auto fields = documented_fields(document());
	CHECK(fields.size() > 90);
	for (const auto &field : fields) {
		INFO(field);
		CHECK(keys.contains(field));
	}
}

TEST_CASE("the page has the values that are written", "[journal][doc]")
{
	const auto text = document();
	const auto row = [&](const std::string &field) {
		const auto at = text.find("\n| `" + field + "` |");
		return at == std::string::npos ? ""
					       : text.substr(at + 1, text.find('\n', at + 1) - at);
	};
	const auto plan = row("plan");
	for (const auto level : {Level::quick, Level::standard, Level::exhaustive})
		CHECK(plan.find(fmt::format("`{}`", to_string(level))) != std::string::npos);
	const auto run = written_run(); // outlives the loops
	for (const auto &[key, value] : run["plan"].items()) {
		INFO(key);
		CHECK(plan.find("`" + key + "`") != std::string::npos);
	}
	for (const auto &[key, value] : run["signal"].items())
		CHECK(row("signal").find("`" + key + "`") != std::string::npos);
	CHECK(row("schema").find(std::to_string(journal_schema)) != std::string::npos);
	for (int kind = 0; kind <= static_cast<int>(VerdictKind::broken); kind++)
		CHECK(row("verdict").find(
			      fmt::format("`{}`", to_string(static_cast<VerdictKind>(kind)))) !=
		      std::string::npos);
}

TEST_CASE("the sample that reports are tested with is made of fields that are written",
	  "[journal][doc]")
{
	Keys written, sample;
	add_keys(written, written_run());
	written.insert({"qemu_version", "command", "variant"}); // request_for() of the host
	add_keys(sample, sample_run());
	for (const auto &key : sample) {
		INFO(key);
		CHECK(written.contains(key));
	}
}
