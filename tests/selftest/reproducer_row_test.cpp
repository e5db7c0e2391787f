// SPDX-License-Identifier: GPL-2.0-only
// C programs of rows: images, slots, registers, what they act upon, and which have none.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/model/case.h"
#include "harness/model/row.h"
#include "harness/report/reproducer.h"
#include "tests/selftest/plan_world.h"

namespace tagtrap::selftest {
namespace {

using Catch::Matchers::ContainsSubstring;

const Terms by_mainline = {.kernel = {.major = 6, .minor = 12, .mte3 = true}};

std::string source_of(std::string_view id)
{
	const auto made = reproducer(id, by_mainline);
	CAPTURE(id, made.why_not);
	REQUIRE(made.why_not.empty());
	return made.source;
}

std::string refusal_of(std::string_view id)
{
	const auto made = reproducer(id, by_mainline);
	CHECK(made.source.empty());
	return made.why_not;
}

} // namespace

TEST_CASE("registers of a row are those of the program", "[reproducer]")
{
	CHECK_THAT(source_of("statx.buf/ext4/plain/sync/@last/handler"),
		   ContainsSubstring("syscall(SYS_statx, object, image0, 4096L, 4095L, buf,") &&
			   ContainsSubstring("#define LENGTH 256\n#define BAD 240\n") &&
			   ContainsSubstring("unsigned char image0[1];") &&
			   ContainsSubstring("openat(second, \"file\""));
	CHECK_THAT(source_of("readlinkat.buf/tmpfs/plain/sync/@first/handler"),
		   ContainsSubstring("image0[5] = \"link\";") && ContainsSubstring("r == -EFAULT"));
	CHECK_THAT(source_of("mincore.vec/self/plain/sync/@first/handler"),
		   ContainsSubstring("_Alignas(65536) char spare[4096]") &&
			   ContainsSubstring("syscall(SYS_mincore, spare,"));
	CHECK_THAT(source_of("ppoll.fds/pipe/plain/sync/@first/handler"),
		   ContainsSubstring("PUT(image0, 0, 4, object);") &&
			   ContainsSubstring("memcpy(buf, image0, sizeof(image0));") &&
			   ContainsSubstring("pipe2(ends, O_NONBLOCK)"));
}

TEST_CASE("what the pointee of a row starts as", "[reproducer]")
{
	CHECK_THAT(source_of("statx.path/ext4/plain/sync/@first/handler"),
		   ContainsSubstring("memset(buf, '/', LENGTH - 1);") &&
			   ContainsSubstring("buf[0] = '.';") &&
			   ContainsSubstring("memcpy(buf + LENGTH - 5, \"file\", 4);"));
	CHECK_THAT(source_of("chdir.filename/self/plain/sync/@last/handler"),
		   ContainsSubstring("\"/none/of/tagtrap\"") && !ContainsSubstring("buf[0]"));
	CHECK_THAT(source_of("fsopen.fs_name/self/plain/sync/@first/handler"),
		   ContainsSubstring("memset(buf, 'p', LENGTH - 1);") &&
			   ContainsSubstring("memcpy(buf, \"tagtrap\", 7);"));
}

TEST_CASE("what a row returns is told as the suite tells it", "[reproducer]")
{
	CHECK_THAT(source_of("chdir.filename/self/plain/sync/@behind/handler"),
		   ContainsSubstring("seen->result == -ENOENT") && ContainsSubstring("-EBADMSG") &&
			   ContainsSubstring("r == 0"));
	CHECK_THAT(source_of("openat.filename/tmpfs/good/sync/@first/handler"),
		   ContainsSubstring("if (seen->result > 0)\n\t\tseen->result = 0;"));
	CHECK_THAT(source_of("fgetxattr.name/tmpfs/plain/sync/@first/handler"),
		   ContainsSubstring("fsetxattr(object, \"trusted.tagtrap\""));
}

TEST_CASE("rows that have no program say so", "[reproducer]")
{
	CHECK_THAT(refusal_of("wait4.ru/self/plain/sync/@first/handler"),
		   ContainsSubstring("code that makes its call: ./run.sh wait4.ru/"));
	CHECK_THAT(refusal_of("recvmsg.iov/self/plain/sync/@first/handler"),
		   ContainsSubstring("(dgram) has no program"));
	CHECK_THAT(refusal_of("ppoll.fds/pipe/plain/sync/@first/mask-open"),
		   ContainsSubstring("'mask-open'"));
#if !defined(__aarch64__)
	CHECK_THAT(refusal_of("fstat.statbuf/tmpfs/plain/sync/@first/handler"),
		   ContainsSubstring("another size on arm64"));
#endif
}

TEST_CASE("rows without code on the process, files and pipes have a program", "[reproducer]")
{
	size_t made = 0, all = 0;
	for (const Case *call : cases()) {
		if (call->row == nullptr || call->row->memory.issue != nullptr)
			continue;
		const auto setting = call->row->on.name;
		if (setting != "itself" && setting != "files" && setting != "pipe")
			continue;
		++all;
		const auto id =
			planned(Level::quick, 4096, {std::string(call->name) + "/*"}).front();
		made += reproducer(id, by_mainline).why_not.empty() ? 1 : 0;
	}
	CHECK(all > 200);
	CHECK(made > all * 9 / 10);
}

} // namespace tagtrap::selftest
