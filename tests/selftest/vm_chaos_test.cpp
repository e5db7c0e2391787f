// SPDX-License-Identifier: GPL-2.0-only
// Nothing lost, nothing doubled: a run that is disturbed at random moments, with a script in QEMU's
// place. `./run.sh test chaos` does the same with the program and a real machine.
#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/hold.h"
#include "harness/sys/must.h"
#include "tests/selftest/fake_qemu.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace tagtrap::vm;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr int points = 120;

/// A session that does what ours does: blocks of up to eight points, those that are to be alone
/// alone, nothing that has finished.
constexpr const char *session = R"sh(ready
ranges=$(echo "$go" | sed 's/.*"finished":\[\(.*\)\],"alone".*/\1/; s/\],\[/ /g; s/[][]//g')
alone=${go#*'"alone":['}; alone=${alone%%]*}
finished() { for range in $ranges; do [ $1 -lt ${range%,*} ] || [ $1 -gt ${range#*,} ] || return 0; done; return 1; }
block=
run_block() {
	[ "$block" ] || return
	names=; indices=; for p in $block; do names="$names,\"p$p\"" indices="$indices,$p"; done
	echo '{"event":"begin","ids":['"${names#,}"'],"indices":['"${indices#,}"']}' >&4
	for p in $block; do sleep 0.002; end p$p; done
	block=
}
i=0
while [ $i -lt 120 ]; do
	i=$((i + 1))
	finished $i && continue
	case $alone in *\"p$i\"*) run_block; block=$i; run_block; continue;; esac
	block="$block $i"
	set -- $block
	[ $# -lt 8 ] || run_block
done
run_block; finish; leave 0
)sh";

/// A number of [0, most]. The seed is printed with a failure, --rng-seed repeats it.
int up_to(int most)
{
	static std::mt19937 dice(Catch::getSeed());
	return std::uniform_int_distribution(0, most)(dice);
}

std::string stored(const fs::path &journal)
{
	return fs::exists(journal) ? sys::read_file(journal) : "";
}

size_t lines_in(const fs::path &journal)
{
	return static_cast<size_t>(std::ranges::count(stored(journal), '\n'));
}

/// The fake's process id, if it is another one than `before`.
pid_t next_process(const fs::path &directory, pid_t before)
{
	std::ifstream file(directory / "pid");
	pid_t process = -1;
	file >> process;
	return file && process != before ? process : -1;
}

/// Runs `command` in a child, with the signals that end a run held as the program holds them, and
/// `disturb` meanwhile. Returns the child's exit status, or 128 + a signal.
int in_child(const std::function<int()> &command, const std::function<void(pid_t)> &disturb)
{
	heed_ending_signals();
	const sys::HeldSignals held; // in the child from its first moment on
	const pid_t child = sys::must(::fork(), "fork");
	if (child == 0) {
		for (const int signal : {SIGINT, SIGTERM, SIGHUP})
			std::signal(signal, SIG_DFL); // not the test framework's handlers
		int status = 99;
		try {
			status = command();
		} catch (const sys::Problem &problem) {
			status = problem.status;
		} catch (...) {
		}
		_exit(status);
	}
	disturb(child);
	int status = 0;
	::waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

TEST_CASE("QEMU is killed at thirty random moments", "[chaos]")
{
	World world(session);
	const auto journal = world.run.out / "journal.jsonl";
	std::atomic<bool> over = false;
	size_t kills = 0;
	std::thread killer([&] {
		pid_t process = -1;
		for (bool booting = false; kills < 30; kills++) {
			pid_t next = -1;
			while (next == -1) {
				if (over)
					return;
				std::this_thread::sleep_for(1ms);
				next = next_process(world.scratch.path, process);
			}
			process = next;
			// Never twice while it boots: that is a machine that cannot be had.
			booting = !booting && up_to(3) == 0;
			const size_t from = lines_in(journal);
			const auto more = static_cast<size_t>(booting ? 0 : 3 + up_to(6));
			while (lines_in(journal) < from + more && !over)
				std::this_thread::sleep_for(100us);
			std::this_thread::sleep_for(1us * up_to(5000));
			if (over)
				return;
			::kill(process, SIGKILL);
		}
	});
	const int status = run_in_vm(world.run);
	over = true;
	killer.join();
	CHECK(status == 0);
	const auto text = world.journal();
	CHECK(wrong_with(text) == "");
	CHECK(count_of(text, "end") == points);
	CHECK(kills >= 5);
	// One that comes behind the last point costs nothing.
	CHECK(count_of(text, "restart") <= kills);
	CHECK(count_of(text, "restart") + 1 >= kills);
	CHECK(gone(started(world.scratch.path)));
}

TEST_CASE("a signal at a random moment ends the run in good order", "[chaos]")
{
	int interrupted = 0;
	for (int round = 0; round < 12; round++) {
		World world(session);
		world.run.on_event = nullptr;
		const int signal = std::array{SIGINT, SIGTERM, SIGHUP}[round % 3];
		const auto journal = world.run.out / "journal.jsonl";
		// Where it is in its work, or, one in three, where it boots.
		const auto line = static_cast<size_t>(up_to(2) == 0 ? 0 : up_to(points));
		const int status = in_child(
			[&] { return run_in_vm(world.run); },
			[&](pid_t child) {
				for (int i = 0; i < 20'000 && lines_in(journal) < line; i++)
					std::this_thread::sleep_for(1ms);
				std::this_thread::sleep_for(1ms * up_to(20));
				::kill(child, signal);
			});
		INFO("signal " << signal << " behind line " << line);
		CHECK((status == 128 + signal || status == 0));
		interrupted += status == 128 + signal;
		const auto text = stored(journal);
		CHECK(wrong_with(text) == "");
		if (status == 0)
			CHECK(count_of(text, "end") == points);
		if (fs::exists(world.scratch.path / "pid"))
			CHECK(gone(started(world.scratch.path)));
		CHECK((text.empty() != fs::exists(journal)));
		fs::create_directories(world.run.out); // it may not have come to that
		for (const auto &file : fs::directory_iterator(world.run.out))
			CHECK((file.path() == journal || file.path().filename() == "console.log"));
		if (!text.empty())
			CHECK_THROWS_AS(run_in_vm(world.run), sys::Taken);
	}
	CHECK(interrupted > 0);
}

TEST_CASE("of two runs into one directory one runs, and the other says so", "[chaos]")
{
	for (int round = 0; round < 8; round++) {
		World one(session), other(session);
		one.run.on_event = other.run.on_event = nullptr;
		other.run.out = one.run.out;
		int second = -1;
		const int first =
			in_child([&] { return run_in_vm(one.run); },
				 [&](pid_t) {
					 std::this_thread::sleep_for(1ms * up_to(10));
					 second = in_child([&] { return run_in_vm(other.run); },
							   [](pid_t) {});
				 });
		CHECK(std::set{first, second} == std::set{0, 2});
		const auto text = one.journal();
		CHECK(wrong_with(text) == "");
		CHECK(count_of(text, "end") == points);
		CHECK(count_of(text, "finish") == 1);
		CHECK(fs::exists(one.scratch.path / "starts") !=
		      fs::exists(other.scratch.path / "starts"));
	}
}

TEST_CASE("a disk that is full at a random moment costs what comes behind", "[chaos]")
{
	for (int round = 0; round < 8; round++) {
		World world(session);
		const rlim_t most = 200 + static_cast<rlim_t>(up_to(4000));
		world.run.on_event = [most](const Json &) {
			std::signal(SIGXFSZ, SIG_IGN);
			const rlimit limit = {most, most};
			::setrlimit(RLIMIT_FSIZE, &limit);
		};
		const int status = in_child([&] { return run_in_vm(world.run); }, [](pid_t) {});
		INFO("full at " << most);
		CHECK(status == 3);
		const auto text = world.journal();
		CHECK(wrong_with(text) == "");
		CHECK(text.size() <= most);
		CHECK(text.size() + 200 > most);
		CHECK(gone(started(world.scratch.path)));
	}
}

TEST_CASE("a QEMU that is stopped for too long is replaced, for a moment it is waited for",
	  "[chaos]")
{
	for (const auto stopped : {200ms, 20'000ms}) {
		World world(session);
		world.run.time_scale = 0.1;
		const auto journal = world.run.out / "journal.jsonl";
		bool replaced = false;
		std::thread stopper([&] {
			while (lines_in(journal) < 30)
				std::this_thread::sleep_for(1ms);
			const pid_t process = started(world.scratch.path);
			if (process <= 0)
				return;
			::kill(-process, SIGSTOP);
			std::this_thread::sleep_for(
				std::min<std::chrono::milliseconds>(stopped, 12s));
			if (stopped < 5s)
				::kill(-process, SIGCONT);
			else
				replaced = gone(process);
		});
		CHECK(run_in_vm(world.run) == 0);
		stopper.join();
		const auto text = world.journal();
		CHECK(wrong_with(text) == "");
		CHECK(count_of(text, "end") == points);
		CHECK(count_of(text, "restart") == (stopped < 5s ? 0 : 1));
		CHECK(replaced == (stopped > 5s));
	}
}
