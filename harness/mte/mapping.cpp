// SPDX-License-Identifier: GPL-2.0-only
#include "harness/mte/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "harness/mte/tags.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/unreached.h"

namespace tagtrap::mte {

namespace {

/// PROT_READ and PROT_WRITE, with PROT_MTE where there are tags.
int protection()
{
	constexpr int prot_mte = 0x20; // asm/mman.h of arm64
	return PROT_READ | PROT_WRITE | (have_tags() ? prot_mte : 0);
}

/// Fresh tagged pages in the place of whatever is there.
void map_again(unsigned char *at, size_t bytes, unsigned tag)
{
	void *const again =
		mmap(at, bytes, protection(), MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	sys::must(again, "mapping pages of the buffer again");
	set_allocation_tags({reinterpret_cast<uint64_t>(at)}, bytes, tag);
}

/// The page in place of the one at `at` is the second of a file that has one.
void map_behind_end(unsigned char *at, size_t bytes)
{
	const sys::Fd file(sys::arranged(memfd_create("tagtrap", MFD_CLOEXEC), "memfd_create"));
	sys::arranged(ftruncate(file.get(), static_cast<off_t>(bytes)), "ftruncate of a memfd");
	sys::arranged(mmap(at, bytes, protection(), MAP_SHARED | MAP_FIXED, file.get(),
			   static_cast<off_t>(bytes)),
		      "mmap behind the end of a memfd");
}

/// A shadow stack in place of the page at `at`. Where there are none, the page stays: what is
/// thrown may need memory, which must not come to lie there.
void map_shadow_stack(unsigned char *at, size_t bytes)
{
	const auto map = [bytes](unsigned char *where) {
		return syscall(number_of_map_shadow_stack, where, bytes, 0);
	};
	const long any = sys::arranged(map(nullptr), "no shadow stacks: map_shadow_stack");
	munmap(reinterpret_cast<void *>(any), bytes);
	sys::must(munmap(at, bytes), "munmap of a page of the buffer");
	const long got = map(at);
	if (got == reinterpret_cast<intptr_t>(at))
		return;
	sys::must(mmap(at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		  "keeping the place of a page of the buffer");
	if (got > 0)
		munmap(reinterpret_cast<void *>(got), bytes);
	throw sys::Unreached("map_shadow_stack maps elsewhere");
}

/// Physical address 0 in place of the page at `at`: flash on QEMU's `virt`. Not to be accessed.
void map_device(unsigned char *at, size_t bytes)
{
	const sys::Fd memory(
		sys::arranged(open("/dev/mem", O_RDWR | O_CLOEXEC), "opening /dev/mem"));
	sys::arranged(
		mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory.get(), 0),
		"mmap of /dev/mem");
}

} // namespace

TaggedMapping::TaggedMapping(size_t bytes, unsigned tag)
	: page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))), tag_(tag)
{
	size_ = (bytes + page_ - 1) / page_ * page_;
	void *const all =
		mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sys::must(all, "reserving a tagged mapping");
	base_ = static_cast<unsigned char *>(all) + page_;
	sys::must(mprotect(base_, size_, protection()), "mprotect with PROT_MTE");
	set_allocation_tags({reinterpret_cast<uint64_t>(base_)}, size_, tag_);
}

TaggedMapping::~TaggedMapping()
{
	munmap(base_ - page_, size_ + 2 * page_);
}

sys::UserPtr TaggedMapping::start() const
{
	const sys::UserPtr plain = {reinterpret_cast<uint64_t>(base_)};
	return have_tags() ? with_tag(plain, tag_) : plain;
}

void TaggedMapping::spoil(size_t offset)
{
	set_allocation_tags({reinterpret_cast<uint64_t>(base_ + offset)}, granule, bad_tag);
}

void TaggedMapping::mend(size_t offset)
{
	set_allocation_tags({reinterpret_cast<uint64_t>(base_ + offset)}, granule, tag_);
}

void TaggedMapping::break_page(size_t offset, PageFault how)
{
	unsigned char *const page = base_ + offset / page_ * page_;
	switch (how) {
	case PageFault::none:
		return;
	case PageFault::unmapped:
		// The address range stays ours only by not mapping anything else meanwhile.
		sys::must(munmap(page, page_), "munmap of a page of the buffer");
		return;
	case PageFault::protnone:
		sys::must(mprotect(page, page_, PROT_NONE), "mprotect(PROT_NONE)");
		return;
	case PageFault::rdonly:
		sys::must(mprotect(page, page_, protection() & ~PROT_WRITE), "mprotect(PROT_READ)");
		return;
	case PageFault::eof:
		map_behind_end(page, page_);
		return;
	case PageFault::pkey:
		key_ = sys::arranged(pkey_alloc(0, PKEY_DISABLE_ACCESS),
				     "no protection keys: pkey_alloc");
		sys::arranged(pkey_mprotect(page, page_, protection(), key_), "pkey_mprotect");
		return;
	case PageFault::gcs:
		map_shadow_stack(page, page_);
		return;
	case PageFault::pfn:
		map_device(page, page_);
		return;
	}
}

void TaggedMapping::mend_page(size_t offset)
{
	map_again(base_ + offset / page_ * page_, page_, tag_);
	free_key();
}

void TaggedMapping::reset()
{
	map_again(base_, size_, tag_);
	free_key();
}

void TaggedMapping::free_key()
{
	if (key_ >= 0)
		pkey_free(std::exchange(key_, -1));
}

bool TaggedMapping::tags_right(size_t from, size_t to, size_t bad) const
{
	if (!have_tags())
		return true;
	const auto have = [this](size_t first, size_t last, unsigned tag) {
		return first >= last ||
		       all_have_tag({reinterpret_cast<uint64_t>(base_ + first)}, last - first, tag);
	};
	const size_t start = from / granule * granule;
	if (bad == npos)
		return have(start, to, tag_);
	return have(start, bad, tag_) && have(bad, bad + granule, bad_tag) &&
	       have(bad + granule, to, tag_);
}

} // namespace tagtrap::mte
