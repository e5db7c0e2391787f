// SPDX-License-Identifier: GPL-2.0-only
#include <array>
#include <fmt/format.h>

#include "harness/report/cause.h"
#include "harness/report/report.h"
#include "harness/report/suites.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

/// Text as it may stand in an attribute or an element: printable ASCII, marked up.
std::string marked_up(std::string_view text)
{
	std::string out;
	for (const char c : plain(text)) {
		switch (c) {
		case '&':
			out += "&amp;";
			break;
		case '<':
			out += "&lt;";
			break;
		case '>':
			out += "&gt;";
			break;
		case '"':
			out += "&quot;";
			break;
		default:
			out += c;
		}
	}
	return out;
}

struct Counts {
	size_t tests = 0, failures = 0, errors = 0, skipped = 0;
	double seconds = 0;

	void add(const StoredEnd &end)
	{
		const auto kind = end.verdict.kind;
		tests++;
		failures += violates(kind) ? 1 : 0;
		errors += kind == VerdictKind::broken ? 1 : 0;
		skipped += kind == VerdictKind::skip ? 1 : 0;
		seconds += seconds_of(end);
	}

	static double seconds_of(const StoredEnd &end)
	{
		const auto &seen = end.seen;
		return static_cast<double>(seen.hang.seen ? seen.hang.watched_ns
							  : seen.elapsed_ns) /
		       1e9;
	}

	std::string text() const
	{
		return fmt::format(
			R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.6f}")", tests,
			failures, errors, skipped, seconds);
	}
};

std::string case_text(const Row &row, const std::string &suite)
{
	const auto &end = *row.end;
	const auto kind = end.verdict.kind;
	auto out = fmt::format(R"(  <testcase classname="{}" name="{}" time="{:.6f}")",
			       marked_up(suite), marked_up(end.id), Counts::seconds_of(end));
	if (kind == VerdictKind::skip)
		return out + fmt::format(">\n   <skipped message=\"{}\"/>\n  </testcase>\n",
					 marked_up(end.verdict.reason));
	if (kind == VerdictKind::broken)
		return out + fmt::format(">\n   <error type=\"BROKEN\" message=\"{}\"/>\n"
					 "  </testcase>\n",
					 marked_up(end.verdict.reason));
	if (!violates(kind))
		return out + "/>\n";
	const auto key = cause_key(end);
	std::string text = fmt::format("cause {}: {} {} {}", cause_id(key), key.function,
				       to_string(key.rule), title(key.rule));
	if (end.known.is_object())
		text += "; known: " + text_at(end.known, {"reason"});
	return out + fmt::format(">\n   <failure type=\"{}\" message=\"{}\">{}</failure>\n"
				 "  </testcase>\n",
				 to_string(kind), marked_up(end.verdict.reason), marked_up(text));
}

} // namespace

std::string junit_report(const Journal &journal)
{
	const auto all = digest(journal);
	const auto &run = run_of(journal, nullptr);
	Counts whole;
	std::string suites;
	for (const auto &suite : suites_of(all)) {
		Counts counts;
		std::string cases;
		for (const auto *row : suite.rows) {
			counts.add(*row->end);
			whole.add(*row->end);
			cases += case_text(*row, suite.name);
		}
		suites += fmt::format(" <testsuite name=\"{}\" {}>\n{} </testsuite>\n",
				      marked_up(suite.name), counts.text(), cases);
	}
	return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<testsuites name=\"tagtrap on {}\" {}>\n{}</testsuites>\n",
			   marked_up(text_at(run, {"kernel", "release"})), whole.text(), suites);
}

} // namespace tagtrap
