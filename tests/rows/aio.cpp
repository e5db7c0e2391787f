// SPDX-License-Identifier: GPL-2.0-only
// Requests that io_submit(2) takes, and their events: reads of the file, in a context of their own.
#include <ctime>
#include <linux/aio_abi.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr iocb request = {.aio_lio_opcode = IOCB_CMD_PREAD, .aio_nbytes = 64};
constexpr timespec minute = {60, 0};
constexpr Image requests[] = {
	like(request,
	     {{{offsetof(iocb, aio_fildes), 4, object}, {offsetof(iocb, aio_buf), 8, spare}}}),
	{nullptr, 8, {{{0, 8, image(0)}}}}, // the list
	{nullptr, 8, {{{0, 8, it}}}},       // the list of the pointee
	like(minute),
};
constexpr int needs[] = {SYS_io_setup, SYS_io_destroy, SYS_io_submit, SYS_io_getevents};

/// io_submit(context, 1, first word).
int64_t submit(Issue &issue)
{
	uint64_t context = 0;
	int64_t result = sys::raw(SYS_io_setup, 1, sys::arg(&context));
	if (result < 0)
		return result;
	result = sys::raw(SYS_io_submit, context, 1, issue.word(0));
	sys::raw(SYS_io_destroy, context); // waits for what was taken
	return result;
}

/// io_getevents(context, 1, 1, first word, second word), when there is one.
int64_t get_event(Issue &issue)
{
	uint64_t context = 0;
	int64_t result = sys::raw(SYS_io_setup, 1, sys::arg(&context));
	if (result < 0)
		return result;
	result = sys::raw(SYS_io_submit, context, 1, issue.value(image(1)));
	if (result == 1)
		result = sys::raw(SYS_io_getevents, context, 1, 1, issue.word(0), issue.word(1));
	sys::raw(SYS_io_destroy, context);
	return result;
}

// clang-format off
constexpr Row table[] = {
	{"io_submit.iocbpp", trap(SYS_io_submit), {it}, in, one<uint64_t>, on::files,
	 {.images = requests, .holds = 1, .issue = submit, .needs = needs},
	 {.yields = 1, .by = "__do_sys_io_submit"}},
	{"io_submit.iocb", trap(SYS_io_submit), {image(2)}, in, one<iocb>, on::files,
	 {.images = requests, .holds = 0, .issue = submit, .needs = needs},
	 {.yields = 1, .by = "io_submit_one"}},
	{"io_getevents.events", trap(SYS_io_getevents), {it, 0}, out, one<io_event>, on::files,
	 {.images = requests, .issue = get_event, .needs = needs}, {.yields = 1,
	 .by = "aio_read_events_ring", .after = After::consumed, .ends = Ends::ready}},
	{"io_getevents.timeout", trap(SYS_io_getevents), {spare, it}, in, one<timespec>, on::files,
	 {.images = requests, .holds = 3, .issue = get_event, .needs = needs},
	 {.yields = 1, .by = "get_timespec64", .ends = Ends::ready}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
