// SPDX-License-Identifier: GPL-2.0-only
// Which violations are one cause, and how bad it is.
#include <catch2/catch_test_macros.hpp>

#include "harness/model/settle.h"
#include "harness/report/cause.h"
#include "harness/report/known.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

Journal journal_of(const std::vector<EndRecord> &ends)
{
	std::vector<std::string> lines = {to_line(sample_run())};
	for (const auto &end : ends)
		lines.push_back(to_line(to_json(end)));
	return read_back(lines);
}

EndRecord broke(const std::string &id, Rule rule)
{
	auto end = sample_end(id, VerdictKind::fail, "expected one thing, saw another");
	end.verdict.rules = {rule};
	return end;
}

EndRecord hangs_in(const std::string &id, std::string_view heart, bool killable = true)
{
	auto end = sample_hang(id, VerdictKind::livelock, killable);
	end.seen.hang.heart = {};
	put(end.seen.hang.heart, heart);
	return end;
}

StoredEnd complained(std::string_view text, ComplaintKind kind)
{
	StoredEnd end = {.id = "read/ext4/cached/sync/4096@0/handler"};
	end.verdict = {.kind = VerdictKind::fail, .rules = {Rule::p8}};
	end.seen.complaint_kind = kind;
	put(end.seen.complaint, text);
	return end;
}

std::vector<CauseKey> keys_of(const Journal &journal)
{
	std::vector<CauseKey> keys;
	const auto all = digest(journal);
	for (const auto &cause : causes_of(all))
		keys.push_back(cause.key);
	return keys;
}

} // namespace

TEST_CASE("a hang is one cause with all that reaches it, whether or not SIGKILL ended it",
	  "[cause]")
{
	const auto journal =
		journal_of({hangs_in("read/gfs2/cached/sync/4096@0/handler", "gfs2_file_read_iter"),
			    hangs_in("pread64/gfs2/cold+direct/sync/4096@2048/handler",
				     "gfs2_file_read_iter.isra.0"),
			    hangs_in("uring-read/gfs2/hole+worker/sync/4096@0/handler",
				     "gfs2_file_read_iter", false)});
	const auto all = digest(journal);
	const auto causes = causes_of(all);
	REQUIRE(causes.size() == 1);
	CHECK(causes[0].key == CauseKey{"gfs2_file_read_iter", Rule::p1});
	CHECK(causes[0].rows.size() == 3);
	CHECK(causes[0].severity == Severity::hang_unkillable);
	CHECK(causes[0].shortest->end->id == "uring-read/gfs2/hole+worker/sync/4096@0/handler");
	const auto reach = reach_of(causes[0]);
	CHECK(reach.calls == std::vector<std::string>{"read", "pread64", "uring-read+worker"});
	CHECK(reach.states == std::vector<std::string>{"cached", "cold+direct", "hole"});
	CHECK(reach.offsets == std::vector<uint64_t>{0, 2048});
}

TEST_CASE("the read loop of gfs2 on Linux 6.12 is one cause, as it was really seen", "[cause]")
{
	// What a quick run on Debian's 6.12.118-1 in QEMU 11.1.3 found: every violation of it.
	const auto journal =
		settle(read_journal("tests/selftest/data/gfs2-read-6.12.jsonl"), known_field);
	const auto all = digest(journal);
	const auto causes = causes_of(all);
	REQUIRE(causes.size() == 1);
	CHECK(causes[0].id == "e7387c21");
	CHECK(causes[0].rows.size() == 51);
	CHECK(causes[0].known == 51);
	CHECK(causes[0].severity == Severity::hang_killable);
	CHECK_FALSE(causes[0].shortest->end->seen.hang.shortened);
	CHECK_FALSE(security_matter(all, causes[0]));
	const auto reach = reach_of(causes[0]);
	CHECK(reach.calls.size() == 11);
	CHECK(reach.places == std::vector<std::string>{"gfs2"});
	CHECK(reach.states == std::vector<std::string>{"cached", "hole", "small", "cold",
						       "hole+direct", "small+direct"});
}

