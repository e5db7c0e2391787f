// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tagtrap {

/// Where progress is shown, and how.
struct ProgressStyle {
	bool terminal = false; ///< one line that is written over; else plain lines
	bool colour = false;   ///< of verdicts that need a look
	bool quiet = false;    ///< --no-progress: lines that stay only
	uint32_t columns = 80; ///< of the terminal
};

/// The style for standard error, which heeds NO_COLOR and a terminal that is called dumb.
ProgressStyle progress_style(bool quiet);

/// Shows how far a run has got, on stderr: one line that is written over on a terminal, plain lines
/// (each violation, and a count now and then) into a pipe.
class Progress {
public:
	explicit Progress(ProgressStyle style) : style_(style) {}

	void planned(size_t points) { planned_ = points; }
	/// A point, or a block that starts with it, is in hand.
	void begun(std::string_view id);
	/// `where` is the kernel function of a hang, or empty.
	void ended(std::string_view id, std::string_view verdict, std::string_view where = "");
	/// A line that stays: the machine was restarted, ...
	void say(std::string_view line);
	/// Leaves the terminal's cursor on a line of its own.
	void close();

	/// "1234/5678 points, PASS 1200, LIVELOCK 2": what is shown. A point that failed as its
	/// control did, because the kernel has not got the operation, counts as SKIP; the report
	/// looks at each again.
	std::string counts() const;

private:
	void show();
	std::string line() const;

	ProgressStyle style_;
	size_t planned_ = 0, done_ = 0;
	std::map<std::string, size_t, std::less<>> verdicts_;
	std::set<std::string, std::less<>> absent_; ///< CALL/PLACE whose control is SKIP
	std::string in_hand_;
	std::chrono::steady_clock::time_point begun_ = {}, shown_ = {};
};

/// "[=====     ]": `done` of `planned` in `width` columns, brackets included. Pure.
std::string progress_bar(size_t done, size_t planned, size_t width);

/// What is left of a run in which `done` of `planned` points took `elapsed`, if the rest is like
/// that: "about 3 min left". Empty while there is too little to go by. Pure.
std::string estimate(size_t done, size_t planned, std::chrono::seconds elapsed);

} // namespace tagtrap
