// SPDX-License-Identifier: GPL-2.0-only
// The command that shows a point alone, and what it takes to run it.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <sstream>

#include "harness/model/case.h"
#include "harness/report/command.h"
#include "harness/report/report.h"
#include "harness/report/words.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

const Case mounts = {
	.name = "report-case-that-mounts",
	.man = "mount(2)",
	.kernel = "path_mount",
	.shape = {.remount = true, .hidden = true},
};
const Registered mounts_registered(mounts);

constexpr Situation for_root = {.needs_root = true};
const Case traces = {
	.name = "report-case-for-root",
	.man = "bpf(2)",
	.kernel = "bpf_prog_load",
	.shape = {.hidden = true},
	.situation = &for_root,
};
const Registered traces_registered(traces);

const Case reads = {.name = "report-case-that-reads", .man = "read(2)", .kernel = "vfs_read"};
const Registered reads_registered(reads);

/// The words that a shell makes of `command`, one a line.
std::string words_by_shell(const std::string &command)
{
	TemporaryFile script("printf '%s\\n' " + command);
	auto *pipe = popen(("sh " + script.path()).c_str(), "r");
	REQUIRE(pipe != nullptr);
	std::string out;
	for (int c; (c = fgetc(pipe)) != EOF;)
		out += static_cast<char>(c);
	CHECK(pclose(pipe) == 0);
	return out;
}

std::string that_reads(std::string_view state)
{
	return fmt::format("report-case-that-reads/ext4/{}/sync/1@0/handler", state);
}

} // namespace

TEST_CASE("privileges are named where a point needs them", "[report]")
{
	auto run = sample_run();
	const std::string sqpoll = "uring-read/gfs2/sqpoll/sync/1@0/handler";
	CHECK(privilege(run, "read/gfs2/cached/sync/1@0/handler").words ==
	      "none: any user who may open a file on gfs2");
	CHECK(privilege(run, "read/pipe/plain/sync/1@0/handler").words == "none: any user");
	CHECK(privilege(run, "read/pipe/plain/asymm/1@0/handler").needed);
	CHECK_FALSE(privilege(run, sqpoll).needed);
	CHECK(privilege(run, "report-case-that-mounts/ext4/new/sync/1@0/handler").words ==
	      "root, to mount");
	CHECK(privilege(run, "report-case-for-root/self/plain/sync/1@0/handler").words == "root");
	for (const char *state : {"cached+direct+pfn", "cached+mem-diskswap+good",
				  "cached+mem-uffdzero", "cached+mem-ksm+good"})
		CHECK(privilege(run, that_reads(state)).needed);
	CHECK_FALSE(privilege(run, that_reads("cached+mem-swapped")).needed);
	CHECK(privilege(run, that_reads("cached+no-such-state")).words ==
	      "none: any user who may open a file on ext4");
	run["facts"] = {{"major", 5}, {"minor", 10}};
	CHECK(privilege(run, sqpoll).words == "CAP_SYS_ADMIN, which SQPOLL takes before 5.11");
	run["facts"]["minor"] = 12;
	CHECK(privilege(run, sqpoll).words == "CAP_SYS_NICE, which SQPOLL takes before 5.13");
	run["privileged"] = false;
	CHECK(privilege(run, "read/pipe/plain/sync/1@0/handler").words ==
	      "none: any user; seen here without privileges");
}

TEST_CASE("the command runs that point on that kernel", "[report]")
{
	const std::string id = "read/gfs2/cached/sync/4096@1600/handler";
	auto run = sample_run();
	CHECK(reproduce_command(run, id) == "./run.sh --kernel=6.12=6.12.57-1 '" + id + "'");
	run["machine"]["kernel"] = "/boot/my Image";
	run["machine"]["modules"] = "/lib/modules/it's";
	run["machine"]["extra_cmdline"] = "arm64.nomops a=\"b\"";
	run["contract"]["asked"] = "forced-signal";
	run["signal"]["pin"] = "bus";
	CHECK(words_by_shell(reproduce_command(run, id)) ==
	      "./run.sh\n--kernel=/boot/my Image\n--modules=/lib/modules/it's\n"
	      "--cmdline=arm64.nomops a=\"b\"\n--contract=forced-signal\n--signal=bus\n" +
		      id + "\n");
	run["machine"] = {{"kind", "native"}};
	run["plan"]["allow_hangs"] = true;
	CHECK(reproduce_command(run, id) == "./tagtrap run --contract=forced-signal --signal=bus "
					    "--allow-hangs '" +
						    id + "'");
}

TEST_CASE("a command line that is broken into lines is still the same", "[report]")
{
	std::vector<std::string> words = {"qemu",
					  "-append",
					  std::string(300, 'a') + " 'b' $c",
					  "it's",
					  "",
					  "x y",
					  std::string(71, 'z'),
					  "\\",
					  "end"};
	auto text = shell_lines(words, 2);
	std::istringstream lines(text);
	for (std::string line; std::getline(lines, line);)
		CHECK(line.size() <= report_columns);
	std::string expected;
	for (const auto &word : words)
		expected += word + "\n";
	CHECK(words_by_shell(text) == expected);
}
