// SPDX-License-Identifier: GPL-2.0-only
// The judge has an answer to everything: observations that no kernel will ever make.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <random>

#include "tests/selftest/judge_world.h"

namespace tagtrap::selftest {

namespace {

class Dice {
public:
	explicit Dice(uint64_t seed) : engine_(seed) {}

	uint64_t below(uint64_t limit) { return engine_() % limit; }
	bool coin() { return below(2) == 0; }
	bool rarely() { return below(8) == 0; }

	/// A number near an edge of the scene, now and then any.
	int64_t number()
	{
		constexpr int64_t edges[] = {-1,
					     0,
					     1,
					     15,
					     16,
					     1584,
					     1599,
					     1600,
					     1601,
					     4095,
					     4096,
					     8192,
					     -EFAULT,
					     -EINTR,
					     -4096,
					     std::numeric_limits<int64_t>::min(),
					     std::numeric_limits<int64_t>::max()};
		return rarely() ? static_cast<int64_t>(engine_()) : edges[below(std::size(edges))];
	}
	template <class Enum> Enum any(Enum last)
	{
		const auto known = static_cast<uint64_t>(last) + 1;
		return static_cast<Enum>(rarely() ? below(256) : below(known));
	}

private:
	std::mt19937_64 engine_;
};

SignalSeen random_signal(Dice &dice)
{
	constexpr int numbers[] = {SIGSEGV, SIGBUS, SIGKILL, 0, -1, 1000};
	return {.number = numbers[dice.below(std::size(numbers))],
		.code = static_cast<int32_t>(dice.below(12)),
		.address = static_cast<uint64_t>(dice.number()),
		.thread = dice.rarely() ? 1 : 0,
		.before_return = dice.coin(),
		.behind_svc = dice.coin(),
		.has_esr = dice.coin(),
		.frame_x0 = dice.number(),
		.fault_address = static_cast<uint64_t>(dice.number()),
		.esr = static_cast<uint64_t>(dice.number())};
}

Point random_point(Dice &dice)
{
	static const Case *const rows[] = {
		&read_exact,   &read_close,   &read_pages,  &read_whole,  &read_ignored,
		&read_pinned,  &read_perhaps, &pread_exact, &write_exact, &pwrite_exact,
		&write_pinned, &uring_read,   &uring_write, &uring_fixed};
	Point point = scene(*rows[dice.below(std::size(rows))], Contract::mainline).point;
	point.submission = dice.any(Submission::sqpoll);
	point.stand = dice.coin() ? Stand::bad : dice.any(Stand::pfn);
	point.memory = dice.rarely() ? dice.any(Memory::raceunmap) : Memory::plain;
	point.tco = dice.coin();
	point.mode = dice.coin() ? TagCheckMode::sync : dice.any(TagCheckMode::storeonly);
	point.caller = dice.coin() ? Caller::leader : dice.any(Caller::suppressed);
	point.disposition = dice.any(Disposition::mask_shut);
	point.length = static_cast<uint32_t>(dice.number());
	point.offset = static_cast<uint32_t>(dice.number());
	return point;
}

Observation random_observation(Dice &dice)
{
	Observation seen;
	seen.phase = dice.any(Phase::done);
	seen.end = dice.coin() ? End::returned : dice.any(End::machine_lost);
	seen.death_signal = random_signal(dice).number;
	for (int64_t *number :
	     {&seen.result, &seen.submit_result, &seen.arrived, &seen.stored_beyond,
	      &seen.peer_arrived, &seen.peer_beyond, &seen.peer_before, &seen.view_differs,
	      &seen.foreign, &seen.size_before, &seen.size_after, &seen.position_before,
	      &seen.position_after, &seen.start, &seen.source_left, &seen.source_total,
	      &seen.repeat_result})
		*number = dice.number();
	for (uint64_t *number :
	     {&seen.elapsed_ns, &seen.length, &seen.good, &seen.full, &seen.bad_pointer,
	      &seen.hang.watched_ns, &seen.hang.first.system_ticks, &seen.hang.last.system_ticks,
	      &seen.hang.last.minor_faults, &seen.hang.last.voluntary_switches,
	      &seen.hang.others_progress})
		*number = static_cast<uint64_t>(dice.number());
	for (bool *flag :
	     {&seen.granule_changed, &seen.behind_changed, &seen.around_changed,
	      &seen.buffer_changed, &seen.pending_before, &seen.pending_after,
	      &seen.kernel_complained, &seen.kernel_oopsed, &seen.hang.others_measured})
		*flag = dice.rarely();
	for (bool *flag :
	     {&seen.tags_kept, &seen.mode_kept, &seen.mask_kept, &seen.dispositions_kept,
	      &seen.repeated, &seen.repeat_data_right, &seen.hang.seen, &seen.hang.killable,
	      &seen.hang.worker, &seen.hang.shortened})
		*flag = dice.coin();
	seen.complaint_kind = dice.any(ComplaintKind::oops);
	for (char &c : seen.complaint)
		c = static_cast<char>(dice.below(256));
	seen.entries = static_cast<uint32_t>(dice.below(3));
	seen.signal_count = static_cast<uint32_t>(dice.rarely() ? dice.number() : dice.below(3));
	for (SignalSeen &signal : seen.signals)
		signal = random_signal(dice);
	for (char &c : seen.failure.step)
		c = static_cast<char>(dice.below(256));
	seen.failure.error = static_cast<int32_t>(dice.number());
	return seen;
}

bool one_line(std::string_view text)
{
	return !text.empty() &&
	       std::ranges::none_of(text, [](char c) { return c < ' ' || c > '~'; });
}

/// What holds for every verdict.
bool sound(const Scene &at, const Verdict &verdict)
{
	const bool under_proposal = at.terms.contract == Contract::forced_signal;
	for (const Rule rule : verdict.rules) {
		const char family = to_string(rule)[0];
		if (family == (under_proposal ? 'M' : 'F'))
			return false;
	}
	if (!std::ranges::is_sorted(verdict.rules) ||
	    std::ranges::adjacent_find(verdict.rules) != verdict.rules.end())
		return false;
	if (!one_line(verdict.reason) || !std::ranges::all_of(verdict.notes, one_line))
		return false;
	switch (verdict.kind) {
	case VerdictKind::pass:
		return verdict.rules.empty();
	case VerdictKind::fail:
	case VerdictKind::livelock:
	case VerdictKind::deadlock:
	case VerdictKind::crash:
		return !verdict.rules.empty();
	case VerdictKind::unchecked:
		return !under_proposal && verdict.rules == std::vector{Rule::m4};
	case VerdictKind::broken:
		return true;
	case VerdictKind::skip:
		return false;
	}
	return false;
}

Scene random_scene(Dice &dice)
{
	Scene at = {.point = random_point(dice), .seen = random_observation(dice)};
	at.terms.contract = dice.coin() ? Contract::mainline : Contract::forced_signal;
	at.terms.pin = dice.any(SignalPin::bus);
	return at;
}

} // namespace

TEST_CASE("the judge has a sound verdict on every observation", "[judge]")
{
	Dice dice(20211028);
	size_t kinds[static_cast<size_t>(VerdictKind::broken) + 1] = {};
	for (int i = 0; i < 50'000; i++) {
		const Scene at = random_scene(dice);
		const Verdict verdict = judge(at);
		kinds[static_cast<size_t>(verdict.kind)]++;
		if (!sound(at, verdict)) {
			CAPTURE(i, verdict.kind, verdict.rules, verdict.reason);
			FAIL_CHECK("unsound verdict");
		}
	}
	for (const auto kind : {VerdictKind::fail, VerdictKind::livelock, VerdictKind::deadlock,
				VerdictKind::crash, VerdictKind::broken}) {
		CAPTURE(kind);
		CHECK(kinds[static_cast<size_t>(kind)] > 0);
	}
}

TEST_CASE("good scenes with one random change have sound verdicts", "[judge]")
{
	Dice dice(20211029);
	size_t passes = 0, unchecked = 0;
	for (int i = 0; i < 20'000; i++) {
		const Contract contract =
			dice.coin() ? Contract::mainline : Contract::forced_signal;
		Scene at =
			dice.coin() ? stops(read_close, contract) : completes(read_exact, contract);
		int64_t *const numbers[] = {&at.seen.result, &at.seen.arrived,
					    &at.seen.position_after, &at.seen.size_after,
					    &at.seen.repeat_result};
		*numbers[dice.below(std::size(numbers))] = dice.number();
		const Verdict verdict = judge(at);
		passes += verdict.kind == VerdictKind::pass;
		unchecked += verdict.kind == VerdictKind::unchecked;
		if (!sound(at, verdict)) {
			CAPTURE(i, verdict.kind, verdict.rules, verdict.reason);
			FAIL_CHECK("unsound verdict");
		}
	}
	CHECK(passes > 0);
	CHECK(unchecked > 0);
}

} // namespace tagtrap::selftest
