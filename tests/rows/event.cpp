// SPDX-License-Identifier: GPL-2.0-only
// What tells of events, and faults that user mode resolves: reads of one event, marks, requests
// that are turned down behind the copy.
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint64_t mask_size = 8; ///< of the kernel's sigset_t
constexpr uint32_t event_length = 16;
constexpr uint64_t winch = uint64_t{1} << (SIGWINCH - 1);
constexpr Image mask_of_winch[] = {like(winch), {nullptr, 16}};
constexpr uint64_t past[4] = {0, 0, 0, 1};
constexpr pollfd may_read = {-1, POLLIN, 0};
constexpr timespec second_long = {1, 0};
constexpr Image expired[] = {like(past), like(may_read, {{{0, 4, second}}}), like(second_long)};
constexpr Image no_mask[] = {{nullptr, mask_size}};
constexpr uffdio_api api = {.api = UFFD_API};
constexpr Image apis[] = {like(api)};
/// Ranges of no bytes are refused.
constexpr uint32_t range_length = 16, copy_length = 32, others_length = 24;
constexpr Image nothing[] = {{nullptr, range_length}};

constexpr int for_signal[] = {SYS_signalfd4, SYS_rt_sigprocmask, SYS_tgkill, SYS_gettid,
			      SYS_getpid,    SYS_close,          SYS_read};
constexpr int for_timer[] = {SYS_timerfd_settime, SYS_ppoll, SYS_read};
constexpr int closes[] = {SYS_close};

/// Reads a signal that this thread has sent to itself.
int64_t read_signal(Issue &issue)
{
	const uint64_t mask = issue.value(image(0)), old = issue.value(image(1));
	const int64_t file =
		sys::raw(SYS_signalfd4, sys::arg(-1), mask, mask_size, O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return file;
	sys::raw(SYS_rt_sigprocmask, SIG_BLOCK, mask, old, mask_size);
	sys::raw(SYS_tgkill, static_cast<uint64_t>(sys::raw(SYS_getpid)),
		 static_cast<uint64_t>(sys::raw(SYS_gettid)), SIGWINCH);
	const auto descriptor = static_cast<uint64_t>(file);
	const int64_t result = sys::raw(SYS_read, descriptor, issue.value(it), issue.value(size));
	sys::raw(SYS_rt_sigprocmask, SIG_SETMASK, old, 0, mask_size);
	sys::raw(SYS_close, descriptor);
	return result;
}

/// Reads how often a timer has expired that was due long ago.
int64_t read_timer(Issue &issue)
{
	const uint64_t timer = issue.value(second);
	sys::raw(SYS_timerfd_settime, timer, TFD_TIMER_ABSTIME, issue.value(image(0)), 0);
	sys::raw(SYS_ppoll, issue.value(image(1)), 1, issue.value(image(2)), 0, mask_size);
	const int64_t result = sys::raw(SYS_read, timer, issue.value(it), issue.value(size));
	sys::raw(SYS_timerfd_settime, timer, 0, issue.value(spare), 0);
	return result;
}

void close_told(Issue &issue, int64_t)
{
	sys::raw(SYS_close, sys::arg(issue.stored<int>(offsetof(fanotify_event_metadata, fd))));
}

/// A request that the kernel does not know is refused as one that it does not like is; one that
/// it knows looks at the argument.
int64_t if_known(Issue &issue)
{
	const uint64_t of = issue.word(0), request = issue.word(1);
	if (const int64_t asked = sys::raw(SYS_ioctl, of, request, 0); asked != -EFAULT)
		return asked == -EINVAL ? -ENOTTY : -EBADMSG;
	return sys::raw(SYS_ioctl, of, request, issue.word(2));
}

constexpr Row fault(std::string_view name, uint64_t request, uint32_t length, std::string_view by)
{
	return {name,
		trap(SYS_ioctl),
		{second, request, it},
		in,
		bytes(length),
		on::faults,
		{.images = nothing, .holds = 0, .issue = if_known},
		{.yields = fails(EINVAL), .by = by}};
}

// clang-format off
constexpr Row table[] = {
	{"read.inotify", trap(SYS_read), {object, it, size}, out, bytes(event_length),
	 on::notified, {}, {.yields = event_length, .by = "copy_event_to_user",
	 .after = After::consumed, .ends = Ends::ready}},
	{"read.fanotify", trap(SYS_read), {object, it, size}, out, one<fanotify_event_metadata>,
	 on::marked, {.undo = close_told, .needs = closes},
	 {.yields = sizeof(fanotify_event_metadata),
	 .by = "copy_event_to_user", .after = After::consumed, .ends = Ends::ready}, {},
	 Care::root},
	{"fanotify_mark.pathname", trap(SYS_fanotify_mark),
	 {object, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD, it}, in, text(64), on::marked,
	 {.path = "/none/of/tagtrap"},
	 {.yields = fails(ENOENT), .by = "getname_flags"}, {}, Care::root},
	{"read.signalfd", trap(SYS_read), {it}, out, one<signalfd_siginfo>, on::itself,
	 {.images = mask_of_winch, .issue = read_signal, .needs = for_signal},
	 {.yields = sizeof(signalfd_siginfo), .by = "signalfd_copyinfo", .after = After::consumed,
	 .ends = Ends::ready}},
	{"read.timerfd", trap(SYS_read), {it}, out, one<uint64_t>, on::events,
	 {.images = expired, .issue = read_timer, .needs = for_timer}, {.yields = 8,
	 .by = "timerfd_read_iter", .after = After::consumed, .ends = Ends::ready}},
	{"epoll_pwait2.sigmask", trap(SYS_epoll_pwait2), {object, spare, 1, 0, it, mask_size}, in,
	 one<uint64_t>, on::epoll, {.images = no_mask, .holds = 0},
	 {.yields = 1, .by = "set_user_sigmask", .ends = Ends::ready}},

	{"ioctl.UFFDIO_API", trap(SYS_ioctl), {object, UFFDIO_API, it}, inout, one<uffdio_api>,
	 on::faults, {.images = apis, .holds = 0}, {.by = "userfaultfd_api"}},
	fault("ioctl.UFFDIO_REGISTER", UFFDIO_REGISTER, 24, "userfaultfd_register"),
	fault("ioctl.UFFDIO_UNREGISTER", UFFDIO_UNREGISTER, range_length, "userfaultfd_unregister"),
	fault("ioctl.UFFDIO_WAKE", UFFDIO_WAKE, range_length, "userfaultfd_wake"),
	fault("ioctl.UFFDIO_COPY", UFFDIO_COPY, copy_length, "userfaultfd_copy"),
	fault("ioctl.UFFDIO_ZEROPAGE", UFFDIO_ZEROPAGE, others_length, "userfaultfd_zeropage"),
	fault("ioctl.UFFDIO_WRITEPROTECT", UFFDIO_WRITEPROTECT, others_length,
	      "userfaultfd_writeprotect"),
	fault("ioctl.UFFDIO_POISON", 0xc020aa08, others_length, "userfaultfd_poison"),
	fault("ioctl.UFFDIO_MOVE", 0xc028aa05, copy_length, "userfaultfd_move"),
	fault("ioctl.UFFDIO_CONTINUE", UFFDIO_CONTINUE, others_length, "userfaultfd_continue"),
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
