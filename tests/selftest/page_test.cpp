// SPDX-License-Identifier: GPL-2.0-only
// The page of --format=html: its data, what may stand in it, and the page in a browser.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdio>

#include "harness/report/html.h"
#include "harness/report/kernel_matrix.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using Catch::Matchers::ContainsSubstring;

namespace {

size_t count_of(std::string_view text, std::string_view part)
{
	size_t count = 0;
	for (size_t at = text.find(part); at != std::string_view::npos;
	     at = text.find(part, at + 1))
		count++;
	return count;
}

} // namespace

TEST_CASE("the page's points are those of the journal, each once with its verdict", "[html]")
{
	const auto journal = sample_journal();
	const std::vector<KernelRun> runs = {{"6.12", &journal}};
	const auto all = kernel_matrix(runs);
	const auto page = page_data({.matrix = &all});
	std::string letters;
	for (const auto &cell : page["points"])
		for (size_t i = 0; i < cell["ids"].size(); i++) {
			const auto id = cell["name"].get<std::string>() + "/" +
					cell["place"].get<std::string>() + "/" +
					cell["ids"][i].get<std::string>();
			CHECK(std::ranges::count(journal.ends, id, &StoredEnd::id) == 1);
			letters += cell["verdicts"][0].get<std::string>().at(i);
		}
	const auto &totals = all.columns[0].all.totals;
	const auto count = [&](std::string_view set) {
		return static_cast<size_t>(std::ranges::count_if(
			letters, [&](char c) { return set.find(c) != std::string_view::npos; }));
	};
	CHECK(page["places"].size() == all.columns[0].all.places.size());
	CHECK(count("P") == totals[static_cast<size_t>(VerdictKind::pass)]);
	CHECK(count("U") == totals[static_cast<size_t>(VerdictKind::unchecked)]);
	CHECK(count("B") == totals[static_cast<size_t>(VerdictKind::broken)]);
	CHECK(count("FfLlDdCc") + all.columns[0].withheld_points ==
	      totals[static_cast<size_t>(VerdictKind::fail)] +
		      totals[static_cast<size_t>(VerdictKind::livelock)] +
		      totals[static_cast<size_t>(VerdictKind::deadlock)] +
		      totals[static_cast<size_t>(VerdictKind::crash)]);
}

TEST_CASE("whatever a journal holds, its text ends no script of the page", "[html]")
{
	auto journal = nasty_journal();
	journal.ends.front().verdict.reason = "</script><!-- <script> ]]> \\u003c & \" '";
	journal.ends.front().verdict.kind = VerdictKind::broken;
	const std::vector<KernelRun> runs = {{"</script>", &journal}};
	const auto all = kernel_matrix(runs);
	const Page page = {.matrix = &all};
	const auto data = page_data(page);
	const auto island = json_island(data);
	CHECK(island.find('<') == std::string::npos);
	CHECK(parse_json(island) ==
	      parse_json(data.dump(-1, ' ', true, Json::error_handler_t::replace)));
	const auto html = html_page(page);
	CHECK(count_of(html, "</script") == 2);
	CHECK(count_of(html, "<script") == 2);
	CHECK_THAT(html, ContainsSubstring(island));
}

TEST_CASE("the page has all its parts and asks for nothing from outside", "[html]")
{
	const auto journal = sample_journal();
	const std::vector<KernelRun> runs = {{"6.12", &journal}};
	const auto all = kernel_matrix(runs);
	std::string html = html_page({.matrix = &all});
	CHECK(html.find("{{") == std::string::npos);
	html.erase(html.find("<script type=\"application/json\""));
	for (const auto *word : {"src=", "url(", "@import", "http:", "https:"})
		CHECK(html.find(word) == std::string::npos);
	CHECK_THAT(html, ContainsSubstring("default-src 'none'"));
	for (const auto &part : page_parts)
		for (const auto *word : {"innerHTML", "fetch(", "XMLHttpRequest", "http"})
			CHECK(part.content.find(word) == std::string_view::npos);
}

TEST_CASE("the page works in a browser, by mouse and by keyboard", "[html]")
{
	const auto journal = sample_journal(), other = sample_journal();
	const std::vector<KernelRun> runs = {{"6.12", &journal}, {"7.3", &other}};
	const auto all = kernel_matrix(runs);
	REQUIRE_FALSE(all.causes.empty());
	const TemporaryFile page(html_page({.matrix = &all}));
	const auto command =
		"/usr/bin/python3 tests/selftest/page_in_browser.py " + page.path() + " 2>&1";
	auto *pipe = popen(command.c_str(), "r");
	REQUIRE(pipe != nullptr);
	std::string seen;
	for (int c; (c = fgetc(pipe)) != EOF;)
		seen += static_cast<char>(c);
	pclose(pipe);
	if (seen.starts_with("skip: "))
		SKIP(seen.substr(6));
	for (const auto *line :
	     {"ready True\n", "none 0\n", "cleared True\n", "moved True\n",
	      "filtered True points-title\n", "slash f-text\n", "copy Copied mail\n",
	      "wide False\n", "complaints 0\n", "dark True\n"})
		CHECK_THAT(seen, ContainsSubstring(line));
}
