// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/metronome.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <new>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "harness/sys/must.h"
#include "harness/sys/proc.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

constexpr size_t copied = 65536;

/// One piece of work, and a nap, so that the call that is watched keeps most of its processor.
void beat(std::vector<char> &from, std::vector<char> &to)
{
	for (int i = 0; i < 100; ++i)
		sys::raw(SYS_getppid);
	for (int i = 0; i < 4; ++i) {
		std::memcpy(to.data(), from.data(), copied);
		std::swap(from, to);
	}
	constexpr timespec nap = {0, 1'000'000};
	nanosleep(&nap, nullptr);
}

} // namespace

uint64_t Metronome::calibrate()
{
	// Not the best: a beat that was never disturbed is rare. Not the mean: one that was may
	// have taken seconds.
	std::array<uint64_t, 15> took = {};
	std::vector<char> from(copied, 1), to(copied);
	for (auto &each : took) {
		const uint64_t began = sys::now_ns();
		beat(from, to);
		each = sys::now_ns() - began;
	}
	std::ranges::sort(took);
	return std::max<uint64_t>(took[took.size() / 3], 1);
}

Metronome::Metronome(uint64_t period_ns) : period_ns_(period_ns), asked_ns_(sys::now_ns())
{
	void *const page = mmap(nullptr, sizeof(*shared_), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared_ = new (sys::must(page, "memory shared with a metronome")) std::atomic<uint64_t>(0);
	pid_ = sys::must(fork(), "fork of a metronome");
	if (pid_ == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		std::vector<char> from(copied, 1), to(copied);
		for (;;) {
			beat(from, to);
			++*shared_;
		}
	}
}

Metronome::~Metronome()
{
	kill(pid_, SIGKILL);
	waitpid(pid_, nullptr, 0);
	munmap(shared_, sizeof(*shared_));
}

double Metronome::share()
{
	const uint64_t now = sys::now_ns(), beats = shared_->load();
	const uint64_t passed = std::max<uint64_t>(now - std::exchange(asked_ns_, now), 1);
	const uint64_t done = beats - std::exchange(beats_, beats);
	return static_cast<double>(done * period_ns_) / static_cast<double>(passed);
}

} // namespace tagtrap
