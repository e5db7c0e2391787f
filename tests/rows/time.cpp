// SPDX-License-Identifier: GPL-2.0-only
// Clocks, sleeps and timers.
#include <cerrno>
#include <csignal>
#include <ctime>
#include <sys/time.h>
#include <sys/timex.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

/// Refused behind the copy.
constexpr timespec no_time = {1, -1};
constexpr Image wrong_time[] = {like(no_time)};
constexpr timeval no_timeval = {1, 1'000'001};
constexpr Image wrong_timeval[] = {like(no_timeval)};
constexpr struct timezone no_zone = {60 * 24, 0};
constexpr Image wrong_zone[] = {like(no_zone)};
constexpr timespec moment = {0, 1000};
constexpr Image moments[] = {like(moment)};
constexpr Image reading[] = {{nullptr, sizeof(timex)}};
constexpr Image never[] = {{nullptr, sizeof(itimerspec)}};
/// sigevent: sigev_notify of SIGEV_NONE.
constexpr int32_t nobody[16] = {0, 0, 0, SIGEV_NONE};
constexpr Image to_nobody[] = {like(nobody)};

constexpr int deletes[] = {SYS_timer_delete};

void drop_timer(Issue &issue, int64_t)
{
	sys::raw(SYS_timer_delete, sys::arg(issue.stored<int>()));
}

void drop_spare_timer(Issue &issue, int64_t)
{
	const auto *const number = reinterpret_cast<const int *>(issue.value(spare));
	sys::raw(SYS_timer_delete, sys::arg(*number));
}

// clang-format off
constexpr Row table[] = {
	{"clock_gettime.tp", trap(SYS_clock_gettime), {CLOCK_REALTIME, it}, out, one<timespec>,
	 on::itself, {}, {.by = "put_timespec64"}, Tries::callers},
	{"clock_getres.tp", trap(SYS_clock_getres), {CLOCK_REALTIME, it}, out, one<timespec>,
	 on::itself, {}, {.by = "put_timespec64"}},
	{"clock_settime.tp", trap(SYS_clock_settime), {CLOCK_REALTIME, it}, in, one<timespec>,
	 on::itself, {.images = wrong_time, .holds = 0},
	 {.yields = fails(EINVAL), .by = "get_timespec64"}},
	{"gettimeofday.tv", trap(SYS_gettimeofday), {it, 0}, out, one<timeval>, on::itself, {},
	 {.by = "__do_sys_gettimeofday"}},
	{"gettimeofday.tz", trap(SYS_gettimeofday), {0, it}, out, one<struct timezone>, on::itself,
	 {}, {.by = "__do_sys_gettimeofday"}},
	{"settimeofday.tv", trap(SYS_settimeofday), {it, 0}, in, one<timeval>, on::itself,
	 {.images = wrong_timeval, .holds = 0},
	 {.yields = fails(EINVAL), .by = "__do_sys_settimeofday"}},
	{"settimeofday.tz", trap(SYS_settimeofday), {0, it}, in, one<struct timezone>, on::itself,
	 {.images = wrong_zone, .holds = 0},
	 {.yields = fails(EINVAL), .by = "__do_sys_settimeofday"}, {}, Care::root},
	{"adjtimex.txc_p", trap(SYS_adjtimex), {it}, inout, one<timex>, on::itself,
	 {.images = reading, .holds = 0}, {.yields = a_number, .by = "__do_sys_adjtimex"}},
	{"clock_adjtime.utx", trap(SYS_clock_adjtime), {CLOCK_REALTIME, it}, inout, one<timex>,
	 on::itself, {.images = reading, .holds = 0},
	 {.yields = a_number, .by = "__do_sys_clock_adjtime"}},
	{"nanosleep.rqtp", trap(SYS_nanosleep), {it, 0}, in, one<timespec>, on::itself,
	 {.images = moments, .holds = 0}, {.by = "get_timespec64", .ends = Ends::timeout}},
	{"clock_nanosleep.rqtp", trap(SYS_clock_nanosleep), {CLOCK_MONOTONIC, 0, it, 0}, in,
	 one<timespec>, on::itself, {.images = moments, .holds = 0},
	 {.by = "get_timespec64", .ends = Ends::timeout}},
	{"getitimer.value", trap(SYS_getitimer), {ITIMER_REAL, it}, out, one<itimerval>, on::itself,
	 {}, {.by = "put_itimerval"}},
	{"setitimer.value", trap(SYS_setitimer), {ITIMER_REAL, it, 0}, in, one<itimerval>,
	 on::itself, {.images = never, .holds = 0}, {.by = "get_itimerval"}},
	{"setitimer.ovalue", trap(SYS_setitimer), {ITIMER_REAL, image(0), it}, out, one<itimerval>,
	 on::itself, {.images = never}, {.by = "put_itimerval"}},
	{"timer_create.timer_event_spec", trap(SYS_timer_create), {CLOCK_MONOTONIC, it, spare}, in,
	 bytes(64), on::itself, {.images = to_nobody, .holds = 0, .undo = drop_spare_timer,
	 .needs = deletes}, {.by = "__do_sys_timer_create"}},
	{"timer_create.created_timer_id", trap(SYS_timer_create), {CLOCK_MONOTONIC, image(0), it},
	 out, one<int>, on::itself, {.images = to_nobody, .undo = drop_timer, .needs = deletes},
	 {.by = "do_timer_create"}},
	{"timer_gettime.setting", trap(SYS_timer_gettime), {object, it}, out, one<itimerspec>,
	 on::timer, {}, {.by = "put_itimerspec64"}},
	{"timer_settime.new_setting", trap(SYS_timer_settime), {object, 0, it, 0}, in,
	 one<itimerspec>, on::timer, {.images = never, .holds = 0}, {.by = "get_itimerspec64"}},
	{"timer_settime.old_setting", trap(SYS_timer_settime), {object, 0, image(0), it}, out,
	 one<itimerspec>, on::timer, {.images = never}, {.by = "put_itimerspec64"}},
	{"timerfd_gettime.otmr", trap(SYS_timerfd_gettime), {second, it}, out, one<itimerspec>,
	 on::events, {}, {.by = "put_itimerspec64"}},
	{"timerfd_settime.utmr", trap(SYS_timerfd_settime), {second, 0, it, 0}, in, one<itimerspec>,
	 on::events, {.images = never, .holds = 0}, {.by = "get_itimerspec64"}},
	{"timerfd_settime.otmr", trap(SYS_timerfd_settime), {second, 0, image(0), it}, out,
	 one<itimerspec>, on::events, {.images = never}, {.by = "put_itimerspec64"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
