// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "harness/report/mutants.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

const MutantRun blockable = {"blockable", Switch::sigsegv, {Rule::f2}};
const MutantRun unmutated = {"unmutated", Switch::sigsegv};

struct Seen {
	std::string id;
	VerdictKind kind = VerdictKind::pass;
	std::vector<Rule> rules = {};
};

Journal journal_of(const MutantRun &run, const std::vector<Seen> &seen)
{
	Journal journal;
	auto start = sample_run();
	start["reference"] = {{"switch", to_string(run.set)},
			      {"mutant", run.declared.empty() ? "off" : run.name}};
	journal.runs = {start};
	journal.preflights = {{{"event", "preflight"}, {"status", "ok"}}};
	for (const auto &one : seen) {
		StoredEnd end;
		end.id = one.id;
		end.verdict.kind = one.kind;
		end.verdict.rules = one.rules;
		journal.ends.push_back(end);
	}
	journal.finish = {{"event", "finish"}};
	return journal;
}

const std::string first = "read/pipe/plain/sync/64@32/handler";
const std::string second = "read/pipe/plain/sync/64@32/blocked";
const std::string third = "write/pipe/plain/sync/64@32/blocked";

using enum VerdictKind;

std::string read_text(const std::string &path)
{
	std::ifstream in(path);
	return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("the mutants that are declared can be told apart and asked for", "[mutants]")
{
	const auto mutants = parse_mutants(read_text("fixtures/kernel/mutants/mutants.json"));
	std::set<std::string> names;
	for (const auto &mutant : mutants) {
		INFO(mutant.name);
		CHECK(names.insert(mutant.name).second);
		CHECK_FALSE(mutant.description.empty());
		CHECK((mutant.contract == Contract::mainline) == mutant.name.starts_with("m-"));
	}
	const auto of = [&](Contract contract) {
		return std::ranges::count(mutants, contract, &Mutant::contract);
	};
	CHECK(of(Contract::forced_signal) >= 25);
	CHECK(of(Contract::mainline) >= 6);
	CHECK(std::ranges::count(mutants, true, &Mutant::canary) >= 2);
}

TEST_CASE("what is no list of mutants is refused in words", "[mutants]")
{
	for (const auto *text :
	     {"", "{}", "{\"mutants\": [{\"name\": \"x\"}]}",
	      R"({"mutants": [{"name": "x", "contract": "c", "rule": "F1", "description": ""}]})"})
		CHECK_THROWS_AS(parse_mutants(text), std::runtime_error);
	CHECK_THROWS(parse_mutants(
		R"({"mutants": [{"name": "x", "contract": "mainline", "rule": "Q1", "description": ""}]})"));
}

TEST_CASE("a mutant is caught by the rule that it declares, not by any", "[mutants]")
{
	const auto caught =
		mutant_result(blockable,
			      journal_of(blockable, {{first, fail, {Rule::f1}},
						     {second, fail, {Rule::p4, Rule::f2}}}),
			      nullptr);
	CHECK(as_declared(caught));
	CHECK(caught.broken == std::vector{Rule::p4, Rule::f1, Rule::f2});
	CHECK(caught.first == second);
	CHECK(caught.judged == 2);
	CHECK(caught.failed == 2);

	const auto otherwise = mutant_result(
		blockable, journal_of(blockable, {{first, fail, {Rule::f1}}}), nullptr);
	CHECK_FALSE(as_declared(otherwise));
	CHECK(otherwise.first == first);

	CHECK_FALSE(as_declared(
		mutant_result(blockable, journal_of(blockable, {{first, pass}}), nullptr)));
}

TEST_CASE("what the unmutated kernel fails as well catches nothing", "[mutants]")
{
	const auto before = journal_of(unmutated, {{second, fail, {Rule::f2}}, {first, pass}});
	const auto same = journal_of(blockable, {{second, fail, {Rule::f2}}, {first, pass}});
	CHECK_FALSE(as_declared(mutant_result(blockable, same, &before)));
	const auto more =
		journal_of(blockable, {{second, fail, {Rule::f2}}, {third, livelock, {Rule::f2}}});
	const auto result = mutant_result(blockable, more, &before);
	CHECK(as_declared(result));
	CHECK(result.first == third);
}

TEST_CASE("a run is stopped early only by what catches the mutant in the end", "[mutants]")
{
	const auto end = [](const std::string &id, VerdictKind kind, std::vector<Rule> rules) {
		EndRecord record = {.id = id};
		record.verdict.kind = kind;
		record.verdict.rules = std::move(rules);
		return to_json(record);
	};
	const auto before = broken_by(journal_of(
		unmutated, {{second, livelock, {Rule::p1, Rule::f2}}, {third, fail, {Rule::f1}}}));
	const auto caught = [&](const std::string &id, VerdictKind kind, std::vector<Rule> rules) {
		const auto seen = mutant_result(
			blockable, journal_of(blockable, {{id, kind, rules}}), nullptr);
		const auto event = end(id, kind, rules);
		CHECK(catches(blockable, event, {}) == as_declared(seen));
		return catches(blockable, event, before);
	};
	CHECK(caught(first, fail, {Rule::p4, Rule::f2}));
	CHECK(caught(third, fail, {Rule::f2})); // the unmutated one breaks another rule there
	CHECK(caught(first, livelock, {Rule::p1, Rule::f2}));
	CHECK(caught(first, deadlock, {Rule::p1, Rule::f2}));
	CHECK(caught(first, crash, {Rule::f2}));
	CHECK_FALSE(caught(second, livelock, {Rule::p1, Rule::f2})); // it hangs there anyway
	CHECK_FALSE(caught(second, fail, {Rule::f2}));
	CHECK_FALSE(caught(first, fail, {Rule::f1}));
	for (const auto kind : {pass, unchecked, skip, broken})
		CHECK_FALSE(caught(first, kind, {Rule::f2}));

	CHECK_FALSE(catches(unmutated, end(first, fail, {Rule::f2}), {}));
	auto other = end(first, fail, {Rule::f2});
	other["event"] = "begin";
	CHECK_FALSE(catches(blockable, other, {}));
	for (const auto *text : {"{}", "[]", "null", R"({"event": "end", "verdict": "FAIL"})"})
		CHECK_FALSE(catches(blockable, Json::parse(text), {}));
}

TEST_CASE("points that were not judged catch nothing", "[mutants]")
{
	const auto result = mutant_result(
		blockable,
		journal_of(blockable, {{first, skip, {Rule::f2}}, {second, broken, {Rule::f2}}}),
		nullptr);
	CHECK(result.judged == 0);
	CHECK_FALSE(as_declared(result));
}

TEST_CASE("the unmutated kernel has to pass, and to have been asked", "[mutants]")
{
	CHECK(as_declared(
		mutant_result(unmutated, journal_of(unmutated, {{first, pass}}), nullptr)));
	CHECK_FALSE(as_declared(mutant_result(
		unmutated, journal_of(unmutated, {{first, fail, {Rule::f1}}}), nullptr)));
	CHECK_FALSE(as_declared(
		mutant_result(unmutated, journal_of(unmutated, {{first, skip}}), nullptr)));
}

TEST_CASE("switched off, the kernel may fail what the stock one is known to fail", "[mutants]")
{
	const MutantRun off = {"unmutated", Switch::off};
	auto journal = journal_of(off, {{first, pass}, {second, livelock, {Rule::p1, Rule::m5}}});
	CHECK_FALSE(as_declared(mutant_result(off, journal, nullptr)));
	journal.ends[1].known = {{"reason", "known"}};
	const auto result = mutant_result(off, journal, nullptr);
	CHECK(as_declared(result));
	CHECK(mutants_line(result).find("passes 1 points, 1 known ") != std::string::npos);
	auto on = journal_of(unmutated, {{first, pass}, {second, livelock, {Rule::p1}}});
	on.ends[1].known = {{"reason", "known"}};
	CHECK_FALSE(as_declared(mutant_result(unmutated, on, nullptr)));
}

TEST_CASE("switched off, what is withheld excuses a hang and nothing else", "[mutants]")
{
	const MutantRun off = {"unmutated", Switch::off};
	const auto judged = [&](VerdictKind kind, Rule rule) {
		auto journal = journal_of(off, {{first, pass}, {second, kind, {rule}}});
		journal.ends[1].known = {{"reason", "withheld"}, {"withheld", true}};
		return as_declared(mutant_result(off, journal, nullptr));
	};
	CHECK(judged(livelock, Rule::p2));
	CHECK_FALSE(judged(fail, Rule::p4));
}

TEST_CASE("a journal of another kernel is no result", "[mutants]")
{
	const std::vector<Seen> seen = {{second, fail, {Rule::f2}}};
	const auto trouble = [&](const MutantRun &of) {
		const auto result = mutant_result(blockable, journal_of(of, seen), nullptr);
		CHECK_FALSE(as_declared(result));
		return result.trouble;
	};
	CHECK(trouble(unmutated) == "the kernel has switch 'sigsegv' and mutant 'off'");
	CHECK(trouble({"blockable", Switch::off, {Rule::f2}}) ==
	      "the kernel has switch 'off' and mutant 'blockable'");
	auto stock = journal_of(blockable, seen);
	stock.runs[0]["reference"] = {{"switch", nullptr}, {"mutant", nullptr}};
	CHECK_FALSE(as_declared(mutant_result(blockable, stock, nullptr)));
	auto unsound = journal_of(blockable, seen);
	unsound.preflights[0]["status"] = "wrong";
	CHECK(mutant_result(blockable, unsound, nullptr).trouble == "preflight: wrong");
	CHECK(mutant_result(blockable, journal_of(blockable, {}), nullptr).trouble ==
	      "no point was run");
}

TEST_CASE("a kernel whose copies do not stop has to be judged, and told of", "[mutants]")
{
	const MutantRun retag = {"m-retag", Switch::off, {Rule::p5}, true};
	auto journal = journal_of(retag, {{first, fail, {Rule::p5}}});
	journal.runs[0]["contract"] = {{"name", "mainline"}, {"why", ""}, {"asked", "auto"}};
	journal.runs[0]["plan"] = {{"points", 1u}, {"controls", Json::array()}};
	journal.preflights[0]["copies"] = {
		{{"name", "kernel copy in"}, {"seen", "32 of 32 bytes moved"}, {"ok", false}}};
	CHECK(as_declared(mutant_result(retag, journal, nullptr)));
	const auto trouble = [&](auto change) {
		auto other = journal;
		change(other);
		const auto result = mutant_result(retag, other, nullptr);
		CHECK_FALSE(as_declared(result));
		return result.trouble;
	};
	CHECK(trouble([](Journal &other) { other.preflights[0]["copies"][0]["ok"] = true; }) ==
	      "the report's head does not tell that copies do not stop");
	CHECK(trouble([&](Journal &other) {
		      other.ends.push_back(other.ends[0]);
		      other.ends[1].id = second;
		      other.ends[1].verdict = {.kind = broken};
	      }) == "the exit status is 3");
	CHECK_FALSE(trouble([](Journal &other) {
			    other.runs[0]["contract"]["asked"] = "mainline";
		    }).empty());
	CHECK_FALSE(trouble([](Journal &other) {
			    other.runs[0]["contract"]["name"] = "forced-signal";
		    }).empty());
	CHECK(trouble([](Journal &other) { other.runs[0]["plan"]["points"] = 2u; }) ==
	      "the exit status is 3"); // a run that lost its rest
	CHECK(trouble([](Journal &other) { other.preflights[0]["status"] = "wrong"; }) ==
	      "preflight: wrong");
}

TEST_CASE("the table of mutants", "[mutants]")
{
	std::vector<MutantResult> results;
	results.push_back(
		mutant_result(unmutated, journal_of(unmutated, {{first, pass}}), nullptr));
	results.back().seconds = 61;
	results.push_back(mutant_result(
		blockable, journal_of(blockable, {{second, fail, {Rule::p4, Rule::f2}}}), nullptr));
	results.back().seconds = 30.4;
	results.back().cut_short = true;
	const auto table = [&] {
		auto text = mutants_head();
		for (const auto &result : results)
			text += mutants_line(result);
		return text + mutants_foot(results, "6.12.117-tagtrap-reference.0123");
	};
	CHECK(table() ==
	      "MUTANT               RULE  CAUGHT BY                     TIME  FIRST FAILING POINT\n"
	      "(sigsegv)            -     passes 1 points               61 s  -\n"
	      "blockable            F2    P4 F2                         30 s+ " +
		      second +
		      "\n\n"
		      "Kernel 6.12.117-tagtrap-reference.0123\n"
		      "1 of 1 mutants are caught by the rule that they declare; the unmutated "
		      "kernel "
		      "passes; 1 min 31 s.\n"
		      "+: one was stopped before the plan's end: caught, and slow.\n");

	results[0] = mutant_result(unmutated, journal_of(unmutated, {{first, fail, {Rule::p3}}}),
				   nullptr);
	results[1] = mutant_result(blockable, journal_of(blockable, {{first, pass}}), nullptr);
	CHECK(mutants_line(results[0]).find("FAILS 1 of 1 points: P3") != std::string::npos);
	CHECK(mutants_line(results[1]).find("NOT CAUGHT ") != std::string::npos);
	CHECK(table().find("0 of 1 mutants") != std::string::npos);
	CHECK(table().find("kernel FAILS") != std::string::npos);
	CHECK(table().find("Not caught by it: blockable\n") != std::string::npos);
	results[1] = mutant_result(blockable, journal_of(unmutated, {{first, pass}}), nullptr);
	CHECK(mutants_line(results[1]).find("NO RESULT: the kernel has") != std::string::npos);
}
