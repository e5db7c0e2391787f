// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/approve.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace tagtrap::selftest {

std::string approved(std::string_view name, std::string_view produced)
{
	const auto path = "tests/selftest/approved/" + std::string(name);
	if (std::getenv("TAGTRAP_APPROVE") != nullptr)
		std::ofstream(path, std::ios::binary) << produced;
	std::ifstream in(path, std::ios::binary);
	return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace tagtrap::selftest
