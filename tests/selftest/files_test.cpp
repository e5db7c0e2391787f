// SPDX-License-Identifier: GPL-2.0-only
// A file as a call finds it, and what is seen of it afterwards, by calls that are made up here.
#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "fixtures/target.h"
#include "harness/model/sweep.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {
namespace {

/// The target of a point, which is armed, and may be looked at.
struct Armed {
	explicit Armed(const char *id)
		: point(parse_id(id)), file(make_file(point, scratch.path.string(), 4096))
	{
		file->arm(point.length);
	}

	int64_t size() const
	{
		struct stat status = {};
		REQUIRE(fstat(file->fd(), &status) == 0);
		return status.st_size;
	}

	/// As a write that stores `bytes` of its data and says that it stored `told`.
	Observation writes(size_t bytes, int64_t told)
	{
		REQUIRE(write(file->fd(), pattern(Content::fresh), bytes) ==
			static_cast<ssize_t>(bytes));
		Observation seen;
		seen.result = told;
		file->inspect(point.length, seen);
		return seen;
	}

	selftest::Scratch scratch = {};
	Point point;
	std::unique_ptr<Target> file;
};

void spoil(const Armed &at, off_t where, unsigned char byte)
{
	REQUIRE(pwrite(at.file->fd(), &byte, 1, where) == 1);
}

} // namespace

TEST_CASE("a write that moves everything is seen to have, wherever it starts")
{
	for (const char *id : {"write/ext4/cached+from6644/sync/5000@0/handler",
			       "write/ext4/cached+from32668/sync/1000@0/handler", // across the end
			       "write/ext4/small+from924/sync/1000@0/handler",
			       "write/ext4/new+from6644/sync/5000@0/handler",
			       "write/ext4/hole+from6644/sync/5000@0/handler",
			       "write/ext4/large+from2095604/sync/5000@0/handler"}) {
		CAPTURE(id);
		Armed at(id);
		const uint32_t size = size_of_file(at.point.state, 4096);
		for (int round = 0; round < 2; ++round) {
			CHECK(at.size() == size);
			const Observation seen = at.writes(at.point.length, at.point.length);
			CHECK(seen.peer_arrived == at.point.length);
			CHECK(seen.peer_beyond == 0);
			CHECK(seen.peer_before == 0);
			CHECK(seen.view_differs == -1); // it was not short
			at.file->arm(at.point.length);
		}
	}
}

TEST_CASE("a write that falls short is looked at again")
{
	Armed at("write/ext4/cached+from6644/sync/5000@0/handler");
	const Observation right = at.writes(100, 100);
	CHECK(right.peer_arrived == 100);
	CHECK(right.peer_beyond == 0);
	CHECK(right.view_differs == 0);
	CHECK(right.foreign == 0);

	at.file->arm(at.point.length);
	const Observation more = at.writes(100, 90);
	CHECK(more.peer_arrived == 100);
	CHECK(more.peer_beyond == 10);
	CHECK(more.foreign == 0); // they are the caller's

	at.file->arm(at.point.length);
	unsigned char byte = pattern(Content::fresh)[500];
	byte = byte == 1 ? 2 : 1; // 1..127: neither the caller's there nor what was there
	spoil(at, 6644 + 500, byte);
	CHECK(at.writes(100, 100).foreign == 1);
}

TEST_CASE("the block in which a write ends is looked at to its end")
{
	Armed at("write/ext4/cached+from6644/sync/5000@0/handler");
	spoil(at, 12287, 1);
	CHECK(at.writes(100, 100).peer_beyond == 1);
	at.file->arm(at.point.length);
	CHECK(at.writes(100, 100).peer_beyond == 0); // renewed
	at.file->arm(at.point.length);
	spoil(at, 12288, 1); // nobody looks there
	CHECK(at.writes(100, 100).peer_beyond == 0);
}

TEST_CASE("a block of a disk that nobody wrote is no hole")
{
	for (const char *id : {"write/ext4/hole+from6644/sync/5000@0/handler",
			       "write/ext4/cached+from6644/sync/5000@0/handler"}) {
		CAPTURE(id);
		Armed at(id);
		for (const off_t where : {4096, 6643, 7000, 12287})
			spoil(at, where, nobodys);
		CHECK(at.writes(100, 100).foreign == 4);
	}
}

TEST_CASE("bytes in front of a transfer are watched, and renewed for the next one")
{
	for (const char *id : {"write/ext4/cached+from6644/sync/5000@0/handler",
			       "write/ext4/large+from2095604/sync/5000@0/handler",
			       "write/ext4/hole+from6644/sync/5000@0/handler"}) {
		CAPTURE(id);
		Armed at(id);
		const off_t from = at.point.from;
		const off_t first = (from - 64) / 4096 * 4096; // of its block
		for (const off_t where : {from - 1, from - 64, first}) {
			spoil(at, where, 1);
			CHECK(at.writes(at.point.length, at.point.length).peer_before == 1);
			at.file->arm(at.point.length);
			CHECK(at.writes(at.point.length, at.point.length).peer_before == 0);
			at.file->arm(at.point.length);
		}
		spoil(at, first - 1, 1); // nobody looks there
		CHECK(at.writes(at.point.length, at.point.length).peer_before == 0);
	}
}

TEST_CASE("of a new file everything in front of a transfer is looked at")
{
	Armed at("write/ext4/new+from6644/sync/5000@0/handler");
	spoil(at, 0, nobodys);
	CHECK(at.writes(at.point.length, at.point.length).peer_before == 1);
	at.file->arm(at.point.length);
	spoil(at, 0, nobodys);
	CHECK(at.writes(100, 100).foreign == 1);
}

TEST_CASE("a read finds its bytes from where it starts on")
{
	for (const char *id : {"read/ext4/cached+from6644/sync/5000@0/handler",
			       "read/ext4/large+from4193304/sync/1000@0/handler",
			       "read/ext4/small+from524/sync/500@0/handler"}) {
		CAPTURE(id);
		const Armed at(id);
		std::vector<unsigned char> bytes(at.point.length);
		CHECK(read(at.file->fd(), bytes.data(), bytes.size()) == at.point.length);
		CHECK(leading(bytes.data(), bytes.size(), Content::fresh) == bytes.size());
	}
}

} // namespace tagtrap
