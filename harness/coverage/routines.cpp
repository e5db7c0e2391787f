// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/routines.h"

#include <algorithm>
#include <array>

namespace tagtrap::coverage {

namespace {

constexpr std::string_view copies = "the copy routine itself";
constexpr std::string_view out_of_line = "copy_from_user() or copy_to_user() out of line";
constexpr std::string_view iterator = "copies from or to the caller's iov_iter";
constexpr std::string_view tries = "tries the caller's memory before it is copied with faults off";
constexpr std::string_view socket_buffer =
	"copies a socket buffer from or to the caller's iov_iter";
constexpr std::string_view block = "fetches a string or a block for its caller";
constexpr std::string_view file_name = "fetches a file name for its caller";
constexpr std::string_view vector = "fetches the caller's vector of buffers";
constexpr std::string_view content = "copies what a file operation of its caller's holds";
constexpr std::string_view as_text = "parses a number that its caller was handed";
constexpr std::string_view header = "copies an address, a header or an option for its caller";
constexpr std::string_view shared = "copies a structure that many calls share";

// clang-format off
constexpr std::array routines = {
	// The copy routines themselves: leaves without a frame, arch/arm64/lib.
	Routine{"__arch_clear_user", copies},
	Routine{"__arch_copy_from_user", copies},
	Routine{"__arch_copy_in_user", copies},
	Routine{"__arch_copy_to_user", copies},
	Routine{"__copy_user_flushcache", copies},
	// Out-of-line forms of a copy routine.
	Routine{"__copy_from_user_flushcache", out_of_line},
	Routine{"__copy_from_user_inatomic_nocache", out_of_line},
	Routine{"_copy_from_pages", out_of_line},
	Routine{"_copy_from_user", out_of_line},
	Routine{"_copy_to_user", out_of_line},
	Routine{"check_zeroed_user", out_of_line},
	Routine{"_inline_copy_from_user", out_of_line},
	Routine{"_inline_copy_to_user", out_of_line},
	Routine{"copy_from_user_nofault", out_of_line},
	Routine{"copy_struct_from_user", out_of_line},
	Routine{"copy_to_user_nofault", out_of_line},
	Routine{"copy_user_page_nofault", out_of_line},
	// lib/iov_iter.c, mm: the iterator is the caller's.
	Routine{"_copy_from_iter", iterator},
	Routine{"_copy_from_iter_flushcache", iterator},
	Routine{"_copy_from_iter_nocache", iterator},
	Routine{"_copy_to_iter", iterator},
	Routine{"copy_folio_from_iter_atomic", iterator},
	Routine{"copy_page_from_iter", iterator},
	Routine{"copy_page_from_iter_atomic", iterator},
	Routine{"copy_page_to_iter", iterator},
	Routine{"copy_page_to_iter_nofault", iterator},
	Routine{"csum_and_copy_from_iter", iterator},
	Routine{"csum_and_copy_from_iter_full", iterator},
	Routine{"csum_and_copy_to_iter", iterator},
	Routine{"hash_and_copy_to_iter", iterator},
	Routine{"iov_iter_copy_from_user_atomic", iterator},
	Routine{"iov_iter_zero", iterator},
	// mm/gup.c: tries what somebody else is about to copy.
	Routine{"fault_in_iov_iter_readable", tries},
	Routine{"fault_in_iov_iter_writeable", tries},
	Routine{"fault_in_readable", tries},
	Routine{"fault_in_safe_writeable", tries},
	Routine{"fault_in_subpage_writeable", tries},
	Routine{"fault_in_writeable", tries},
	Routine{"iov_iter_fault_in_readable", tries},
	Routine{"mte_probe_user_range", tries},
	// net/core/datagram.c, net/core/skbuff.c: data of a socket buffer.
	Routine{"__skb_datagram_iter", socket_buffer},
	Routine{"__zerocopy_sg_from_iter", socket_buffer},
	Routine{"csum_and_copy_from_iter_skb", socket_buffer},
	Routine{"csum_and_copy_to_iter_full", socket_buffer},
	Routine{"simple_copy_to_iter", socket_buffer},
	Routine{"skb_copy_and_csum_datagram", socket_buffer},
	Routine{"skb_copy_and_csum_datagram_msg", socket_buffer},
	Routine{"skb_copy_and_hash_datagram_iter", socket_buffer},
	Routine{"skb_copy_datagram_from_iter", socket_buffer},
	Routine{"skb_copy_datagram_from_iter_full", socket_buffer},
	Routine{"skb_copy_datagram_iter", socket_buffer},
	Routine{"skb_zerocopy_iter_stream", socket_buffer},
	Routine{"zerocopy_sg_from_iter", socket_buffer},
	// lib, mm/util.c: strings and blocks.
	Routine{"memdup_user", block},
	Routine{"memdup_user_nul", block},
	Routine{"strncpy_from_user", block},
	Routine{"strncpy_from_user_nofault", block},
	Routine{"strndup_user", block},
	Routine{"strnlen_user", block},
	Routine{"strnlen_user_nofault", block},
	Routine{"vmemdup_user", block},
	// fs/namei.c, fs/namespace.c: names of files.
	Routine{"__getname_maybe_null", file_name},
	Routine{"__user_path_locked_at", file_name},
	Routine{"copy_mount_options", file_name},
	Routine{"copy_mount_string", file_name},
	Routine{"getname", file_name},
	Routine{"getname_flags", file_name},
	Routine{"getname_maybe_null", file_name},
	Routine{"getname_uflags", file_name},
	Routine{"getname_xattr", file_name},
	Routine{"start_creating_user_path", file_name},
	Routine{"user_path_at", file_name},
	Routine{"user_path_at_empty", file_name},
	Routine{"user_path_create", file_name},
	Routine{"user_path_locked_at", file_name},
	// lib/iov_iter.c: vectors of buffers.
	Routine{"__import_iovec", vector},
	Routine{"copy_compat_iovec_from_user", vector},
	Routine{"copy_iovec_from_user", vector},
	Routine{"import_iovec", vector},
	Routine{"iovec_from_user", vector},
	// fs/libfs.c: files whose content is in memory.
	Routine{"memory_read_from_buffer", content},
	Routine{"simple_attr_read", content},
	Routine{"simple_attr_write", content},
	Routine{"simple_attr_write_signed", content},
	Routine{"simple_read_from_buffer", content},
	Routine{"simple_transaction_get", content},
	Routine{"simple_transaction_read", content},
	Routine{"simple_write_to_buffer", content},
	Routine{"tracing_generic_entry_read", content},
	// lib/kstrtox.c, lib/bitmap.c, lib/vsprintf.c: numbers as text.
	Routine{"bitmap_parse_user", as_text},
	Routine{"bitmap_parselist_user", as_text},
	Routine{"kstrtobool_from_user", as_text},
	Routine{"kstrtoint_from_user", as_text},
	Routine{"kstrtol_from_user", as_text},
	Routine{"kstrtoll_from_user", as_text},
	Routine{"kstrtos16_from_user", as_text},
	Routine{"kstrtos8_from_user", as_text},
	Routine{"kstrtou16_from_user", as_text},
	Routine{"kstrtou8_from_user", as_text},
	Routine{"kstrtouint_from_user", as_text},
	Routine{"kstrtoul_from_user", as_text},
	Routine{"kstrtoull_from_user", as_text},
	Routine{"trace_get_user", as_text},
	Routine{"trace_parse_run_command", as_text},
	// net/socket.c, net/core/scm.c: addresses, headers and options of sockets.
	Routine{"__copy_msghdr", header},
	Routine{"copy_msghdr_from_user", header},
	Routine{"get_user_ifreq", header},
	Routine{"move_addr_to_kernel", header},
	Routine{"move_addr_to_user", header},
	Routine{"put_cmsg", header},
	Routine{"put_cmsg_scm_timestamping", header},
	Routine{"put_cmsg_scm_timestamping64", header},
	Routine{"put_user_ifreq", header},
	Routine{"recvmsg_copy_msghdr", header},
	Routine{"sendmsg_copy_msghdr", header},
	// kernel/signal.c, kernel/time/time.c, fs/select.c: structures that many calls take.
	Routine{"__copy_siginfo_from_user", shared},
	Routine{"copy_siginfo_from_user", shared},
	Routine{"copy_siginfo_from_user32", shared},
	Routine{"copy_siginfo_to_user", shared},
	Routine{"copy_siginfo_to_user32", shared},
	Routine{"get_compat_itimerspec64", shared},
	Routine{"get_compat_sigset", shared},
	Routine{"get_itimerspec64", shared},
	Routine{"get_old_itimerspec32", shared},
	Routine{"get_old_timespec32", shared},
	Routine{"get_timespec64", shared},
	Routine{"poll_select_finish", shared},
	Routine{"put_compat_itimerspec64", shared},
	Routine{"put_itimerspec64", shared},
	Routine{"put_old_itimerspec32", shared},
	Routine{"put_old_timespec32", shared},
	Routine{"put_timespec64", shared},
	Routine{"set_compat_user_sigmask", shared},
	Routine{"set_user_sigmask", shared},
};
// clang-format on

} // namespace

const Routine *find_routine(std::string_view name)
{
	// Behind a dot the compiler says what it has made of the function.
	const auto plain = name.substr(0, name.find('.'));
	const auto *found = std::ranges::find(routines, plain, &Routine::name);
	return found == routines.end() ? nullptr : found;
}

} // namespace tagtrap::coverage
