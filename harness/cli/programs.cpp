// SPDX-License-Identifier: GPL-2.0-only
// `programs`: C reproducers, run one after the other in a VM of ours. No word for people.
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/target.h"
#include "harness/model/record.h"
#include "harness/run/journal.h"
#include "harness/sys/file.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/say.h"

namespace tagtrap {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// A reproducer bounds itself to 13 s.
constexpr auto limit = 60s;
constexpr size_t most_output = 4096;

struct Asked {
	std::string path, directory;
	uid_t user = 0;
};

/// In the child of fork(). Does not return.
[[noreturn]] void become_program(const Asked &program, int output)
{
	::setsid();
	::dup2(output, 1);
	::dup2(output, 2);
	const bool ready = ::chdir(program.directory.c_str()) == 0 &&
			   ::setgroups(0, nullptr) == 0 && ::setgid(program.user) == 0 &&
			   ::setuid(program.user) == 0;
	if (!ready)
		sys::say(fmt::format("{}: {}\n", program.directory, std::strerror(errno)));
	else
		::execl(program.path.c_str(), program.path.c_str(), nullptr);
	_exit(2);
}

/// How it ended (128 + the signal that killed it, -1 where it did not end), and what it printed.
Json run_program(const Asked &program)
{
	int ends[2];
	sys::must(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe2");
	const sys::Fd ours(ends[0]);
	sys::Fd theirs(ends[1]);
	const pid_t child = sys::must(::fork(), "fork");
	if (child == 0)
		become_program(program, theirs.get());
	theirs.reset();
	std::string output;
	int wait_status = 0;
	bool ended = false;
	const auto end = Clock::now() + limit;
	while (!ended && Clock::now() < end) {
		ended = ::waitpid(child, &wait_status, WNOHANG) == child;
		pollfd ready = {ours.get(), POLLIN, 0};
		::poll(&ready, 1, ended ? 0 : 50);
		char bytes[512];
		for (ssize_t n; (n = ::read(ours.get(), bytes, sizeof(bytes))) > 0;)
			if (output.size() < most_output)
				output.append(bytes, static_cast<size_t>(n));
		if ((ready.revents & POLLHUP) != 0 && !ended)
			::usleep(10'000); // poll() would return at once
	}
	if (!ended)
		::kill(-child, SIGKILL);
	const int status =
		WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
	return {{"status", ended ? status : -1}, {"output", output}};
}

} // namespace

int programs_command(const Options &options)
{
	const Json request = parse_json(sys::read_file(options.session_request));
	JournalWriter journal(options.journal);
	size_t number = 0;
	for (const auto &asked : request.at("programs")) {
		journal.write(Json{{"event", "program"}, {"number", number}});
		Json line = run_program(
			{asked.at("path"), asked.at("directory"), asked.at("uid").get<uid_t>()});
		line["event"] = "program";
		line["number"] = number++;
		journal.write(line);
	}
	return 0;
}

} // namespace tagtrap
