// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/happenings.h"

#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <string_view>

#include "harness/model/case.h"
#include "harness/model/judge_parts.h"
#include "harness/model/row.h"

namespace tagtrap {

namespace {

using judging::Demand;

/// Makes observations of one point.
class Teller {
public:
	Teller(const Point &point, const KernelFacts &facts)
		: point_(point), facts_(facts),
		  wanted_(judging::demand(point, judging::untried(point, facts.page_size),
					  {.kernel = facts}))
	{
	}

	std::vector<Happening> all()
	{
		const bool stops = wanted_.stops();
		if (stops)
			stopped_ones();
		whole_ones();
		if (!stops)
			stopped_ones();
		wrong_ones();
		aside();
		endless();
		return std::move(all_);
	}

private:
	[[nodiscard]] Outcome outcome() const
	{
		return outcome_of(point_.caller, point_.disposition);
	}
	[[nodiscard]] bool stores() const { return point_.call->direction == Direction::stores; }
	[[nodiscard]] bool follows_bytes() const
	{
		return point_.call->situation == nullptr || !point_.call->situation->opaque;
	}

	/// A copy that fails is, and the call goes on.
	[[nodiscard]] bool dropped() const
	{
		return wanted_.stops() && wanted_.promise.kind == PromiseKind::ignored;
	}

	/// What it returns where something stops it: as much as is allowed.
	[[nodiscard]] int64_t stopped() const
	{
		if (dropped())
			return wanted_.full;
		return wanted_.stops() && wanted_.most > 0 ? wanted_.most : -EFAULT;
	}

	[[nodiscard]] std::string stopped_words() const
	{
		return words(stopped()) + (dropped() ? ", the copy dropped" : "");
	}

	[[nodiscard]] std::string words(int64_t result) const
	{
		return result == wanted_.full ? good_result(point_, facts_.page_size)
					      : judging::result_text(result);
	}

	[[nodiscard]] Observation returned(int64_t result) const
	{
		Observation seen = judging::untried(point_, facts_.page_size);
		seen.phase = Phase::done;
		seen.end = End::returned;
		seen.result = result;
		seen.submit_result = point_.call->shape.uring ? 1 : result;
		const bool sent = point_.disposition == Disposition::pending;
		seen.pending_before = seen.pending_after = sent;
		seen.repeated = seen.repeat_data_right = true;
		seen.repeat_result = wanted_.full;
		if (!follows_bytes())
			return seen;
		const int64_t moved = std::max<int64_t>(result, 0);
		(stores() ? seen.arrived : seen.peer_arrived) = moved;
		(stores() ? seen.stored_beyond : seen.peer_beyond) = 0;
		return seen;
	}

	/// Everything moved.
	[[nodiscard]] Observation whole() const
	{
		Observation seen = returned(wanted_.full);
		const bool reached = wanted_.ground != judging::Ground::unreached;
		seen.granule_changed = stores() && reached && point_.offset < point_.length;
		return seen;
	}

	void tell(std::string text, const Observation &seen)
	{
		all_.push_back({std::move(text), seen});
	}

	/// Adds what a forced signal does to the process.
	void signal(std::string text, Observation seen)
	{
		SignalSeen made = {.number = SIGSEGV, .code = SEGV_MTESERR};
		made.before_return = made.behind_svc = true;
		made.frame_x0 = seen.submit_result;
		if (is_traced(point_.caller)) {
			seen.stop = made;
			seen.stop_count = 1;
		}
		if (outcome() == Outcome::dies)
			return tell("death by SIGSEGV", killed(seen));
		if (outcome() != Outcome::suppressed) {
			seen.signals[0] = made;
			seen.signal_count = 1;
		}
		tell(text + (outcome() == Outcome::suppressed ? " and a signal stop"
							      : " and SIGSEGV"),
		     seen);
	}

	static Observation killed(Observation seen)
	{
		seen.phase = Phase::entered;
		seen.end = End::killed;
		seen.death_signal = SIGSEGV;
		seen.repeated = false;
		return seen;
	}

