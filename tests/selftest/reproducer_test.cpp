// SPDX-License-Identifier: GPL-2.0-only
// C programs for mails: their pieces, what is due in them, and which points have none.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <utility>

#include "harness/model/case.h"
#include "harness/report/reproducer.h"
#include "tests/selftest/plan_world.h"

using namespace tagtrap;
using Catch::Matchers::ContainsSubstring;

namespace {

Terms terms_of(Contract contract, int major = 6, int minor = 12)
{
	return {.contract = contract, .kernel = {.major = major, .minor = minor, .mte3 = true}};
}

std::string source(std::string_view id, const Verdict &verdict = {})
{
	const auto made = reproducer(id, terms_of(Contract::mainline), verdict);
	CAPTURE(id, made.why_not);
	REQUIRE(made.why_not.empty());
	return made.source;
}

std::string why_not(std::string_view id, const Verdict &verdict = {})
{
	const auto made = reproducer(id, terms_of(Contract::mainline), verdict);
	CHECK(made.source.empty());
	return made.why_not;
}

/// The last expression: what is due.
std::string test_of(std::string_view id, Contract contract, const Verdict &verdict = {})
{
	const auto made = reproducer(id, terms_of(contract), verdict);
	const auto at = made.source.rfind("return !(");
	REQUIRE(at != std::string::npos);
	std::string text = made.source.substr(at);
	std::erase_if(text, [](char c) { return c == '\n' || c == '\t'; });
	return text;
}

size_t columns(std::string_view line)
{
	size_t at = 0;
	for (const char c : line)
		at = c == '\t' ? (at / 8 + 1) * 8 : at + 1;
	return at;
}

bool is_short(const Point &point)
{
	return point.caller == Caller::leader && !point.call->shape.uring &&
	       !point.call->shape.vectored && point.call->situation == nullptr;
}

/// What is wrong with the form of a program; empty: nothing.
std::string form_fault(const Point &point, std::string_view text)
{
	size_t lines = 0;
	const auto all = text;
	while (!text.empty()) {
		const auto end = text.find('\n');
		if (end == std::string_view::npos)
			return "no line break at its end";
		const auto line = text.substr(0, end);
		if (columns(line) > reproducer_columns)
			return "too wide: " + std::string(line);
		if (std::ranges::any_of(line,
					[](char c) { return c != '\t' && (c < ' ' || c > '~'); }))
			return "not ASCII: " + std::string(line);
		if (line.ends_with(' ') || line.ends_with('\t'))
			return "blanks at its end: " + std::string(line);
		text.remove_prefix(end + 1);
		++lines;
	}
	const auto most =
		(is_short(point) ? reproducer_lines : reproducer_long_lines) +
		(all.find("si_code;") == std::string_view::npos ? 0 : reproducer_info_lines);
	return lines > most ? std::to_string(lines) + " lines" : "";
}

} // namespace

TEST_CASE("every program of every plan is short and narrow, and every other point says why",
	  "[reproducer]")
{
	const auto contract = GENERATE(Contract::mainline, Contract::forced_signal);
	const Verdict verdict = {
		.rules = {Rule::p4},
		.reason = GENERATE(as<std::string>(),
				   "expected EFAULT or 1..2048 and no signal, saw 4096; P4: "
				   "every byte of the granule was stored to */ and more",
				   "saw EFAULT and SIGSEGV (code 8); F1: si_code 8 instead of 9")};
	size_t made = 0;
	for (const auto &point : selftest::planned(Level::standard)) {
		const auto program = reproducer(point, terms_of(contract), verdict);
		if (program.source.empty() == program.why_not.empty() ||
		    !form_fault(point, program.source).empty()) {
			CAPTURE(id(point), program.why_not);
			CHECK(form_fault(point, program.source) == "");
			CHECK(program.source.empty() != program.why_not.empty());
		}
		made += program.source.empty() ? 0 : 1;
	}
	CHECK(made > 1000);
}

