// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/first_screen.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

#include "harness/sys/problem.h"
#include "harness/sys/say.h"

namespace tagtrap {

std::string first_screen(const Options &options, const std::string &machine, size_t points,
			 const std::string &out)
{
	return fmt::format(
		"This goes through {} points of the {} plan on {}:\n"
		"each makes a system call with a pointer to bad memory, and looks at what comes of "
		"it.\n"
		"Nothing is written or mounted outside of {}.\n"
		"\n"
		"A kernel with a bug may hang, crash or lose data in one of them: that is what is "
		"looked for.\n"
		"Points that may survive SIGKILL, or hold a lock that others share, {}.\n"
		"Save your work, and have a way to reset the machine.\n",
		points, to_string(options.request.level), machine, out,
		options.allow_hangs ? "are run as well (--allow-hangs)"
				    : "are left out (--allow-hangs runs them)");
}

bool means_yes(std::string answer)
{
	std::ranges::transform(answer, answer.begin(),
			       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
	return answer == "y" || answer == "yes";
}

void ask_first(const Options &options, const std::string &machine, size_t points,
	       const std::string &out)
{
	if (options.yes || ::isatty(0) == 0 || ::isatty(2) == 0)
		return;
	sys::say(first_screen(options, machine, points, out) +
		 "\nGo on? (--yes does not ask) [y/N] ");
	std::string answer;
	std::getline(std::cin, answer);
	if (!means_yes(answer))
		throw sys::Problem("nothing was run", 2);
}

} // namespace tagtrap
