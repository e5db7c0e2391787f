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
