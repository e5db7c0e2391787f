// SPDX-License-Identifier: GPL-2.0-only
// Files, pipes and sockets of a reproducer, and what it looks at afterwards.
#include <fmt/format.h>

#include "harness/model/case.h"
#include "harness/model/sweep.h"
#include "harness/report/reproducer_parts.h"

namespace tagtrap::reproducing {

namespace {

constexpr std::string_view file_name = "reproducer.tmp";

bool writes(const Point &point)
{
	return point.call->direction == Direction::loads;
}

/// The descriptor by which a file is prepared and looked at.
std::string_view plain_fd(const Point &point)
{
	return point.direct ? "plain" : "fd";
}

std::string opened(const Point &point)
{
	std::string text = fmt::format("\t{} = open(\"{}\", O_RDWR | O_CREAT | O_EXCL, 0600);\n",
				       plain_fd(point), file_name);
	if (point.direct)
		text += fmt::format("\tfd = open(\"{}\", O_RDWR | O_DIRECT);\n", file_name);
	return text + fmt::format("\tMUST({}fd >= 0 && !unlink(\"{}\"));\n",
				  point.direct ? "plain >= 0 && " : "", file_name);
}

void add_file(const Point &point, uint32_t page_size, Pieces &pieces)
{
	const auto fd = plain_fd(point);
	pieces.object =
		fmt::format("{} on {}, in the working directory{}", state_words(point.state),
			    point.place->name, point.direct ? ", opened with O_DIRECT" : "");
	pieces.chars += fmt::format(", data[{}]", extent(point, page_size));
	if (point.direct)
		pieces.ints += ", plain";
	pieces.setup += opened(point);
	if (point.state == FileState::hole)
		pieces.setup += fmt::format("\tMUST(!ftruncate({}, sizeof(data)));\n", fd);
	else if (point.state != FileState::fresh && writes(point))
		pieces.setup += pieces.counts_beyond ? "\tmemset(data, OLD, sizeof(data));\n" : "";
	else if (point.state != FileState::fresh)
		pieces.setup += "\tfor (i = 0; i < (long)sizeof(data); i++)\n"
				"\t\tdata[i] = NEW(i);\n";
	if (point.state != FileState::hole && point.state != FileState::fresh)
		pieces.setup += fmt::format(
			"\tMUST(pwrite({}, data, sizeof(data), 0) == (long)sizeof(data));\n", fd);
	if (point.from != 0 && !writes(point) && point.state != FileState::hole)
		pieces.setup += fmt::format("\tMUST(pwrite({0}, data, {1}, {2}) == {1});\n", fd,
					    full_result(point, page_size), point.from);
	if (point.from != 0 && !point.call->shape.positioned)
		pieces.setup +=
			fmt::format("\tMUST(lseek(fd, {0}, SEEK_SET) == {0});\n", point.from);
	if (point.state == FileState::cold)
		pieces.setup += fmt::format("\tMUST(!fsync({0}) && "
					    "!posix_fadvise({0}, 0, 0, POSIX_FADV_DONTNEED));\n",
					    fd);
}

void add_stream(const Point &point, Pieces &pieces)
{
	const bool pipe = point.place->kind == PlaceKind::pipe;
	pieces.object = pipe ? "a pipe" : "a connected pair of AF_UNIX stream sockets";
	if (!pipe)
		pieces.headers.emplace_back("sys/socket.h");
	pieces.ints += ", ends[2]";
	pieces.setup += pipe ? "\tMUST(!pipe(ends));\n"
			     : "\tMUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));\n";
	pieces.setup += fmt::format("\tfd = ends[{}];\n", writes(point) ? 1 : 0);
	pieces.chars += ", data[LENGTH + 64]";
	if (writes(point))
		return;
	pieces.setup += "\tfor (i = 0; i < LENGTH; i++)\n"
			"\t\tdata[i] = NEW(i);\n"
			"\tMUST(write(ends[1], data, LENGTH) == LENGTH);\n";
}

/// What the other side holds after a write; nothing of it may have come from behind the result.
std::string look_at_peer(const Point &point, bool beyond)
{
	std::string text;
	if (point.place->kind == PlaceKind::file)
		text = fmt::format("\tcount = pread({}, data, sizeof(data), {});\n",
				   plain_fd(point), point.from);
	else
		text = "\tfcntl(ends[0], F_SETFL, O_NONBLOCK);\n"
		       "\tcount = read(ends[0], data, sizeof(data));\n";
	text += arrived_loop("data", "count", "NEW(i)");
	if (!beyond)
		return text;
	if (point.state == FileState::fresh && point.from != 0)
		text += fmt::format("\tif (seen->result <= 0) /* the file stays empty */\n"
				    "\t\tseen->beyond += lseek({}, 0, SEEK_END) - count;\n",
				    plain_fd(point));
	text += "\tfor (i = seen->result > 0 ? seen->result : 0; i < count; i++)\n";
	if (point.place->kind != PlaceKind::file || point.state == FileState::fresh)
		return text + "\t\tseen->beyond++;\n";
	return text + fmt::format("\t\tseen->beyond += data[i] != {};\n",
				  point.state == FileState::hole ? "0" : "OLD");
}

} // namespace

std::string_view state_words(FileState state)
{
	switch (state) {
	case FileState::fresh:
		return "a new, empty file";
	case FileState::hole:
		return "a file that is one hole";
	case FileState::small:
		return "a file shorter than a page";
	case FileState::cold:
		return "a file that is not in the page cache";
	case FileState::page:
		return "a file of one page that is in the page cache";
	case FileState::large:
		return "a file of 4 MiB that is in the page cache";
	case FileState::plain:
	case FileState::cached:
		break;
	}
	return "a file that is in the page cache";
}

uint32_t extent(const Point &point, uint32_t page_size)
{
	return size_of_file(point.state == FileState::fresh ? FileState::cached : point.state,
			    page_size);
}

std::string arrived_loop(std::string_view array, std::string_view most, std::string_view byte)
{
	return fmt::format("\tfor (i = 0; i < {} && {}[i] == {}; i++)\n\t\tseen->arrived++;\n",
			   most, array, byte);
}

void add_object(const Point &point, uint32_t page_size, Pieces &pieces)
{
	pieces.ints += ", fd";
	if (point.place->kind == PlaceKind::file)
		add_file(point, page_size, pieces);
	else
		add_stream(point, pieces);
}

void add_look(const Point &point, Pieces &pieces)
{
	if (writes(point)) {
		pieces.longs += ", count";
		pieces.look += look_at_peer(point, pieces.counts_beyond);
		return;
	}
	const bool page = point.stand != Stand::bad && point.stand != Stand::good;
	pieces.look += arrived_loop("buf", page ? "BAD" : "LENGTH",
				    point.state == FileState::hole ? "0" : "NEW(i)");
	if (pieces.counts_beyond)
		pieces.look += "\tfor (i = BAD; i < LENGTH; i++)\n"
			       "\t\tseen->beyond += buf[i] != OLD;\n";
}

} // namespace tagtrap::reproducing
