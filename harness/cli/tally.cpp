// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/tally.h"

#include <charconv>
#include <fmt/core.h>

namespace tagtrap {
namespace {

/// The value of NAME="..." behind `at`, empty when the element has no such attribute.
std::string_view attribute(std::string_view element, std::string_view name)
{
	const auto start = element.find(fmt::format(" {}=\"", name));
	if (start == std::string_view::npos)
		return "";
	element.remove_prefix(start + name.size() + 3);
	return element.substr(0, element.find('"'));
}

size_t count_in(std::string_view element, std::string_view name)
{
	const auto text = attribute(element, name);
	size_t value = 0;
	std::from_chars(text.data(), text.data() + text.size(), value);
	return value;
}

/// The tag that starts at `at`.
std::string_view element_at(std::string_view xml, size_t at)
{
	return xml.substr(at, xml.find('>', at) - at);
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
	const auto totals = xml.rfind("<OverallResultsCases");
	if (totals == std::string_view::npos)
		return {.failed = 1};
	const auto element = element_at(xml, totals);
	return {.passed = count_in(element, "successes") + count_in(element, "expectedFailures"),
		.failed = count_in(element, "failures"),
		.skipped = count_in(element, "skips")};
}

std::vector<std::string> failures_of_catch2(std::string_view xml)
{
	std::vector<std::string> names;
	std::string_view name;
	for (size_t at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at + 1)) {
		const auto element = element_at(xml, at);
		if (element.starts_with("<TestCase "))
			name = attribute(element, "name");
		else if (element.starts_with("<OverallResult ") &&
			 attribute(element, "success") == "false")
			names.emplace_back(name);
	}
	return names;
}

std::string to_string(const Tally &tally)
{
	return fmt::format("{} passed, {} failed, {} skipped", tally.passed, tally.failed,
			   tally.skipped);
}

} // namespace tagtrap
