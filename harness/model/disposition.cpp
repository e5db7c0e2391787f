// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/disposition.h"

#include <algorithm>
#include <array>

namespace tagtrap {

namespace {

constexpr std::array caller_rows = {
	CallerRow{.caller = Caller::leader, .name = "leader"},
	CallerRow{.caller = Caller::thread, .name = "thread"},
	CallerRow{.caller = Caller::fork, .name = "fork", .own_process = true},
	CallerRow{.caller = Caller::vfork, .name = "vfork"},
	CallerRow{.caller = Caller::init,
		  .name = "init",
		  .alone = Disposition::fatal,
		  .own_process = true},
	CallerRow{.caller = Caller::traced, .name = "traced", .own_process = true},
	CallerRow{.caller = Caller::suppressed, .name = "suppressed", .own_process = true},
};

constexpr std::array disposition_rows = {
	DispositionRow{Disposition::handler, "handler", Outcome::caught},
	DispositionRow{Disposition::restart, "restart", Outcome::caught},
	DispositionRow{Disposition::noexpose, "noexpose", Outcome::caught, false},
	DispositionRow{Disposition::noexpose_restart, "noexpose-restart", Outcome::caught, false},
	DispositionRow{Disposition::blocked, "blocked", Outcome::dies},
	DispositionRow{Disposition::ignored, "ignored", Outcome::dies},
	DispositionRow{Disposition::fatal, "default", Outcome::dies},
	DispositionRow{Disposition::altstack, "altstack", Outcome::caught, true, true},
	DispositionRow{Disposition::nodefer, "nodefer", Outcome::caught},
	DispositionRow{Disposition::nested, "nested", Outcome::dies, true, true},
	DispositionRow{Disposition::sigwait, "sigwait", Outcome::dies, true, true},
	DispositionRow{Disposition::signalfd, "signalfd", Outcome::dies, true, true},
	DispositionRow{Disposition::pending, "pending", Outcome::dies, true, true},
	DispositionRow{Disposition::mask_open, "mask-open", Outcome::dies, true, true},
	DispositionRow{Disposition::mask_shut, "mask-shut", Outcome::either, true, true},
};

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

constexpr DispositionRow nameless = {Disposition::fatal, "?", Outcome::dies};
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
