// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/judge_again.h"

#include <stdexcept>

#include "harness/model/settle.h"
#include "harness/report/digest.h"
#include "harness/report/known.h"

namespace tagtrap {

namespace {

/// Whether the suite decided this verdict, and not the judge out of the observation.
bool stands(const StoredEnd &end, const Verdict &verdict)
{
	return verdict.kind == VerdictKind::skip || end.seen.end == End::none ||
	       end.seen.end == End::machine_lost;
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
	for (const auto &end : journal.ends) {
		const Terms terms = {contract, pin, facts_from_run(run_of(journal, &end))};
		EndRecord again;
		again.id = end.id;
		again.group = end.group;
		again.verdict = end.provisional ? *end.provisional : end.verdict;
		again.seen = end.seen;
		auto point = point_of(end.id);
		again.promise = expect(point, terms.kernel).promise;
		if (!stands(end, again.verdict))
			again.verdict = judge(point, end.seen, terms);
		out.push_back(std::move(again));
	}
	return out;
}

Journal rejudged(Journal journal, Contract contract, SignalPin pin)
{
	auto again = judge_again(journal, contract, pin);
	for (size_t i = 0; i < again.size(); i++) {
		journal.ends[i].verdict = std::move(again[i].verdict);
		journal.ends[i].provisional.reset();
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
	return settle(std::move(journal), known_field);
}

} // namespace tagtrap
