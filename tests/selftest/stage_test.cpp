// SPDX-License-Identifier: GPL-2.0-only
// Who makes the call, and what is in force there: looked at from inside, on the kernel at hand, and
// by a SIGSEGV that every kernel forces (tests/inject/forced.cpp).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/model/combine.h"
#include "harness/model/sweep.h"
#include "harness/run/recorder.h"
#include "harness/run/stage.h"
#include "harness/sys/proc.h"
#include "harness/sys/raw.h"
#include "tests/selftest/block_run.h"

namespace tagtrap {
namespace {

using selftest::Run;

/// What a probe can see of itself.
struct State {
	int64_t process = 0, thread = 0, parent = 0;
	uint64_t tracer = 0;
	bool blocks_segv = false, blocks_bus = false;
	bool ignores = false, defaults = false, handles = false;
};

struct Shared {
	int64_t worker = 0;
	State inside;
	bool looked = false;    ///< the errand looked behind the call
	bool left_mark = false; ///< a store of the caller to its memory is seen by the worker
	Observation seen;
};

uint64_t status_of_self(const char *field)
{
	return sys::status_field(sys::slurp("/proc/thread-self/status"), field);
}

State look_inside()
{
	State state;
	state.process = sys::raw(SYS_getpid);
	state.thread = sys::raw(SYS_gettid);
	state.parent = sys::raw(SYS_getppid);
	state.tracer = status_of_self("TracerPid");
	sigset_t mask;
	sigprocmask(SIG_SETMASK, nullptr, &mask);
	state.blocks_segv = sigismember(&mask, SIGSEGV) == 1;
	state.blocks_bus = sigismember(&mask, SIGBUS) == 1;
	struct sigaction action = {}, other = {};
	sigaction(SIGSEGV, nullptr, &action);
	sigaction(SIGBUS, nullptr, &other);
	const bool same = action.sa_handler == other.sa_handler;
	state.ignores = same && action.sa_handler == SIG_IGN;
	state.defaults = same && action.sa_handler == SIG_DFL;
	state.handles =
		same && !state.ignores && !state.defaults && (action.sa_flags & SA_SIGINFO) != 0;
	return state;
}

/// Makes a call that looks at itself, as a worker child would make it.
void arrange(const Point &point, Shared &shared)
{
	Recorder::reset_all();
	Recorder recorder;
	shared.worker = getpid();
	volatile bool mark = false;
	const Errand errand = {
		[&]() -> int64_t {
			shared.inside = look_inside();
			mark = true;
			return 42;
		},
		[&] { shared.looked = recorder.mask_kept() && recorder.dispositions_kept(); }};
	const auto work = [&] {
		shared.seen.phase = Phase::entered;
		recorder.dispose(point.disposition);
		shared.seen.result = issue(point, errand, shared.seen);
		shared.seen.end = End::returned;
	};
	if (row_of(point.caller).own_process)
		run_apart(point.caller, work, shared.seen);
	else
		work();
	shared.left_mark = mark;
}

/// The same in a child, since it is not the test's own signals that are played with.
Shared arranged(Caller caller, Disposition disposition)
{
	void *const memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(memory != MAP_FAILED);
	auto *const shared = new (memory) Shared;
	Point point;
	point.caller = caller;
	point.disposition = disposition;
	const pid_t child = fork();
	if (child == 0) {
		arrange(point, *shared);
		_exit(0);
	}
	int status = -1;
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK(status == 0);
	const Shared found = *shared;
	munmap(memory, sizeof(Shared));
	return found;
}

Caller any_caller()
{
	return GENERATE(Caller::leader, Caller::thread, Caller::fork, Caller::vfork, Caller::init,
			Caller::traced, Caller::suppressed);
}

Disposition any_main_disposition()
{
	return GENERATE(Disposition::handler, Disposition::blocked, Disposition::ignored,
			Disposition::fatal);
}

bool impossible(Caller caller)
{
	return caller == Caller::init && !try_namespace().empty();
}

} // namespace

TEST_CASE("each caller makes the call itself, with mask and dispositions in force there")
{
	const Caller caller = any_caller();
	const Disposition disposition = any_main_disposition();
	CAPTURE(handling(caller, disposition));
	if (impossible(caller))
		SKIP(try_namespace());
	const Shared found = arranged(caller, disposition);
	const State &inside = found.inside;
	CHECK(found.seen.end == End::returned);
	CHECK(found.seen.result == 42);

	CHECK(inside.blocks_segv == (disposition == Disposition::blocked));
	CHECK(inside.blocks_bus == inside.blocks_segv);
	CHECK(inside.handles == (disposition == Disposition::handler));
	CHECK(inside.ignores == (disposition == Disposition::ignored));
	CHECK(inside.defaults == !(inside.handles || inside.ignores));

	const bool shares_process = caller == Caller::leader || caller == Caller::thread;
	CHECK((inside.thread == inside.process) == (caller != Caller::thread));
	CHECK((inside.process == found.worker) == shares_process);
	CHECK((inside.parent == found.worker) == (!shares_process && caller != Caller::init));
	CHECK((inside.process == 1) == (caller == Caller::init));
	CHECK(inside.tracer == (is_traced(caller) ? static_cast<uint64_t>(found.worker) : 0));
	CHECK(found.left_mark == !row_of(caller).own_process);
	// Where the leader of a process cannot see what became of the caller's mask.
	CHECK(found.looked == (caller == Caller::thread || caller == Caller::vfork));
}

TEST_CASE("a forced signal is caught or kills, whoever makes the call, and is never lost")
{
	const Caller caller = any_caller();
	const Disposition disposition = any_main_disposition();
	const std::string how = handling(caller, disposition);
	CAPTURE(how);
	if (impossible(caller))
		SKIP(try_namespace());
	const Run run({"inject-forced/pipe/good/sync/4096@2048/" + how,
		       "inject-forced/pipe/plain/sync/4096@2048/" + how,
		       "read/pipe/good/sync/4096@2048/" + how});
	const Observation &seen = run.seen[1];
	CAPTURE(run.verdict(0).reason, run.verdict(1).reason, run.verdict(2).reason);
	CHECK(seen.stop_count == (is_traced(caller) ? 1 : 0));
	CHECK_FALSE(seen.pending_after);
	switch (outcome_of(caller, disposition)) {
	case Outcome::caught:
		CHECK(seen.end == End::returned);
		CHECK(seen.result == 2048);
		CHECK(seen.signal_count == 1);
		CHECK(seen.signals[0].number == SIGSEGV);
		CHECK(seen.signals[0].thread == 0); // the one that made the call
		CHECK(seen.signals[0].before_return);
		CHECK(seen.mask_kept);
		CHECK(seen.dispositions_kept);
		break;
	case Outcome::dies:
		CHECK(seen.end == End::killed);
		CHECK(seen.death_signal == SIGSEGV);
		CHECK(seen.phase == Phase::entered);
		CHECK(seen.signal_count == 0);
		break;
	case Outcome::suppressed: // as every forced signal, it was made deliverable first
		CHECK(seen.end == End::returned);
		CHECK(seen.result == 2048);
		CHECK(seen.signal_count == 0);
		CHECK(seen.mask_kept == (disposition != Disposition::blocked));
		CHECK(seen.dispositions_kept == (disposition != Disposition::ignored));
		break;
	case Outcome::either:
		FAIL("no main disposition");
	}
	// The control and the point behind it are as ever: the next call is made in the same state.
	CHECK(run.verdict(0).kind == VerdictKind::pass);
	CHECK(run.verdict(2).kind == VerdictKind::pass);
}

TEST_CASE("what is left pending for a caller, and what became of its mask, is seen where it is")
{
	const auto caller = GENERATE(Caller::leader, Caller::thread, Caller::fork, Caller::vfork);
	const std::string on = handling(caller, Disposition::blocked);
	CAPTURE(on);
	const Run run({"inject-signal/pipe/plain/sync/4096@2048/" + on,
		       "inject-mask/pipe/plain/sync/4096@2048/" + on,
		       "read/pipe/good/sync/4096@2048/" + on});
	CHECK(run.seen[0].end == End::returned);
	CHECK(run.seen[0].pending_after);
	CHECK(run.seen[0].mask_kept);
	CHECK(run.seen[1].end == End::returned);
	CHECK_FALSE(run.seen[1].pending_after);
	CHECK_FALSE(run.seen[1].mask_kept);
	CHECK(run.verdict(2).kind == VerdictKind::pass);
	CHECK_FALSE(run.seen[2].pending_after);
}

TEST_CASE("what the caller throws or leaves with is a failure of the suite, not a result")
{
	// thread and vfork make the call on a stack of their own
	const auto caller = GENERATE(Caller::thread, Caller::vfork);
	CAPTURE(to_string(caller));
	Point point;
	point.caller = caller;
	Observation seen;
	const Errand throws = {[]() -> int64_t { throw std::runtime_error("no ring"); }, [] {}};
	CHECK_THROWS_AS(issue(point, throws, seen), std::runtime_error);
	CHECK(seen.end == End::none);
}

TEST_CASE("a child after vfork that leaves by itself is a failure of the suite, not a result")
{
	Point point;
	point.caller = Caller::vfork;
	Observation seen;
	seen.phase = Phase::entered;
	const Errand leaves = {[]() -> int64_t { _exit(exit_user_fault); }, [] {}};
	issue(point, leaves, seen);
	CHECK(seen.end == End::setup_failed);
}

} // namespace tagtrap
