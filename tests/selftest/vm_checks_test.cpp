// SPDX-License-Identifier: GPL-2.0-only
// The checks of the tests in the VM, fed a run that is right and runs that are not.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include "harness/cli/vm_checks.h"
#include "harness/cli/vm_injected.h"
#include "harness/model/case.h"
#include "harness/model/settle.h"
#include "harness/sys/file.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {
namespace {

using Lines = std::vector<Json>;

Json begin_of(const std::string &id)
{
	return {{"event", "begin"}, {"ids", Json::array({id})}};
}

/// An `end` of a point that the judge finds right under `mainline`.
Json good_end(const std::string &id)
{
	EndRecord end = {.id = id};
	const Point point = parse_id(id);
	end.group = group(point);
	auto &seen = end.seen;
	seen.end = End::returned;
	seen.phase = Phase::done;
	seen.length = seen.full = seen.good = point.length;
	seen.result = seen.submit_result = seen.arrived = point.length;
	seen.repeated = seen.repeat_data_right = true;
	seen.repeat_result = point.length;
	Terms terms;
	end.verdict = judge(point, seen, terms);
	end.promise = point.call->promise(point, {});
	return to_json(end);
}

const std::string control = "read/pipe/good/sync/4096@2048/handler";

Lines good_lines()
{
	return {{{"event", "run"}, {"schema", 1}, {"contract", {{"name", "mainline"}}}},
		begin_of(control),
		good_end(control),
		{{"event", "finish"}, {"totals", {{"PASS", 1}}}}};
}

StoredRun stored(const Lines &lines)
{
	const selftest::Scratch scratch;
	std::string text;
	for (const auto &line : lines)
		text += line.dump() + '\n';
	const auto path = scratch.path / "journal.jsonl";
	sys::write_file(path, text);
	return {text, settle(read_journal(path))};
}

/// The names of the checks that failed.
std::vector<std::string> failures(const std::vector<VmCheck> &checks)
{
	std::vector<std::string> names;
	for (const auto &check : checks)
		if (check.result == VmCheck::Result::failed)
			names.push_back(check.name);
	return names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a run that is right passes every check")
{
	CHECK(failures(check_run(stored(good_lines()), {control})) == Names());
}

TEST_CASE("a run that was not gone through")
{
	auto lines = good_lines();
	lines.pop_back();
	CHECK(failures(check_run(stored(lines), {control})) == Names{"the plan was gone through"});
}

TEST_CASE("a point that is run twice, or begun again")
{
	auto lines = good_lines();
	const Json again = GENERATE(false, true) ? good_end(control) : begin_of(control);
	lines.insert(lines.begin() + 3, again);
	const auto wrong = failures(check_run(stored(lines), {control}));
	CHECK(std::ranges::count(wrong, "nothing that finished was run twice") == 1);
}

TEST_CASE("a list that is not what was run")
{
	const auto listed = GENERATE_COPY(Names(), Names{control, "write/pipe/..."});
	CHECK(failures(check_run(stored(good_lines()), listed)) ==
	      Names{"--list prints what is run"});
}

TEST_CASE("a control that does not hold, judged otherwise")
{
	auto lines = good_lines();
	lines[2]["verdict"] = "BROKEN";
	CHECK(failures(check_run(stored(lines), {control})).size() == 2);
	lines = good_lines();
	lines[2]["reason"] = "for no reason";
	CHECK(failures(check_run(stored(lines), {control})) ==
	      Names{"the stored run, judged again, has the same verdicts"});
}

TEST_CASE("memory that a kernel cannot bring into its state is no control that fails")
{
	const std::string id = "read/pipe/mem-hugetlb+good/sync/16384@0/handler";
	Lines lines = {begin_of(id), good_end(id)};
	lines[1]["verdict"] = "SKIP";
	CHECK(failures({check_run(stored(lines), {id})[3]}) == Names());
	lines[1]["verdict"] = "FAIL";
	CHECK(failures({check_run(stored(lines), {id})[3]}) ==
	      Names{"controls held, and nothing is BROKEN that was not broken on purpose"});
}

TEST_CASE("a count of entries that is missing")
{
	const std::string id = "read/pipe/good/sync/4096@2048/restart";
	Lines lines = {begin_of(id), good_end(id)};
	CHECK(failures({check_run(stored(lines), {id})[4]}) ==
	      Names{"entries into calls are counted"});
	lines[1]["observation"]["entries"] = 1;
	CHECK(failures({check_run(stored(lines), {id})[4]}) == Names());
}

TEST_CASE("injected faults that got no verdict, or a wrong one")
{
	const auto run = stored(good_lines());
	CHECK(failures(check_verdicts(run)).size() == injected_faults().size());
	auto lines = good_lines();
	const Json end = good_end("inject-deadlock/pipe/good/sync/4096@2048/handler");
	lines.insert(lines.begin() + 3, end);
	CHECK(failures(check_verdicts(stored(lines))).size() == injected_faults().size() - 1);
	lines[3]["verdict"] = "FAIL";
	CHECK(failures(check_verdicts(stored(lines))).size() == injected_faults().size());
	lines[3]["verdict"] = "SKIP"; // told apart: neither right nor wrong
	CHECK(failures(check_verdicts(stored(lines))).size() == injected_faults().size() - 1);
}

TEST_CASE("a hang without evidence, a complaint that is not there")
{
	auto lines = good_lines();
	CHECK(failures(check_evidence(stored(lines))) == Names()); // neither is known of
	Json end = good_end(unkillable_id);
	end["verdict"] = "DEADLOCK";
	lines.insert(lines.begin() + 3, end);
	const Names no_complaint = {fmt::format(
		"a complaint in the kernel's log comes with its point, {}", unkillable_id)};
	CHECK(failures(check_evidence(stored(lines))) == no_complaint);
	Json &seen = lines[3]["observation"];
	seen["complaint_kind"] = "stall";
	seen["complaint"] = "WARNING: CPU: 0 PID: 1";
	CHECK(failures(check_evidence(stored(lines))) == no_complaint);
	seen["complaint"] = "INFO: task init:157 blocked for more than 1 seconds.";
	CHECK(failures(check_evidence(stored(lines))) == Names());
	seen["complaint_kind"] = "warning";
	CHECK(failures(check_evidence(stored(lines))) == no_complaint);
	seen["complaint_kind"] = "stall";
	seen["end"] = "hung";
	CHECK(failures(check_evidence(stored(lines))) ==
	      Names{"every hang comes with its evidence"});
}

TEST_CASE("a block of which the kernel complains, and whom it is laid to")
{
	const Names shared = {
		"a complaint in a block costs a machine, and is its own point's alone"};
	const std::string other = "inject-complaint/ext4/cached/sync/4096@0/handler";
	auto lines = good_lines();
	Json guilty = good_end(complaint_id), innocent = good_end(other);
	guilty["observation"]["complaint_kind"] = "stall";
	guilty["observation"]["complaint"] = "INFO: task a:1 blocked for more than 1 seconds.";
	const Json suspect = {{"event", "suspect"},
			      {"ids", {other, complaint_id}},
			      {"complaint", "INFO: task a:1 blocked for more than 1 seconds."}};
	lines.insert(lines.begin() + 3, {suspect, innocent, guilty});
	CHECK(failures(check_evidence(stored(lines))) == Names());
	lines[4]["observation"]["complaint_kind"] = "report"; // both are blamed
	CHECK(failures(check_evidence(stored(lines))) == shared);
	lines[4]["observation"].erase("complaint_kind");
	lines[3]["ids"] = {complaint_id}; // it had no company
	CHECK(failures(check_evidence(stored(lines))) == shared);
	lines[5]["observation"].erase("complaint_kind"); // nobody is
	CHECK(failures(check_evidence(stored(lines))).size() == 2);
}

TEST_CASE("machines that were lost too often, or not at all")
{
	auto lines = good_lines();
	CHECK(failures(check_losses(stored(lines))).size() == 4);
	const auto lose = [&](const char *why) {
		const Json lost = {{"event", "restart"}, {"why", why}, {"after", control}};
		lines.insert(lines.begin() + 3, lost);
	};
	for (int i = 0; i < 5; ++i) // the unkillable ones, and the lock that is kept
		lose("x left a task behind that SIGKILL does not end");
	lose("behind x the same call with a good tag does not end");
	lose("panic: sysrq");
	lose("panic: sysrq");
	lose("no sign of life for 30 s");
	CHECK(failures(check_losses(stored(lines))) == Names());
	lose("panic: sysrq");
	CHECK(failures(check_losses(stored(lines))).size() == 1);
	lines.insert(lines.begin() + 3,
		     crash_end("inject-slow/pipe/plain/sync/4096@2048/handler", "a panic"));
	CHECK(failures(check_losses(stored(lines))).size() == 2);
}

TEST_CASE("a hang that only a busy machine has")
{
	const auto quiet = stored(good_lines());
	auto lines = good_lines();
	CHECK(check_busy(quiet, stored(lines)).result == VmCheck::Result::passed);
	lines[2]["verdict"] = GENERATE(as<std::string>(), "LIVELOCK", "DEADLOCK");
	const auto busy = stored(lines);
	CHECK(check_busy(quiet, busy).result == VmCheck::Result::failed);
	// The kernel's own doing.
	CHECK(check_busy(busy, busy).result == VmCheck::Result::passed);
}

} // namespace tagtrap
