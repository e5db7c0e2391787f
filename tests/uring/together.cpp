// SPDX-License-Identifier: GPL-2.0-only
#include "tests/situation.h"

namespace tagtrap {

namespace {

constexpr uint64_t second_at = 65536;
constexpr uint32_t positions[] = {0, 2048};

/// Two reads in one io_uring_enter(2), the first one under test. Returns its result.
int64_t read_two(const ProbeArgs &args, int second_fd, uint64_t second, unsigned wanted)
{
	Batch batch;
	const auto length = static_cast<unsigned>(args.length);
	io_uring_prep_read(batch.add(), args.fd, reinterpret_cast<void *>(args.buffer.bits), length,
			   0);
	io_uring_prep_read(batch.add(), second_fd, reinterpret_cast<void *>(second), 1, 0);
	*args.submit_result = batch.enter(2, args.mask);
	batch.wait(wanted);
	return batch.result(0);
}

constexpr Situation pair = {
	.length = 4096, .full = 4096, .offsets = positions, .audience = Audience::either};
// All but restart, noexpose and the temporary masks.
constexpr Disposition prepared[] = {
	Disposition::handler, Disposition::altstack, Disposition::nodefer, Disposition::nested,
	Disposition::blocked, Disposition::ignored,  Disposition::fatal,   Disposition::pending,
	Disposition::sigwait, Disposition::signalfd};
constexpr Situation two = {.full = 1024, .dispositions = prepared, .callers = other_callers};
constexpr Situation waits = {.full = 1024, .dispositions = with_masks, .needs_signal = true};

} // namespace

// F4: a bad granule ends its own request, not the others that the same call submits.
static const Case pair_row = {
	.name = "uring-pair",
	.man = "io_uring_enter(2)",
	.kernel = "io_submit_sqes",
	.direction = Direction::loads,
	.on = files_only,
	.shape = {.positioned = true, .uring = true},
	.situation = &pair,
	.probe = [](const ProbeArgs &args) -> int64_t {
		std::memset(spare_bytes(args), 0x3c, args.page_size);
		args.seen->siblings_due = 1;
		Batch batch;
		const auto length = static_cast<unsigned>(args.length);
		io_uring_prep_write(batch.add(), args.fd,
				    reinterpret_cast<void *>(args.buffer.bits), length, 0);
		io_uring_prep_write(batch.add(), args.fd, spare_bytes(args), length, second_at);
		*args.submit_result = batch.enter(2, nullptr);
		batch.wait(2);
		args.seen->siblings_done = batch.result(1) == static_cast<int64_t>(args.length) &&
					   holds_spare(args, args.length, second_at);
		return batch.result(0);
	},
	.promise = copies_in,
};
// F1: one signal for one call, for the first of its faults. F2: however the caller is prepared.
static const Case two_row = {
	.name = "uring-two",
	.man = "io_uring_enter(2)",
	.kernel = "io_submit_sqes",
	.direction = Direction::stores,
	.on = pipes_only,
	.shape = {.uring = true},
	.situation = &two,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const Pipe other(true);
		return read_two(args, other.ends[0], as_bad(args), 2);
	},
	.promise = copies_out,
};
// F3: the call does not sleep on after the fault, for a completion that only the handler could
// cause. F2: what counts is the mask with which it returns.
static const Case waits_row = {
	.name = "uring-wait",
	.man = "io_uring_enter(2)",
	.kernel = "io_cqring_wait",
	.direction = Direction::stores,
	.on = pipes_only,
	.shape = {.uring = true},
	.situation = &waits,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const Pipe other(!has_bad(args));
		return read_two(args, other.ends[0], args.spare.bits, 1);
	},
	.promise = copies_out,
};
static const Registered pair_registered(pair_row);
static const Registered two_registered(two_row);
static const Registered waits_registered(waits_row);

} // namespace tagtrap
