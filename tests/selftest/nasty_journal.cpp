// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/settle.h"
#include "tests/selftest/sample_journal.h"

namespace tagtrap::selftest {

namespace {

const std::string endless(1500, 'x');
const std::string wild = "\x1b[2J\rnot ok 1 - # SKIP\nKTAP version 1\n1..9\nok 3 no # TODO "
			 "\xff\xfe\x80 \x7f reboot: System halted $(reboot) `id` 'quoted' \"";

} // namespace

Journal nasty_journal()
{
	return settle(read_back(nasty_lines()), [](const StoredEnd &end, const KernelFacts &) {
		return end.seen.hang.seen
			       ? Json{{"reason", wild}, {"kernels", endless}, {"link", wild}}
			       : Json();
	});
}

std::vector<std::string> nasty_lines()
{
	auto run = sample_run();
	run["suite"]["version"] = wild;
	run["kernel"]["release"] = wild;
	run["kernel"]["version"] = endless + " " + endless;
	run["kernel"]["cmdline"] = wild + endless;
	run["machine"]["command"] = {"qemu", endless + "'" + endless, wild, ""};
	run["machine"]["kernel"] = wild;
	run["machine"]["extra_cmdline"] = "a='b c' d";
	run["contract"] = {{"name", wild}, {"why", endless}, {"asked", "mainline"}};
	run["signal"]["pin"] = "segv";
	auto hang =
		sample_hang("read/gfs2/cached/sync/4096@0/handler", VerdictKind::livelock, true);
	put(hang.seen.hang.stacks[0], wild + "\n" + endless);
	put(hang.seen.hang.stacks[1], std::string(1024, '\n'));
	put(hang.seen.hang.stacks[3], std::string(1024, '\xc3'));
	put(hang.seen.hang.wchan, std::string(64, '\x01'));
	put(hang.seen.hang.syscall, wild);
	hang.seen.hang.last.state = '\x9b';
	hang.verdict.reason = wild + " " + endless;
	hang.verdict.notes = {wild, endless, ""};
	auto skip = sample_end("write/pipe/plain/none/1@0/handler", VerdictKind::skip, wild);
	auto empty = sample_end("write/pipe/plain/none/1@0/blocked", VerdictKind::fail, "");
	empty.verdict.rules = {};
	auto strange =
		sample_end("not an id at all # SKIP \x1b\xff" + endless, VerdictKind::fail, wild);
	strange.group = wild;
	return {
		to_line(run),
		to_line(Json{{"event", "preflight"},
			     {"status", wild},
			     {"checks", {{{"name", wild}, {"seen", 3}}}}}),
		to_line(hang),
		to_line(skip),
		to_line(empty),
		to_line(strange),
		to_line(crash_end("write/xfs/new/sync/4096@0/handler", wild + endless)),
		to_line(Json{{"event", "restart"},
			     {"after", wild},
			     {"why", endless},
			     {"console", {wild, endless, 7}}}),
		to_line(Json{{"event", "restart"},
			     {"after", "write/xfs/new/sync/4096@0/handler"},
			     {"why", wild},
			     {"console", {wild, endless, 7, ""}}}),
		to_line(Json{{"event", "suspect"}, {"ids", {wild, endless}}, {"complaint", wild}}),
		to_line(Json{{"event", "begin"}, {"ids", {endless, wild}}}),
		"{\"event\":\"end\",\"id\":\"cut",
	};
}

} // namespace tagtrap::selftest