	void stopped_ones()
	{
		const int64_t result = stopped();
		tell(stopped_words(), returned(result));
		signal(stopped_words(), returned(result));
		if (outcome() != Outcome::dies)
			tell("death by SIGSEGV", killed(returned(result)));
	}

	void whole_ones()
	{
		const std::string good = words(wanted_.full);
		tell(good + ", all moved", whole());
		if (outcome() != Outcome::dies)
			signal(good + ", all moved,", whole());
		if (marks_granule(point_) && point_.stand == Stand::bad)
			tell(good + ", nothing stored", returned(wanted_.full));
	}

	void wrong_ones()
	{
		const int64_t result = stopped();
		const bool seen_there = stores() || follows_bytes();
		if (seen_there && point_.stand == Stand::bad && point_.offset < point_.length) {
			Observation seen = returned(result);
			(stores() ? seen.granule_changed : seen.buffer_changed) = true;
			tell(words(result) + (stores() ? ", the granule stored to"
						       : ", the buffer stored to"),
			     seen);
		}
		if (wanted_.faults() && follows_bytes() && wanted_.good + 1 < wanted_.full)
			tell(words(wanted_.good + 1), returned(wanted_.good + 1));
		if (point_.memory != Memory::plain) {
			Observation seen = wanted_.stops() ? returned(result) : whole();
			(row_of(point_.memory).untagged ? seen.tags_gained : seen.tags_lost) = 1;
			tell(words(seen.result) + ", a tag changed", seen);
		}
		tell("EIO", returned(-EIO));
		if (wanted_.faults() && outcome() != Outcome::dies)
			signal("EIO", returned(-EIO));
	}

	/// The call as it is due, and something besides.
	void aside()
	{
		const int64_t result = wanted_.stops() ? stopped() : wanted_.full;
		Observation seen = wanted_.stops() ? returned(result) : whole();
		seen.repeat_result = -EIO;
		tell(words(result) + "; a good tag then fails", seen);
		seen.repeat_result = wanted_.full;
		seen.complaint_kind = ComplaintKind::report;
		std::string_view("BUG: ...").copy(seen.complaint.data(), seen.complaint.size());
		tell(words(result) + "; the kernel complains", seen);
	}

	void endless()
	{
		Observation seen = returned(0);
		seen.phase = Phase::entered;
		seen.end = End::hung;
		seen.repeated = false;
		seen.hang.seen = seen.hang.killable = true;
		seen.hang.watched_ns = 60'000'000'000;
		seen.hang.last.system_ticks = 6000;
		tell("no end; SIGKILL ends it", seen);
		seen.hang.others_measured = true;
		seen.hang.others_baseline = 1;
		tell("no end; a second task starves", seen);
		seen.hang.others_measured = seen.hang.killable = false;
		tell("no end; it survives SIGKILL", seen);
	}

	const Point &point_;
	const KernelFacts &facts_;
	const Demand wanted_;
	std::vector<Happening> all_;
};

} // namespace

std::string good_result(const Point &point, uint32_t page_size)
{
	if (const rows::Row *const row = point.call->row) {
		const rows::Yield &yields = row->due.yields;
		if (yields.of == rows::Yield::Of::handle)
			return "a handle";
		if (yields.of == rows::Yield::Of::number)
			return "a number";
		if (yields.of == rows::Yield::Of::error)
			return judging::result_text(-yields.value);
	}
	return judging::result_text(static_cast<int64_t>(judging::untried(point, page_size).full));
}

std::vector<Happening> happenings(const Point &point, const KernelFacts &facts)
{
	if (point.call->shape.remount)
		return {};
	return Teller(point, facts).all();
}

std::string verdict_words(const Verdict &verdict)
{
	std::string text(to_string(verdict.kind));
	for (const Rule rule : verdict.rules)
		text += fmt::format(" {}", to_string(rule));
	return text;
}

} // namespace tagtrap
