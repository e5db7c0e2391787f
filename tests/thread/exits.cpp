// SPDX-License-Identifier: GPL-2.0-only
#include <csignal>

#include "tests/robust.h"

namespace tagtrap {

namespace {

/// As libc does before a thread exits.
void block_all()
{
	const uint64_t all = ~uint64_t{0};
	sys::raw(SYS_rt_sigprocmask, SIG_BLOCK, sys::arg(&all), 0, sizeof(all));
}

void number_word(const ProbeArgs &, unsigned char *bytes)
{
	std::memset(bytes, 0x5a, sizeof(uint32_t));
}

void empty_list(const ProbeArgs &args, unsigned char *bytes)
{
	const std::array<uint64_t, 3> list = {args.buffer.bits, 0, 0};
	std::memcpy(bytes, list.data(), sizeof(list));
}

constexpr Situation clears = {.audience = Audience::nobody, .fill = number_word};
constexpr Situation walks = {.audience = Audience::nobody, .fill = empty_list};
constexpr Situation marks = {.audience = Audience::nobody, .fill = last_entry};

} // namespace

// F9: an exiting thread is beyond signals; forcing one would change the dispositions of the others.
static const Case clears_row = {
	.name = "exit-clear_child_tid",
	.man = "set_tid_address(2)",
	.kernel = "mm_release",
	.direction = Direction::stores,
	.on = itself,
	.situation = &clears,
	.probe = [](const ProbeArgs &args) -> int64_t {
		run_thread([](const ProbeArgs &) { block_all(); }, args, args.buffer.bits);
		return 0;
	},
	.promise = dropped,
};
static const Case walks_row = {
	.name = "exit-robust_list",
	.man = "get_robust_list(2)",
	.kernel = "exit_robust_list",
	.direction = Direction::loads,
	.on = itself,
	.situation = &walks,
	.probe = [](const ProbeArgs &args) -> int64_t {
		run_thread(
			[](const ProbeArgs &mine) {
				sys::raw(SYS_set_robust_list, mine.buffer.bits,
					 3 * sizeof(uint64_t));
				block_all();
			},
			args, 0);
		return 0;
	},
	.promise = dropped,
};
// F4: what cannot be read is the way to the entry after it. The lock of this entry, and that of the
// one before, are marked.
static const Case marks_row = {
	.name = "exit-robust_entry",
	.man = "get_robust_list(2)",
	.kernel = "handle_futex_death",
	.direction = Direction::loads,
	.on = itself,
	.situation = &marks,
	.needs = robust_needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		with_locks(args, [](const ProbeArgs &mine) {
			run_thread(
				[](const ProbeArgs &its) {
					take_locks(its);
					block_all();
				},
				mine, 0);
		});
		return 0;
	},
	.promise = dropped,
};
static const Registered clears_registered(clears_row);
static const Registered walks_registered(walks_row);
static const Registered marks_registered(marks_row);

} // namespace tagtrap
