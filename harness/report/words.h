// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tagtrap {

inline constexpr size_t report_columns = 72;

/// `text` as printable ASCII on one line: other bytes become \xNN, line breaks and tabs blanks.
std::string plain(std::string_view text);

/// `text` (made plain) behind `label`, wrapped at report_columns; further lines are indented by the
/// label's width. Words that are too long are cut. Ends with a line break. More than `most` lines
/// are left out, and the last one says so.
std::string labelled(std::string_view label, std::string_view text, size_t most = 8);

/// A line of the report's head: `text` behind `name` in the first column. Empty for no text.
std::string item(std::string_view name, std::string_view text, size_t most = 8);

/// "SIGSEGV"; "signal N" for one that the suite does not name.
std::string signal_name(int number);

/// `id` on a line of its own, never wrapped; what has not the form of an id is.
std::string id_line(size_t indent, std::string_view id);

/// `word` as the shell reads it back: as it is, or in single quotes.
std::string shell_word(std::string_view word);

/// A command line at report_columns that can be pasted: broken with a backslash, over-long words in
/// the middle. Every line but the continuation of such a word starts with `indent` blanks.
std::string shell_lines(const std::vector<std::string> &words, size_t indent);

/// "1 point", "2 points"
std::string counted(size_t count, std::string_view noun);

/// A headline of a section with a rule under it.
std::string headline(std::string_view text);

} // namespace tagtrap