TEST_CASE("a hang that was looked at in one station only is part of the loop around it", "[cause]")
{
	const auto with = [](const std::string &id, std::string_view heart, std::string_view first,
			     std::string_view second) {
		auto end = hangs_in(id, heart);
		end.seen.hang.stacks = {};
		end.seen.hang.stack_counts = {10, 5};
		put(end.seen.hang.stacks[0], first);
		put(end.seen.hang.stacks[1], second);
		return end;
	};
	constexpr std::string_view
		copying = "[<0>] filemap_read+0x1/0x2\n[<0>] gfs2_file_read_iter+0x1/0x2\n",
		clearing = "[<0>] iomap_dio_hole_iter+0x1/0x2\n[<0>] gfs2_file_read_iter+0x1/0x2\n",
		faulting = "[<0>] fault_in_x+0x1/0x2\n[<0>] gfs2_file_read_iter.isra.0+0x3/0x4\n";
	const auto whole = with("read/gfs2/cached/sync/4096@0/handler", "gfs2_file_read_iter",
				copying, faulting);
	const auto part = with("read/gfs2/cold/sync/4096@0/handler", "filemap_read", copying, "");
	const auto stranger = with("read/gfs2/hole+direct/sync/4096@0/handler",
				   "iomap_dio_hole_iter", clearing, "");
	CHECK(keys_of(journal_of({part, whole})) ==
	      std::vector<CauseKey>{{"gfs2_file_read_iter", Rule::p1}});
	// Nobody has seen that loop around it: they stay two.
	CHECK(keys_of(journal_of({stranger, whole})).size() == 2);
	CHECK(keys_of(journal_of({part, stranger})).size() == 2);
}

TEST_CASE("a hang that left no stack is that of its like that did", "[cause]")
{
	const auto seen = hangs_in("write/xfs/new/sync/4096@2048/handler", "iomap_write_actor"),
		   like = hangs_in("uring-write/xfs/new/sync/4096@2048/handler", ""),
		   other_state = hangs_in("uring-write/xfs/hole/sync/4096@2048/handler", ""),
		   other_way = hangs_in("uring-read/xfs/new/sync/4096@2048/handler", "");
	CHECK(keys_of(journal_of({seen, like})) ==
	      std::vector<CauseKey>{{"iomap_write_actor", Rule::p1}});
	CHECK(keys_of(journal_of({seen, other_state})).size() == 2);
	CHECK(keys_of(journal_of({seen, like, other_state})).size() == 2);
	CHECK(keys_of(journal_of({seen, other_way})).size() == 2);
	CHECK(keys_of(journal_of({like})) ==
	      std::vector<CauseKey>{{"iomap_file_buffered_write", Rule::p1}});
}

TEST_CASE("without a stack the function that moves the bytes and the rule make a cause", "[cause]")
{
	// Three calls on two places, one function.
	CHECK(keys_of(journal_of({broke("read/ext4/cached/sync/4096@0/handler", Rule::p3),
				  broke("pread64/xfs/cached/sync/4096@0/handler", Rule::p3),
				  broke("uring-read/ext4/cold/sync/4096@16/handler", Rule::p3)})) ==
	      std::vector<CauseKey>{{"filemap_read", Rule::p3}});
	// O_DIRECT is one path on all disk filesystems.
	CHECK(keys_of(journal_of(
		      {broke("pwrite64/ext4/cached+direct/sync/16384@4096/handler", Rule::p4),
		       broke("pwrite64/xfs/cached+direct/sync/16384@4096/handler", Rule::p4)})) ==
	      std::vector<CauseKey>{{"iomap_dio_rw", Rule::p4}});
	// Two rules in one function are two mistakes.
	CHECK(keys_of(journal_of({broke("write/pipe/plain/sync/4096@0/handler", Rule::p3),
				  broke("write/pipe/plain/sync/4096@16/handler", Rule::p5)})) ==
	      std::vector<CauseKey>{{"pipe_write", Rule::p5}, {"pipe_write", Rule::p3}});
	// So are two functions that break one rule.
	CHECK(keys_of(journal_of({broke("write/pipe/plain/sync/4096@0/handler", Rule::p3),
				  broke("write/unix/plain/sync/4096@16/handler", Rule::p3)}))
		      .size() == 2);
	// The signal comes from one place, whoever copies: mutants that are seen everywhere are
	// one.
	CHECK(keys_of(journal_of({broke("write/pipe/plain/sync/4096@0/handler", Rule::f1),
				  broke("read/pipe/plain/sync/4096@0/blocked", Rule::f1),
				  broke("read/gfs2/cached/sync/4096@0/handler", Rule::f1)})) ==
	      std::vector<CauseKey>{{"do_tag_check_fault", Rule::f1}});
	CHECK(keys_of(journal_of(
		      {broke("read/pipe/unmapped/sync/16384@4096/handler", Rule::m1)})) ==
	      std::vector<CauseKey>{{"pipe_read", Rule::m1}});
	CHECK(function_of("who-knows/self/align16/sync/8@0/handler") == "call who-knows");
}

