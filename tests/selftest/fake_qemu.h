// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

#include "fixtures/vm/run.h"
#include "tests/selftest/scratch.h"

namespace tagtrap::selftest {

/// A run with a shell script in QEMU's place. The script has `ready`, `restored`, `begin ID`, `end
/// ID [KILLABLE]`, `finish [PENDING]` and `leave STATUS`, knows how often it was started ($starts)
/// and what the host asked for ($request, $go), and leaves pid, starts, request.N and go.N in the
/// scratch directory. Console, journal and control are its descriptors 3, 4 and 5.
struct World {
	Scratch scratch;
	vm::VmRun run;
	std::vector<Json> events;

	explicit World(const std::string &scenario);

	/// Has machines saved and restored; a copy of nothing stands in for qemu-img. A restored
	/// one has $incoming set.
	void save_machines();

	std::string journal() const;   ///< as stored
	Json request(int start) const; ///< what the machine was told first ...
	Json go(int start) const;      ///< ... and when it was prepared
	/// The `finished` of a go that has points called by one letter.
	static Json finished(std::string_view names);
	size_t count(const std::string &event) const; ///< of the events that were told
};

/// What is wrong with a journal so far: a point with two ends, one begun after its end, a line that
/// is not whole, a verdict of the host's. Empty if all is well.
std::string wrong_with(const std::string &journal);

/// How many events of that kind are in it.
size_t count_of(const std::string &journal, const std::string &kind);

/// Whether the process goes away within five seconds.
bool gone(pid_t process);

/// Whoever started the tests may have SIGHUP or SIGINT ignored (nohup, a shell's background): then
/// they would end no run.
void heed_ending_signals();

/// Waits until the script has written its process id.
pid_t started(const std::filesystem::path &directory);

} // namespace tagtrap::selftest