TEST_CASE("the state of a file, and other objects", "[reproducer]")
{
	const auto [place, piece] = GENERATE(std::pair("ext4/new", "open(\"reproducer.tmp\""),
					     std::pair("ext4/cached", "pwrite(fd, data"),
					     std::pair("ext4/cold", "POSIX_FADV_DONTNEED"),
					     std::pair("ext4/hole", "ftruncate(fd, sizeof(data))"),
					     std::pair("ext4/cached+direct", "O_RDWR | O_DIRECT"),
					     std::pair("pipe/plain", "pipe(ends)"),
					     std::pair("unix/plain", "AF_UNIX, SOCK_STREAM"));
	const auto id = std::string("write/") + place + "/sync/4096@2048/handler";
	CHECK_THAT(source(id), ContainsSubstring(piece) && ContainsSubstring(id) &&
				       ContainsSubstring("write(fd, buf, LENGTH)"));
}

TEST_CASE("a small file, a new one, one that is not written to", "[reproducer]")
{
	CHECK_THAT(source("read/ext4/small/sync/1000@496/handler"),
		   ContainsSubstring("data[1024]"));
	CHECK_THAT(source("write/ext4/new/sync/4096@2048/handler"), !ContainsSubstring("pwrite"));
	CHECK_THAT(source("read/gfs2/cached/sync/4096@0/handler"),
		   ContainsSubstring("data[i] = NEW(i)") && !ContainsSubstring("fsync"));
}

TEST_CASE("each call", "[reproducer]")
{
	const auto [call, piece] =
		GENERATE(std::pair("read", "= read(fd, buf, LENGTH)"),
			 std::pair("pread64", "= pread(fd, buf, LENGTH, 0)"),
			 std::pair("readv", "= readv(fd, vec, 1)"),
			 std::pair("preadv2", "= preadv2(fd, vec, 1, -1, 0)"),
			 std::pair("write", "= write(fd, buf, LENGTH)"),
			 std::pair("pwrite64", "= pwrite(fd, buf, LENGTH, 0)"),
			 std::pair("writev", "= writev(fd, vec, 1)"),
			 std::pair("pwritev2", "= pwritev2(fd, vec, 1, -1, 0)"),
			 std::pair("uring-read", "IORING_OP_READ,"),
			 std::pair("uring-write", "IORING_OP_WRITE,"),
			 std::pair("uring-readv", "IORING_OP_READV,"),
			 std::pair("uring-writev", "IORING_OP_WRITEV,"),
			 std::pair("uring-read_fixed", "IORING_REGISTER_BUFFERS"));
	CHECK_THAT(source(std::string(call) + "/ext4/cached/sync/4096@2048/handler"),
		   ContainsSubstring(piece) &&
			   ContainsSubstring("set_tags((unsigned long)(buf + BAD)"));
}

TEST_CASE("segments, alignment, and how a request is submitted", "[reproducer]")
{
	CHECK_THAT(source("readv/pipe/seg2/sync/4096@2048/handler"),
		   ContainsSubstring("vec[0] = (struct iovec){ buf + 0, 2048 };") &&
			   ContainsSubstring("vec[1] = (struct iovec){ buf + 2048, 2048 };") &&
			   ContainsSubstring("readv(fd, vec, 2)"));
	CHECK_THAT(source("read/pipe/align8/sync/4096@2040/handler"),
		   ContainsSubstring("| 5UL << 56) + 8;"));
	CHECK_THAT(source("uring-read/pipe/worker/sync/4096@2048/handler"),
		   ContainsSubstring("IOSQE_ASYNC"));
	CHECK_THAT(source("uring-read/pipe/sqpoll/sync/4096@2048/handler"),
		   ContainsSubstring("IORING_SETUP_SQPOLL"));
}