TEST_CASE("a kernel's complaint names the function", "[cause]")
{
	const auto key = [](std::string_view text) {
		return cause_key(complained(text, ComplaintKind::report));
	};
	CHECK(key("BUG: KASAN: slab-out-of-bounds in ext4_da_write_end+0x10/0x20") ==
	      CauseKey{"ext4_da_write_end", Rule::p8});
	CHECK(key("pc : __arch_copy_to_user.part.0+0x180/0x21c").function == "__arch_copy_to_user");
	CHECK(key("BUG: sleeping function called from invalid context").function == "filemap_read");
	CHECK(severity_of(complained("", ComplaintKind::report)) == Severity::crash);
	CHECK(severity_of(complained("", ComplaintKind::stall)) == Severity::hang_killable);
	// Wrong bytes may be stale or lost ones: nobody is told in public until they are classed.
	const auto bytes = journal_of({broke("read/pipe/plain/sync/4096@0/handler", Rule::p4)});
	const auto all = digest(bytes);
	CHECK(causes_of(all).at(0).severity == Severity::data_loss);
	CHECK(security_matter(all, causes_of(all).at(0)));
}

TEST_CASE("the id of a cause is of its function and its rule, on every kernel", "[cause]")
{
	const CauseKey key = {"gfs2_file_read_iter", Rule::p1};
	CHECK(cause_id(key) == "e7387c21");
	CHECK(cause_id(key) != cause_id({"gfs2_file_read_iter", Rule::p4}));
	CHECK(cause_id(key) != cause_id({"gfs2_file_write_iter", Rule::p1}));
}

TEST_CASE("the worst cause comes first, then the one that reaches more", "[cause]")
{
	const auto keys = keys_of(journal_of(
		{broke("read/pipe/plain/sync/4096@0/handler", Rule::p3),
		 broke("write/pipe/plain/sync/4096@0/handler", Rule::p3),
		 broke("write/pipe/plain/sync/4096@16/handler", Rule::p3),
		 broke("write/unix/plain/sync/4096@16/handler", Rule::f1),
		 hangs_in("read/gfs2/cached/sync/4096@0/handler", "gfs2_file_read_iter")}));
	CHECK(keys == std::vector<CauseKey>{{"gfs2_file_read_iter", Rule::p1},
					    {"pipe_write", Rule::p3},
					    {"pipe_read", Rule::p3},
					    {"do_tag_check_fault", Rule::f1}});
	for (const auto severity :
	     {Severity::disclosure, Severity::hang_unkillable, Severity::tool})
		CHECK(parse_severity(to_string(severity)) == severity);
	CHECK_THROWS_AS(parse_severity("bad"), std::invalid_argument);
}

TEST_CASE("what anybody can cause and nobody has published goes to the security contact first",
	  "[cause]")
{
	auto journal =
		journal_of({hangs_in("read/gfs2/cached/sync/4096@0/handler", "gfs2_file_read_iter"),
			    hangs_in("read/gfs2/cached/asymm/4096@0/handler", "asymm_needs_root"),
			    broke("write/pipe/plain/sync/4096@0/handler", Rule::p3)});
	const auto matters = [&] {
		const auto all = digest(journal);
		std::vector<bool> out;
		for (const auto &cause : causes_of(all))
			out.push_back(security_matter(all, cause));
		return out;
	};
	CHECK(matters() == std::vector{true, false, false});
	journal.ends[0].known = {{"reason", "r"}, {"source", "https://lore.example/1"}};
	CHECK(matters() == std::vector{false, false, false});
	journal.ends[2].known = {{"reason", "r"}, {"withheld", true}, {"class", "disclosure"}};
	CHECK(matters() == std::vector{true, false, false});
}
