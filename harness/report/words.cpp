// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/words.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace tagtrap {

namespace {

bool printable(char c)
{
	return c >= ' ' && c <= '~';
}

/// The next line of at most `width`, taken off `rest` (which holds no blanks in front).
std::string take_line(std::string_view &rest, size_t width)
{
	if (rest.size() <= width) {
		std::string all(rest);
		rest = {};
		return all;
	}
	auto at = rest.rfind(' ', width);
	if (at == std::string_view::npos || at == 0)
		at = width; // one long word
	std::string line(rest.substr(0, at));
	rest.remove_prefix(at);
	while (rest.starts_with(' '))
		rest.remove_prefix(1);
	while (line.ends_with(' '))
		line.pop_back();
	return line;
}

} // namespace

std::string plain(std::string_view text)
{
	std::string out;
	for (char c : text) {
		if (printable(c))
			out += c;
		else if (c == '\n' || c == '\t')
			out += ' ';
		else
			out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
	}
	return out;
}

std::string labelled(std::string_view label, std::string_view text, size_t most)
{
	const auto whole = plain(text);
	std::string_view rest = whole;
	while (rest.starts_with(' '))
		rest.remove_prefix(1);
	const size_t width = report_columns - label.size();
	std::string out(label);
	for (size_t lines = 0; lines < most; lines++) {
		if (lines > 0)
			out += std::string(label.size(), ' ');
		out += take_line(rest, width);
		while (out.ends_with(' '))
			out.pop_back();
		out += '\n';
		if (rest.empty())
			return out;
	}
	out += std::string(label.size(), ' ');
	out += fmt::format("... {} bytes more in the journal\n", rest.size());
	return out;
}

std::string item(std::string_view name, std::string_view text, size_t most)
{
	return text.empty() ? std::string() : labelled(fmt::format("{:<11} ", name), text, most);
}

std::string signal_name(int number)
{
	switch (number) {
	case SIGSEGV:
		return "SIGSEGV";
	case SIGBUS:
		return "SIGBUS";
	case SIGINT:
		return "SIGINT";
	case SIGTERM:
		return "SIGTERM";
	case SIGHUP:
		return "SIGHUP";
	default:
		return fmt::format("signal {}", number);
	}
}

std::string id_line(size_t indent, std::string_view id)
{
	std::string margin(indent, ' ');
	bool whole = std::ranges::count(id, '/') == 5 &&
		     std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
	return whole ? margin + std::string(id) + "\n" : labelled(margin, id, 3);
}

std::string shell_word(std::string_view word)
{
	static constexpr std::string_view safe = "@%+=:,./-_";
	bool bare = !word.empty() && std::ranges::all_of(word, [](char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		       safe.find(c) != std::string_view::npos;
	});
	if (bare)
		return std::string(word);
	std::string out = "'";
	for (char c : word) {
		if (c == '\'')
			out += "'\\''";
		else
			out += c;
	}
	return out + "'";
}

std::string shell_lines(const std::vector<std::string> &words, size_t indent)
{
	const std::string margin(indent, ' ');
	const std::string further = margin + "  ";
	std::string out, line = margin;
	bool fresh = true; // nothing but blanks in `line`
	for (const auto &raw : words) {
		auto text = plain(raw);
		auto word = shell_word(text);
		if (!fresh && line.size() + 1 + word.size() + 2 > report_columns) {
			out += line + " \\\n";
			line = further;
			fresh = true;
		}
		if (!fresh)
			line += ' ';
		// A word longer than a line goes on in the first column, or blanks would end it.
		while (line.size() + shell_word(text).size() + 2 > report_columns &&
		       text.size() > 1) {
			size_t fits = 1;
			while (line.size() + shell_word(text.substr(0, fits + 1)).size() + 1 <
			       report_columns)
				fits++;
			out += line + shell_word(text.substr(0, fits)) + "\\\n";
			text.erase(0, fits);
			line.clear();
		}
		line += shell_word(text);
		fresh = false;
	}
	return out + line + "\n";
}

std::string counted(size_t count, std::string_view noun)
{
	return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string headline(std::string_view text)
{
	return fmt::format("\n{}\n{}\n", text, std::string(text.size(), '-'));
}

} // namespace tagtrap
