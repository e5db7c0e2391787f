// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/watchdog.h"

#include <algorithm>
#include <cstring>
#include <unistd.h>

#include "harness/run/around.h"
#include "harness/run/hearts.h"
#include "harness/run/metronome.h"
#include "harness/run/others.h"
#include "harness/run/stacks.h"
#include "harness/run/stop.h"

namespace tagtrap {

namespace {

constexpr int look_ms = 100;
constexpr int others_look_ms = 20;
constexpr uint64_t few_rounds = 5; ///< of a second task: worth a second try

constexpr uint64_t nanoseconds(int milliseconds)
{
	return 1'000'000ull * static_cast<unsigned>(milliseconds);
}

template <size_t Size> void take_text(std::array<char, Size> &to, const std::string &text)
{
	to = {};
	std::memcpy(to.data(), text.data(), std::min(text.size(), Size - 1));
}

/// One call that is watched.
class Watch {
public:
	Watch(Worker &worker, Channel &channel, uint64_t spacing_ns, int stack_ms)
		: worker_(worker), channel_(channel), stack_ms_(stack_ms),
		  heartbeat_(channel.heartbeat), entered_(channel.entered_ns),
		  process_(channel.process != 0 ? channel.process.load() : worker.pid()),
		  uring_(worker.kind().ring_mode.has_value()),
		  first_(look_around(process_, uring_)), last_(first_), busiest_(process_),
		  tally(spacing_ns)
	{
	}

	/// The call has come back.
	[[nodiscard]] bool back() const
	{
		return channel_.heartbeat != heartbeat_ || channel_.entered_ns != entered_ ||
		       entered_ == 0;
	}

	/// Looks once; what the worker says meanwhile.
	Worker::Event look(Metronome &metronome)
	{
		const uint64_t before = sys::now_ns();
		const auto event = worker_.wait(look_ms, channel_);
		if (event != Worker::Event::tick || back())
			return event;
		last_ = look_around(process_, uring_);
		busiest_ = busiest_of(first_, last_, process_);
		const auto task = last_.find(busiest_);
		const char state = task == last_.end() ? '?' : task->second.state;
		uint64_t asked = nanoseconds(look_ms);
		if (tally.due(clock.counted_ns())) {
			std::vector<std::string> glimpses;
			tally.add(clock.counted_ns(),
				  stack_of(busiest_, state, stack_ms_, &glimpses));
			for (const auto &glimpse : glimpses)
				tally.glance(glimpse);
			asked += nanoseconds(stack_ms_);
		}
		const bool disk = waits_for_disk(state, sys::slurp("/proc/diskstats"));
		at_ns_ = sys::now_ns();
		clock.look({asked, at_ns_ - before, metronome.share(), disk});
		return event;
	}

	/// What was seen, but for what comes of SIGKILL.
	[[nodiscard]] Hang evidence(uint64_t began_ns) const
	{
		Hang hang;
		const auto was = first_.find(busiest_);
		const auto is = last_.find(busiest_);
		if (was != first_.end())
			hang.first = sample_of(was->second, began_ns - entered_);
		if (is != last_.end())
			hang.last = sample_of(is->second, at_ns_ - entered_);
		hang.seen = hang.paired = true;
		hang.worker = is != last_.end() && is_uring_thread(is->second.name);
		hang.watched_ns = clock.wall_ns();
		hang.counted_ns = clock.counted_ns();
		hang.load_percent = std::min<uint64_t>(clock.share_percent(), 100);
		take_text(hang.wchan, sys::slurp("/proc/" + std::to_string(busiest_) + "/wchan"));
		take_text(hang.syscall,
			  sys::slurp("/proc/" + std::to_string(process_) + "/syscall"));
		tally.write(hang);
		return hang;
	}

