// SPDX-License-Identifier: GPL-2.0-only
// Points, rules and calls in words; and that what they say is what the judge says.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fmt/format.h>
#include <stdexcept>

#include "harness/model/case.h"
#include "harness/model/row.h"
#include "harness/report/explain.h"
#include "harness/report/explain_parts.h"
#include "harness/report/happenings.h"
#include "harness/report/words.h"
#include "tests/selftest/approve.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap::selftest {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr uint32_t small_page = 4096;

std::vector<Rule> all_rules()
{
	std::vector<Rule> all;
	for (int i = 0; i <= static_cast<int>(Rule::p6); ++i)
		all.push_back(static_cast<Rule>(i));
	return all;
}

Terms terms_of(Contract contract)
{
	return {.contract = contract,
		.kernel = explaining::facts_of(explaining::eras.back(), small_page)};
}

/// The first line that is too wide or not ASCII; ids and commands may be wide.
std::string form_fault(std::string_view text)
{
	while (!text.empty()) {
		const auto line = text.substr(0, text.find('\n'));
		text.remove_prefix(std::min(text.size(), line.size() + 1));
		const bool named = line.find('/') != std::string_view::npos;
		if ((line.size() > report_columns && !named) || line.ends_with(' ') ||
		    !std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }))
			return std::string(line);
	}
	return "";
}

std::string refused(std::string_view subject)
{
	try {
		return explained(subject, small_page) + " is explained";
	} catch (const std::invalid_argument &error) {
		return error.what();
	}
}

bool is_passed(const Point &point, const Observation &seen, Contract contract)
{
	return judge(point, seen, terms_of(contract)).kind == VerdictKind::pass;
}

} // namespace

TEST_CASE("a point, a rule and a row, word by word", "[explain]")
{
	const auto [name, subject] = GENERATE(
		std::pair("explain-point.txt", "statx.buf/ext4/plain/sync/@last/handler"),
		std::pair("explain-transfer.txt", "writev/pipe/seg2/sync/4096@2048/blocked"),
		std::pair("explain-rule.txt", "F1"), std::pair("explain-row.txt", "ppoll.fds"));
	CHECK(difference(name, explained(subject, small_page)) == "");
}

TEST_CASE("every point of every plan is explained by what it is", "[explain]")
{
	for (const auto &point : planned(Level::standard)) {
		const auto text = explained(id(point), small_page);
		const auto fault = form_fault(text);
		const bool whole = text.starts_with(id(point) + "\n") &&
				   text.ends_with("./run.sh '" + id(point) + "'\n") &&
				   text.find(point.call->man) != std::string::npos &&
				   (point.call->shape.remount ||
				    text.find(point.call->kernel) != std::string::npos);
		if (!fault.empty() || !whole) {
			CAPTURE(id(point), text);
			CHECK(fault == "");
			CHECK(whole);
		}
	}
}

