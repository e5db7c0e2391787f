// SPDX-License-Identifier: GPL-2.0-only
#include <linux/aio_abi.h>

#include "tests/situation.h"

namespace tagtrap {

namespace {

constexpr uint64_t second_at = 65536;

/// Writes from two buffers in one io_submit(2). Returns the result of the first.
int64_t submit_two(const ProbeArgs &args, uint64_t second, int64_t &second_result)
{
	aio_context_t context = 0;
	done(sys::raw(SYS_io_setup, 2, sys::arg(&context)), "io_setup");
	std::array<iocb, 2> requests = {};
	std::array<iocb *, 2> list = {&requests[0], &requests[1]};
	for (auto &request : requests) {
		request.aio_lio_opcode = IOCB_CMD_PWRITE;
		request.aio_fildes = static_cast<uint32_t>(args.fd);
		request.aio_nbytes = args.length;
	}
	requests[0].aio_buf = args.buffer.bits;
	requests[1].aio_buf = second;
	requests[1].aio_offset = second_at;
	requests[1].aio_data = 1;
	*args.submit_result = sys::raw(SYS_io_submit, context, list.size(), sys::arg(list.data()));
	std::array<io_event, 2> events = {};
	int64_t count = 0;
	while (count < *args.submit_result) {
		const int64_t more =
			sys::raw(SYS_io_getevents, context, 1, arg(*args.submit_result - count),
				 sys::arg(&events[static_cast<size_t>(count)]), 0);
		if (more < 0 && more != -EINTR)
			done(more, "io_getevents");
		count += more > 0 ? more : 0;
	}
	done(sys::raw(SYS_io_destroy, context), "io_destroy");
	int64_t result = -ENODATA;
	for (int64_t i = 0; i < count; ++i) {
		const io_event &event = events[static_cast<size_t>(i)];
		(event.data == 1 ? second_result : result) = event.res;
	}
	return result;
}

constexpr uint32_t positions[] = {0, 2048};
constexpr Situation pair = {.length = 4096, .full = 4096, .offsets = positions, .submits = true};
constexpr Situation two = {.length = 4096, .full = 4096, .place = "tmpfs", .submits = true};
constexpr int needs[] = {SYS_io_setup, SYS_io_submit, SYS_io_getevents, SYS_io_destroy};

} // namespace

// F4: a bad granule ends its own request, not the others that the same call submits.
static const Case pair_row = {
	.name = "aio-pair",
	.man = "io_submit(2)",
	.kernel = "aio_write",
	.direction = Direction::loads,
	.on = files_only,
	.shape = {.positioned = true},
	.situation = &pair,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		std::memset(spare_bytes(args), 0x3c, args.page_size);
		args.seen->siblings_due = 1;
		int64_t second = 0;
		const int64_t result = submit_two(args, args.spare.bits, second);
		args.seen->siblings_done = second == static_cast<int64_t>(args.length) &&
					   holds_spare(args, args.length, second_at);
		return result;
	},
	.promise = copies_in,
};
// F1: one signal for one call, for the first of its faults.
static const Case two_row = {
	.name = "aio-two",
	.man = "io_submit(2)",
	.kernel = "aio_write",
	.direction = Direction::loads,
	.on = files_only,
	.shape = {.positioned = true},
	.situation = &two,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		int64_t second = 0;
		return submit_two(args, as_bad(args), second);
	},
	.promise = copies_in,
};
static const Registered pair_registered(pair_row);
static const Registered two_registered(two_row);

} // namespace tagtrap
