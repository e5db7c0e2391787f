// SPDX-License-Identifier: GPL-2.0-only
#include <csignal>

#include "tests/situation.h"

namespace tagtrap {

namespace {

constexpr uint64_t other_signal = uint64_t{1} << (SIGUSR1 - 1);

volatile uint32_t others = 0;

void count_other(int)
{
	others = others + 1;
}

/// SIGUSR1, pending and blocked for as long as this lives.
class Other {
public:
	Other()
	{
		others = 0;
		struct sigaction action = {};
		action.sa_handler = count_other;
		sigaction(SIGUSR1, &action, &action_before_);
		done(sys::raw(SYS_rt_sigprocmask, SIG_BLOCK, sys::arg(&other_signal),
			      sys::arg(&mask_before_), sizeof(other_signal)),
		     "blocking a signal");
		done(sys::raw(SYS_tgkill, arg(sys::raw(SYS_getpid)), arg(sys::raw(SYS_gettid)),
			      SIGUSR1),
		     "sending a signal");
	}
	Other(const Other &) = delete;
	Other &operator=(const Other &) = delete;
	~Other()
	{
		sys::raw(SYS_rt_sigprocmask, SIG_SETMASK, sys::arg(&mask_before_), 0,
			 sizeof(mask_before_));
		sigaction(SIGUSR1, &action_before_, nullptr);
	}

	/// The caller's mask, without SIGUSR1.
	uint64_t mask() const { return mask_before_; }

private:
	struct sigaction action_before_ = {};
	uint64_t mask_before_ = 0;
};

constexpr Situation interrupted = {.full = 1024, .dispositions = with_masks};

} // namespace

// F2: another signal, which only the temporary mask lets through, ends the wait. The call then
// holds that mask until the handler has run; what decides about the fault is the caller's.
static const Case interrupted_row = {
	.name = "uring-interrupted",
	.man = "io_uring_enter(2)",
	.kernel = "io_cqring_wait",
	.direction = Direction::stores,
	.on = pipes_only,
	.shape = {.uring = true},
	.situation = &interrupted,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const Pipe empty(false);
		const Other other;
		const uint64_t mask = args.mask != nullptr ? *args.mask : other.mask();
		Batch batch;
		io_uring_prep_read(batch.add(), args.fd, reinterpret_cast<void *>(args.buffer.bits),
				   static_cast<unsigned>(args.length), 0);
		io_uring_prep_read(batch.add(), empty.ends[0], spare_bytes(args), 1, 0);
		args.seen->siblings_due = 1;
		*args.submit_result = batch.enter(2, &mask);
		args.seen->siblings_done = others;
		batch.wait(1);
		return batch.result(0);
	},
	.promise = copies_out,
};
static const Registered interrupted_registered(interrupted_row);

} // namespace tagtrap
