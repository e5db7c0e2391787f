// SPDX-License-Identifier: GPL-2.0-only
// How functions on a kernel's stacks begin that are not the heart of a hang. For hearts.cpp.
#pragma once

#include <array>
#include <string_view>

namespace tagtrap {

/// Here and below no stack tells one call from another.
inline constexpr std::array<std::string_view, 9> entries = {
	"__arm64_sys_", "__x64_sys_", "x64_sys_call",  "invoke_syscall", "do_el0_svc",
	"el0",          "do_syscall", "entry_SYSCALL", "ret_from_fork",
};

/// Copies from and to the user, what they call, and what faults pages in for them: wherever these
/// are met, the function that called them is the one that goes round.
inline constexpr std::array<std::string_view, 43> helpers = {
	"copy_page_from_iter",
	"copy_page_to_iter",
	"copy_folio_from_iter",
	"copy_folio_to_iter",
	"copy_from_iter",
	"_copy_from_iter",
	"__copy_from_iter",
	"copy_to_iter",
	"_copy_to_iter",
	"__copy_to_iter",
	"copyin",
	"copyout",
	"copy_from_user",
	"_copy_from_user",
	"copy_to_user",
	"_copy_to_user",
	"raw_copy_",
	"__arch_copy_",
	"__arch_clear_user",
	"_inline_copy_",
	"rep_movs",
	"clear_user",
	"__clear_user",
	"memcpy_from_iter",
	"memcpy_to_iter",
	"iterate_and_advance",
	"iov_iter_",
	"import_iovec",
	"__import_iovec",
	"iovec_from_user",
	"copy_iovec_from_user",
	"strncpy_from_user",
	"strnlen_user",
	"fault_in_",
	"fixup_user_fault",
	"faultin_page",
	"__get_user_pages",
	"get_user_pages",
	"handle_mm_fault",
	"do_page_fault",
	"do_mem_abort",
	"exc_page_fault",
	"asm_exc_page_fault",
};

/// Ways to sleep, to wait for a lock and to be preempted: of interest is who does.
inline constexpr std::array<std::string_view, 37> waits = {
	"__switch_to",
	"__schedule",
	"schedule",
	"io_schedule",
	"preempt_",
	"__cond_resched",
	"_cond_resched",
	"dynamic_cond_resched",
	"mutex_lock",
	"__mutex_lock",
	"rwsem_",
	"down_",
	"__down",
	"up_",
	"percpu_rwsem_",
	"__percpu_",
	"rwbase_",
	"rt_mutex",
	"__rt_mutex",
	"wait_",
	"__wait",
	"do_wait_",
	"prepare_to_wait",
	"finish_wait",
	"bit_wait",
	"out_of_line_wait",
	"folio_wait_",
	"__folio_lock",
	"queued_",
	"_raw_",
	"__raw_",
	"el1",
	"do_interrupt_handler",
	"gic_",
	"generic_handle_",
	"handle_softirqs",
	"__do_softirq",
};

/// What every call of a family goes through says nothing of a loop below it.
inline constexpr std::array<std::string_view, 8> common_ways = {
	"vfs_", "ksys_", "do_iter_", "do_readv", "do_writev", "do_preadv", "do_pwritev", "io_",
};

} // namespace tagtrap