TEST_CASE("the mode of the thread, and TCO", "[reproducer]")
{
	const auto [mode, piece] =
		GENERATE(std::pair("none", "MODE (0xfffeUL << 3 | 1)"),
			 std::pair("sync", "MODE (1UL << 1 | 0xfffeUL << 3 | 1)"),
			 std::pair("async", "MODE (1UL << 2 | 0xfffeUL << 3 | 1)"),
			 std::pair("asymm", "MODE (1UL << 1 | 1UL << 2 | 0xfffeUL << 3 | 1)"),
			 std::pair("storeonly", "MODE (1UL << 1 | 1UL << 19 | 0xfffeUL << 3 | 1)"));
	CHECK_THAT(source(std::string("read/pipe/plain/") + mode + "/4096@2048/handler"),
		   ContainsSubstring(piece));
	CHECK_THAT(source("read/pipe/tco/sync/4096@2048/handler"),
		   ContainsSubstring("msr tco, #1"));
}

TEST_CASE("what stands where the bad granule would be", "[reproducer]")
{
	const auto [stand, piece] = GENERATE(
		std::pair("unmapped", "munmap(buf + BAD"),
		std::pair("protnone", "mprotect(buf + BAD, sysconf(_SC_PAGESIZE), PROT_NONE)"),
		std::pair("rdonly", "sysconf(_SC_PAGESIZE), PROT_READ)"));
	const auto text =
		source(std::string("read/tmpfs/cached+") + stand + "/sync/16384@4096/handler");
	CHECK_THAT(text, ContainsSubstring(piece) && !ContainsSubstring("(buf + BAD) ^"));
	CHECK_THAT(text, !ContainsSubstring("PROT_MTE") && !ContainsSubstring("set_tags"));
	CHECK_THAT(source("read/pipe/good/sync/4096@2048/handler"),
		   !ContainsSubstring("buf + BAD"));
}

TEST_CASE("what the signal meets, and who calls", "[reproducer]")
{
	const auto [how, piece] = GENERATE(
		std::pair("restart", "SA_RESTART"), std::pair("altstack", "sigaltstack"),
		std::pair("nodefer", "SA_NODEFER"), std::pair("blocked", "SIG_BLOCK"),
		std::pair("ignored", "SIG_IGN"), std::pair("default", "SIG_DFL"),
		std::pair("pending", "raise(SIGSEGV)"), std::pair("thread", "pthread_create"),
		std::pair("thread+blocked", "SIG_BLOCK"));
	CHECK_THAT(source(std::string("read/pipe/plain/sync/4096@2048/") + how),
		   ContainsSubstring(piece));
}

TEST_CASE("what is due, by the contract of the run", "[reproducer]")
{
	const auto id = "read/ext4/cached/sync/4096@2048/handler";
	CHECK(test_of(id, Contract::mainline) ==
	      "return !(!died && !seen->signals && "
	      "(r >= 2033 && r <= 2048) && seen->arrived >= r);}");
	CHECK_THAT(test_of(id, Contract::forced_signal), ContainsSubstring("seen->signals == 1"));
	CHECK_THAT(test_of("read/pipe/plain/sync/4096@0/blocked", Contract::forced_signal),
		   ContainsSubstring("died == SIGSEGV || died == SIGBUS"));
	CHECK_THAT(test_of("read/pipe/plain/sync/4096@0/blocked", Contract::mainline),
		   ContainsSubstring("r == -EFAULT"));
	CHECK_THAT(test_of("read/pipe/plain/none/4096@0/handler", Contract::mainline),
		   ContainsSubstring("r == 4096"));
	CHECK_THAT(test_of(id, Contract::mainline, {.rules = {Rule::p4}}),
		   ContainsSubstring("!seen->beyond"));
}

