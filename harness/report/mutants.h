// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/record.h"

namespace tagtrap {

/// A deliberate mistake that a kernel of ours can be told to make, as
/// fixtures/kernel/mutants/mutants.json declares it.
struct Mutant {
	std::string name;
	Contract contract = Contract::forced_signal; ///< the contract that it breaks
	bool canary = false;  ///< "auto": it is left to the canary to find that out
	Rule rule = Rule::p1; ///< the rule of it that it breaks
	std::string description;
};

/// Reads mutants.json. Throws std::runtime_error naming what is wrong.
std::vector<Mutant> parse_mutants(std::string_view json);

/// What the switch of the kernel has to say: for the proposal with one signal or the other, or for
/// mainline's behaviour.
enum class Switch : uint8_t { sigsegv, sigbus, off };
std::string_view to_string(Switch set);

/// One boot of the reference kernel, which the suite has to pass or to fail.
struct MutantRun {
	std::string name; ///< of the mutant; "unmutated" for the kernel as it is
	Switch set = Switch::sigsegv;
	std::vector<Rule> declared = {}; ///< the rule that has to be broken; none: no rule may be
	/// The contract is left to the canary, which sees no signal: copies do not stop at a bad
	/// granule. The report has to tell so, and the exit status is that of a kernel that fails.
	bool canary = false;
};

/// The directory of a run below the results: "blockable", "unmutated-sigbus". Pure.
std::string directory_of(const MutantRun &run);

/// What came of it.
struct MutantResult {
	MutantRun run;
	std::vector<Rule> broken = {}; ///< by points that the unmutated kernel passes
	std::string first = {};        ///< the first point that broke the declared rule, else any
	size_t judged = 0, failed = 0; ///< points
	size_t known = 0; ///< failures that docs/known-issues.json has, with the switch off
	double seconds = 0;
	std::string trouble = {}; ///< why this is no result; empty: it is one
	bool cut_short = false;   ///< stopped when it was caught and took too long
};

/// Points, and the rules that each breaks.
using Broken = std::set<std::pair<std::string, Rule>>;

/// What every point of a run breaks; the last `end` of an id counts. Pure.
Broken broken_by(const Journal &journal);

/// Whether `event`, as the machine sends it, is the `end` of a point that catches the mutant of
/// `run`: by a rule that it declares, and that the point does not break `before`, in the unmutated
/// kernel. What mutant_result() says when it sees that point, known before the run is over; unless
/// settle() takes the point away. Pure.
bool catches(const MutantRun &run, const Json &event, const Broken &before);

/// Reads the result out of the run's journal. Points that also break the same rule in `unmutated`
/// (null: there is none) do not count; nor, of the unmutated kernel that is switched off and so
/// behaves as the stock one, failures that are known. `trouble` is set when the journal is not of
/// this switch and this mutant, or the suite was not sound. Pure.
MutantResult mutant_result(const MutantRun &run, const Journal &journal, const Journal *unmutated);

/// Whether it is as it has to be: the declared rule broken, or, of the unmutated kernel, none.
bool as_declared(const MutantResult &result);

/// The table's head, a line of it, and what stands below.
std::string mutants_head();
std::string mutants_line(const MutantResult &result);
std::string mutants_foot(const std::vector<MutantResult> &results, std::string_view kernel);

} // namespace tagtrap
