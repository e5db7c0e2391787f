// SPDX-License-Identifier: GPL-2.0-only
// Scenes for the judge: canonical good observations, and ways of spoiling them.
#pragma once

#include <cerrno>
#include <csignal>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "tests/selftest/terms.h"

namespace tagtrap::selftest {

/// A point, what was seen of it, and whose terms hold.
struct Scene {
	Point point = {};
	Observation seen = {};
	Terms terms = {};
};

inline Verdict judge(const Scene &scene)
{
	return tagtrap::judge(scene.point, scene.seen, scene.terms);
}

// Rows of their own: no registry, no kernel. Named by what they do and by their promise.
extern const Case read_exact, read_close, read_pages, read_whole, read_ignored, read_pinned,
	read_perhaps, read_zero, remount, pread_exact, write_exact, pwrite_exact, write_pinned,
	uring_read, uring_write, uring_fixed, exit_clears, reads_short, aio_writes, waits_struct,
	drops_struct, child_struct, probe_struct;

/// length 4096, g = 1600, file position 0 and size 8192; nothing has happened yet.
Scene scene(const Case &call, Contract contract);

/// The call reports `result`, and both ends agree with that.
void report(Scene &scene, int64_t result);

/// The one SIGSEGV that the forced-signal contract asks for.
SignalSeen good_signal(const Scene &scene);
void add_signal(Scene &scene);
/// The signal stop of a tracer for it.
void add_stop(Scene &scene);

/// Stops where the bad granule starts; with the signal that is due, if any.
Scene stops(const Case &call, Contract contract);

/// Everything moves, the bytes of the bad granule too.
Scene completes(const Case &call, Contract contract);

/// SIGSEGV is not handled, as `disposition` says, and the process dies of it. A tracer saw it come.
Scene dies(const Case &call, Disposition disposition, Caller caller = Caller::leader);

/// Does not end: a killable livelock.
Scene hangs(const Case &call, Contract contract);

/// A call that stores a structure and returns 1, and was stopped by the bad granule.
Scene refuses(const Case &call, Contract contract);

// Variations on a scene.
Scene in_mode(Scene made, TagCheckMode mode);
Scene with_tco(Scene made);
/// Something else stands in the granule's place: no signal is due.
Scene standing(Scene made, Stand stand);
/// Nobody can be signalled: a kernel thread acts for the process.
Scene through(Scene made, Submission submission);
/// The file is short: the call never gets to the bad granule.
Scene ends_before(Contract contract);

/// From a pipe that held 8192 bytes; what was read is gone.
Scene from_pipe(Scene made);
/// No call, but the place unmounted and mounted again.
Scene mounts_again();

// Ways of spoiling one.
void is_killed(Scene &at);      ///< SIGSEGV ends the process
void survives(Scene &at);       ///< as if nothing had been raised
void leaves_pending(Scene &at); ///< a signal is pending afterwards
void completes_now(Scene &at);  ///< as completes()

/// `good` passes; after `change` exactly `rules` are broken.
struct Wrong {
	std::string_view name;
	Scene good;
	void (*change)(Scene &);
	std::vector<Rule> rules;
	VerdictKind kind = VerdictKind::fail;
};

// Every way of being wrong that the tests know, by family.
std::vector<Wrong> wrong_progress();
std::vector<Wrong> wrong_results();
std::vector<Wrong> wrong_signals();
std::vector<Wrong> wrong_callers();
std::vector<Wrong> wrong_quiet();
std::vector<Wrong> wrong_data();
std::vector<Wrong> wrong_company();
std::vector<Wrong> wrong_memory();

/// Changes the stop that the tracer saw.
template <auto change> void stop(Scene &at)
{
	change(at.seen.stop);
}

} // namespace tagtrap::selftest

namespace tagtrap { // for messages of failed checks

inline std::ostream &operator<<(std::ostream &out, VerdictKind kind)
{
	return out << to_string(kind);
}

inline std::ostream &operator<<(std::ostream &out, Rule rule)
{
	return out << to_string(rule);
}

} // namespace tagtrap
