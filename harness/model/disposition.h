// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tagtrap {

/// How SIGSEGV and SIGBUS are disposed of while the call runs, and who makes the call.
enum class Disposition : uint8_t {
	handler,          ///< SA_EXPOSE_TAGBITS
	restart,          ///< SA_EXPOSE_TAGBITS | SA_RESTART
	noexpose,         ///< a handler without SA_EXPOSE_TAGBITS
	noexpose_restart, ///< SA_RESTART, without SA_EXPOSE_TAGBITS
	blocked,          ///< default action, blocked by the caller
	ignored,          ///< SIG_IGN
	fatal,            ///< id token `default`: SIG_DFL, not blocked
	altstack,         ///< a handler on an alternate stack
	nodefer,          ///< a handler with SA_NODEFER
	nested,           ///< a handler, but the call is made by another one that masks the signals
	sigwait,          ///< blocked by all threads, one of which waits for the signals
	signalfd,         ///< blocked, and to be read from a signalfd
	pending,          ///< blocked, and a SIGSEGV that was sent by kill and tgkill is pending
	traced,           ///< a handler; a tracer sees the stop and passes the signal on
	suppressed,       ///< a handler; a tracer sees the stop and takes the signal away
	init,             ///< SIG_DFL, and the caller is init of a PID namespace
	thread,           ///< a handler; a thread that is not the leader makes the call
	fork,             ///< a handler; a child after fork makes the call
	vfork,            ///< a handler; a child after vfork makes the call
	mask_open,        ///< a handler; the caller blocks, the call's temporary mask does not
	mask_shut,        ///< a handler; the call's temporary mask blocks, the caller does not
};

/// What the forced signal does to the process.
enum class Outcome : uint8_t {
	caught,     ///< the handler runs
	dies,       ///< the process ends
	either,     ///< caught or death, but not lost
	suppressed, ///< a tracer sees it; the process never does
};

/// What an id calls a disposition, and what it means.
struct DispositionRow {
	Disposition disposition;
	std::string_view name;
	Outcome outcome;
	bool exposed = true; ///< SA_EXPOSE_TAGBITS, if a handler is installed
	/// Who makes the call cannot be swapped for io_uring's threads.
	bool own_caller = false;
};

/// All of them, in the order of the enumeration.
std::span<const DispositionRow> dispositions();

const DispositionRow &row_of(Disposition disposition);

inline Outcome outcome_of(Disposition disposition)
{
	return row_of(disposition).outcome;
}

/// A tracer looks on.
inline bool is_traced(Disposition disposition)
{
	return disposition == Disposition::traced || disposition == Disposition::suppressed;
}

/// A process of its own makes the call, with memory of its own.
inline bool has_own_process(Disposition disposition)
{
	return is_traced(disposition) || disposition == Disposition::init ||
	       disposition == Disposition::fork;
}

/// The call is given a temporary signal mask.
inline bool has_temporary_mask(Disposition disposition)
{
	return disposition == Disposition::mask_open || disposition == Disposition::mask_shut;
}

std::string_view to_string(Disposition disposition);

} // namespace tagtrap
