// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "harness/sys/file.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/problem.h"
#include "harness/sys/proc.h"
#include "harness/sys/process.h"

namespace tagtrap {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto mark_name = "TAGTRAP_TEST_MARK";
constexpr auto grace = 5s;

/// In the child of fork().
[[noreturn]] void become_program(char *const *argv, const Child &child, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	setpgid(0, 0);
	for (const int number : {SIGINT, SIGTERM, SIGHUP})
		signal(number, SIG_DFL); // it is to be asked to end, whoever started us
	setenv("TMPDIR", child.scratch.c_str(), 1);
	setenv(mark_name, child.mark.c_str(), 1);
	const int log = open(child.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
	const int null = open("/dev/null", O_RDONLY);
	if (log == -1 || null == -1 || dup2(null, 0) == -1 || dup2(log, 1) == -1 ||
	    dup2(log, 2) == -1)
		_exit(127);
	execvp(argv[0], argv);
	_exit(127);
}

/// The exit status as a shell has it, if the child has ended.
std::optional<int> ended(Child &child)
{
	int status = 0;
	if (waitpid(child.process.get(), &status, WNOHANG) <= 0)
		return std::nullopt;
	child.process.release_ownership();
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool dead(pid_t process)
{
	const auto tasks = sys::tasks(process);
	return tasks.empty() || std::ranges::all_of(tasks, [](const auto &task) {
		       return task.state == 'Z' || task.state == 'X';
	       });
}

/// All that have the mark and are alive.
std::vector<pid_t> marked(const std::string &mark)
{
	const std::string word = fmt::format("{}={}", mark_name, mark) + '\0';
	std::vector<pid_t> found;
	for (const auto &entry : fs::directory_iterator("/proc")) {
		const auto name = entry.path().filename().string();
		pid_t process = 0;
		const auto read = std::from_chars(name.data(), name.data() + name.size(), process);
		if (read.ptr != name.data() + name.size())
			continue;
		if (sys::slurp("/proc/" + name + "/environ").find(word) != std::string::npos &&
		    !dead(process))
			found.push_back(process);
	}
	return found;
}

/// Its command line, words apart by blanks.
std::string command_of(pid_t process)
{
	auto text = sys::slurp(fmt::format("/proc/{}/cmdline", process));
	std::ranges::replace(text, '\0', ' ');
	return text;
}

} // namespace

void end_child(pid_t process)
{
	kill(-process, SIGKILL);
	kill(process, SIGKILL);
	while (waitpid(process, nullptr, 0) == -1 && errno == EINTR)
		continue;
}

Child start_child(const std::vector<std::string> &argv, const fs::path &base,
		  const std::string &name)
{
	static unsigned serial = 0;
	Child child;
	child.scratch = base / (name + ".tmp");
	child.log = base / (name + ".log");
	child.mark = fmt::format("{}.{}", getpid(), serial++);
	fs::remove_all(child.scratch);
	fs::create_directories(child.scratch);
	std::vector<char *> words;
	for (const auto &word : argv)
		words.push_back(const_cast<char *>(word.c_str()));
	words.push_back(nullptr);
	const pid_t parent = getpid();
	std::array<int, 2> ends;
	sys::must(pipe2(ends.data(), O_CLOEXEC), "pipe2");
	const sys::Fd begun(ends[0]);
	sys::Fd theirs(ends[1]);
	const pid_t process = sys::must(fork(), "fork");
	if (process == 0)
		become_program(words.data(), child, parent);
	setpgid(process, process); // whoever is first
	child.process = decltype(Child::process)(process);
	// Until it is the program, it may ignore what whoever started us ignores.
	theirs.reset();
	char byte;
	while (read(begun.get(), &byte, 1) < 0 && errno == EINTR)
		continue;
	return child;
}

void disturb(const Child &child, int signal)
{
	if (child.process) // no number of ours stands for others
		kill(-child.process.get(), signal);
}

bool running(Child &child)
{
	siginfo_t how = {};
	return waitid(P_PID, static_cast<id_t>(child.process.get()), &how,
		      WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       how.si_pid == 0;
}

int wait_for(Child &child, std::chrono::seconds limit)
{
	for (const auto end = Clock::now() + limit; Clock::now() < end;) {
		if (const auto status = ended(child))
			return *status;
		std::this_thread::sleep_for(20ms);
	}
	child.process.reset();
	throw sys::Problem(fmt::format("the run did not end within {} s; see {}; its end:\n{}",
				       limit.count(), child.log.string(),
				       sys::last_lines(sys::read_file(child.log), 15)));
}

pid_t qemu_of(const Child &child)
{
	for (const pid_t process : marked(child.mark))
		if (process != child.process.get() &&
		    command_of(process).find(" -kernel ") != std::string::npos)
			return process;
	return -1;
}

std::vector<std::string> left_behind(const Child &child)
{
	auto processes = marked(child.mark);
	for (const auto end = Clock::now() + grace; !processes.empty() && Clock::now() < end;) {
		std::this_thread::sleep_for(50ms);
		processes = marked(child.mark);
	}
	std::vector<std::string> found;
	for (const pid_t process : processes)
		found.push_back(
			fmt::format("process {}: {}", process, command_of(process).substr(0, 80)));
	for (const auto &entry : fs::directory_iterator(child.scratch))
		found.push_back(entry.path().string());
	return found;
}

} // namespace tagtrap
