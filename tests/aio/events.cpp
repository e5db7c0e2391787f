// SPDX-License-Identifier: GPL-2.0-only
#include <ctime>
#include <linux/aio_abi.h>

#include "tests/situation.h"

namespace tagtrap {

namespace {

constexpr uint64_t mask_size = sizeof(uint64_t);
constexpr Situation events = {.full = 1, .dispositions = with_masks};
constexpr int needs[] = {SYS_io_setup, SYS_io_submit, SYS_io_pgetevents, SYS_io_destroy};

/// Submits a read that is completed at once, into memory that is right.
aio_context_t with_an_event(const ProbeArgs &args)
{
	aio_context_t context = 0;
	done(sys::raw(SYS_io_setup, 1, sys::arg(&context)), "io_setup");
	iocb request = {};
	request.aio_lio_opcode = IOCB_CMD_PREAD;
	request.aio_fildes = static_cast<uint32_t>(args.fd);
	request.aio_buf = args.spare.bits;
	request.aio_nbytes = 1;
	iocb *const list = &request;
	done(sys::raw(SYS_io_submit, context, 1, sys::arg(&list)), "io_submit");
	return context;
}

} // namespace

// F2: the mask of io_pgetevents(2) is temporary. The event stays in the ring when the copy fails.
static const Case events_row = {
	.name = "io_pgetevents",
	.man = "io_getevents(2)",
	.kernel = "aio_read_events_ring",
	.direction = Direction::stores,
	.on = pipes_only,
	.situation = &events,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		const aio_context_t context = with_an_event(args);
		const timespec at_once = {};
		const std::array<uint64_t, 2> mask = {sys::arg(args.mask), mask_size};
		const int64_t result = sys::raw(SYS_io_pgetevents, context, 1, 1, args.buffer.bits,
						sys::arg(&at_once), sys::arg(mask.data()));
		done(sys::raw(SYS_io_destroy, context), "io_destroy");
		return result;
	},
	.promise = whole,
};
static const Registered events_registered(events_row);

} // namespace tagtrap