TEST_CASE("what is told to be due passes, and nothing that is told passes unasked", "[explain]")
{
	const KernelFacts facts = terms_of(Contract::mainline).kernel;
	size_t told = 0;
	for (const auto &point : planned(Level::standard)) {
		const auto all = happenings(point, facts);
		CAPTURE(id(point));
		if (all.empty()) {
			CHECK(point.call->shape.remount);
			continue;
		}
		told += all.size();
		const auto passes = [&](Contract contract) {
			return std::ranges::count_if(all, [&](const Happening &one) {
				return is_passed(point, one.seen, contract);
			});
		};
		if (!is_passed(point, all.front().seen, Contract::mainline))
			FAIL_CHECK("what comes first does not pass: " << all.front().words);
		if (passes(Contract::mainline) == 0 || passes(Contract::forced_signal) == 0)
			FAIL_CHECK("nothing passes");
		for (const auto &[words, seen] : all) {
			const bool ends = words.find("no end") == std::string::npos;
			const bool aside = words.find(';') != std::string::npos;
			if ((!ends || aside) && is_passed(point, seen, Contract::mainline))
				FAIL_CHECK("it passes: " << words);
		}
	}
	CHECK(told > 100'000);
}

TEST_CASE("a rule is explained by the page, and broken at its example", "[explain]")
{
	for (const auto rule : all_rules()) {
		CAPTURE(to_string(rule));
		const auto text = explained(to_string(rule), small_page);
		CHECK(form_fault(text) == "");
		CHECK_THAT(text, ContainsSubstring(std::string(title(rule))) &&
					 ContainsSubstring("broken when") &&
					 ContainsSubstring("broken there") &&
					 ContainsSubstring("mainline") &&
					 ContainsSubstring("forced-signal"));
		CHECK_FALSE(explaining::broken_when(rule).empty());
		CHECK_THAT(text, ContainsSubstring(std::string(explaining::example_of(rule))));
	}
	CHECK(explained("f9", small_page) == explained("F9", small_page));
	CHECK(explaining::broken_when(Rule::m5) == "P1 or P2 is broken");
}

TEST_CASE("a call is explained by its case, and by its pointers", "[explain]")
{
	for (const Case *call : cases()) {
		const auto text = explained(call->name, small_page);
		CAPTURE(call->name, text);
		CHECK_THAT(text, ContainsSubstring(std::string(call->man)) &&
					 ContainsSubstring(std::string(call->kernel)));
		if (call->row == nullptr)
			continue;
		CHECK(form_fault(text) == "");
		const auto all = explained(rows::call_of(call->name), small_page);
		CHECK_THAT(all, ContainsSubstring("\n" + std::string(call->name) + " "));
	}
	const auto both = explained("read", small_page);
	CHECK_THAT(both, ContainsSubstring("ksys_read") && ContainsSubstring("\nread.eventfd "));
	const auto count = [](Level level) {
		return fmt::format("{} in the {}", planned(level, small_page, {"statx.buf"}).size(),
				   level == Level::quick ? "quick" : "default");
	};
	CHECK_THAT(explained("statx.buf", small_page),
		   ContainsSubstring(count(Level::quick)) &&
			   ContainsSubstring(count(Level::standard)));
}

TEST_CASE("registers, images and what the pointee starts as", "[explain]")
{
	CHECK_THAT(explained("recvmsg.iov_base", small_page),
		   ContainsSubstring("at byte 16 (8 bytes) image 1") &&
			   ContainsSubstring("at byte 0 (8 bytes) the pointer under"));
	CHECK_THAT(explained("readlinkat.path", small_page),
		   ContainsSubstring("starts as a path to"));
	CHECK_THAT(explained("ppoll.fds", small_page),
		   ContainsSubstring("a temporary signal mask, or null"));
	CHECK_THAT(explained("chdir.filename", small_page),
		   ContainsSubstring("fails with ENOENT") &&
			   ContainsSubstring("none: the process"));
	CHECK_THAT(explained("unlinkat.pathname", small_page),
		   ContainsSubstring("x0              the second object"));
	CHECK_THAT(explained("accept.upeer_sockaddr", small_page), ContainsSubstring("`lost`"));
	CHECK_THAT(explained("wait4.ru", small_page), ContainsSubstring("the row has code"));
}

TEST_CASE("what a row's object is has words", "[explain]")
{
	for (const Case *call : cases()) {
		if (call->row == nullptr)
			continue;
		CAPTURE(call->name, call->row->on.name);
		if (rows::speaks_of(*call->row, rows::Word::Is::object))
			CHECK_FALSE(call->row->on.object.empty());
		if (rows::speaks_of(*call->row, rows::Word::Is::second))
			CHECK_FALSE(call->row->on.second.empty());
	}
}

TEST_CASE("what is nothing is refused, and what comes nearest is named", "[explain]")
{
	CHECK(refused("raed") == "'raed' is no id, rule, row or call; is it read, rseq?");
	CHECK_THAT(refused("statx.bfu"), ContainsSubstring("is it statx.buf?"));
	CHECK_THAT(refused("F99"), ContainsSubstring("is it F9?"));
	CHECK(refused("zzzzz") == "'zzzzz' is no id, rule, row or call");
	CHECK(refused("") == "'' is no id, rule, row or call");
	CHECK_THAT(refused("read/*"), ContainsSubstring("--list 'read/*'"));
	CHECK_THAT(refused("raed/pipe/plain/sync/4096@0/handler"), ContainsSubstring("is it read"));
	CHECK_THAT(refused("read/ext5/plain/sync/4096@0/handler"),
		   ContainsSubstring("is it ext4?"));
	CHECK_THAT(refused("read/pipe/plain/sync/@first/handler"),
		   ContainsSubstring("LENGTH@OFFSET") && ContainsSubstring("--list 'read/pipe/*'"));
	CHECK_THAT(refused("read/pipe/plain/sync/16@64/handler"),
		   ContainsSubstring("cannot be issued"));
}

} // namespace tagtrap::selftest
