// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/progress.h"

#include <fmt/core.h>

#include "harness/sys/say.h"

namespace tagtrap {
namespace {

constexpr auto terminal_pace = std::chrono::milliseconds(200);
constexpr auto pipe_pace = std::chrono::seconds(10);
constexpr size_t width = 100;

bool noteworthy(std::string_view verdict)
{
	return verdict != "PASS" && verdict != "UNCHECKED" && verdict != "SKIP";
}

} // namespace

void Progress::begun(std::string_view id)
{
	in_hand_ = id;
	show();
}

void Progress::ended(std::string_view id, std::string_view verdict)
{
	++done_;
	++verdicts_[std::string(verdict)];
	if (noteworthy(verdict))
		say(fmt::format("{} {}", verdict, id));
	show();
}

void Progress::say(std::string_view line)
{
	sys::say(fmt::format("{}{}\n", terminal_ ? "\r\x1b[K" : "", line));
}

void Progress::close()
{
	if (terminal_)
		sys::say("\r\x1b[K");
	if (done_ != 0)
		sys::say(counts() + '\n');
}

std::string Progress::counts() const
{
	auto text = planned_ == 0 ? fmt::format("{} points", done_)
				  : fmt::format("{}/{} points", done_, planned_);
	for (const auto &[verdict, count] : verdicts_)
		text += fmt::format(", {} {}", verdict, count);
	return text;
}

void Progress::show()
{
	const auto now = std::chrono::steady_clock::now();
	if (now - shown_ < (terminal_ ? std::chrono::milliseconds(terminal_pace)
				      : std::chrono::milliseconds(pipe_pace)))
		return;
	shown_ = now;
	if (terminal_)
		sys::say(fmt::format("\r{}\x1b[K",
				     fmt::format("{}  {}", counts(), in_hand_).substr(0, width)));
	else
		sys::say(counts() + '\n');
}

} // namespace tagtrap
