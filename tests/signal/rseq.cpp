// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <sys/mman.h>
#include <sys/rseq.h>

#include "tests/signal/forced.h"

namespace tagtrap {

// The area of restartable sequences, which the kernel writes and reads on the way back to user
// mode. One that it cannot access forces a SIGSEGV, and another one while it builds the frame of
// that one's handler.
namespace {

constexpr uint32_t signature = 0x7a670000;
constexpr unsigned area_size = 32; ///< of the first version, which every kernel takes

/// One area per thread: libc's has to go first.
int64_t drop_the_first()
{
	if (__rseq_size == 0)
		return 0;
	const uint64_t at =
		sys::arg(static_cast<const char *>(__builtin_thread_pointer()) + __rseq_offset);
	return sys::raw(SYS_rseq, at, std::max(area_size, __rseq_size), RSEQ_FLAG_UNREGISTER,
			RSEQ_SIG);
}

void do_nothing(int, siginfo_t *, void *) {}

/// The area is registered while it is good: newer kernels write to it then. A page that comes back
/// has no tags.
int lose_area(const ProbeArgs &args)
{
	forced::take(SIGSEGV, forced::at_fault, 0);
	forced::take(SIGUSR1, do_nothing, 0);
	std::memset(spare_bytes(args), 0, area_size);
	if (drop_the_first() != 0 ||
	    sys::raw(SYS_rseq, args.spare.bits, area_size, 0, signature) != 0)
		return EXIT_FAILURE;
	if (has_bad(args) &&
	    sys::raw(SYS_madvise, untagged(args.spare.bits), args.page_size, MADV_DONTNEED) != 0)
		return EXIT_FAILURE;
	const int64_t self = sys::raw(SYS_getpid);
	sys::raw(SYS_tgkill, arg(self), arg(self), SIGUSR1); // before its handler, the area
	return forced::undisturbed;
}

/// The second SIGSEGV comes when the handler returns (seen up to 6.12), or kills at once (7.3): one
/// signal too many is not to be seen here.
int64_t probe(const ProbeArgs &args)
{
	const int64_t seen = forced::outcome(args, lose_area);
	return seen == -EOWNERDEAD ? -EFAULT : seen;
}

constexpr Disposition both[] = {Disposition::handler, Disposition::blocked};
constexpr Situation situation = {
	.dispositions = both, .audience = Audience::nobody, .elsewhere = true};
constexpr int needs[] = {SYS_rseq};

} // namespace

static const Case row = {
	.name = "rseq",
	.man = "Documentation/userspace-api/rseq.rst",
	.kernel = "rseq_signal_deliver",
	.direction = Direction::stores,
	.on = itself,
	.situation = &situation,
	.needs = needs,
	.probe = probe,
	.promise = whole,
};
static const Registered registered(row);

} // namespace tagtrap
