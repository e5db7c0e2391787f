// SPDX-License-Identifier: GPL-2.0-only
// A row by itself: what is refused, how registers and images are laid out, what is reported.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/syscall.h>
#include <utility>

#include "fixtures/rows/issue.h"
#include "fixtures/rows/registered.h"
#include "fixtures/rows/settings.h"
#include "harness/model/row.h"

namespace tagtrap::rows {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace words;

constexpr uint64_t two_words[2] = {0x1111111111111111, 0x2222222222222222};
constexpr Image chain[] = {
	like(two_words, {{{0, 8, image(1)}, {8, 4, object}}}),
	{nullptr, 24, {{{0, 8, it}, {8, 8, size}, {16, 8, spare_at(32)}}}},
};

Row sound()
{
	return {"getresuid.test", trap(SYS_getresuid), {it, 1, 2}, Flow::out,
		one<int>,         on::itself,          {},         {.by = "__do_sys_getresuid"},
		Tries::plain,     Care::none};
}

/// Memory as a worker has it, without tags.
struct World {
	alignas(16) std::array<unsigned char, 64> pointee = {};
	alignas(16) std::array<unsigned char, 8192> good = {};
	int64_t raw = 0;

	ProbeArgs args(const Row &row)
	{
		ProbeArgs made;
		made.fd = 7;
		made.second = 8;
		made.row = &row;
		made.buffer = {reinterpret_cast<uint64_t>(pointee.data())};
		made.length = made.good = row.extent.size();
		made.spare = {reinterpret_cast<uint64_t>(good.data())};
		made.page_size = 4096;
		made.submit_result = &raw;
		return made;
	}
};

std::array<uint64_t, 6> registers = {};

int64_t note_registers(Issue &issue)
{
	for (size_t i = 0; i < registers.size(); ++i)
		registers[i] = issue.word(i);
	return 41;
}

int64_t undone = 0;

void note_undo(Issue &, int64_t result)
{
	undone = result;
}

template <class T> T at(const unsigned char *bytes)
{
	T value;
	std::memcpy(&value, bytes, sizeof(value));
	return value;
}

} // namespace

TEST_CASE("a row that cannot be judged is refused, and told why")
{
	const auto refused = [](const char *why, void (*spoil)(Row &)) {
		Row row = sound();
		spoil(row);
		CHECK_THAT(refusal(row), ContainsSubstring(why));
		CHECK_THAT(refusal(row), ContainsSubstring("'" + std::string(row.name) + "'"));
		CHECK_THROWS_AS(RegisteredRows({&row, 1}), std::logic_error);
	};
	static constexpr std::array short_image = {Image{nullptr, 4, {{{0, 8, it}}}}};
	static constexpr std::array long_image = {Image{nullptr, 4097}};
	CHECK(refusal(sound()).empty());
	refused("no kernel function", [](Row &row) { row.due.by = ""; });
	refused("why a good call comes back", [](Row &row) { row.entry = trap(SYS_ppoll); });
	refused("no system call", [](Row &row) { row.entry = {}; });
	refused("CALL.POINTER", [](Row &row) { row.name = "getresuid"; });
	refused("CALL.POINTER", [](Row &row) { row.name = "getresuid.a/b"; });
	refused("extent is empty", [](Row &row) { row.extent = bytes(0); });
	refused("holds the pointer", [](Row &row) { row.words = {1, 2, 3}; });
	refused("EFAULT", [](Row &row) { row.due.yields = fails(EFAULT); });
	refused("image that is not there", [](Row &row) { row.words = {it, image(0)}; });
	refused("starts as", [](Row &row) { row.memory = {.images = chain, .holds = 2}; });
	refused("does not fit", [](Row &row) { row.memory = {.images = chain, .holds = 0}; });
	refused("fit the extent", [](Row &row) { row.memory = {.text = "abcd"}; });
	refused("needs its text", [](Row &row) { row.extent = text(64); });
	refused("slashes", [](Row &row) {
		row.extent = text(8);
		row.memory = {.path = "abcdef"};
	});
	refused("more than one thing", [](Row &row) {
		row.extent = text(64);
		row.memory = {.text = "a", .path = "b"};
	});
	refused("fit its image", [](Row &row) { row.memory = {.images = short_image}; });
	refused("good memory", [](Row &row) { row.memory = {.images = long_image}; });
}

