// SPDX-License-Identifier: GPL-2.0-only
// What a reproducer has to see, as its own exit status tells.
#include <algorithm>
#include <fmt/format.h>

#include "harness/report/reproducer_parts.h"

namespace tagtrap::reproducing {

namespace {

using judging::Demand;
using judging::Ground;

std::string range_test(const Demand &wanted)
{
	std::string text = wanted.efault ? "r == -EFAULT" : "";
	const int64_t least = wanted.efault ? std::max<int64_t>(wanted.least, 1) : wanted.least;
	const auto add = [&text](const std::string &more) {
		text += text.empty() ? more : " || " + more;
	};
	if (least == wanted.most)
		add(fmt::format("r == {}", least));
	else if (least < wanted.most)
		add(fmt::format("(r >= {} && r <= {})", least, wanted.most));
	if (wanted.faults() && !wanted.promise.may_be_unchecked.empty())
		add(fmt::format("r == {}", wanted.full));
	return text;
}

std::string death_test(SignalPin pin)
{
	if (pin == SignalPin::any)
		return "(died == SIGSEGV || died == SIGBUS)";
	return pin == SignalPin::segv ? "died == SIGSEGV" : "died == SIGBUS";
}

/// How many signals the handler is to see.
std::string caught_test(const judging::Matter &matter)
{
	if (matter.demand.ground == Ground::either)
		return "seen->signals <= 1";
	if (!matter.demand.promise.may_be_unchecked.empty())
		return "seen->signals <= 1";
	std::string text = "seen->signals == 1";
	if (matter.terms.pin != SignalPin::any)
		text += fmt::format(" && seen->number == {}",
				    matter.terms.pin == SignalPin::segv ? "SIGSEGV" : "SIGBUS");
	return text;
}

/// Code and address of the one signal that was caught. The bits above the tag tell nothing.
std::string info_test(bool exposed)
{
	return fmt::format("seen->code == (seen->number == SIGBUS ? BUS_ADRERR : 9) &&\n"
			   "\t\t !((seen->address ^ seen->bad{}) << 4 >> 8) &&\n\t\t ",
			   exposed ? "" : " << 8 >> 8");
}

/// A frame that cannot be read has no result: the signal is all there is.
Due due_by_signal(const judging::Matter &matter)
{
	if (!matter.demand.faults())
		return {"0 and no signal", "!died && r == 0 && !seen->signals"};
	if (matter.outcome() == Outcome::caught)
		return {"one SIGSEGV, on every kernel",
			"!died && seen->signals == 1 && seen->number == SIGSEGV"};
	return {"death by SIGSEGV, on every kernel", "died == SIGSEGV"};
}

} // namespace

Due due(const judging::Matter &matter, const Pieces &pieces)
{
	if (pieces.by_signal)
		return due_by_signal(matter);
	Due out = {judging::expected_text(matter), ""};
	const Demand &wanted = matter.demand;
	const std::string range = range_test(wanted);
	std::string data = range.find("||") == std::string::npos ? range : "(" + range + ")";
	constexpr size_t fits = 39; // on a line, beside the next part
	if (!pieces.look.empty())   // a negative result is less as well
		data += pieces.counts_beyond || data.size() > fits ? " &&\n\t\t seen->arrived >= r"
								   : " && seen->arrived >= r";
	if (pieces.counts_beyond)
		data += wanted.promise.may_be_unchecked.empty()
				? " && !seen->beyond"
				: fmt::format(" && (r == {} || !seen->beyond)", wanted.full);
	if (pieces.checks_info)
		data = info_test(row_of(matter.point.disposition).exposed) + data;
	const auto lives = [&data](const std::string &signals) {
		return "!died && " + signals + " &&\n\t\t " + data;
	};
	const bool signalled = matter.forced() && (wanted.ground == Ground::process ||
						   wanted.ground == Ground::either);
	if (!signalled)
		out.test = lives("!seen->signals");
	else if (matter.outcome() == Outcome::caught)
		out.test = lives(caught_test(matter));
	else if (wanted.ground == Ground::either || !wanted.promise.may_be_unchecked.empty())
		out.test = death_test(matter.terms.pin) + " ||\n\t\t (" + lives("!seen->signals") +
			   ")";
	else
		out.test = death_test(matter.terms.pin);
	return out;
}

} // namespace tagtrap::reproducing
