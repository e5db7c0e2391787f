// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/rest.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>

#include "harness/report/digest.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

size_t number_at(const Json &event, std::initializer_list<const char *> path)
{
	const auto &value = value_at(event, path);
	return value.is_number_unsigned() ? value.get<size_t>() : 0;
}

size_t controls_in(const Json &run)
{
	const auto &controls = value_at(run, {"plan", "controls"});
	return controls.is_array() ? controls.size() : 0;
}

size_t planned_in(const Journal &journal)
{
	size_t most = number_at(journal.finish, {"planned"});
	for (const auto &run : journal.runs)
		most = std::max(most, planned_points(run));
	return most;
}

std::string last_restart(const Journal &journal)
{
	return journal.restarts.empty() ? "" : text_at(journal.restarts.back(), {"why"});
}

/// Points that no machine of the kind that they need has come for.
std::string pending_text(const Json &finish)
{
	const auto &pending = value_at(finish, {"pending"});
	std::string kinds;
	if (pending.is_object())
		for (const auto &[kind, count] : pending.items())
			kinds += fmt::format("{}{}", kinds.empty() ? "" : ", ", kind);
	return kinds.empty() ? "" : "no machine came for those that wait for " + kinds;
}

/// Why a run has come to no good end, the first that applies.
std::string reason(const Journal &journal)
{
	if (const int number = interrupted_by(journal); number != 0)
		return "interrupted by " + signal_name(number);
	for (const auto &preflight : journal.preflights)
		if (const auto status = text_at(preflight, {"status"});
		    status != "ok" && !ordinary_half(journal))
			return "preflight: " + status;
	if (journal.runs.empty())
		return "no machine ever began";
	if (text_at(journal.runs.back(), {"contract", "name"}).empty())
		return "no contract could be chosen";
	if (journal.lost)
		return "the machine was lost, and no other one went on: " + last_restart(journal);
	if (journal.finish.is_null())
		return "the journal breaks off: the run goes on, or its session or host was killed";
	if (value_at(journal.finish, {"spoiled"}) == true)
		return "its machine was given up for a task that SIGKILL does not end, or for a "
		       "complaint whose point was still to be found, and no other one went on";
	if (auto pending = pending_text(journal.finish); !pending.empty())
		return pending;
	return "the session ended without them";
}

} // namespace

bool ordinary_half(const Journal &journal)
{
	return text_at(run_of(journal, nullptr), {"half"}) == "ordinary";
}

size_t planned_points(const Json &run)
{
	return number_at(run, {"plan", "points"}) + controls_in(run) +
	       number_at(run, {"plan", "excluded"});
}

size_t controls_planned(const Journal &journal)
{
	size_t most = 0;
	for (const auto &run : journal.runs)
		most = std::max(most, controls_in(run));
	return most;
}

int interrupted_by(const Journal &journal)
{
	const auto &number = value_at(journal.finish, {"interrupted"});
	return number.is_number_integer() ? number.get<int>() : 0;
}

Rest rest_of(const Journal &journal)
{
	Rest rest = {.planned = planned_in(journal)};
	rest.missing = rest.planned - std::min(rest.planned, journal.ends.size());
	if (rest.missing != 0 || journal.finish.is_null())
		rest.why = reason(journal);
	return rest;
}

} // namespace tagtrap
