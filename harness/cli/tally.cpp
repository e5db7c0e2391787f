// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/tally.h"

#include <fmt/core.h>
#include <pugixml.hpp>

namespace tagtrap {
namespace {

/// The report, or as much of it as there is.
pugi::xml_document read(std::string_view xml)
{
	pugi::xml_document document;
	document.load_buffer(xml.data(), xml.size());
	return document;
}

} // namespace

Tally &Tally::operator+=(const Tally &other)
{
	passed += other.passed;
	failed += other.failed;
	skipped += other.skipped;
	return *this;
}

Tally tally_of_catch2(std::string_view xml)
{
	const auto document = read(xml);
	const auto totals = document.child("Catch2TestRun").child("OverallResultsCases");
	if (!totals)
		return {.failed = 1};
	const auto count = [&](const char *name) -> size_t {
		return totals.attribute(name).as_uint();
	};
	return {.passed = count("successes") + count("expectedFailures"),
		.failed = count("failures"),
		.skipped = count("skips")};
}

std::vector<std::string> failures_of_catch2(std::string_view xml)
{
	const auto document = read(xml);
	std::vector<std::string> names;
	for (const auto &test : document.child("Catch2TestRun").children("TestCase"))
		if (const auto result = test.child("OverallResult");
		    result && !result.attribute("success").as_bool())
			names.emplace_back(test.attribute("name").value());
	return names;
}

std::string to_string(const Tally &tally)
{
	return fmt::format("{} passed, {} failed, {} skipped", tally.passed, tally.failed,
			   tally.skipped);
}

} // namespace tagtrap
