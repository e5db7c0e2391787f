// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/settle.h"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "harness/model/settle_parts.h"

namespace tagtrap {

namespace {

using settling::Entries;
using settling::Ground;

Ground ground_of(const Json &run)
{
	Ground ground = {.facts = facts_from_run(run)};
	try {
		const std::string contract = run.at("contract").at("name");
		const std::string pin = run.at("signal").at("pin");
		ground.terms = Terms{parse_contract(contract), parse_signal_pin(pin), ground.facts};
	} catch (const Json::exception &) { // no contract could be chosen
	} catch (const std::invalid_argument &) {
	}
	return ground;
}

/// Which `end` of a point says most: what was left out, what was seen, and what came to it late.
int weight(const StoredEnd &end)
{
	if (end.verdict.kind == VerdictKind::skip)
		return 0;
	return end.seen.late_count != 0 || end.seen.late_death != 0 ? 2 : 1;
}

/// Leaves one `end` of each point: the last of those that say most.
void choose_ends(Journal &journal)
{
	std::unordered_map<std::string, size_t> chosen;
	for (size_t i = 0; i < journal.ends.size(); i++) {
		const StoredEnd &end = journal.ends[i];
		const auto [at, first] = chosen.try_emplace(end.id, i);
		if (!first && weight(end) >= weight(journal.ends[at->second]))
			at->second = i;
	}
	std::vector<StoredEnd> kept;
	kept.reserve(chosen.size());
	for (size_t i = 0; i < journal.ends.size(); i++)
		if (chosen.at(journal.ends[i].id) == i)
			kept.push_back(std::move(journal.ends[i]));
	journal.ends = std::move(kept);
}

} // namespace

Journal settle(Journal journal, KnownField known)
{
	for (auto &end : journal.ends)
		if (end.provisional) {
			end.verdict = *end.provisional;
			end.provisional.reset();
		}
	choose_ends(journal);
	std::vector<Ground> grounds;
	for (const auto &run : journal.runs)
		grounds.push_back(ground_of(run));
	if (grounds.empty())
		grounds.emplace_back();
	Entries entries;
	entries.reserve(journal.ends.size());
	for (auto &end : journal.ends)
		entries.push_back({&end, known_point(end.id),
				   &grounds[std::min(end.run, grounds.size() - 1)]});
	settling::heed_afters(journal.afters, entries);
	settling::heed_absences(entries);
	settling::heed_controls(entries);
	settling::heed_signals(entries);
	journal.never_checked = settling::heed_unchecked(entries);
	settling::heed_suspects(journal.suspects, entries);
	if (known != nullptr)
		for (const auto &entry : entries)
			entry.end->known = known(*entry.end, entry.ground->facts);
	return journal;
}

} // namespace tagtrap
