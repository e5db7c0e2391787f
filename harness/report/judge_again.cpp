// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/judge_again.h"

#include <stdexcept>

#include "harness/report/digest.h"

namespace tagtrap {

namespace {

/// Whether the suite decided this verdict, and not the judge out of the observation.
bool stands(const StoredEnd &end)
{
	return end.verdict.kind == VerdictKind::skip || end.seen.end == End::none ||
	       end.seen.end == End::machine_lost;
}

Terms terms_of(const Journal &journal, const StoredEnd &end, Contract contract, SignalPin pin)
{
	const auto &run = run_of(journal, &end);
	const auto &seen = value_at(run, {"signal", "seen"});
	return {
		.contract = contract,
		.pin = pin,
		.run_signal = seen.is_number_integer() ? seen.get<int>() : 0,
		.kernel = facts_from_run(run),
	};
}

Point point_of(const std::string &id)
{
	try {
		return parse_id(id);
	} catch (const std::invalid_argument &error) {
		throw std::runtime_error(std::string(error.what()) +
					 "; judge this run with the version that made it");
	}
}

} // namespace

std::vector<EndRecord> judge_again(const Journal &journal, Contract contract, SignalPin pin)
{
	std::vector<EndRecord> out;
	Terms terms;
	const StoredEnd *last = nullptr;
	for (const auto &end : journal.ends) {
		if (last == nullptr || last->run != end.run)
			terms = terms_of(journal, end, contract, pin);
		last = &end;
		EndRecord again;
		again.id = end.id;
		again.group = end.group;
		again.verdict = end.verdict;
		again.seen = end.seen;
		again.known = end.known;
		auto point = point_of(end.id);
		again.promise = expect(point, terms.kernel).promise;
		if (!stands(end))
			again.verdict = judge_in_order(point, end.seen, terms);
		out.push_back(std::move(again));
	}
	return out;
}

Journal rejudged(Journal journal, Contract contract, SignalPin pin)
{
	auto again = judge_again(journal, contract, pin);
	for (size_t i = 0; i < again.size(); i++) {
		journal.ends[i].verdict = std::move(again[i].verdict);
		if (!journal.ends[i].promise.empty())
			journal.ends[i].promise = to_string(again[i].promise);
	}
	for (auto &run : journal.runs) {
		auto before = text_at(run, {"contract", "name"});
		run["contract"] = {{"name", to_string(contract)},
				   {"why", "judged again; the run itself was held to " +
						   (before.empty() ? "none" : before)},
				   {"asked", to_string(contract)}};
		run["signal"]["pin"] = to_string(pin);
	}
	return journal;
}

} // namespace tagtrap
