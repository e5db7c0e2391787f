// SPDX-License-Identifier: GPL-2.0-only
// The pieces of judge(), for its own files, their tests, and reproducers, which judge by
// themselves. Each judge_* function looks at one family of rules and adds what it finds; none of
// them decides alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/contract.h"

namespace tagtrap::judging {

/// Why a transfer should go the way it should.
enum class Ground : uint8_t {
	control,   ///< matching tag: everything moves
	ordinary,  ///< a page fault, the same on every kernel
	unreached, ///< the transfer ends before the bad granule
	by_mode,   ///< the thread's mode does not check this direction
	by_path,   ///< the promise says that the path is not checked
	process,   ///< a thread of the process takes a tag check fault
	worker,    ///< a kernel thread acting for the process takes it
	either,    ///< the kernel chooses which of the two
};

/// What the call should do.
struct Demand {
	Ground ground = Ground::control;
	Promise promise = {};
	int64_t good = 0, full = 0;
	/// Counts that may be reported, and whether EFAULT may. Counts of 0 only with `least` 0
	/// and no EFAULT (a call whose normal result is 0).
	int64_t least = 0, most = 0;
	bool efault = false;

	/// A tag check fault is due, whoever takes it.
	[[nodiscard]] bool faults() const
	{
		return ground == Ground::process || ground == Ground::worker ||
		       ground == Ground::either;
	}
	/// Either a tag check fault or a page fault stops it.
	[[nodiscard]] bool stops() const { return faults() || ground == Ground::ordinary; }
	[[nodiscard]] bool allows(int64_t result) const;
};

/// One observation before its judge.
struct Matter {
	const Point &point;
	const Observation &seen;
	const Terms &terms;
	Demand demand;

	[[nodiscard]] bool forced() const { return terms.contract == Contract::forced_signal; }
	/// Bytes that the call says it moved.
	[[nodiscard]] int64_t moved() const { return std::max<int64_t>(seen.result, 0); }
	/// What a forced signal does to the process.
	[[nodiscard]] Outcome outcome() const
	{
		return outcome_of(point.caller, point.disposition);
	}
	/// No call: the place was unmounted and mounted again.
	[[nodiscard]] bool remounts() const { return point.call->shape.remount; }
	[[nodiscard]] bool control() const { return is_control(point); }
	/// Nothing is wrong with the buffer, which has been through something.
	[[nodiscard]] bool right_pointer() const
	{
		return point.memory != Memory::plain && point.stand == Stand::good;
	}
	/// A signal was seen by anybody, or one was left pending that the suite did not send.
	[[nodiscard]] bool signalled() const;
	/// The transfer came through as if nothing had stood in its way, every byte right.
	[[nodiscard]] bool completed() const;
	/// The call reports success, and where it has to store a structure all is as it was.
	[[nodiscard]] bool stored_nothing() const;
	/// `completed()`, and the case names why that is no violation.
	[[nodiscard]] bool excused() const;
};

/// What was found so far.
class Findings {
public:
	/// `detail` may be empty where "expected ..., saw ..." says it all.
	void breaks(Rule rule, std::string detail = {});
	void note(std::string text) { notes_.push_back(std::move(text)); }

	[[nodiscard]] bool clean() const { return broken_.empty(); }
	/// Each rule once, in the order of Rule.
	[[nodiscard]] std::vector<Rule> rules() const;
	/// "; P4: detail" for every finding that has one, in the order of Rule.
	[[nodiscard]] std::string details() const;
	[[nodiscard]] const std::vector<std::string> &notes() const { return notes_; }

private:
	struct Finding {
		Rule rule;
		std::string detail;
	};
	std::vector<Finding> broken_;
	std::vector<std::string> notes_;
};

/// Whether the CPU checks kernel accesses of `direction` made for a thread in `mode`.
bool mode_checks(TagCheckMode mode, Direction direction);

/// Whether it checks the first of them that `call` makes, or a later one.
bool mode_checks(TagCheckMode mode, const Case &call);

/// Checks either kernel loads or kernel stores. What the kernel does then the documentation leaves
/// open.
bool checks_half(TagCheckMode mode);

/// What is known of a point before it was ever tried.
Observation untried(const Point &point, uint32_t page_size);

/// `point.call` must not be null.
Demand demand(const Point &point, const Observation &seen, const Terms &terms);

/// The signal that was delivered for a checked fault where one is due: SIGSEGV, SIGBUS; 0: none.
int forced_number(const Matter &matter);

/// The rule that a signal breaks where none is due, and the one that a wrong result breaks.
Rule signal_rule(const Matter &matter);
Rule result_rule(const Matter &matter);

// One family of rules each.
void judge_progress(const Matter &matter, Findings &found); ///< P1, P2, F4, M5, P6: End::hung
void judge_result(const Matter &matter, Findings &found);   ///< P3, P7, results of F and M rules
void judge_signals(const Matter &matter, Findings &found);  ///< F1 to F3, unexpected signals
void judge_death(const Matter &matter, Findings &found);    ///< End::killed
void judge_company(const Matter &matter, Findings &found);  ///< siblings, children, images
void judge_late(const Matter &matter, Findings &found);     ///< signals behind the call
void judge_data(const Matter &matter, Findings &found);     ///< P4
void judge_leaks(const Matter &matter, Findings &found);    ///< P5, F7, F9's share

/// The call went on working: kernel time, faults or voluntary switches grew.
bool moved_on(const Hang &hang);

/// Why a call that did not come back is no hang that the kernel could be blamed for; empty: it is
/// one, as far as is known.
std::string hang_doubt(const Matter &matter);

/// P6: a second task got nowhere, where it would have without the call.
bool others_starved(const Hang &hang);

/// What the suite itself did wrong, one line; empty if nothing.
std::string suite_fault(const Matter &matter);

/// More than a WARN, and less than an oops.
bool complains(const Observation &seen);

/// The call came back, and changed nothing but its result.
bool left_no_trace(const Matter &matter);

/// A row cannot be tried here: its object cannot be made, or its call is refused whatever the tag.
bool absent(const Matter &matter);

// Words for reasons.
std::string expected_text(const Matter &matter);
std::string seen_text(const Matter &matter);
std::string result_text(int64_t result); ///< "4096", "EFAULT"
std::string signal_text(int number);     ///< "SIGSEGV"

constexpr int64_t clamped(uint64_t value)
{
	return static_cast<int64_t>(std::min<uint64_t>(value, std::numeric_limits<int64_t>::max()));
}

/// a + b without overflow.
constexpr int64_t sum(int64_t a, int64_t b)
{
	int64_t result = 0;
	if (!__builtin_add_overflow(a, b, &result))
		return result;
	return b > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

} // namespace tagtrap::judging
