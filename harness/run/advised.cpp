// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/advised.h"

#include <ctime>
#include <sched.h>
#include <sys/mman.h>

#include "harness/sys/raw.h"
#include "harness/sys/unreached.h"

namespace tagtrap::states {

using sys::arranged;

namespace {

void rest()
{
	constexpr timespec a_while = {0, 20'000'000};
	sys::raw(SYS_nanosleep, sys::arg(&a_while), 0);
}

/// Moves the calling thread from one of its processors to the next, and gives it all of them again
/// when it goes.
class EachProcessor {
public:
	EachProcessor()
	{
		arranged(sched_getaffinity(0, sizeof(all_), &all_), "sched_getaffinity");
	}
	EachProcessor(const EachProcessor &) = delete;
	EachProcessor &operator=(const EachProcessor &) = delete;
	~EachProcessor() { sched_setaffinity(0, sizeof(all_), &all_); }

	[[nodiscard]] int count() const { return CPU_COUNT(&all_); }

	void next()
	{
		do
			at_ = (at_ + 1) % CPU_SETSIZE;
		while (!CPU_ISSET(at_, &all_));
		cpu_set_t one;
		CPU_ZERO(&one);
		CPU_SET(at_, &one);
		arranged(sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
	}

private:
	cpu_set_t all_ = {};
	int at_ = -1;
};

} // namespace

bool comes(int tries, const std::function<bool()> &shown)
{
	for (int i = 0; i < tries; ++i) {
		if (shown())
			return true;
		rest();
	}
	return false;
}

bool advised(unsigned char *at, size_t length, Advice advice, const std::function<bool()> &shown)
{
	EachProcessor processors;
	return comes(20, [&] {
		for (int i = 0; i < processors.count(); ++i) {
			processors.next();
			arranged(madvise(at, length, advice.number), advice.name);
			if (shown())
				return true;
		}
		return false;
	});
}

} // namespace tagtrap::states
