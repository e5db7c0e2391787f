// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/say.h"

#include <cstdio>

namespace tagtrap::sys {

void say(std::string_view text)
{
	std::fflush(stdout);
	std::fwrite(text.data(), 1, text.size(), stderr);
	std::fflush(stderr);
}

} // namespace tagtrap::sys
