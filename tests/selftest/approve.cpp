// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/approve.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace tagtrap::selftest {

namespace {

std::string line_at(std::string_view text, size_t begin)
{
	if (begin >= text.size())
		return "nothing";
	return "'" + std::string(text.substr(begin, text.find('\n', begin) - begin)) + "'";
}

} // namespace

std::string difference(std::string_view name, std::string_view produced)
{
	const auto path = "tests/selftest/approved/" + std::string(name);
	if (std::getenv("TAGTRAP_APPROVE") != nullptr)
		std::ofstream(path, std::ios::binary) << produced;
	std::ifstream in(path, std::ios::binary);
	const std::string approved{std::istreambuf_iterator<char>(in), {}};
	const auto first = first_difference(approved, produced);
	return first.empty() ? "" : path + ":" + first;
}

std::string first_difference(std::string_view approved, std::string_view produced)
{
	if (approved == produced)
		return {};
	size_t begin = 0, line = 1;
	for (size_t i = 0; i < std::min(approved.size(), produced.size()); i++) {
		if (produced[i] != approved[i])
			break;
		if (produced[i] == '\n') {
			begin = i + 1;
			line++;
		}
	}
	return std::to_string(line) + ": approved " + line_at(approved, begin) + ", produced " +
	       line_at(produced, begin);
}

} // namespace tagtrap::selftest
