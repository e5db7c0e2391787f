// SPDX-License-Identifier: GPL-2.0-only
#include <cerrno>
#include <ctime>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

/// struct sched_attr, first version: SCHED_OTHER, as before.
struct Attributes {
	uint32_t size = sizeof(Attributes), policy = 0;
	uint64_t flags = 0;
	int32_t nice = 0;
	uint32_t priority = 0;
	uint64_t runtime = 0, deadline = 0, period = 0;
};
constexpr Attributes as_before;
constexpr Image attributes[] = {like(as_before)};
constexpr Image no_priority[] = {{nullptr, 4}};
constexpr Image no_cpu[] = {{nullptr, 8}};

// clang-format off
constexpr Row table[] = {
	{"sched_getaffinity.user_mask", trap(SYS_sched_getaffinity), {0, size, it}, out,
	 one<uint64_t>, on::itself, {}, {.yields = a_number, .by = "__do_sys_sched_getaffinity"}},
	{"sched_setaffinity.user_mask", trap(SYS_sched_setaffinity), {0, size, it}, in,
	 one<uint64_t>, on::itself, {.images = no_cpu, .holds = 0},
	 {.yields = fails(EINVAL), .by = "get_user_cpu_mask"}},
	{"sched_getparam.param", trap(SYS_sched_getparam), {0, it}, out, one<int>, on::itself, {},
	 {.by = "__do_sys_sched_getparam"}},
	{"sched_setparam.param", trap(SYS_sched_setparam), {0, it}, in, one<int>, on::itself,
	 {.images = no_priority, .holds = 0}, {.by = "do_sched_setscheduler"}},
	{"sched_setscheduler.param", trap(SYS_sched_setscheduler), {0, 0, it}, in, one<int>,
	 on::itself, {.images = no_priority, .holds = 0}, {.by = "do_sched_setscheduler"}},
	{"sched_getattr.uattr", trap(SYS_sched_getattr), {0, it, size, 0}, out, one<Attributes>,
	 on::itself, {}, {.by = "sched_attr_copy_to_user"}},
	{"sched_setattr.uattr", trap(SYS_sched_setattr), {0, it, 0}, in, one<Attributes>,
	 on::itself, {.images = attributes, .holds = 0}, {.by = "sched_copy_attr"}},
	{"sched_rr_get_interval.interval", trap(SYS_sched_rr_get_interval), {0, it}, out,
	 one<timespec>, on::itself, {}, {.by = "put_timespec64"}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
