// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/row.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <sys/syscall.h>

#include "harness/model/sweep.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t good_memory = 4096; ///< bytes for images, whatever the page size

/// Calls that wait, for a peer, a child, a signal, an event or a clock.
constexpr std::array waiting = {
	SYS_accept,        SYS_accept4,        SYS_clock_nanosleep, SYS_connect,
	SYS_epoll_pwait,   SYS_flock,          SYS_futex,           SYS_io_getevents,
	SYS_io_pgetevents, SYS_io_uring_enter, SYS_mq_timedreceive, SYS_mq_timedsend,
	SYS_msgrcv,        SYS_msgsnd,         SYS_nanosleep,       SYS_ppoll,
	SYS_pselect6,      SYS_read,           SYS_readv,           SYS_recvfrom,
	SYS_recvmmsg,      SYS_recvmsg,        SYS_rt_sigsuspend,   SYS_rt_sigtimedwait,
	SYS_semop,         SYS_semtimedop,     SYS_sendfile,        SYS_sendmmsg,
	SYS_sendmsg,       SYS_sendto,         SYS_splice,          SYS_vmsplice,
	SYS_wait4,         SYS_waitid,         SYS_write,           SYS_writev,
};

/// What a kernel says where it was built without the object or the operation that a row asks for.
constexpr std::array not_here = {ENOSYS,      EOPNOTSUPP, EAFNOSUPPORT,   EPROTONOSUPPORT,
				 ENOPROTOOPT, ENOTTY,     ESOCKTNOSUPPORT};

bool slots_fit(const Image &one)
{
	return std::ranges::all_of(one.slots, [&](const Slot &slot) {
		return slot.width <= sizeof(uint64_t) && slot.at + slot.width <= one.size;
	});
}

bool images_exist(const Row &row)
{
	const auto count = row.memory.images.size();
	const auto there = [count](const Word &word) {
		return word.is != Word::Is::image || word.value < count;
	};
	return std::ranges::all_of(row.words, there) &&
	       std::ranges::all_of(row.memory.images, [&](const Image &one) {
		       return std::ranges::all_of(
			       one.slots, [&](const Slot &slot) { return there(slot.what); });
	       });
}

/// What is wrong with what lies in memory.
std::string memory_refusal(const Row &row)
{
	const Memory &memory = row.memory;
	if (!images_exist(row))
		return "it names an image that is not there";
	if (!std::ranges::all_of(memory.images, slots_fit))
		return "a slot does not fit its image";
	if (image_offset(row, memory.images.size()) > good_memory)
		return "its images do not fit the good memory";
	const int fills = (memory.holds >= 0 ? 1 : 0) + !memory.text.empty() + !memory.path.empty();
	if (fills > 1)
		return "the pointee starts as more than one thing";
	if (memory.holds >= 0 &&
	    (static_cast<size_t>(memory.holds) >= memory.images.size() ||
	     memory.images[static_cast<size_t>(memory.holds)].size > row.extent.size()))
		return "the image that the pointee starts as is not there, or does not fit";
	if (std::max(memory.text.size(), memory.path.size()) >= row.extent.size())
		return "the string does not fit the extent";
	if (!memory.path.empty() && !memory.path.starts_with('/') &&
	    memory.path.size() + 2 == row.extent.size())
		return "no slashes of one byte lead to a path from here";
	if (row.extent.sort == Extent::Sort::text && memory.text.empty() && memory.path.empty())
		return "a text needs its text or path";
	return "";
}

} // namespace

bool not_built_in(int64_t result)
{
	return std::ranges::any_of(not_here, [result](int error) { return result == -error; });
}

bool says_absent(const Row &row, int64_t result)
{
	return not_built_in(result) || (row.due.absent != 0 && result == -row.due.absent);
}

bool speaks_of(const Row &row, Word::Is what)
{
	const auto same = [what](const Word &word) { return word.is == what; };
	if (std::ranges::any_of(row.words, same))
		return true;
	return std::ranges::any_of(row.memory.images, [&](const Image &one) {
		return std::ranges::any_of(one.slots, [&](const Slot &slot) {
			return slot.width != 0 && same(slot.what);
		});
	});
}

