// SPDX-License-Identifier: GPL-2.0-only
// tagtrap: the binary for the machine under test. PID 1 of our VM, or a program on a board.
#include "harness/cli/target.h"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "fixtures/guest/init.h"
#include "harness/cli/commands.h"
#include "harness/cli/options.h"
#include "harness/run/journal.h"
#include "harness/run/preflight.h"
#include "harness/sys/say.h"

namespace tagtrap {

void tell(const Options &options, const std::string &text)
{
	if (options.journal.empty())
		fmt::print("{}", text);
	else
		JournalWriter(options.journal).write(Json{{"event", "words"}, {"text", text}});
}

namespace {

int preflight_command(const Options &options)
{
	const Preflight seen = preflight();
	tell(options, describe(seen));
	return status_of(seen, !options.session_request.empty());
}

int dispatch(const Options &options)
{
	if (options.list)
		return guarded(list_command, options);
	switch (options.action) {
	case Action::preflight:
		return guarded(preflight_command, options);
	case Action::report:
		return guarded(report_command, options);
	case Action::judge:
		return guarded(judge_command, options);
	case Action::compare:
		return guarded(compare_command, options);
	case Action::merge:
		return guarded(merge_command, options);
	case Action::bench:
		return guarded(bench_points_command, options);
	case Action::sweep:
		return guarded(sweep_command, options);
	case Action::remote:
		return guarded(remote_command, options);
	case Action::programs:
		return guarded(programs_command, options);
	default:
		return guarded(session_command, options);
	}
}

/// What init runs for a request of the host, and main for a command line.
int run_words(std::vector<std::string> words) // NOLINT(performance-unnecessary-value-param)
{
	const Parsed parsed = parse_options(words, Program::target);
	if (parsed.status) {
		if (*parsed.status == 0)
			fmt::print("{}", parsed.text);
		else
			sys::say(parsed.text);
		return *parsed.status;
	}
	return dispatch(parsed.options);
}

} // namespace
} // namespace tagtrap

int main(int argc, char **argv)
{
	if (getpid() == 1)
		return tagtrap::guest::init_main(tagtrap::run_words);
	return tagtrap::run_words(std::vector<std::string>(argv + 1, argv + argc));
}
