// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "fixtures/remote/run.h"
#include "tests/selftest/scratch.h"

namespace tagtrap::selftest {

/// What the board does to those who reach for it, and what happens to it.
struct Mood {
	unsigned refuses = 0;  ///< of a hundred commands: are not run
	unsigned forgets = 0;  ///< are run, and nobody hears of it
	unsigned halves = 0;   ///< of a hundred files: arrive in part
	bool hangs_up = false; ///< connections break after some ten thousand bytes
	int boots = 0;         ///< of the machine, each in the middle of a session
	int kills = 0;         ///< of a session in its middle, after the boots
};

/// A board of the imagination: a shell in a directory. `home` is its disk, `boot` its boot id.
class Board {
public:
	Board(const Mood &mood, uint32_t seed);
	Board(const Board &) = delete;
	Board &operator=(const Board &) = delete;
	~Board() = default;

	/// A run of the quick plan's `specs`.
	remote::RemoteRun run(const std::vector<std::string> &specs);

	std::filesystem::path out() const { return scratch_.path / "out"; }
	std::filesystem::path home() const { return scratch_.path / "home"; }

	/// The process of the session that was started last; -1: of none.
	pid_t session() const;

	std::vector<std::string> said;
	std::atomic<int> killed = 0, booted = 0;

private:
	/// A file of the session that was started last: "started.1".
	std::filesystem::path latest(const std::string &name) const;
	bool happens(unsigned percent) { return dice_() % 100 < percent; }
	void set_boot(uint32_t boot);
	remote::Words command(const std::string &script);
	remote::Words push(const std::string &from, const std::string &to);
	void strike(const std::stop_token &stop, std::mt19937 dice);

	const Mood mood_;
	std::mt19937 dice_;
	Scratch scratch_;
	std::jthread fate_; ///< does not ask when the host hears of it
};

} // namespace tagtrap::selftest
