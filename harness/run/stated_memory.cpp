// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/stated_memory.h"

#include <array>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "harness/mte/mapping.h"
#include "harness/mte/tags.h"
#include "harness/run/memory_states.h"
#include "harness/sys/must.h"
#include "harness/sys/unreached.h"

namespace tagtrap {

namespace {

sys::UserPtr pointer_to(const unsigned char *at)
{
	return {reinterpret_cast<uint64_t>(at)};
}

} // namespace

Sharer::Sharer()
{
	std::array<int, 2> ends = {-1, -1};
	sys::must(pipe2(ends.data(), O_CLOEXEC), "pipe2");
	const sys::Fd reader(ends[0]);
	pipe_ = sys::Fd(ends[1]);
	child_ = sys::must(fork(), "fork");
	if (child_ != 0)
		return;
	// Touches nothing but its stack until the other end is closed.
	sys::raw(SYS_close, sys::arg(ends[1]));
	unsigned char byte = 0;
	sys::raw(SYS_read, sys::arg(ends[0]), sys::arg(&byte), 1);
	_exit(0);
}

Sharer::~Sharer()
{
	pipe_.reset();
	if (child_ > 0)
		waitpid(child_, nullptr, 0);
}

StatedMemory::StatedMemory(Memory memory, size_t length, size_t page_size, Content content)
	: row_(row_of(memory))
{
	area_.page = page_size;
	area_.content = content;
	area_.size = (length + page_size - 1) / page_size * page_size + 2 * page_size;
	const states::State *const state = states::state_of(memory);
	if (state == nullptr)
		throw std::logic_error("no memory of this kind");
	try {
		state->map(area_);
		area_.home = area_.home == nullptr ? area_.base : area_.home;
		if (!row_.untagged)
			mte::set_allocation_tags(pointer_to(area_.base), area_.size,
						 mte::pointer_tag);
	} catch (...) {
		release();
		throw;
	}
}

StatedMemory::~StatedMemory()
{
	release();
}

void StatedMemory::release()
{
	area_.sharer.reset();
	area_.server.reset();
	if (area_.racer)
		area_.racer->end();
	if (!area_.racer || !area_.racer->refused())
		for (const auto &[at, bytes] : area_.mapped)
			munmap(at, bytes);
	area_.racer.reset();
	area_.mapped.clear();
	area_.disk_swap.reset(); // with nothing on the disk that would have to be read back
}

sys::UserPtr StatedMemory::start(bool right) const
{
	const sys::UserPtr plain = pointer_to(area_.home);
	if (!mte::have_tags() || (right && row_.untagged))
		return plain;
	return mte::with_tag(plain, mte::pointer_tag);
}

void StatedMemory::spoil(size_t offset)
{
	if (!row_.untagged) // else no granule has the pointer's tag anyhow
		mte::set_allocation_tags(pointer_to(area_.base + offset), mte::granule,
					 mte::bad_tag);
}

void StatedMemory::reach()
{
	states::state_of(row_.memory)->reach(area_);
	if (area_.base != area_.home)
		throw std::logic_error("memory is not where it should be");
}

void StatedMemory::rest()
{
	if (area_.racer)
		area_.racer->rest();
}

uint64_t StatedMemory::race_steps() const
{
	return area_.racer ? area_.racer->steps() : 0;
}

uint32_t StatedMemory::wrong_tags(size_t from, size_t to, size_t bad) const
{
	if (!mte::have_tags())
		return 0;
	uint32_t wrong = 0;
	for (size_t at = from; at < to; at += mte::granule) {
		const unsigned due = row_.untagged ? 0u
				     : at == bad   ? mte::bad_tag
						   : mte::pointer_tag;
		wrong += mte::allocation_tag(pointer_to(area_.base + at)) != due;
	}
	return wrong;
}

} // namespace tagtrap
