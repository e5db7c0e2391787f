// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/sample_journal.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <unistd.h>

#include "harness/model/settle.h"
#include "harness/sys/must.h"

namespace tagtrap::selftest {

namespace {

EndRecord sample_signal(const std::string &id, int code)
{
	auto end = sample_end(id, VerdictKind::fail,
			      "expected EFAULT or 1..1600 and no signal, saw EFAULT and SIGSEGV");
	end.verdict.rules = {Rule::m1};
	end.seen.result = end.seen.submit_result = -EFAULT;
	end.seen.signal_count = 1;
	end.seen.signals[0] = {.number = SIGSEGV,
			       .code = code,
			       .address = 0x0a00'ffff'b700'0640,
			       .before_return = true,
			       .behind_svc = true,
			       .has_esr = true,
			       .frame_x0 = -EFAULT,
			       .fault_address = 0x0a00'ffff'b700'0640,
			       .esr = 0x92000011};
	return end;
}

EndRecord full_count(EndRecord end)
{
	end.seen.result = end.seen.submit_result = static_cast<int64_t>(end.seen.full);
	return end;
}

EndRecord skipped(const std::string &id, const std::string &why)
{
	auto end = sample_end(id, VerdictKind::skip, why);
	end.seen = {};
	return end;
}

Json begin(const std::vector<std::string> &ids)
{
	return {{"event", "begin"}, {"ids", ids}};
}

Json preflight()
{
	return {{"event", "preflight"},
		{"status", "ok"},
		{"checks",
		 {{{"name", "prctl"}, {"expected", "accepted"}, {"seen", "accepted"}, {"ok", true}},
		  {{"name", "load"}, {"expected", "fault"}, {"seen", "fault"}, {"ok", true}}}},
		{"copies",
		 {{{"name", "copy"}, {"expected", "EFAULT"}, {"seen", "EFAULT"}, {"ok", true}}}}};
}

Json finish(double elapsed_s)
{
	return {{"event", "finish"},
		{"totals", {{"PASS", 3}, {"FAIL", 2}}},
		{"elapsed_s", elapsed_s},
		{"planned", 14},
		{"closed_groups", {{{"group", "read/gfs2/cached/sync"}, {"skipped", 1}}}},
		{"pending", Json::object()}};
}

} // namespace

Json sample_run()
{
	return {{"event", "run"},
		{"schema", 2},
		{"suite", {{"version", "0.1.0"}, {"commit", "0123456789ab"}}},
		{"kernel",
		 {{"release", "6.12.57+deb13-arm64"},
		  {"version", "#1 SMP Debian 6.12.57-1 (2025-11-05)"},
		  {"config_hash", nullptr},
		  {"cmdline", "console=ttyAMA0 panic=-1"}}},
		{"machine",
		 {{"kind", "qemu"},
		  {"qemu_version", "10.0.2"},
		  {"command",
		   {"qemu-system-aarch64", "-M", "virt,mte=on,gic-version=3", "-cpu",
		    "max,pauth-impdef=on", "-m", "1024", "-smp", "2", "-nographic", "-append",
		    "console=ttyAMA0 panic=-1 a-rather-long-parameter=with/a/long/value quiet",
		    "-no-reboot"}},
		  {"package", "linux-image-6.12.57+deb13-arm64"},
		  {"package_version", "6.12.57-1"},
		  {"kernel", "6.12=6.12.57-1"},
		  {"variant", "plain"}}},
		{"cpu", {{"features", {"mte", "mte3", "mops"}}, {"mte_tcf_preferred", {"asymm"}}}},
		{"page_size", 4096},
		{"plan",
		 {{"level", "default"},
		  {"specs", Json::array()},
		  {"points", 13},
		  {"controls",
		   {{{"id", "read/gfs2/cached+good/sync/4096@1600/handler"},
		     {"control_for", "read/gfs2/cached"}}}},
		  {"excluded", 0},
		  {"every_point", false},
		  {"time_scale", 1.0}}},
		{"seed", 1},
		{"contract",
		 {{"name", "mainline"},
		  {"why", "auto: no signal on either canary"},
		  {"asked", "auto"}}},
		{"signal", {{"pin", "any"}}},
		{"reference", {{"switch", nullptr}, {"mutant", nullptr}}},
		{"facts", {{"major", 6}, {"minor", 12}, {"mops", false}, {"mte3", true}}},
		{"privileged", true},
		{"kernel_log", true}};
}

EndRecord sample_end(const std::string &id, VerdictKind kind, const std::string &reason)
{
	EndRecord end;
	end.id = id;
	end.group = id.substr(0, id.rfind('/', id.rfind('/') - 1));
	end.verdict.kind = kind;
	end.verdict.reason = reason;
	end.promise = {.kind = PromiseKind::close, .bytes = 48};
	auto &seen = end.seen;
	seen.phase = Phase::done;
	seen.end = End::returned;
	seen.result = seen.submit_result = 1600;
	seen.elapsed_ns = 41'234;
	seen.length = seen.full = 4096;
	seen.good = seen.arrived = 1600;
	seen.repeated = seen.repeat_data_right = true;
	seen.repeat_result = 4096;
	return end;
}

EndRecord sample_hang(const std::string &id, VerdictKind kind, bool killable)
{
	auto end = sample_end(id, kind, "expected EFAULT or 1..1600, saw a livelock for 5000 ms");
	end.verdict.rules = {Rule::p1, Rule::m5};
	if (!killable)
		end.verdict.rules.insert(end.verdict.rules.begin(), Rule::p2);
	auto &seen = end.seen;
	seen.phase = Phase::entered;
	seen.end = End::hung;
	seen.result = seen.submit_result = 0;
	seen.hang.seen = true;
	seen.hang.killable = killable;
	seen.hang.watched_ns = 5'000'000'000;
	seen.hang.first = {.at_ns = 1'000'000'000, .system_ticks = 100, .minor_faults = 20'000};
	seen.hang.last = {.at_ns = 6'000'000'000,
			  .user_ticks = 1,
			  .system_ticks = 598,
			  .minor_faults = 270'000,
			  .voluntary_switches = 3,
			  .thread = 77,
			  .state = 'R'};
	put(seen.hang.wchan, "0");
	put(seen.hang.syscall, "running");
	put(seen.hang.stacks[0],
	    "[<0>] fault_in_iov_iter_writeable+0x7c/0x1a0\n"
	    "[<0>] gfs2_file_read_iter+0x1a4/0x2c0\n[<0>] vfs_read+0x1c8/0x300");
	put(seen.hang.stacks[1], "[<0>] gfs2_glock_dq+0x24/0x60\n[<0>] vfs_read+0x1c8/0x300");
	seen.hang.stack_counts = {13, 4};
	seen.hang.stack_samples = 20;
	put(seen.hang.innermost, "fault_in_iov_iter_writeable 13, gfs2_glock_dq 4, "
				 "gfs2_glock_nq 3");
	put(seen.hang.heart, "gfs2_file_read_iter");
	seen.hang.paired = true;
	seen.hang.counted_ns = 4'900'000'000;
	seen.hang.kill_ns = killable ? 12'000'000 : 5'000'000'000;
	seen.before = {Made::ended, 4096, 310'000};
	seen.after = {Made::ended, 4096, 402'000};
	seen.hang.others_measured = true;
	seen.hang.others_progress = 41;
	return end;
}

std::vector<std::string> sample_lines()
{
	const std::string hang = "read/gfs2/cached/sync/4096@",
			  gone = "write/xfs/new/sync/4096@0/handler";
	auto first_hang = sample_hang(hang + "1600/handler", VerdictKind::livelock, true);
	auto cured = sample_end("read/gfs2/cold/sync/4096@1600/handler");
	auto noted = sample_end("write/ext4/cached/sync/4096@1600/handler");
	noted.verdict.notes = {"stored_beyond: 8 bytes"};
	auto unchecked = full_count(sample_end("pread64/tmpfs/cached/sync/4096@1600/handler",
					       VerdictKind::unchecked, "completed unchecked"));
	unchecked.verdict.rules = {Rule::m4};
	auto failed =
		sample_end("write/ext4/cold/sync/4096@0/handler", VerdictKind::fail,
			   "expected EFAULT, saw 16; P4: 16 bytes past the count in the file");
	failed.verdict.rules = {Rule::p4, Rule::p3};
	failed.seen.kernel_complained = true;
	constexpr std::string_view complaint = "WARNING: CPU: 0 PID: 1 at fs/inode.c:2 f+0x3/0x4";
	complaint.copy(failed.seen.complaint.data(), complaint.size());
	auto broken = sample_end("uring-read/pipe/worker/sync/1@0/handler", VerdictKind::broken,
				 "opening the ring: ENOMEM");
	broken.seen.end = End::setup_failed;
	auto died = sample_hang(hang + "0/handler", VerdictKind::livelock, false);

	auto other_machine = sample_run();
	other_machine["machine"]["variant"] = "nomops";

	std::vector<std::string> lines = {
		to_line(sample_run()),
		to_line(preflight()),
		to_line(begin({first_hang.id, died.id, cured.id})),
		to_line(full_count(sample_end("read/gfs2/cached+good/sync/4096@1600/handler"))),
		to_line(first_hang),
		to_line(died),
		to_line(skipped(hang + "4080/handler", "group: " + hang + "0/handler")),
		to_line(cured),
		to_line(noted),
		to_line(unchecked),
		to_line(failed),
		to_line(sample_signal("write/ext4/cached/sync/64@16/handler", SEGV_MTESERR)),
		to_line(sample_signal("write/ext4/cached/sync/64@32/handler", SEGV_MTESERR)),
		to_line(broken),
		to_line(skipped("read/xfs/cached/asymm/4096@0/handler",
				"the CPU has no FEAT_MTE3")),
		to_line(Json{{"event", "suspect"},
			     {"ids", {failed.id, "write/ext4/cached/sync/64@16/handler"}},
			     {"complaint", "BUG: sleeping function called from invalid context"}}),
		to_line(begin({gone})),
		to_line(Json{
			{"event", "restart"},
			{"after", gone},
			{"why", "the console shows a panic"},
			{"console", {"Unable to handle kernel paging request", "---[ end ]---"}}}),
		to_line(crash_end(gone, "the console shows a panic")),
		to_line(other_machine),
		to_line(preflight()),
		to_line(sample_end("uring-write/unix/sqpoll/sync/4096@1600/handler")),
		to_line(finish(83.25)),
	};
	return lines;
}

TemporaryFile::TemporaryFile(const std::string &content)
	: path_((std::getenv("TMPDIR") != nullptr ? std::getenv("TMPDIR") : std::string("/tmp")) +
		"/tagtrap-test-XXXXXX")
{
	close(sys::must(mkstemp(path_.data()), "making a temporary file"));
	std::ofstream(path_, std::ios::binary) << content;
}

TemporaryFile::~TemporaryFile()
{
	unlink(path_.c_str());
}

namespace {

Json known_in_sample(const StoredEnd &end, const KernelFacts &)
{
	if (end.id == "read/gfs2/cached/sync/4096@0/handler")
		return {{"reason", "known to the project, withheld"},
			{"kernels", "6.0.."},
			{"withheld", true},
			{"subsystem", "gfs2"},
			{"class", "hang, unkillable"}};
	if (end.id == "read/gfs2/cached/sync/4096@1600/handler" ||
	    end.id.starts_with("read/gfs2/cold/"))
		return {{"reason", "a fault-in loop"},
			{"kernels", "5.16.."},
			{"link", "https://example.org/gfs2"}};
	return nullptr;
}

} // namespace

Journal sample_journal()
{
	return settle(read_back(sample_lines()), known_in_sample);
}

Journal read_back(const std::string &content)
{
	TemporaryFile file(content);
	return read_journal(file.path());
}

Journal read_back(const std::vector<std::string> &lines)
{
	std::string content;
	for (const auto &line : lines)
		content += line;
	return read_back(content);
}

} // namespace tagtrap::selftest