TEST_CASE("code and address of the signal, where they are what is wrong", "[reproducer]")
{
	constexpr auto point = "read/pipe/plain/sync/4096@2048/handler";
	const Verdict code = {.rules = {Rule::f1}, .reason = "F1: si_code 8 instead of 9"};
	const auto forced = reproducer(point, terms_of(Contract::forced_signal), code).source;
	CHECK_THAT(forced, ContainsSubstring("SA_SIGINFO | 0x800") &&
				   ContainsSubstring("seen->code = info->si_code") &&
				   ContainsSubstring("seen->bad = (long)(buf + BAD)"));
	CHECK_THAT(test_of(point, Contract::forced_signal, code),
		   ContainsSubstring("(seen->number == SIGBUS ? BUS_ADRERR : 9)") &&
			   ContainsSubstring("(seen->address ^ seen->bad) << 4 >> 8"));
	CHECK_THAT(
		test_of("read/pipe/plain/sync/4096@2048/noexpose", Contract::forced_signal, code),
		ContainsSubstring("(seen->address ^ seen->bad << 8 >> 8) << 4 >> 8"));
	CHECK(test_of(point, Contract::mainline, code).find("code") == std::string::npos);
	CHECK(test_of(point, Contract::forced_signal).find("code") == std::string::npos);
	// What no handler of one call can tell.
	for (const auto *reason : {"F1: fault_address 0x10 lies outside the bad granule at 0x20",
				   "F1: SIGSEGV where most points of this run got SIGBUS"})
		CHECK(!why_not(point, {.rules = {Rule::f1}, .reason = reason}).empty());
}

TEST_CASE("what was seen stands in the comment, and cannot end it", "[reproducer]")
{
	const auto text =
		source("read/gfs2/cached/sync/4096@0/handler",
		       {.reason = "expected EFAULT and no signal, saw */ a livelock\n\x1b[1m"});
	CHECK_THAT(text, ContainsSubstring("Expected   EFAULT and no signal\n") &&
				 ContainsSubstring("Seen       *. a livelock \\x1b[1m\n"));
}

TEST_CASE("cases with code of their own that have a program", "[reproducer]")
{
	const auto [id, piece] = GENERATE(
		std::pair("tree_search_v2/btrfs/cached/sync/4096@128/handler",
			  "BTRFS_IOC_TREE_SEARCH_V2"),
		std::pair("rt_sigreturn/self/plain/sync/1024@0/handler", "SYS_rt_sigreturn"),
		std::pair("process_vm_readv/self/plain/sync/1024@512/handler",
			  "process_vm_readv(getpid(), &here, 1, &there, 1, 0)"),
		std::pair("faccessat/self/align4/sync/1024@508/handler", "faccessat("),
		std::pair("recvmmsg/self/plain/sync/1024@512/handler", "recvmmsg("),
		std::pair("sendmmsg/self/plain/sync/1024@512/handler", "sendmmsg("));
	CHECK_THAT(source(id), ContainsSubstring(piece));
}

TEST_CASE("points that have none say so", "[reproducer]")
{
	CHECK_THAT(why_not("uring-pair/ext4/cached/sync/4096@2048/handler"),
		   ContainsSubstring("arranges more than one call: ./run.sh uring-pair/"));
	CHECK_THAT(why_not("remount/ext4/cached/sync/4096@2048/handler"),
		   ContainsSubstring("unmounts"));
	CHECK_THAT(why_not("together/ext4/cached/sync/4096@2048/handler"),
		   ContainsSubstring("second task"));
	CHECK_THAT(why_not("read/pipe/plain/sync/4096@2048/fork"),
		   ContainsSubstring("caller is fork"));
	CHECK_THAT(why_not("read/pipe/plain/sync/4096@2048/sigwait"),
		   ContainsSubstring("'sigwait'"));
	CHECK_THAT(why_not("read/ext4/cached/sync/16@64/handler"),
		   ContainsSubstring("no such point"));
	CHECK_THAT(why_not("nothing/ext4/cached/sync/16@0/handler"),
		   ContainsSubstring("is no call"));
	CHECK_THAT(why_not("read/pipe/plain/sync/4096@0/handler", {.rules = {Rule::p5}}),
		   ContainsSubstring("second call"));
	CHECK_THAT(reproducer("uring-read/pipe/sqpoll/sync/4096@0/handler",
			      terms_of(Contract::mainline, 5, 10))
			   .why_not,
		   ContainsSubstring("before 5.11"));
}