	[[nodiscard]] uint64_t entered_ns() const { return entered_; }

private:
	Worker &worker_;
	Channel &channel_;
	int stack_ms_;
	uint64_t heartbeat_, entered_;
	pid_t process_;
	bool uring_;
	Tasks first_, last_;
	pid_t busiest_;
	uint64_t at_ns_ = 0;

public:
	WatchClock clock;
	StackTally tally;
};

} // namespace

Watchdog::Watchdog(double time_scale, double watch_s)
	: time_scale_(time_scale), lengths_(watch_lengths(watch_s, time_scale)),
	  beat_ns_(Metronome::calibrate())
{
}

int Watchdog::scaled(int milliseconds) const
{
	return static_cast<int>(milliseconds * time_scale_);
}

void Watchdog::know(const std::string &heart)
{
	if (!heart.empty())
		hearts_.insert(heart);
}

std::optional<uint64_t> Watchdog::rounds_if_told(const Others &others) const
{
	Metronome metronome(beat_ns_);
	WatchClock clock;
	const uint64_t wanted = nanoseconds(scaled(policy_.others_ms));
	const uint64_t from = others.rounds();
	uint64_t looks = 0, busy = 0;
	for (uint64_t before = sys::now_ns(), now = 0;
	     clock.counted_ns() < wanted && clock.doubt(wanted) == Doubt::none; before = now) {
		usleep(1000 * others_look_ms);
		now = sys::now_ns();
		clock.look({nanoseconds(others_look_ms), now - before, metronome.share()});
		busy += disks_at_work(sys::slurp("/proc/diskstats")) ? 1 : 0;
		looks++;
	}
	const uint64_t made = others.rounds() - from;
	// A disk that always has something in hand is what the second task waits for.
	if (made < few_rounds && looks != 0 && busy == looks)
		return std::nullopt;
	return made;
}

/// P6 beside the call that hangs: once is chance.
void Watchdog::measure_others(Hang &hang, const std::string &directory)
{
	const Others others(directory);
	auto made = rounds_if_told(others);
	if (made && *made < few_rounds) {
		const auto again = rounds_if_told(others);
		made = again ? std::max(made, again) : again;
	}
	hang.others_progress = made.value_or(0);
	hang.others_measured = made.has_value();
}

WatchEnd Watchdog::watch(Worker &worker, Channel &channel, const Point &point, Observation &seen,
			 const std::string &directory)
{
	const uint64_t began = sys::now_ns();
	Watch watch(worker, channel, lengths_.later_ns / StackTally::most,
		    scaled(policy_.stack_ms));
	Metronome metronome(beat_ns_);
	uint64_t wanted = lengths_.first_ns;
	uint64_t told_ns = 0;
	Doubt doubt = Doubt::none;
	bool known = false;
	while (watch.clock.counted_ns() < wanted && doubt == Doubt::none) {
		const auto event = watch.look(metronome);
		if (event != Worker::Event::tick || watch.back())
			return {.hangs = false, .event = event};
		known = hearts_.contains(watch.tally.heart());
		wanted = lengths_.wanted(known);
		doubt = stop_asked() != 0 ? Doubt::interrupted : watch.clock.doubt(wanted);
		if (on_watch && watch.clock.wall_ns() >= told_ns) {
			on_watch(point, watch.clock);
			told_ns = watch.clock.wall_ns() + nanoseconds(policy_.sign_ms);
		}
	}
	Hang hang = watch.evidence(began);
	hang.doubt = doubt;
	hang.shortened = known && lengths_.later_ns < lengths_.first_ns;
	const bool others = !directory.empty() && doubt == Doubt::none &&
			    (!hang.shortened || measured_.insert(directory).second);
	if (others)
		measure_others(hang, directory);
	if (watch.back()) // the last look
		return {};
	const uint64_t killed = sys::now_ns();
	// The grace, too, is as long in work that the machine can do.
	hang.killable = worker.kill_within(static_cast<int>(
		100ull * static_cast<unsigned>(scaled(policy_.grace_ms)) / hang.load_percent));
	hang.kill_ns = sys::now_ns() - killed;
	if (watch.back())
		hang.doubt = Doubt::came_back;
	if (others && hang.others_measured && hang.others_progress < few_rounds && hang.killable) {
		const Others alone(directory);
		hang.others_baseline = static_cast<int64_t>(rounds(alone));
	}
	seen.hang = hang;
	seen.left_behind = !hang.killable;
	seen.end = End::hung;
	seen.elapsed_ns = sys::now_ns() - watch.entered_ns();
	return {.hangs = true};
}

} // namespace tagtrap
