// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/hearts.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <functional>

#include "harness/run/frame_names.h"

namespace tagtrap {

namespace {

template <size_t N>
bool begins_with_any(std::string_view name, const std::array<std::string_view, N> &beginnings)
{
	return std::ranges::any_of(beginnings, [name](std::string_view beginning) {
		return name.starts_with(beginning);
	});
}

std::string joined(const Functions &functions)
{
	std::string out;
	for (const auto &name : functions)
		out += name + '\n';
	return out;
}

template <size_t N> void copy_text(std::array<char, N> &to, std::string_view text)
{
	to = {};
	text.copy(to.data(), N - 1);
}

/// The most frequent first; among equals the one that was seen first.
template <class Of> auto counted(const std::vector<std::string> &stacks, Of of)
{
	struct Row {
		std::string key;
		size_t first;
		uint32_t count = 0;
	};
	std::vector<Row> rows;
	for (size_t i = 0; i < stacks.size(); i++) {
		const std::string key = of(stacks[i]);
		const auto found = std::ranges::find(rows, key, &Row::key);
		if (found != rows.end())
			found->count++;
		else
			rows.push_back({key, i, 1});
	}
	std::ranges::stable_sort(rows, std::greater<>(), &Row::count);
	return rows;
}

std::string innermost_of(const std::string &stack)
{
	const Functions functions = functions_of(stack);
	return functions.empty() ? "" : functions.front();
}

} // namespace

Functions functions_of(std::string_view stack)
{
	Functions found;
	while (!stack.empty()) { // "[<0>] name.isra.0+0x10/0x20 [module]"
		const std::string_view line = stack.substr(0, stack.find('\n'));
		stack.remove_prefix(std::min(line.size() + 1, stack.size()));
		const auto close = line.find("] ");
		const auto plus = line.find('+');
		if (close == line.npos || plus == line.npos || plus <= close + 2)
			continue;
		std::string_view name = line.substr(close + 2, plus - close - 2);
		name = name.substr(0, name.find('.'));
		if (begins_with_any(name, entries))
			break;
		found.emplace_back(name);
	}
	return found;
}

namespace {

/// The function that called the outermost helper; empty: no helper is there.
std::string above_helpers(const Functions &functions)
{
	const auto helper =
		std::find_if(functions.rbegin(), functions.rend(),
			     [](const auto &name) { return begins_with_any(name, helpers); });
	const bool called = helper != functions.rend() && helper != functions.rbegin();
	return called ? *std::prev(helper) : "";
}

} // namespace

std::string heart_of(const Functions &functions)
{
	if (const std::string above = above_helpers(functions); !above.empty())
		return above;
	const auto own = std::ranges::find_if_not(functions, [](const auto &name) {
		return begins_with_any(name, waits) || begins_with_any(name, helpers);
	});
	return own == functions.end() ? "" : *own;
}

bool disks_at_work(std::string_view diskstats)
{
	while (!diskstats.empty()) { // major minor name and eight numbers before the one wanted
		std::string_view line = diskstats.substr(0, diskstats.find('\n'));
		diskstats.remove_prefix(std::min(line.size() + 1, diskstats.size()));
		for (int field = 0; field < 11 && !line.empty(); field++) {
			line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
			line.remove_prefix(std::min(line.find(' '), line.size()));
		}
		if (std::strtoull(std::string(line).c_str(), nullptr, 10) != 0)
			return true;
	}
	return false;
}

bool waits_for_disk(char state, std::string_view diskstats)
{
	return state == 'D' && disks_at_work(diskstats);
}

void StackTally::add(uint64_t at_ns, std::string stack)
{
	next_ns_ = at_ns + spacing_ns_;
	if (stack.empty())
		return;
	glance(stack);
	if (stacks_.size() == most) {
		for (size_t i = 1; i < most / 2; i++)
			stacks_[i] = std::move(stacks_[2 * i]);
		stacks_.resize(most / 2);
		spacing_ns_ *= 2;
		next_ns_ = at_ns + spacing_ns_;
	}
	stacks_.push_back(std::move(stack));
}

void StackTally::glance(std::string_view stack)
{
	const Functions own = functions_of(stack);
	if (own.empty())
		return;
	if (!any_)
		common_ = own;
	any_ = true;
	std::erase_if(common_, [&](const std::string &name) {
		return std::ranges::find(own, name) == own.end();
	});
}

std::string StackTally::heart() const
{
	// A loop's stations differ; the function that goes round is below all of them.
	if (std::string found = heart_of(common_);
	    !found.empty() && !begins_with_any(found, common_ways))
		return found;
	// A loop has many stations; those that call a helper are the same each time round.
	for (const auto of : {above_helpers, heart_of})
		for (const auto &row :
		     counted(stacks_, [of](const auto &stack) { return of(functions_of(stack)); }))
			if (!row.key.empty())
				return row.key;
	return "";
}

void StackTally::write(Hang &hang) const
{
	hang.stacks = {};
	hang.stack_counts = {};
	hang.stack_samples = static_cast<uint32_t>(stacks_.size());
	// The same functions at other offsets are the same stack.
	const auto rows =
		counted(stacks_, [](const auto &stack) { return joined(functions_of(stack)); });
	for (size_t i = 0; i < std::min<size_t>(rows.size(), max_stacks); i++) {
		copy_text(hang.stacks[i], stacks_[rows[i].first]);
		hang.stack_counts[i] = rows[i].count;
	}
	std::string innermost;
	for (const auto &row : counted(stacks_, innermost_of))
		if (!row.key.empty())
			innermost += fmt::format("{}{} {}", innermost.empty() ? "" : ", ", row.key,
						 row.count);
	copy_text(hang.innermost, innermost);
	copy_text(hang.heart, heart());
}

} // namespace tagtrap
