// SPDX-License-Identifier: GPL-2.0-only
// The processes of a matrix: a `run` for each kernel.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fmt/core.h>
#include <list>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/matrix.h"
#include "harness/sys/hold.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// A run at work.
struct Worker {
	MatrixEntry *entry = nullptr;
	pid_t process = -1;
	sys::Fd words, log;  ///< what it says on standard error; where that is kept
	std::string partial; ///< of a line
	std::string last;    ///< whole line, for a gap
	Clock::time_point start = Clock::now();
};

/// In the child of fork(). A group of its own: a terminal's Ctrl-C is passed on by us, once.
[[noreturn]] void become_run(char *const *argv, int words, int log, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	setpgid(0, 0);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, nullptr);
	const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null == -1 || dup2(null, 0) == -1 || dup2(log, 1) == -1 || dup2(words, 2) == -1)
		_exit(127);
	execv(argv[0], argv);
	_exit(127);
}

Worker start_run(const MatrixRecord &record, MatrixEntry &entry, const fs::path &out,
		 const std::string &program)
{
	auto words = entry_words(record, entry, out);
	words.insert(words.begin(), program);
	std::vector<char *> argv;
	for (auto &word : words)
		argv.push_back(word.data());
	argv.push_back(nullptr);
	Worker worker = {.entry = &entry};
	const auto log = out / (entry.directory + ".log");
	worker.log = sys::Fd(sys::must(
		open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), log.string()));
	int ends[2];
	sys::must(pipe2(ends, O_CLOEXEC), "pipe2");
	worker.words = sys::Fd(ends[0]);
	const sys::Fd theirs(ends[1]);
	const pid_t parent = getpid();
	worker.process = sys::must(fork(), "fork");
	if (worker.process == 0)
		become_run(argv.data(), theirs.get(), worker.log.get(), parent);
	setpgid(worker.process, worker.process); // whoever is first
	return worker;
}

/// Passes on what it says; false: it will say nothing more.
bool listen(Worker &worker)
{
	char bytes[4096];
	const auto got = read(worker.words.get(), bytes, sizeof(bytes));
	if (got < 0 && errno == EINTR)
		return true;
	if (got <= 0)
		return false;
	const std::string_view text(bytes, static_cast<size_t>(got));
	sys::must(write(worker.log.get(), text.data(), text.size()), "writing a log");
	worker.partial += text;
	for (size_t at; (at = worker.partial.find('\n')) != std::string::npos;) {
		const auto line = worker.partial.substr(0, at);
		worker.partial.erase(0, at + 1);
		sys::say(fmt::format("{}: {}\n", worker.entry->name, line));
		if (!line.empty())
			worker.last = line;
	}
	return true;
}

/// Waits for its end and notes what became of it.
void finish(Worker &worker, const fs::path &out)
{
	int how = 0;
	while (waitpid(worker.process, &how, 0) == -1 && errno == EINTR)
		continue;
	auto &entry = *worker.entry;
	entry.wall_s = std::chrono::duration<double>(Clock::now() - worker.start).count();
	entry.state = state_of(out / entry.directory);
	const int status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
	if (entry.state == EntryState::todo && status <= 128) {
		constexpr std::string_view name = "tagtrap: ";
		auto why = worker.last;
		if (why.starts_with(name))
			why.erase(0, name.size());
		entry.state = EntryState::gap;
		entry.why = why.empty() ? fmt::format("its run ended with status {}", status) : why;
	}
	sys::say(fmt::format("{}: {} after {:.0f} s\n", entry.name,
			     entry.state == EntryState::done  ? "done"
			     : entry.state == EntryState::gap ? "not to be had"
							      : "not finished",
			     entry.wall_s));
}

/// What an earlier, unfinished run has left goes aside: a run is begun anew, and nothing is lost.
void put_aside(const fs::path &directory)
{
	if (!fs::exists(directory / "journal.jsonl"))
		return;
	for (int number = 1;; number++) {
		const fs::path aside = fmt::format("{}.unfinished-{}", directory.string(), number);
		if (fs::exists(aside))
			continue;
		fs::rename(directory, aside);
		return;
	}
}

/// Waits until a run says something or ends, or a signal comes; its number, or 0.
int wait_for_any(std::list<Worker> &workers, int signals)
{
	std::vector<pollfd> ready = {{signals, POLLIN, 0}};
	for (const auto &worker : workers)
		ready.push_back({worker.words.get(), POLLIN, 0});
	if (poll(ready.data(), ready.size(), -1) < 0 || (ready[0].revents & POLLIN) == 0)
		return 0;
	signalfd_siginfo info = {};
	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	for (const auto &worker : workers) // its builds, too, as a terminal does
		kill(-worker.process, static_cast<int>(info.ssi_signo));
	return static_cast<int>(info.ssi_signo);
}

bool has_words(const Worker &worker)
{
	pollfd ready = {worker.words.get(), POLLIN, 0};
	return poll(&ready, 1, 0) > 0;
}

} // namespace

int run_entries(MatrixRecord &record, const fs::path &out, const std::string &program,
		unsigned jobs, const std::function<void()> &changed)
{
	const sys::HeldSignals held;
	const sigset_t ending = sys::ending_signals();
	const sys::Fd signals(
		sys::must(signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
	std::list<Worker> workers;
	auto next = record.entries.begin();
	int interrupted = 0;
	while (true) {
		while (interrupted == 0 && workers.size() < jobs && next != record.entries.end()) {
			auto &entry = *next++;
			if (entry.state == EntryState::done)
				continue;
			// Ended, and nobody was there to note it.
			if (entry.state = state_of(out / entry.directory);
			    entry.state == EntryState::done)
				continue;
			put_aside(out / entry.directory);
			entry.state = EntryState::todo;
			entry.why.clear();
			changed();
			sys::say(fmt::format("{}: begins\n", entry.name));
			workers.push_back(start_run(record, entry, out, program));
		}
		if (workers.empty())
			return interrupted;
		if (const int number = wait_for_any(workers, signals.get()); number != 0)
			interrupted = number;
		std::erase_if(workers, [&](Worker &worker) {
			if (!has_words(worker) || listen(worker))
				return false;
			finish(worker, out);
			changed();
			return true;
		});
	}
}

} // namespace tagtrap
