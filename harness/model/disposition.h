// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tagtrap {

/// Who makes the call.
enum class Caller : uint8_t {
	leader,     ///< the worker child itself, the leader of its process
	thread,     ///< another thread of it
	fork,       ///< a child after fork, with memory of its own
	vfork,      ///< a child after vfork, which shares the memory
	init,       ///< init of a PID namespace
	traced,     ///< a child whose tracer sees the stop and passes the signal on
	suppressed, ///< a child whose tracer sees the stop and takes the signal away
};

/// How SIGSEGV and SIGBUS are disposed of while the call runs.
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

/// What an id calls a caller.
struct CallerRow {
	Caller caller;
	std::string_view name;
	Disposition alone = Disposition::handler; ///< what the name means without a disposition
	bool own_process = false;                 ///< with memory of its own
	std::string_view words = {};              ///< what it is
};

/// What an id calls a disposition, and what it means.
struct DispositionRow {
	Disposition disposition;
	std::string_view name;
	std::string_view words; ///< what it is
	Outcome outcome;
	bool exposed = true; ///< SA_EXPOSE_TAGBITS, if a handler is installed
	/// Arranged in the leader of a process only: more than an action and a mask.
	bool leader_only = false;
};

/// All of them, in the order of the enumeration.
std::span<const CallerRow> callers();
std::span<const DispositionRow> dispositions();

const CallerRow &row_of(Caller caller);
const DispositionRow &row_of(Disposition disposition);

Outcome outcome_of(Caller caller, Disposition disposition);

/// A tracer looks on.
inline bool is_traced(Caller caller)
{
	return caller == Caller::traced || caller == Caller::suppressed;
}

/// The call is given a temporary signal mask.
inline bool has_temporary_mask(Disposition disposition)
{
	return disposition == Disposition::mask_open || disposition == Disposition::mask_shut;
}

std::string_view to_string(Caller caller);
std::string_view to_string(Disposition disposition);

/// The last part of an id, CALLER+DISPOSITION: `leader` is left out, and so is what the name of
/// another caller means by itself (`blocked`, `thread`, `thread+blocked`, `init`, `init+handler`).
std::string handling(Caller caller, Disposition disposition);

/// Reads the last part of an id, what could be left out as well (`leader+blocked`,
/// `thread+handler`). False: it is none.
bool parse_handling(std::string_view text, Caller &caller, Disposition &disposition);

} // namespace tagtrap
