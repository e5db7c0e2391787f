// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/reproduced.h"

#include <algorithm>
#include <fmt/format.h>

#include "harness/report/confirm.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

constexpr int shows_it = 1, set_up_failed = 2;

/// One line of what a program printed.
std::string printed(const Json &event)
{
	auto text = text_at(event, {"output"});
	while (text.ends_with('\n'))
		text.pop_back();
	std::ranges::replace(text, '\n', ' ');
	return plain(text);
}

int64_t number_at(const Json &event, const char *name)
{
	const auto &value = value_at(event, {name});
	return value.is_number_integer() ? value.get<int64_t>() : -1;
}

/// The latest event about the program of this cause, or null.
const Json *program_of(const Journal &journal, const Cause &cause)
{
	const Json *found = nullptr;
	for (const auto &event : journal.reproduced)
		if (text_at(event, {"cause"}) == cause.id)
			found = &event;
	return found;
}

/// A confirm event as an ordinary user for a point of this cause, or null.
const Json *confirmed_as_user(const Journal &journal, const Cause &cause)
{
	for (const auto &event : journal.confirms)
		if (number_at(event, "uid") > 0)
			for (const auto *row : cause.rows)
				if (row->end->id == text_at(event, {"id"}))
					return &event;
	return nullptr;
}

/// The point of this confirm event came to the same verdict as in the run.
bool same_as_user(const Json &event, const Cause &cause)
{
	return std::ranges::any_of(cause.rows, [&](const Row *row) {
		return row->end->id == text_at(event, {"id"}) &&
		       same_again(event, row->end->verdict);
	});
}

bool shown_by_user(const Json &program)
{
	return number_at(program, "uid") > 0 && reproduced(program);
}

} // namespace

Json reproduced_event(const std::string &id, const std::string &cause, unsigned uid,
		      const std::string &why_not, const Json &answer, bool crash)
{
	Json event = {{"event", "reproduced"}, {"id", id}, {"cause", cause}, {"uid", uid}};
	event["why_not"] = why_not.empty() ? Json() : Json(why_not);
	event["status"] = value_at(answer, {"status"});
	event["output"] = value_at(answer, {"output"});
	event["crash"] = crash;
	return event;
}

bool reproduced(const Json &event)
{
	if (!text_at(event, {"why_not"}).empty())
		return false;
	const auto status = value_at(event, {"status"});
	return status == shows_it || (status == program_lost && value_at(event, {"crash"}) == true);
}

std::string reproduced_words(const Json &event)
{
	if (const auto why = text_at(event, {"why_not"}); !why.empty())
		return "none: " + plain(why);
	const auto by = fmt::format("alone, as uid {}: ", number_at(event, "uid"));
	if (!value_at(event, {"status"}).is_number())
		return by + "DOES NOT SHOW IT: it was not run";
	const auto status = number_at(event, "status");
	return fmt::format("{}{}: {}", by, printed(event),
			   reproduced(event)         ? "shows it"
			   : status == program_lost  ? "DOES NOT SHOW IT: the machine was lost"
			   : status == 0             ? "DOES NOT SHOW IT: all is as it should be"
			   : status == set_up_failed ? "DOES NOT SHOW IT: its set-up failed"
			   : status < 0              ? "DOES NOT SHOW IT: it did not end"
					: fmt::format("DOES NOT SHOW IT: status {}", status));
}

std::string reproduced_text(const Journal &journal, const Cause &cause)
{
	const auto *const event = program_of(journal, cause);
	return event == nullptr ? "" : labelled("    C program  ", reproduced_words(*event), 3);
}

std::string measured_privilege(const Journal &journal, const Cause &cause)
{
	const auto *const event = confirmed_as_user(journal, cause);
	if (event != nullptr && same_as_user(*event, cause))
		return fmt::format("ran as uid {}, the same; evidence in {}",
				   number_at(*event, "uid"), text_at(*event, {"where"}));
	if (const auto *const program = program_of(journal, cause);
	    program != nullptr && shown_by_user(*program))
		return fmt::format("its C program ran as uid {}", number_at(*program, "uid"));
	if (event == nullptr)
		return "";
	const auto reason = plain(text_at(*event, {"reason"}));
	return fmt::format("as uid {} it came to {}{}", number_at(*event, "uid"),
			   text_at(*event, {"verdict"}), reason.empty() ? "" : " (" + reason + ")");
}

bool seen_unprivileged(const Journal &journal, const Cause &cause)
{
	const auto *const event = confirmed_as_user(journal, cause);
	const auto *const program = program_of(journal, cause);
	return (event != nullptr && same_as_user(*event, cause)) ||
	       (program != nullptr && shown_by_user(*program));
}

} // namespace tagtrap
