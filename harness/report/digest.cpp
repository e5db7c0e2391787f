// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/digest.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <tuple>

namespace tagtrap {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator)
{
	std::vector<std::string_view> parts;
	while (true) {
		auto at = text.find(separator);
		parts.push_back(text.substr(0, at));
		if (at == std::string_view::npos)
			return parts;
		text.remove_prefix(at + 1);
	}
}

template <class Names> void add_once(Names &names, const std::string &name)
{
	if (std::ranges::find(names, name) == names.end())
		names.push_back(name);
}

size_t place_rank(const std::string &name)
{
	size_t rank = 0;
	for (const auto &place : places()) {
		if (place.name == name)
			return rank;
		rank++;
	}
	return rank;
}

/// A signal that nobody sent was seen by anybody, or is left pending.
bool signalled(const Observation &seen)
{
	return seen.signal_count > 0 || seen.stop_count > 0 || seen.awaited ||
	       seen.child_signal != 0 || seen.image_signal != 0 || seen.late_count != 0 ||
	       seen.late_death != 0 || (seen.pending_after && !seen.pending_before);
}

} // namespace

IdParts id_parts(std::string_view id)
{
	IdParts out;
	auto parts = split(id, '/');
	parts.resize(std::max<size_t>(parts.size(), 6));
	out.call = parts[0];
	out.place = parts[1];
	out.mode = parts[3];
	for (auto token : split(parts[2], '+')) {
		if (token == to_string(Stand::good) || token == to_string(Stand::unmapped) ||
		    token == to_string(Stand::protnone) || token == to_string(Stand::rdonly) ||
		    token == to_string(Stand::eof) || token == to_string(Stand::pkey) ||
		    token == to_string(Stand::gcs) || token == to_string(Stand::pfn))
			out.control = true;
		if (token == "worker" || token == "sqpoll")
			out.call += "+" + std::string(token);
		else
			out.state += (out.state.empty() ? "" : "+") + std::string(token);
	}
	auto offset = parts[4].substr(std::min(parts[4].find('@'), parts[4].size()));
	if (offset.size() > 1)
		std::from_chars(offset.data() + 1, offset.data() + offset.size(), out.offset);
	return out;
}

bool excluded(const StoredEnd &end)
{
	return end.verdict.kind == VerdictKind::skip && end.verdict.reason.starts_with(left_out_by);
}

bool survives(const Observation &seen)
{
	return seen.left_behind || (seen.end == End::hung && !seen.hang.killable);
}

bool violates(VerdictKind kind)
{
	return kind == VerdictKind::fail || kind == VerdictKind::livelock ||
	       kind == VerdictKind::deadlock || kind == VerdictKind::crash;
}

int badness(const StoredEnd &end)
{
	const bool unkillable = survives(end.seen);
	switch (end.verdict.kind) {
	case VerdictKind::skip:
		return 0;
	case VerdictKind::pass:
		return 1;
	case VerdictKind::unchecked:
		return 2;
	case VerdictKind::broken:
		return 3;
	case VerdictKind::fail:
		return unkillable ? 8 : 4;
	case VerdictKind::deadlock:
		return unkillable ? 8 : 5;
	case VerdictKind::livelock:
		return unkillable ? 9 : 6;
	case VerdictKind::crash:
		return 7;
	}
	return 0;
}

bool noticed(const Row &row)
{
	const auto &seen = row.end->seen;
	auto kind = row.end->verdict.kind;
	if (row.parts.control || kind == VerdictKind::skip || kind == VerdictKind::broken)
		return false;
	if (seen.end == End::hung || seen.end == End::killed || seen.end == End::machine_lost ||
	    signalled(seen))
		return true;
	if (seen.end != End::returned)
		return false;
	// A call that returns 0 when nothing is wrong can come back no shorter: its error tells.
	const auto full = static_cast<int64_t>(seen.full);
	return seen.result == -EFAULT || (full != 0 && seen.result != full);
}

const Row *shortest(const std::vector<const Row *> &rows)
{
	const Row *best = nullptr;
	for (const auto *row : rows)
		if (best == nullptr || std::pair(row->end->id.size(), row->end->id) <
					       std::pair(best->end->id.size(), best->end->id))
			best = row;
	return best;
}

Digest digest(const Journal &journal)
{
	Digest out;
	out.journal = &journal;
	for (const auto &end : journal.ends) {
		out.rows.push_back({&end, id_parts(end.id)});
		if (!excluded(end)) {
			add_once(out.calls, out.rows.back().parts.call);
			add_once(out.places, out.rows.back().parts.place);
		}
		auto &totals = end.control_for.empty() ? out.totals : out.controls;
		totals[static_cast<size_t>(end.verdict.kind)]++;
	}
	std::ranges::stable_sort(out.places, {}, place_rank);
	return out;
}

const Json &run_of(const Journal &journal, const StoredEnd *end)
{
	static const Json none = Json::object();
	if (journal.runs.empty())
		return none;
	size_t index = end != nullptr ? end->run : 0;
	return journal.runs[std::min(index, journal.runs.size() - 1)];
}

const Json &value_at(const Json &event, std::initializer_list<const char *> path)
{
	static const Json none;
	const Json *at = &event;
	for (const auto *name : path) {
		if (!at->is_object())
			return none;
		auto found = at->find(name);
		if (found == at->end())
			return none;
		at = &*found;
	}
	return *at;
}

std::string text_at(const Json &event, std::initializer_list<const char *> path)
{
	const auto &value = value_at(event, path);
	return value.is_string() ? value.get<std::string>() : std::string();
}

std::string words_at(const Json &event, std::initializer_list<const char *> path)
{
	std::string out;
	if (const auto &list = value_at(event, path); list.is_array())
		for (const auto &word : list)
			if (word.is_string())
				out += (out.empty() ? "" : " ") + word.get<std::string>();
	return out;
}

std::string number_text_at(const Json &event, std::initializer_list<const char *> path)
{
	const auto &value = value_at(event, path);
	return value.is_number() ? value.dump() : "unknown";
}

std::string own_kernel_text(const Json &run)
{
	const auto set = text_at(run, {"reference", "switch"});
	const auto mutant = text_at(run, {"reference", "mutant"});
	if (set.empty() && mutant.empty())
		return "";
	const bool mistaken = !mutant.empty() && mutant != "off";
	return "a kernel of this project, switch " + (set.empty() ? "unknown" : set) +
	       (mistaken ? ", made wrong on purpose: mutant " + mutant : ", no mutant");
}

} // namespace tagtrap
