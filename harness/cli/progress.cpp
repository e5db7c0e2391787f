// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/progress.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/sys/say.h"

namespace tagtrap {
namespace {

using namespace std::chrono_literals;

constexpr auto terminal_pace = std::chrono::milliseconds(200);
constexpr auto pipe_pace = std::chrono::milliseconds(10'000);
constexpr size_t bar_width = 22;
constexpr auto fewest_seconds = 5s;  ///< that an estimate goes by
constexpr size_t part_to_go_by = 50; ///< ... and the part of the plan: one fiftieth

bool noteworthy(std::string_view verdict)
{
	return verdict != "PASS" && verdict != "UNCHECKED" && verdict != "SKIP";
}

/// "statx.buf/tmpfs" of an id.
std::string_view call_and_place(std::string_view id)
{
	return id.substr(0, id.find('/', id.find('/') + 1));
}

bool names_control(std::string_view id)
{
	return id.substr(call_and_place(id).size()).starts_with("/good/");
}

std::string coloured(std::string_view verdict)
{
	const int colour = verdict == "BROKEN" ? 35 : 31; // magenta, red
	return fmt::format("\x1b[{}m{}\x1b[0m", colour, verdict);
}

} // namespace

ProgressStyle progress_style(bool quiet)
{
	ProgressStyle style = {.quiet = quiet};
	const auto variable = [](const char *name) -> std::string_view {
		const char *const value = std::getenv(name);
		return value == nullptr ? "" : value;
	};
	const bool dumb = variable("TERM") == "dumb" || variable("TERM").empty();
	style.terminal = isatty(STDERR_FILENO) != 0 && !dumb;
	style.colour = style.terminal && variable("NO_COLOR").empty();
	winsize size = {};
	if (style.terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
		style.columns = size.ws_col;
	return style;
}

std::string progress_bar(size_t done, size_t planned, size_t width)
{
	const size_t inner = width - 2;
	const size_t full = planned == 0 ? 0 : std::min(done, planned) * inner / planned;
	return '[' + std::string(full, '=') + std::string(inner - full, ' ') + ']';
}

std::string estimate(size_t done, size_t planned, std::chrono::seconds elapsed)
{
	if (elapsed < fewest_seconds || done * part_to_go_by < planned || done >= planned)
		return "";
	const auto left = static_cast<size_t>(elapsed.count()) * (planned - done) / done;
	return left < 90 ? fmt::format("about {} s left", std::max<size_t>(left, 1))
			 : fmt::format("about {} min left", (left + 30) / 60);
}

void Progress::begun(std::string_view id)
{
	in_hand_ = id;
	show();
}

void Progress::ended(std::string_view id, std::string_view verdict, std::string_view where)
{
	++done_;
	if (verdict == "SKIP" && names_control(id))
		absent_.emplace(call_and_place(id));
	if (verdict == "FAIL" && absent_.contains(call_and_place(id)))
		verdict = "SKIP";
	++verdicts_[std::string(verdict)];
	if (noteworthy(verdict))
		say(fmt::format("{} {}{}", style_.colour ? coloured(verdict) : std::string(verdict),
				id, where.empty() ? "" : fmt::format(" ({})", where)));
	show();
}

void Progress::say(std::string_view line)
{
	sys::say(fmt::format("{}{}\n", style_.terminal ? "\r\x1b[K" : "", line));
}

void Progress::close()
{
	if (style_.terminal)
		sys::say("\r\x1b[K");
	if (done_ != 0 && !style_.quiet)
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

std::string Progress::line() const
{
	std::string text;
	if (planned_ != 0)
		text = progress_bar(done_, planned_, bar_width) + ' ';
	text += counts();
	const auto elapsed = std::chrono::steady_clock::now() - begun_;
	const auto left = estimate(done_, planned_,
				   std::chrono::duration_cast<std::chrono::seconds>(elapsed));
	if (!left.empty())
		text += ", " + left;
	return (text + "  " + in_hand_).substr(0, style_.columns - 1);
}

void Progress::show()
{
	const auto now = std::chrono::steady_clock::now();
	if (begun_ == std::chrono::steady_clock::time_point())
		begun_ = now;
	if (style_.quiet || now - shown_ < (style_.terminal ? terminal_pace : pipe_pace))
		return;
	shown_ = now;
	if (style_.terminal)
		sys::say(fmt::format("\r{}\x1b[K", line()));
	else
		sys::say(counts() + '\n');
}

} // namespace tagtrap
