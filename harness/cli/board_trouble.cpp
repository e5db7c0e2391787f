// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/format.h>

#include "harness/cli/board_checks.h"
#include "harness/report/status.h"
#include "harness/sys/process.h"

namespace tagtrap {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

Tally make_trouble(const board::StandIn &stand_in, const fs::path &scratch)
{
	constexpr auto trouble =
		"echo 1 >/proc/sys/kernel/hung_task_timeout_secs; rm -rf /run/trouble; "
		"timeout 200 ./tagtrap run --quick --allow-hangs --watch=5 --contract=mainline "
		"--out=/run/trouble "
		"'inject-complaint/ext4/*' 'inject-unkillable/ext4/*@2048/handler' "
		"'inject-unkillable-child/ext4/*@2048/handler' "
		">/run/printed 2>/run/said & "
		"for i in $(seq 180); do sleep 1; "
		"grep -q '\"event\":\"finish\"' /run/trouble/journal.jsonl && break; done";
	Checks checks;
	checks.about = "left behind";
	const auto login = stand_in.login("root");
	const auto said = board::on_board(login, trouble, visit_limit);
	fs::create_directories(scratch);
	board::copy(login, {":/run/trouble/journal.jsonl", scratch}, 120s);
	const auto journal = open_results(scratch);
	checks.check("the plan was gone through",
		     !journal.finish.is_null() &&
			     journal.finish.value("planned", size_t(0)) == journal.ends.size(),
		     fmt::format("{} ends, finish {}; {}", journal.ends.size(),
				 journal.finish.dump(), sys::last_lines(said.out + said.err, 2)));
	size_t complained = 0, alone = 0, hung = 0, left_out = 0, run_behind = 0;
	for (const auto &end : journal.ends) {
		const auto &verdict = end.verdict;
		if (end.id.starts_with("inject-complaint")) {
			const bool p8 = std::ranges::count(verdict.rules, Rule::p8) != 0;
			complained += p8;
			alone += p8 && end.id.find("@2048/") != std::string::npos;
		} else if (end.id.starts_with("inject-unkillable")) {
			const bool told =
				verdict.reason.find("SIGKILL does not end was left behind by "
						    "inject-unkillable") != std::string::npos;
			if (verdict.kind == VerdictKind::deadlock)
				hung++;
			else if (verdict.kind == VerdictKind::skip)
				left_out += told;
			else // the controls, which come before
				run_behind += end.id.find("+good/") == std::string::npos;
		}
	}
	checks.check("the point that makes the kernel complain is found, run again alone",
		     alone != 0 && complained == alone,
		     fmt::format("{} complaints, {} of the right point", complained, alone));
	checks.check("a task that SIGKILL does not end is a DEADLOCK, the first of them", hung == 1,
		     fmt::format("{} of them", hung));
	checks.check("what would run beside that task is left out, and says why",
		     left_out != 0 && run_behind == 0,
		     fmt::format("{} left out, {} run", left_out, run_behind));
	checks.check("each of them is counted: the exit status is 1", exit_status(journal) == 1,
		     std::to_string(exit_status(journal)));
	return checks.tally;
}

} // namespace tagtrap
