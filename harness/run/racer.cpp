// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/racer.h"

#include <sys/mman.h>

#include "harness/sys/proc.h"
#include "harness/sys/raw.h"
#include "harness/sys/unreached.h"

namespace tagtrap::states {

namespace {

constexpr uint64_t longest_ns = 300'000'000;  ///< of a race: it is over when watching begins
constexpr uint64_t start_ns = 10'000'000'000; ///< until the first round, less than a step of setup

} // namespace

Racer::Racer(const Mapped &mapped, Race race)
	: mapped_(mapped), race_(race), thread_([this] { run(); })
{
}

void Racer::meet()
{
	const uint64_t due = sys::now_ns() + start_ns;
	while (rounds() == 0 && !refused_ && sys::now_ns() < due)
		sys::raw(SYS_sched_yield);
	if (rounds() != 0)
		return;
	end();
	throw sys::Unreached("the second thread has not changed the mapping");
}

Racer::~Racer()
{
	end();
}

void Racer::end()
{
	over_ = true;
	if (thread_.joinable())
		thread_.join();
}

void Racer::rest()
{
	end();
	if (refused_)
		throw sys::Unreached("the second thread could not map the memory again");
}

/// Makes system calls only: what it takes away is what the call under test works with.
void Racer::run()
{
	const size_t pages = mapped_.length / mapped_.page;
	const uint64_t due = sys::now_ns() + longest_ns;
	while (!over_ && !refused_ && sys::now_ns() < due) {
		const size_t turn = rounds() % (pages + 1);
		++steps_;
		const bool good = turn == pages
					  ? change(mapped_.at, mapped_.length)
					  : change(mapped_.at + turn * mapped_.page, mapped_.page);
		if (good)
			++steps_;
		else
			refused_ = true;
	}
}

/// Whether it worked.
bool Racer::change(unsigned char *at, size_t length) const
{
	const auto map = [&](int how) {
		return mmap(at, length, mapped_.protection, MAP_SHARED | how, mapped_.file,
			    mapped_.offset + (at - mapped_.at)) == at;
	};
	const auto protect = [&](int with) {
		return mprotect(at, length, with) == 0 &&
		       mprotect(at, length, mapped_.protection) == 0;
	};
	switch (race_) {
	case Race::discard:
		return madvise(at, length, MADV_DONTNEED) == 0;
	case Race::remap:
		return map(MAP_FIXED);
	case Race::rdonly: // tags stay what they are
		return protect(mapped_.protection & ~PROT_WRITE);
	case Race::protect:
		return protect(PROT_NONE);
	case Race::unmap: // what somebody else has put there meanwhile is not taken away
		return munmap(at, length) == 0 && map(MAP_FIXED_NOREPLACE);
	}
	return false;
}

} // namespace tagtrap::states
