// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/disposition.h"

#include <algorithm>
#include <array>

namespace tagtrap {

namespace {

constexpr std::array caller_rows = {
	CallerRow{.caller = Caller::leader,
		  .name = "leader",
		  .words = "the leader of the worker's process"},
	CallerRow{.caller = Caller::thread,
		  .name = "thread",
		  .words = "another thread of that process"},
	CallerRow{.caller = Caller::fork,
		  .name = "fork",
		  .own_process = true,
		  .words = "a child after fork, with memory of its own"},
	CallerRow{.caller = Caller::vfork,
		  .name = "vfork",
		  .words = "a child after vfork, which shares the memory"},
	CallerRow{.caller = Caller::init,
		  .name = "init",
		  .alone = Disposition::fatal,
		  .own_process = true,
		  .words = "init of a PID namespace"},
	CallerRow{.caller = Caller::traced,
		  .name = "traced",
		  .own_process = true,
		  .words = "a child whose tracer sees the stop and passes the signal on"},
	CallerRow{.caller = Caller::suppressed,
		  .name = "suppressed",
		  .own_process = true,
		  .words = "a child whose tracer sees the stop and takes the signal away"},
};

// clang-format off
constexpr std::array disposition_rows = {
	DispositionRow{Disposition::handler, "handler", "a handler with SA_EXPOSE_TAGBITS",
		       Outcome::caught},
	DispositionRow{Disposition::restart, "restart",
		       "a handler with SA_EXPOSE_TAGBITS and SA_RESTART", Outcome::caught},
	DispositionRow{Disposition::noexpose, "noexpose", "a handler without SA_EXPOSE_TAGBITS",
		       Outcome::caught, false},
	DispositionRow{Disposition::noexpose_restart, "noexpose-restart",
		       "a handler with SA_RESTART, without SA_EXPOSE_TAGBITS", Outcome::caught,
		       false},
	DispositionRow{Disposition::blocked, "blocked", "SIG_DFL, blocked by the caller",
		       Outcome::dies},
	DispositionRow{Disposition::ignored, "ignored", "SIG_IGN", Outcome::dies},
	DispositionRow{Disposition::fatal, "default", "SIG_DFL, not blocked", Outcome::dies},
	DispositionRow{Disposition::altstack, "altstack", "a handler on an alternate stack",
		       Outcome::caught, true, true},
	DispositionRow{Disposition::nodefer, "nodefer", "a handler with SA_NODEFER",
		       Outcome::caught},
	DispositionRow{Disposition::nested, "nested",
		       "a handler; the call is made by another one, which masks both signals",
		       Outcome::dies, true, true},
	DispositionRow{Disposition::sigwait, "sigwait",
		       "blocked by all threads, one of which waits for them", Outcome::dies, true,
		       true},
	DispositionRow{Disposition::signalfd, "signalfd", "blocked, and a signalfd is open",
		       Outcome::dies, true, true},
	DispositionRow{Disposition::pending, "pending",
		       "blocked, and a SIGSEGV that was sent is pending", Outcome::dies, true,
		       true},
	DispositionRow{Disposition::mask_open, "mask-open",
		       "a handler; the caller blocks them, the call's temporary mask does not",
		       Outcome::dies, true, true},
	DispositionRow{Disposition::mask_shut, "mask-shut",
		       "a handler; the call's temporary mask blocks them, the caller does not",
		       Outcome::either, true, true},
};
// clang-format on

constexpr bool in_order()
{
	for (size_t i = 0; i < disposition_rows.size(); ++i)
		if (static_cast<size_t>(disposition_rows[i].disposition) != i)
			return false;
	for (size_t i = 0; i < caller_rows.size(); ++i)
		if (static_cast<size_t>(caller_rows[i].caller) != i)
			return false;
	return true;
}
static_assert(in_order());

constexpr DispositionRow nameless = {Disposition::fatal, "?", "?", Outcome::dies};
constexpr CallerRow nobody = {.caller = Caller::leader, .name = "?"};

template <class Rows, class Value>
bool find_name(const Rows &all, Value Rows::value_type::*value, std::string_view name, Value &found)
{
	const auto row = std::ranges::find(all, name, &Rows::value_type::name);
	if (row == all.end())
		return false;
	found = (*row).*value;
	return true;
}

} // namespace

std::span<const CallerRow> callers()
{
	return caller_rows;
}

std::span<const DispositionRow> dispositions()
{
	return disposition_rows;
}

const CallerRow &row_of(Caller caller)
{
	const auto index = static_cast<size_t>(caller);
	return index < caller_rows.size() ? caller_rows[index] : nobody;
}

const DispositionRow &row_of(Disposition disposition)
{
	const auto index = static_cast<size_t>(disposition);
	return index < disposition_rows.size() ? disposition_rows[index] : nameless;
}

Outcome outcome_of(Caller caller, Disposition disposition)
{
	return caller == Caller::suppressed ? Outcome::suppressed : row_of(disposition).outcome;
}

std::string_view to_string(Caller caller)
{
	return row_of(caller).name;
}

std::string_view to_string(Disposition disposition)
{
	return row_of(disposition).name;
}

std::string handling(Caller caller, Disposition disposition)
{
	const std::string how(to_string(disposition));
	if (caller == Caller::leader)
		return how;
	const std::string who(to_string(caller));
	return disposition == row_of(caller).alone ? who : who + '+' + how;
}

bool parse_handling(std::string_view text, Caller &caller, Disposition &disposition)
{
	const auto plus = text.find('+');
	if (find_name(caller_rows, &CallerRow::caller, text.substr(0, plus), caller)) {
		disposition = row_of(caller).alone;
		return plus == std::string_view::npos ||
		       find_name(disposition_rows, &DispositionRow::disposition,
				 text.substr(plus + 1), disposition);
	}
	caller = Caller::leader;
	return find_name(disposition_rows, &DispositionRow::disposition, text, disposition);
}

} // namespace tagtrap
