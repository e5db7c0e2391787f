// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace tagtrap {

/// Shows how far a run has got, on stderr: one line that is written over on a terminal, plain lines
/// (each violation, and a count now and then) into a pipe.
class Progress {
public:
	explicit Progress(bool terminal) : terminal_(terminal) {}

	void planned(size_t points) { planned_ = points; }
	/// A point, or a block that starts with it, is in hand.
	void begun(std::string_view id);
	void ended(std::string_view id, std::string_view verdict);
	/// A line that stays: the machine was restarted, ...
	void say(std::string_view line);
	/// Leaves the terminal's cursor on a line of its own.
	void close();

	/// "1234/5678 points, PASS 1200, LIVELOCK 2": what is shown.
	std::string counts() const;

private:
	void show();

	bool terminal_;
	size_t planned_ = 0, done_ = 0;
	std::map<std::string, size_t, std::less<>> verdicts_;
	std::string in_hand_;
	std::chrono::steady_clock::time_point shown_ = {};
};

} // namespace tagtrap
