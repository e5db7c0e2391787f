// SPDX-License-Identifier: GPL-2.0-only
// The checks of the test with the reference kernel, fed runs that are right and runs that are not.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <csignal>
#include <optional>

#include "harness/cli/latency.h"
#include "harness/cli/mutants.h"
#include "harness/cli/reference_checks.h"
#include "harness/model/plan.h"

using namespace tagtrap;

namespace {

constexpr const char *release = "6.12.117-tagtrap-reference.0123456789ab";

Json run_event(const char *contract, const char *set, const char *mutant)
{
	return {{"event", "run"},
		{"kernel", {{"release", release}, {"version", "#1"}}},
		{"contract", {{"name", contract}, {"why", "asked"}}},
		{"reference", {{"switch", set}, {"mutant", mutant}}},
		{"machine", {{"kind", "qemu"}}},
		{"facts", {{"major", 6}, {"minor", 12}, {"mops", false}, {"mte3", true}}}};
}

/// A read from a pipe that ends at the bad granule, with or without a signal.
StoredEnd read_end(bool signal)
{
	StoredEnd end;
	end.id = "read/pipe/plain/sync/4096@0/handler";
	auto &seen = end.seen;
	seen.end = End::returned;
	seen.phase = Phase::done;
	seen.length = seen.full = 4096;
	seen.result = seen.submit_result = -EFAULT;
	seen.bad_pointer = 0x0a00'ffff'b700'0000;
	seen.repeated = seen.repeat_data_right = true;
	seen.repeat_result = 4096;
	if (signal) {
		seen.signal_count = 1;
		seen.signals[0] = {.number = SIGSEGV,
				   .code = 9,
				   .address = seen.bad_pointer,
				   .before_return = true,
				   .behind_svc = true,
				   .frame_x0 = -EFAULT,
				   .fault_address = seen.bad_pointer};
	}
	return end;
}

Journal journal_of(const char *contract, const char *set, const char *mutant, StoredEnd end)
{
	Journal journal;
	journal.runs = {run_event(contract, set, mutant)};
	journal.preflights = {{{"event", "preflight"}, {"status", "ok"}}};
	journal.ends = {std::move(end)};
	journal.finish = {{"event", "finish"}};
	return journal;
}

bool holds(const VmCheck &check)
{
	INFO(check.name << ": " << check.wrong);
	return check.result == VmCheck::Result::passed;
}

} // namespace

TEST_CASE("the mutants that are tested exist, and break every kind of rule that they can")
{
	const auto runs = mutant_runs(declared_mutants(), tested_mutants());
	CHECK(runs.size() == tested_mutants().size() + 3); // the kernel as it is, three times
	for (const auto rule : {Rule::f1, Rule::f2, Rule::f3, Rule::f4, Rule::p1, Rule::p3,
				Rule::p4, Rule::p5, Rule::m1})
		CHECK(std::ranges::any_of(runs, [&](const MutantRun &run) {
			return std::ranges::find(run.declared, rule) != run.declared.end();
		}));
	PlanRequest request;
	request.level = Level::quick;
	request.specs = tested_specs();
	const auto points = plan(request).size();
	CHECK(points > 50);
	CHECK(points < 400); // a boot per mutant, in a minute or two all together
}

TEST_CASE("a contract that holds is not called broken")
{
	const auto silent = journal_of("mainline", "off", "off", read_end(false));
	const auto signalled = journal_of("forced-signal", "sigsegv", "off", read_end(true));
	CHECK(holds(check_fails("x", silent, Contract::forced_signal, Rule::f1)));
	CHECK_FALSE(holds(check_fails("x", silent, Contract::mainline, Rule::m1)));
	CHECK(holds(check_fails("x", signalled, Contract::mainline, Rule::m1)));
	CHECK_FALSE(holds(check_fails("x", silent, Contract::forced_signal, Rule::m1)));
}

TEST_CASE("one call that ends at a bad granule and breaks nothing is named")
{
	const auto with = [](StoredEnd other) {
		auto journal = journal_of("mainline", "off", "off", read_end(false));
		journal.ends.push_back(std::move(other));
		return check_fails("x", journal, Contract::forced_signal, Rule::f1);
	};
	const std::string whole = "read/pipe/plain/sync/4096@2048/handler";
	auto other = read_end(true); // a signal where all others lack it
	other.id = whole;
	other.seen.good = 2048;
	other.seen.result = other.seen.arrived = other.seen.submit_result = 2048;
	other.seen.signals[0].frame_x0 = 2048;
	const auto wrong = with(other);
	CHECK_FALSE(holds(wrong));
	CHECK(wrong.wrong == whole + " does not break F1: PASS");
	other.seen.end = End::killed;
	other.seen.phase = Phase::entered;
	other.seen.signal_count = 0;
	other.seen.death_signal = SIGSEGV;
	other.id = "read/pipe/plain/sync/4096@2048/default";
	CHECK_FALSE(holds(with(other))); // it has to live on, against F2
	other = read_end(false);
	other.id = "read/pipe/plain/sync/4096@0/default";
	CHECK(holds(with(other)));

	// Nothing is due where nothing is checked, nothing ends or nothing was judged.
	const auto exempt = [&](const std::string &id, auto change) {
		auto end = read_end(true);
		end.id = id;
		change(end);
		INFO(id);
		return holds(with(end));
	};
	const auto no_change = [](StoredEnd &) {};
	CHECK_FALSE(exempt("read/pipe/plain/sync/4096@0/restart", no_change));
	CHECK(exempt("read/pipe/plain/none/4096@0/handler", no_change));
	CHECK(exempt("read/pipe/unmapped/sync/4096@0/handler", no_change));
	CHECK(exempt(whole, [](StoredEnd &end) { end.seen.end = End::hung; }));
	CHECK(exempt(whole, [](StoredEnd &end) { end.seen.result = 4096; }));
	CHECK(exempt(whole, [](StoredEnd &end) { end.verdict.kind = VerdictKind::skip; }));
}

