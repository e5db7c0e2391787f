// SPDX-License-Identifier: GPL-2.0-only
// The tests on a stand-in for a board: the target binary alone, over ssh.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <sstream>

#include "fixtures/board/stand_in.h"
#include "fixtures/debian/apt.h"
#include "fixtures/debian/sysroot.h"
#include "harness/cli/board_checks.h"
#include "harness/cli/host.h"
#include "harness/cli/results.h"
#include "harness/cli/test_steps.h"
#include "harness/report/report.h"
#include "harness/sys/cache.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"

namespace tagtrap {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// One visit to the board: who, where to, and what must come of it.
struct Visit {
	std::string name, user;
	std::string directory;           ///< --out
	std::vector<std::string> judged; ///< places with points that were run
	/// What is skipped (a place or a call), and a word of the reason.
	std::vector<std::pair<std::string, std::string>> skipped;
};

using Words = std::map<std::string, std::string, std::less<>>;

/// "KEY VALUE" lines of fixtures/board/visit.
Words parse_words(const std::string &text)
{
	Words words;
	std::istringstream lines(text);
	for (std::string line; std::getline(lines, line);) {
		const auto blank = line.find(' ');
		if (blank == std::string::npos)
			continue;
		std::string value = line.substr(blank + 1);
		while (value.ends_with(' '))
			value.pop_back();
		words[line.substr(0, blank)] = value;
	}
	return words;
}

/// The shell of a board as on a phone: no io_uring, no namespaces to mount in.
constexpr auto deny = "echo 2 >/proc/sys/kernel/io_uring_disabled && "
		      "echo 0 >/proc/sys/user/max_user_namespaces";

/// Filesystems that the board has not got itself, all for one reason.
std::vector<std::pair<std::string, std::string>> images(const std::string &word)
{
	return {{"xfs", word}, {"btrfs", word}, {"gfs2", word}, {"f2fs", word}};
}

std::vector<Visit> visits()
{
	return {
		{.name = "as root",
		 .user = "root",
		 .directory = "/run/tagtrap-out", // tmpfs: ext4 has to come from an image
		 .judged = {"tmpfs", "ext4", "pipe", "unix", "uring-read"},
		 .skipped = images("is not installed")},
		{.name = "as an ordinary user",
		 .user = "tester",
		 .directory = "out",
		 .judged = {"tmpfs", "ext4", "pipe", "unix", "uring-read"},
		 .skipped = images("only root")},
		{.name = "with io_uring and mounts denied",
		 .user = "tester",
		 .directory = "denied",
		 .judged = {"ext4", "pipe", "unix"},
		 .skipped = {{"tmpfs", "private mounts are refused"},
			     {"xfs", "only root"},
			     {"uring-read", "io_uring_setup"}}},
	};
}

/// Whether `end` is about a place or a call of that name.
bool is_about(const StoredEnd &end, const std::string &name)
{
	return end.id.starts_with(name + "/") || end.id.find("/" + name + "/") != std::string::npos;
}

void check_skips(const Journal &journal, const Visit &visit, Checks &checks)
{
	for (const auto &[name, word] : visit.skipped) {
		size_t points = 0;
		std::string odd;
		for (const auto &end : journal.ends) {
			if (!is_about(end, name))
				continue;
			++points;
			const auto &reason = end.verdict.reason;
			// A point may lack two things; the first is named.
			if (end.verdict.kind != VerdictKind::skip || reason.empty() ||
			    (end.id.find("/" + name + "/") != std::string::npos &&
			     reason.find(word) == std::string::npos))
				odd = fmt::format("{} {} {}", end.id, to_string(end.verdict.kind),
						  reason);
		}
		checks.check(fmt::format("{} is skipped with \"{}\"", name, word),
			     points != 0 && odd.empty(), odd);
	}
}

/// What stands in the journal: facts about Tagtrap, never about the kernel's behaviour.
void check_journal(const Journal &journal, const Visit &visit, const Words &words, Checks &checks)
{
	checks.check("the plan was gone through",
		     !journal.finish.is_null() &&
			     journal.finish.value("planned", size_t(0)) == journal.ends.size(),
		     fmt::format("{} ends, finish {}", journal.ends.size(), journal.finish.dump()));
	checks.same("points as --list says", words.find("listed")->second,
		    std::to_string(journal.ends.size()));
	const auto broken = std::ranges::find(journal.ends, VerdictKind::broken,
					      [](const auto &end) { return end.verdict.kind; });
	checks.check("no point is BROKEN", broken == journal.ends.end(),
		     broken == journal.ends.end() ? "" : broken->id + " " + broken->verdict.reason);
	for (const auto &name : visit.judged)
		checks.check(fmt::format("{} is judged", name),
			     std::ranges::any_of(journal.ends,
						 [&](const auto &end) {
							 return is_about(end, name) &&
								end.verdict.kind !=
									VerdictKind::skip;
						 }),
			     "only SKIP");
	check_skips(journal, visit, checks);
}

void check_words(const Words &words, Checks &checks)
{
	const auto value = [&words](std::string_view key) -> std::string {
		const auto found = words.find(key);
		return found == words.end() ? "nothing" : found->second;
	};
	for (const char *command : {"version", "help", "preflight"})
		checks.same(fmt::format("status of {}", command), "0", value(command));
	checks.same("preflight", "ok", value("ground"));
	const std::string status = value("run");
	checks.check("the run ends with 0 or 1", status == "0" || status == "1",
		     fmt::format("{}: {}", status, value("said")));
	checks.same("status of report", status, value("report"));
	checks.same("printed report against report.txt (cmp)", "0", value("printed"));
	checks.same("`report` against report.txt (cmp)", "0", value("again"));
	checks.check("judging again works", value("judge") == "0" || value("judge") == "1",
		     value("judge"));
	checks.same("status of a second run into DIR", "2", value("occupied"));
	checks.same("content of DIR", "journal.jsonl report.txt results.ktap", value("results"));
	checks.same("processes left", "0", value("processes"));
	checks.same("mounts changed (cmp)", "0", value("mounts"));
	checks.same("loop devices left", "0", value("loops"));
	checks.same("files written elsewhere", "", value("strays"));
}

Tally make_visit(const board::StandIn &stand_in, const Visit &visit, const fs::path &scratch)
{
	Checks checks;
	checks.about = visit.name;
	const auto login = stand_in.login(visit.user);
	const auto said = board::on_board(
		login, fmt::format("./visit {} read write uring-read", visit.directory),
		visit_limit);
	const auto words = parse_words(said.out);
	if (said.status != 0 || !words.contains("strays") || !words.contains("listed")) {
		checks.check("the visit comes to its end", false,
			     fmt::format("status {}: {}", said.status,
					 sys::last_lines(said.out + said.err, 3)));
		return checks.tally;
	}
	check_words(words, checks);
	fs::remove_all(scratch);
	fs::create_directories(scratch);
	board::copy(login,
		    {":" + visit.directory + "/journal.jsonl",
		     ":" + visit.directory + "/report.txt", scratch},
		    120s);
	const auto journal = open_results(scratch);
	check_journal(journal, visit, words, checks);
	checks.check("this machine makes the same report of the journal",
		     text_report(journal) == sys::read_file(scratch / "report.txt"),
		     (scratch / "report.txt").string());
	return checks.tally;
}

/// The target binary as small as it gets: it is copied slowly.
fs::path stripped_binary(const fs::path &scratch)
{
	const auto binary = debian::guest_binary(debian::build_guest());
	fs::path small = scratch / "tagtrap";
#if defined(__aarch64__)
	const char *strip = "strip";
#else
	const char *strip = "aarch64-linux-gnu-strip";
#endif
	sys::output_of({.argv = {strip, "-o", small, binary}});
	return small;
}

Tally on_stand_in(const Options &options)
{
	const auto ground = stand_in_ground();
	if (!ground)
		return {.skipped = 1};
	Tally tally;
	const auto scratch = fresh_test_directory("board-test");
	const auto binary = stripped_binary(scratch);
	const auto stand_in = board::boot(ground->kernel, ground->root, pick_qemu(options).program,
					  scratch / "console.log");
	const fs::path visit = fs::path(TAGTRAP_SOURCE_ROOT) / "fixtures/board/visit";
	for (const char *user : {"root", "tester"})
		board::copy(stand_in.login(user), {binary, visit, ":"}, 180s);
	for (const Visit &one : visits()) {
		if (one.name.find("denied") != std::string::npos) {
			const auto how = board::on_board(stand_in.login("root"), deny, 60s);
			if (how.status != 0)
				throw sys::Problem("cannot deny io_uring and namespaces: " +
						   sys::last_lines(how.err, 1));
		}
		const auto made =
			make_visit(stand_in, one,
				   scratch / one.directory.substr(one.directory.rfind('/') + 1));
		fmt::print("  {}: {}\n", one.name, to_string(made));
		tally += made;
	}
	const auto made = make_trouble(stand_in, scratch / "trouble");
	fmt::print("  left behind: {}\n", to_string(made));
	return tally += made;
}

} // namespace

std::vector<TestStep> board_test_steps()
{
	return {{"board", "a stand-in for a board, over ssh", on_stand_in}};
}

} // namespace tagtrap
