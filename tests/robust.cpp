// SPDX-License-Identifier: GPL-2.0-only
#include "tests/robust.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>

namespace tagtrap {

namespace {

constexpr uint64_t top_byte = uint64_t{0xff} << 56;

/// The head and the first entry, in the spare pages.
struct List {
	uint64_t first;
	uint64_t futex_offset;
	uint64_t pending;
	uint64_t pad;
	uint64_t first_entry; ///< its `next`
};

List &list_of(const ProbeArgs &args)
{
	return *reinterpret_cast<List *>(args.spare.bits);
}

/// From the second lock word to the first one, as from the second entry to the first.
uint64_t between(const ProbeArgs &args)
{
	return sys::arg(&list_of(args).first_entry) - args.buffer.bits;
}

uint32_t word_at(uint64_t address)
{
	return *reinterpret_cast<volatile uint32_t *>(address);
}

} // namespace

void last_entry(const ProbeArgs &args, unsigned char *bytes)
{
	std::memcpy(bytes, &args.spare.bits, sizeof(args.spare.bits)); // back to the head
}

void take_locks(const ProbeArgs &mine)
{
	const auto tid = static_cast<uint32_t>(sys::raw(SYS_gettid));
	for (const uint64_t at : {uint64_t{0}, between(mine)})
		sys::raw(SYS_pwrite64, sys::arg(mine.fd), sys::arg(&tid), sizeof(tid), at);
	sys::raw(SYS_set_robust_list, mine.spare.bits, sizeof(robust_list_head));
}

void with_locks(const ProbeArgs &args, void (*end)(const ProbeArgs &mine))
{
	const uint64_t size = between(args) + args.page_size;
	const int64_t words =
		done(sys::raw(SYS_memfd_create, sys::arg("words"), MFD_CLOEXEC), "memfd_create");
	done(sys::raw(SYS_ftruncate, arg(words), size), "ftruncate");
	const auto area = arg(done(
		sys::raw(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, arg(words), 0),
		"mmap"));
	List &list = list_of(args);
	list = {.first = sys::arg(&list.first_entry),
		.futex_offset = area - (args.buffer.bits & ~top_byte),
		.pending = 0,
		.pad = 0,
		.first_entry = args.buffer.bits};
	ProbeArgs mine = args;
	mine.fd = static_cast<int>(words);
	end(mine);
	args.seen->siblings_due = 2;
	for (const uint64_t at : {area, area + between(args)})
		args.seen->siblings_done += word_at(at) == FUTEX_OWNER_DIED ? 1 : 0;
	done(sys::raw(SYS_munmap, area, size), "munmap");
	done(sys::raw(SYS_close, arg(words)), "close");
}

} // namespace tagtrap