TEST_CASE("two runs are the same when every verdict is, and there is one")
{
	auto left = journal_of("mainline", "off", "off", read_end(false));
	auto right = left;
	CHECK(holds(check_same("x", left, right)));
	right.ends[0].verdict.kind = VerdictKind::fail;
	CHECK_FALSE(holds(check_same("x", left, right)));
	right.ends[0].verdict.kind = VerdictKind::pass;
	right.ends[0].verdict.rules = {Rule::m1};
	CHECK_FALSE(holds(check_same("x", left, right)));
	CHECK_FALSE(holds(check_same("x", Journal(), Journal())));
}

TEST_CASE("a point that one run alone judged is a difference")
{
	using enum VerdictKind;
	const std::string id = "write/pipe/plain/asymm/4096@0/handler";
	const auto same = [&](std::optional<VerdictKind> kind, const std::string &reason = "") {
		auto full = journal_of("mainline", "off", "off", read_end(false));
		auto less = full;
		full.ends.push_back(read_end(false));
		full.ends[1].id = id;
		if (kind) {
			less.ends.push_back(full.ends[1]);
			less.ends[1].verdict = {.kind = *kind, .reason = reason};
		}
		const auto one = check_same("x", full, less), other = check_same("x", less, full);
		CHECK(one.result == other.result);
		if (one.result == VmCheck::Result::failed) {
			CHECK(one.wrong.starts_with(id + ": PASS, and "));
			CHECK(other.wrong.ends_with(", and PASS"));
		}
		return one.wrong;
	};
	CHECK(same(pass).empty());
	CHECK(same(std::nullopt) == id + ": PASS, and missing");
	CHECK(same(broken, "a control fails") == id + ": PASS, and BROKEN (a control fails)");
	for (const auto *reason :
	     {"", "group: write/pipe/plain/asymm", "pipe has no O_DIRECT on this kernel",
	      "no pipe here: not mounted", "this kernel has no mte_tcf_preferred"})
		CHECK(same(skip, reason) == id + ": PASS, and SKIP (" + reason + ")");
	CHECK(same(skip, "no asymm: HWCAP2_MTE3 is not set").empty());
	CHECK(same(skip, "no store-only: HWCAP3_MTE_STORE_ONLY is not set (Linux)").empty());
	CHECK_FALSE(same(broken, "no asymm: HWCAP2_MTE3 is not set").empty());

	auto left = journal_of("mainline", "off", "off", read_end(false));
	left.ends[0].verdict = {.kind = skip, .reason = "no asymm: HWCAP2_MTE3 is not set"};
	CHECK_FALSE(holds(check_same("x", left, left))); // alike, and nothing was judged
}

TEST_CASE("a run that does not say which kernel it was is noticed")
{
	const MutantRun zero = {"zero", Switch::sigsegv, {Rule::f3}};
	const MutantRun off = {"unmutated", Switch::off};
	CHECK(holds(check_named(
		zero, journal_of("forced-signal", "sigsegv", "zero", read_end(true)), release)));
	CHECK(holds(
		check_named(off, journal_of("mainline", "off", "off", read_end(false)), release)));
	CHECK_FALSE(holds(check_named(
		zero, journal_of("forced-signal", "sigbus", "zero", read_end(true)), release)));
	CHECK_FALSE(holds(check_named(
		zero, journal_of("forced-signal", "sigsegv", "off", read_end(true)), release)));
	CHECK_FALSE(holds(check_named(
		zero, journal_of("mainline", "sigsegv", "zero", read_end(true)), release)));
	CHECK_FALSE(holds(
		check_named(zero, journal_of("forced-signal", "sigsegv", "zero", read_end(true)),
			    "6.12.117-tagtrap-reference.ba9876543210")));
	CHECK_FALSE(holds(check_named(zero, Journal(), release)));
}

TEST_CASE("a mutant that was not caught fails the test")
{
	MutantResult result = {.run = {"zero", Switch::sigsegv, {Rule::f3}}, .judged = 5};
	CHECK_FALSE(holds(check_mutant(result)));
	result.broken = {Rule::f3};
	CHECK(holds(check_mutant(result)));
	MutantResult whole = {.run = {"unmutated", Switch::off}, .judged = 5};
	CHECK(holds(check_mutant(whole)));
	whole.failed = 1;
	CHECK_FALSE(holds(check_mutant(whole)));
}

TEST_CASE("what the switch costs, as a table")
{
	CHECK(latency_text({}).empty());
	const auto text = latency_text({{"getppid", 100, 103}, {"pread64", 2000, 1990}});
	CHECK(text == "mte_uaccess_signal, ns a call          off        on  on/off\n"
		      "getppid                                100       103    1.03\n"
		      "pread64                               2000      1990    0.99\n");
}
