// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/record.h"

namespace tagtrap::selftest {

/// Lines of a run that has everything in it: each verdict, a hang, a crash with its restart, a
/// closed group, known issues that failed and that passed.
std::vector<std::string> sample_lines();

/// The same with texts that try to break a writer: control characters, bytes that are no UTF-8,
/// very long words, words of KTAP and of the shell.
std::vector<std::string> nasty_lines();

/// Both as reports get them: read and settled, with issues that are known of some points.
Journal sample_journal();
Journal nasty_journal();

/// Writes `content` to a file and reads it as a journal.
Journal read_back(const std::string &content);
Journal read_back(const std::vector<std::string> &lines);

/// The `run` event of sample_lines().
Json sample_run();

/// One point that returned, ready to be changed.
EndRecord sample_end(const std::string &id, VerdictKind kind = VerdictKind::pass,
		     const std::string &reason = "expected 1600, saw 1600");

/// One point that hung on gfs2, with all the evidence.
EndRecord sample_hang(const std::string &id, VerdictKind kind, bool killable);

/// Puts `text` into a text field of an observation, cut where that is full.
template <size_t N> void put(std::array<char, N> &to, std::string_view text)
{
	text.copy(to.data(), N);
}

/// A file below the temporary directory that is removed with its name.
class TemporaryFile {
public:
	explicit TemporaryFile(const std::string &content);
	TemporaryFile(const TemporaryFile &) = delete;
	TemporaryFile &operator=(const TemporaryFile &) = delete;
	~TemporaryFile();

	const std::string &path() const { return path_; }

private:
	std::string path_;
};

} // namespace tagtrap::selftest