bool is_string(const Image &image)
{
	const auto *const bytes = static_cast<const unsigned char *>(image.from);
	return bytes != nullptr && image.size > 1 && bytes[image.size - 1] == 0 &&
	       std::all_of(bytes, bytes + image.size - 1, [](unsigned char c) {
		       return c >= ' ' && c <= '~' && c != '"' && c != '\\';
	       });
}

bool may_wait(int number)
{
	return std::ranges::find(waiting, number) != waiting.end();
}

std::string refusal(const Row &row)
{
	const auto why = [&]() -> std::string {
		if (call_of(row.name).size() + 1 >= row.name.size() ||
		    row.name.find_first_of("/+@*[]~ ") != std::string_view::npos)
			return "a row is called CALL.POINTER";
		if (row.entry.number < 0)
			return "it names no system call";
		if (row.due.by.empty())
			return "it names no kernel function that accesses the pointee";
		if (row.extent.size() == 0)
			return "its extent is empty";
		if (may_wait(row.entry.number) && row.due.ends == Ends::at_once)
			return "nothing says why a good call comes back";
		if (row.memory.issue == nullptr && !speaks_of(row, Word::Is::it))
			return "neither a register nor an image holds the pointer";
		if (row.due.yields.of == Yield::Of::error && row.due.yields.value == EFAULT)
			return "EFAULT is what a bad granule is told by";
		return memory_refusal(row);
	}();
	return why.empty() ? "" : fmt::format("the row '{}': {}", row.name, why);
}

std::vector<Position> positions(const Extent &extent)
{
	std::vector all = {Position::first};
	// A size that differs between machines must not stand on both sides of this.
	if (extent.size() > 2 * granule_size)
		all.push_back(Position::middle);
	all.push_back(Position::last);
	all.push_back(Position::behind);
	return all;
}

std::vector<Position> edges(const Extent &extent)
{
	if (extent.sort == Extent::Sort::word || extent.size() == 1)
		return {Position::first, Position::behind};
	return positions(extent);
}

void place_granule(const Row &row, Position position, Point &point)
{
	const uint32_t size = row.extent.size();
	point.position = position;
	point.length = size;
	point.offset = 0;
	if (breaks_page(point.stand)) {
		point.align = 0;
		if (position == Position::middle)
			point.offset = size / 2;
		else if (position == Position::last)
			point.offset = size - 1;
		else if (position == Position::behind)
			point.offset = size;
		return;
	}
	// It begins where a granule begins, or ends where one ends: what is shorter than a granule
	// cannot do both.
	const bool from_edge = position == Position::first || position == Position::middle;
	const uint32_t rest = size % granule_size;
	point.align = from_edge || rest == 0 ? 0 : static_cast<uint16_t>(granule_size - rest);
	if (position == Position::middle)
		point.offset = size / 2 / granule_size * granule_size;
	else if (position == Position::last && size > granule_size)
		point.offset = size - granule_size;
	else if (position == Position::behind)
		point.offset = size;
}

int64_t told(const Yield &yield, int64_t result)
{
	switch (yield.of) {
	case Yield::Of::value:
		return result;
	case Yield::Of::handle:
	case Yield::Of::number:
		return std::min<int64_t>(result, 0);
	case Yield::Of::error:
		if (result == -yield.value)
			return 0;
		return result < 0 ? result : -EBADMSG;
	}
	return result;
}

uint32_t image_offset(const Row &row, size_t which)
{
	uint32_t offset = 0;
	for (size_t i = 0; i < which; ++i) {
		const uint32_t end = offset + row.memory.images[i].size;
		offset = (end + granule_size - 1) / granule_size * granule_size;
	}
	return offset;
}

std::string_view call_of(std::string_view name)
{
	return name.substr(0, name.find('.'));
}

Promise promise(const Point &point, const KernelFacts &facts)
{
	const Due &due = point.call->row->due;
	Promise what = {.kind = due.promise,
			.reason =
				"a structure or string that cannot be copied whole fails the call",
			.may_be_unchecked = due.may_be_unchecked};
	if (due.promise == PromiseKind::close) {
		what = copies_to_user(facts);
		what.may_be_unchecked = due.may_be_unchecked;
	} else if (due.promise == PromiseKind::ignored) {
		what.reason = "a copy whose failure nobody looks at";
	}
	return what;
}

} // namespace tagtrap::rows
