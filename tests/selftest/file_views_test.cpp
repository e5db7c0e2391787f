// SPDX-License-Identifier: GPL-2.0-only
// What later looks at a file find, on a file whose bytes are known.
#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

#include "fixtures/file_views.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {
namespace {

using Bytes = std::vector<unsigned char>;

/// A file that holds `bytes` from byte 5000 on.
sys::Fd file_with(const std::filesystem::path &path, const Bytes &bytes)
{
	sys::Fd fd(sys::must(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), path));
	REQUIRE(pwrite(fd.get(), bytes.data(), bytes.size(), 5000) ==
		static_cast<ssize_t>(bytes.size()));
	return fd;
}

/// What is seen of a file that holds `now` when the first look has shown `first`, and 7 and 0 are
/// all that may be there.
Observation seen_later(const Bytes &first, const Bytes &now)
{
	const selftest::Scratch scratch;
	const sys::Fd fd = file_with(scratch.path / "file", now);
	Observation seen;
	look_again({fd.get(), 5000, first,
		    [](size_t, unsigned char byte) { return byte == 7 || byte == 0; }},
		   seen);
	return seen;
}

} // namespace

TEST_CASE("a file that stays as it was differs in no look")
{
	const Observation seen = seen_later({7, 7, 0}, {7, 7, 0});
	CHECK(seen.view_differs == 0);
	CHECK(seen.view == View::none);
	CHECK(seen.foreign == 0);
	CHECK(seen.foreign_hash == 0);
}

TEST_CASE("the first look that differs is named, with how many bytes")
{
	const Observation seen = seen_later({7, 7, 0}, {7, 0, 7});
	CHECK(seen.view_differs == 2);
	CHECK(seen.view == View::mapped);
	CHECK(seen.foreign == 0);
}

TEST_CASE("a file that is shorter later differs by what is missing")
{
	const Observation seen = seen_later({7, 7, 0, 0, 7}, {7, 7, 0});
	CHECK(seen.view == View::mapped);
	CHECK(seen.view_differs == 2);
	CHECK(seen_later({7, 7}, {}).view_differs == 2);
}

TEST_CASE("each look can be the first that differs, and a later one changes nothing of that")
{
	const Bytes first = {7, 7, 7, 0}, other = {7, 0, 7, 0}, strange = {9, 9, 7, 0};
	const Stretch stretch = {-1, 0, first,
				 [](size_t, unsigned char byte) { return byte == 7 || byte == 0; }};
	const auto all = {View::mapped, View::synced, View::dropped, View::device};
	for (const auto view : all) {
		Observation seen;
		Looks looks(stretch, seen);
		for (const auto before : all)
			if (before < view)
				looks.add(before, first);
		looks.add(view, other);
		looks.add(View::device, strange);
		CHECK(seen.view == view);
		CHECK(seen.view_differs == 1);
		CHECK(seen.foreign == 2); // counted wherever they come
	}
}

TEST_CASE("what stands behind the end of a file is zero")
{
	const Bytes first = {7, 7}, zeros(10), told = {0, 7, 0}, strange = {0, 7, 9, 9};
	const Stretch stretch = {-1, 0, first,
				 [](size_t, unsigned char byte) { return byte == 7 || byte == 0; }};
	Observation seen;
	Looks looks(stretch, seen);
	looks.add_behind(zeros);
	CHECK(seen.view_differs == 0);
	looks.add_behind(told);
	CHECK(seen.view_differs == 1);
	CHECK(seen.view == View::longer);
	CHECK(seen.foreign == 0);
	looks.add_behind(strange);
	CHECK(seen.view_differs == 1);
	CHECK(seen.foreign == 2);
}

TEST_CASE("the end of a file is put back")
{
	const selftest::Scratch scratch;
	const Bytes bytes = {7, 7, 7};
	const sys::Fd fd = file_with(scratch.path / "file", bytes);
	Observation seen;
	look_again({fd.get(), 5000, bytes, [](size_t, unsigned char) { return true; }}, seen);
	CHECK(seen.view_differs == 0);
	CHECK(lseek(fd.get(), 0, SEEK_END) == 5003);
	// It was made longer: one that cannot be is refused.
	const sys::Fd read_only(open((scratch.path / "file").c_str(), O_RDONLY | O_CLOEXEC));
	CHECK_THROWS_AS(look_again({read_only.get(), 5000, bytes,
				    [](size_t, unsigned char) { return true; }},
				   seen),
			std::system_error);
	// Where the stretch ends in the file, it is left as it is.
	CHECK_NOTHROW(look_again(
		{read_only.get(), 5000, Bytes{7, 7}, [](size_t, unsigned char) { return true; }},
		seen));
}

TEST_CASE("the device is looked at where the file has one")
{
	const selftest::Scratch scratch;
	const Bytes bytes(9000, 7);
	const auto path = scratch.path / "file";
	const sys::Fd fd = file_with(path, bytes);
	const sys::Fd other = file_with(scratch.path / "other", Bytes(9000, 0));
	const sys::Fd direct(open((scratch.path / "other").c_str(), O_RDONLY | O_DIRECT));
	if (!direct)
		SKIP("no O_DIRECT in " << scratch.path);
	Observation seen;
	look_again(
		{fd.get(), 5000, bytes, [](size_t, unsigned char) { return true; }, direct.get()},
		seen);
	CHECK(seen.view == View::device); // another file's bytes are others
	CHECK(seen.view_differs == 9000);
}

TEST_CASE("bytes that nobody wrote are counted and hashed, at the first look too")
{
	const Observation at_once = seen_later({7, 9, 9}, {7, 9, 9});
	CHECK(at_once.view_differs == 0);
	CHECK(at_once.foreign == 2);
	const Observation later = seen_later({7, 7, 7}, {7, 9, 8});
	CHECK(later.foreign == 2);
	CHECK(later.foreign_hash != 0);
	CHECK(later.foreign_hash != at_once.foreign_hash);
}

TEST_CASE("of a file that holds nothing there, nothing is seen")
{
	const Observation seen = seen_later({}, {});
	CHECK(seen.view_differs == 0);
	CHECK(seen.foreign == 0);
}

} // namespace tagtrap