TEST_CASE("a row without a granule in its register may have it in an image")
{
	Row row = sound();
	row.words = {image(0)};
	row.memory = {.images = chain};
	CHECK(refusal(row).empty());
}

TEST_CASE("registers and images are laid out as declared")
{
	Row row = sound();
	row.extent = bytes(24);
	row.words = {it, size, object, second, image(1), -1};
	row.memory = {.images = chain, .issue = note_registers, .undo = note_undo};
	row.due.yields = a_number;
	World world;
	const ProbeArgs args = world.args(row);
	undone = 0;
	CHECK(issue_row(args) == 0);
	CHECK(world.raw == 41);
	CHECK(undone == 41);
	const uint64_t good = args.spare.bits;
	CHECK(registers ==
	      std::array<uint64_t, 6>{args.buffer.bits, 24, 7, 8, good + 16, ~uint64_t{0}});
	const auto *const bytes = world.good.data();
	CHECK(at<uint64_t>(bytes) == good + 16);
	CHECK(at<uint32_t>(bytes + 8) == 7);
	CHECK(at<uint32_t>(bytes + 12) == 0x22222222);
	CHECK(at<uint64_t>(bytes + 16) == args.buffer.bits);
	CHECK(at<uint64_t>(bytes + 24) == 24);
	CHECK(at<uint64_t>(bytes + 32) == good + 4096 + 32);
}

TEST_CASE("the pointee starts as an image, a text or a path")
{
	Row row = sound();
	World world;
	const auto filled = [&] {
		world.pointee.fill(0xee);
		fill_row(world.args(row), world.pointee.data());
		return std::string(reinterpret_cast<const char *>(world.pointee.data()),
				   row.extent.size());
	};
	row.extent = bytes(16);
	row.memory = {.images = chain, .holds = 0};
	filled();
	CHECK(at<uint32_t>(world.pointee.data() + 8) == 7);
	row.extent = text(8);
	row.memory = {.text = "abc"};
	CHECK(filled() == std::string("abccccc\0", 8));
	row.memory = {.path = "abc"};
	CHECK(filled() == std::string(".///abc\0", 8));
	row.memory = {.path = "/abc"};
	CHECK(filled() == std::string("////abc\0", 8));
	row.memory = {.path = "abcdefg"};
	CHECK(filled() == std::string("abcdefg\0", 8));
	row.memory = {.path = "abcde"};
	CHECK(filled() == std::string("./abcde\0", 8));
}

TEST_CASE("what is reported of a result")
{
	CHECK(told(7, 7) == 7);
	CHECK(told(7, 3) == 3);
	CHECK(told(7, -EFAULT) == -EFAULT);
	CHECK(told(a_handle, 5) == 0);
	CHECK(told(a_number, 0) == 0);
	CHECK(told(a_handle, -EMFILE) == -EMFILE);
	CHECK(told(fails(ENOENT), -ENOENT) == 0);
	CHECK(told(fails(ENOENT), -EFAULT) == -EFAULT);
	CHECK(told(fails(ENOENT), 0) == -EBADMSG);
}

TEST_CASE("the granule lies at its position, whatever the size")
{
	const auto bytes_asked =
		GENERATE(1u, 2u, 4u, 12u, 16u, 20u, 31u, 32u, 33u, 48u, 256u, 1032u);
	Row row = sound();
	row.extent = bytes(bytes_asked);
	CAPTURE(bytes_asked);
	for (const auto where : positions(row.extent)) {
		Point point;
		place_granule(row, where, point);
		CAPTURE(to_string(where), point.align, point.offset);
		CHECK(point.position == where);
		CHECK(point.length == bytes_asked);
		const uint32_t first = (point.align + point.offset) / 16 * 16;
		const uint32_t end = point.align + bytes_asked;
		const auto holds = [&](uint32_t byte) { return point.align + byte - first < 16; };
		CHECK((point.offset == 0 || (point.align + point.offset) % 16 == 0));
		if (where == Position::first)
			CHECK((holds(0) && point.align == 0));
		if (where == Position::middle)
			CHECK((holds(bytes_asked / 2) && !holds(0) && !holds(bytes_asked - 1)));
		if (where == Position::last)
			CHECK((holds(bytes_asked - 1) && first + 16 == end));
		if (where == Position::behind)
			CHECK(first == end);
	}
}

} // namespace tagtrap::rows
