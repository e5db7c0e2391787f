// SPDX-License-Identifier: GPL-2.0-only
// Points that are not run.
#include <catch2/catch_test_macros.hpp>
#include <cerrno>

#include "harness/run/skips.h"

namespace tagtrap {

TEST_CASE("a filesystem without O_DIRECT is told from a step that fails")
{
	const auto point = parse_id("read/tmpfs/cached+direct/sync/4096@2048/handler");
	Observation seen;
	const auto fails = [&](int error, std::string_view step) {
		seen = {};
		seen.end = End::setup_failed;
		seen.failure.error = error;
		step.copy(seen.failure.step.data(), seen.failure.step.size() - 1);
		return no_direct(point, seen);
	};
	CHECK(fails(EINVAL, "opening with O_DIRECT: /mnt/x: Invalid argument") ==
	      "tmpfs has no O_DIRECT on this kernel");
	CHECK(fails(EACCES, "opening with O_DIRECT: /mnt/x: Permission denied").empty());
	CHECK(fails(EINVAL, "filling a file: Invalid argument").empty());
	CHECK(fails(EINVAL, "PR_SET_TAGGED_ADDR_CTRL: Invalid argument").empty());
	fails(EINVAL, "opening with O_DIRECT: /mnt/x");
	seen.end = End::returned;
	CHECK(no_direct(point, seen).empty());
	seen.end = End::setup_failed;
	CHECK(no_direct(parse_id("read/tmpfs/cached/sync/4096@2048/handler"), seen).empty());
}

TEST_CASE("store-only is there where HWCAP3 shows it and prctl takes it")
{
	CHECK(lacks_storeonly(true, 0).empty());
	CHECK(lacks_storeonly(false, -EINVAL).starts_with("no store-only: HWCAP3_MTE_STORE_ONLY"));
	CHECK(lacks_storeonly(true, -EINVAL) ==
	      "no store-only: HWCAP3 shows it, prctl says: Invalid argument");
	CHECK(lacks_storeonly(false, 0).find("does not show it") != std::string::npos);
	// This machine has none, or has it: the session goes by the same two.
	Abilities able;
	const auto reason = [&able](const char *id) {
		return skip_reason(parse_id(id), able, {}, Contract::mainline);
	};
	const char *const point = "write/pipe/plain/storeonly/4096@2048/handler";
	CHECK(reason(point).empty());
	able.no_storeonly = "no store-only: because";
	CHECK(reason(point) == "no store-only: because");
	CHECK(reason("write/pipe/plain/sync/4096@2048/handler").empty());
}

TEST_CASE("swap on a disk is for a machine of ours")
{
	const auto reason = [](const char *id, bool our_vm) {
		return skip_reason(parse_id(id), {}, {.our_vm = our_vm}, Contract::mainline);
	};
	const char *const on_disk = "read/pipe/mem-diskswap+good/sync/16384@0/handler";
	CHECK(reason(on_disk, false) == "swap on a disk is switched on in a machine of ours only");
	CHECK(reason(on_disk, true).empty());
	CHECK(reason("read/pipe/mem-swapped+good/sync/16384@0/handler", false).empty());
}

TEST_CASE("what needs tags is SKIP where there are none, what needs pages is not")
{
	Abilities able;
	const auto reason = [&able](const char *id) {
		return skip_reason(parse_id(id), able, {}, Contract::mainline);
	};
	const char *const tagged[] = {
		"read/pipe/plain/sync/4096@2048/handler", "read/pipe/plain/sync/4096@4096/handler",
		"read/pipe/plain/none/4096@2048/handler", "read/pipe/good/async/4096@0/handler",
		"statx.buf/tmpfs/plain/sync/@behind/handler"};
	const char *const ordinary[] = {
		"read/pipe/good/sync/4096@0/handler", "read/pipe/unmapped/sync/4096@0/handler",
		"write/pipe/protnone/sync/4096@0/handler", "read/pipe/rdonly/sync/4096@0/handler",
		"statx.buf/tmpfs/protnone/sync/@first/handler"};
	for (const auto *id : tagged)
		CHECK(reason(id).empty());
	able.no_tags = "no-mte";
	able.survey.missing["gfs2"] = "no disk";
	for (const auto *id : tagged)
		CHECK(reason(id) == "no-mte");
	for (const auto *id : ordinary)
		CHECK(reason(id).empty());
	CHECK(reason("read/gfs2/cached/sync/4096@0/handler") == "no-mte");
	CHECK(reason("read/gfs2/cached+unmapped/sync/4096@0/handler") == "no gfs2 here: no disk");
}

TEST_CASE("a case without a promise is left out like any other")
{
	const Case silent = {.name = "no-promise"};
	Point point = parse_id("read/pipe/plain/sync/4096@2048/handler");
	point.call = &silent;
	const auto end = skipped(point, {}, "because");
	CHECK(end.verdict.kind == VerdictKind::skip);
	CHECK(end.verdict.reason == "because");
	CHECK(end.id == "no-promise/pipe/plain/sync/4096@2048/handler");
	CHECK(end.promise.kind == PromiseKind::exact);
}

} // namespace tagtrap
