// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/judge_world.h"

#include <algorithm>

namespace tagtrap::selftest {

namespace {

constexpr int64_t file_size = 8192;
constexpr uint64_t buffer = 0x0300'ffff'8000'0000; // logical tag 3

constexpr Shape positioned = {.positioned = true};
constexpr Shape uring = {.positioned = true, .uring = true};
constexpr Shape fixed = {.positioned = true, .uring = true, .fixed = true};

template <PromiseKind kind, uint32_t bytes = 0>
Promise promises(const Point & /*point*/, const KernelFacts & /*facts*/)
{
	return {.kind = kind, .bytes = bytes, .unit = "page", .reason = "says this test"};
}

Promise perhaps(const Point & /*point*/, const KernelFacts & /*facts*/)
{
	return {.kind = PromiseKind::close, .bytes = 15, .may_be_unchecked = "it may pin"};
}

constexpr Case row(std::string_view name, Direction direction, Shape shape,
		   Promise (*promise)(const Point &, const KernelFacts &))
{
	return {.name = name,
		.man = "",
		.kernel = "",
		.direction = direction,
		.shape = shape,
		.promise = promise};
}

constexpr Situation nobody = {.audience = Audience::nobody};
constexpr Situation uninvited = {.audience = Audience::uninvited};
constexpr Situation by_caller = {.opaque = false, .submits = true};
constexpr Situation structure = {.full = 1};
constexpr Situation of_child = {.full = 1, .elsewhere = true};

constexpr Case situation(std::string_view name, Direction direction, const Situation &what,
			 Promise (*promise)(const Point &, const KernelFacts &))
{
	Case made = row(name, direction, {}, promise);
	made.situation = &what;
	return made;
}

constexpr auto stores = Direction::stores;
constexpr auto loads = Direction::loads;
constexpr auto exact = promises<PromiseKind::exact>;

} // namespace

const Case read_exact = row("read-exact", stores, {}, exact);
const Case read_close = row("read-close", stores, {}, promises<PromiseKind::close, 15>);
const Case read_pages = row("read-pages", stores, {}, promises<PromiseKind::granular, 1024>);
const Case read_whole = row("read-whole", stores, {}, promises<PromiseKind::all_or_nothing>);
const Case read_ignored = row("read-ignored", stores, {}, promises<PromiseKind::ignored>);
const Case read_pinned = row("read-pinned", stores, {}, promises<PromiseKind::unchecked>);
const Case read_perhaps = row("read-perhaps", stores, {}, perhaps);
const Case read_zero = row("read-zero", stores, {}, promises<PromiseKind::close, 1600>);
const Case remount = row("remount", stores, {.remount = true}, exact);
const Case pread_exact = row("pread-exact", stores, positioned, exact);
const Case write_exact = row("write-exact", loads, {}, exact);
const Case pwrite_exact = row("pwrite-exact", loads, positioned, exact);
const Case write_pinned = row("write-pinned", loads, {}, promises<PromiseKind::unchecked>);
const Case uring_read = row("uring-read", stores, uring, exact);
const Case uring_write = row("uring-write", loads, uring, exact);
const Case uring_fixed = row("uring-fixed", stores, fixed, exact);
const Case exit_clears = situation("exit-clears", stores, nobody, promises<PromiseKind::ignored>);
const Case reads_short = situation("reads-short", stores, uninvited, exact);
const Case aio_writes = situation("aio-writes", loads, by_caller, exact);

// Structures, of which only the kernel knows what they hold.
const Case waits_struct =
	situation("waits-struct", stores, structure, promises<PromiseKind::all_or_nothing>);
const Case drops_struct =
	situation("drops-struct", stores, structure, promises<PromiseKind::ignored>);
const Case child_struct =
	situation("child-struct", stores, of_child, promises<PromiseKind::all_or_nothing>);
const Case probe_struct =
	situation("probe-struct", stores, uninvited, promises<PromiseKind::all_or_nothing>);

Scene scene(const Case &call, Contract contract)
{
	Scene made;
	made.point = {.call = &call,
		      .place = find_place("tmpfs"),
		      .state = FileState::cached,
		      .length = 4096,
		      .offset = 1600};
	made.terms.contract = contract;
	Observation &seen = made.seen;
	seen.phase = Phase::done;
	seen.end = End::returned;
	seen.length = seen.full = 4096;
	seen.good = 1600;
	seen.bad_pointer = buffer + seen.good;
	seen.elapsed_ns = 20'000;
	seen.start = 0;
	seen.repeated = seen.repeat_data_right = true;
	seen.repeat_result = 4096;
	return made;
}

void report(Scene &scene, int64_t result)
{
	Observation &seen = scene.seen;
	const int64_t moved = std::max<int64_t>(result, 0);
	const Shape &shape = scene.point.call->shape;
	seen.result = result;
	seen.submit_result = shape.uring ? 1 : result;
	if (scene.point.call->direction == Direction::stores) {
		seen.arrived = moved;
		seen.stored_beyond = 0;
	} else {
		seen.peer_arrived = moved;
		seen.peer_beyond = 0;
	}
	seen.size_before = seen.size_after = file_size;
	seen.position_before = 0;
	seen.position_after = shape.positioned ? 0 : moved;
	for (SignalSeen &signal : seen.signals)
		signal.frame_x0 = seen.submit_result;
}

SignalSeen good_signal(const Scene &scene)
{
	const bool write = scene.point.call->direction == Direction::stores;
	SignalSeen signal = {
		.number = SIGSEGV,
		.code = SEGV_MTESERR,
		.address = scene.seen.bad_pointer,
		.before_return = true,
		.behind_svc = true,
		.has_esr = true,
		.frame_x0 = scene.seen.submit_result,
		.fault_address = scene.seen.bad_pointer,
		.esr = 0x92000011u | (write ? 1u << 6 : 0u),
	};
	const Disposition how = scene.point.disposition;
	if (how == Disposition::noexpose || how == Disposition::noexpose_restart)
		signal.address &= 0x00ff'ffff'ffff'ffff;
	return signal;
}

void add_signal(Scene &scene)
{
	scene.seen.signals[0] = good_signal(scene);
	scene.seen.signal_count = 1;
}

void add_stop(Scene &scene)
{
	SignalSeen &stop = scene.seen.stop = good_signal(scene);
	stop.address = scene.seen.bad_pointer; // all bits, whatever the handler asked for
	stop.has_esr = false;                  // no part of what a tracer sees
	stop.esr = stop.fault_address = 0;
	scene.seen.stop_count = 1;
}

Scene stops(const Case &call, Contract contract)
{
	Scene made = scene(call, contract);
	const bool whole = call.promise(made.point, {}).kind == PromiseKind::all_or_nothing;
	report(made, whole ? -EFAULT : 1600);
	if (contract == Contract::forced_signal)
		add_signal(made);
	return made;
}

Scene completes(const Case &call, Contract contract)
{
	Scene made = scene(call, contract);
	report(made, 4096);
	if (call.direction == Direction::stores)
		made.seen.granule_changed = made.seen.behind_changed = true;
	return made;
}

Scene refuses(const Case &call, Contract contract)
{
	Scene made = scene(call, contract);
	made.seen.good = 0;
	made.seen.full = 1;
	made.seen.repeat_result = 1;
	made.seen.bad_pointer = buffer;
	made.seen.result = made.seen.submit_result = -EFAULT;
	if (contract == Contract::forced_signal)
		add_signal(made);
	return made;
}

Scene dies(const Case &call, Disposition disposition, Caller caller)
{
	Scene made = scene(call, Contract::forced_signal);
	made.point.caller = caller;
	made.point.disposition = disposition;
	if (is_traced(caller)) {
		add_stop(made);
		made.seen.stop.frame_x0 = 1600;
	}
	made.seen.phase = Phase::entered;
	made.seen.end = End::killed;
	made.seen.death_signal = SIGSEGV;
	made.seen.repeated = made.seen.repeat_data_right = false;
	return made;
}

Scene hangs(const Case &call, Contract contract)
{
	Scene made = scene(call, contract);
	made.seen.phase = Phase::entered;
	made.seen.end = End::hung;
	made.seen.repeated = made.seen.repeat_data_right = false;
	Hang &hang = made.seen.hang;
	hang.seen = hang.killable = true;
	hang.watched_ns = 10'000'000'000;
	hang.first = {.system_ticks = 5, .minor_faults = 100, .voluntary_switches = 1};
	hang.last = hang.first;
	hang.last.system_ticks += 1000;
	return made;
}

Scene in_mode(Scene made, TagCheckMode mode)
{
	made.point.mode = mode;
	return made;
}

Scene with_tco(Scene made)
{
	made.point.tco = true;
	return made;
}

Scene standing(Scene made, Stand stand)
{
	made.point.stand = stand;
	made.seen.signal_count = 0;
	return made;
}

Scene through(Scene made, Submission submission)
{
	made.point.submission = submission;
	made.seen.signal_count = 0;
	return made;
}

Scene ends_before(Contract contract)
{
	Scene made = scene(read_exact, contract);
	made.seen.full = made.seen.repeat_result = 1000;
	report(made, 1000);
	return made;
}

Scene from_pipe(Scene made)
{
	made.point.place = find_place("pipe");
	made.point.state = FileState::plain;
	Observation &seen = made.seen;
	seen.size_before = seen.size_after = seen.position_before = seen.position_after = -1;
	seen.start = -1;
	seen.source_total = 8192;
	seen.source_left = 8192 - std::max<int64_t>(seen.result, 0);
	return made;
}

Scene mounts_again()
{
	Scene made = scene(remount, Contract::mainline);
	made.point.stand = Stand::good;
	made.point.mode = TagCheckMode::none;
	Observation &seen = made.seen;
	seen.good = 0;
	seen.length = seen.full = 1;
	seen.result = seen.arrived = seen.repeat_result = 1;
	seen.elapsed_ns = 5'000'000'000;
	return made;
}

void is_killed(Scene &at)
{
	at.seen.end = End::killed;
	at.seen.phase = Phase::entered;
	at.seen.death_signal = SIGSEGV;
}

void survives(Scene &at)
{
	const Point point = at.point;
	at = stops(*point.call, Contract::forced_signal);
	at.point = point;
	at.seen.signal_count = 0;
}

void leaves_pending(Scene &at)
{
	at.seen.pending_after = true;
}

void completes_now(Scene &at)
{
	at.seen = completes(*at.point.call, at.terms.contract).seen;
}

} // namespace tagtrap::selftest
