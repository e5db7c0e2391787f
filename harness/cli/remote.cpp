// SPDX-License-Identifier: GPL-2.0-only
// `remote`: what a host asks of this binary on a board (docs/vm-protocol.md). No word for people.
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/target.h"
#include "harness/model/record.h"
#include "harness/run/facts.h"
#include "harness/sys/file.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/problem.h"
#include "harness/sys/proc.h"
#include "harness/sys/say.h"

namespace tagtrap {

namespace fs = std::filesystem;

namespace {

constexpr useconds_t look_every_us = 100'000;
constexpr uint64_t beat_every_ns = 1'000'000'000;
constexpr uint64_t patience_ns = 5'000'000'000; ///< for a session that begins, or is asked to end

/// The start-th session of a run, and its files in the run's directory.
struct Session {
	fs::path directory;
	std::string start;

	fs::path file(std::string_view name) const
	{
		return directory / fmt::format("{}.{}", name, start);
	}
};

/// Whether the session's process is there, and no zombie.
pid_t process_of(const Session &session)
{
	const auto process =
		static_cast<pid_t>(std::atol(sys::slurp(session.file("started")).c_str()));
	if (process <= 0)
		return -1;
	for (const auto &task : sys::tasks(process))
		if (task.tid == process && task.state != 'Z' && task.state != 'X')
			return process;
	return -1;
}

void print_line(const Json &line)
{
	const std::string text = to_line(line);
	sys::must(::write(1, text.data(), text.size()), "telling the host");
}

int tell_facts()
{
	utsname name = {};
	uname(&name);
	print_line({{"boot_id", boot_id()},
		    {"release", name.release},
		    {"machine", name.machine},
		    {"page_size", sysconf(_SC_PAGESIZE)}});
	return 0;
}

/// The session itself: alone, whatever becomes of the connection that it was asked for by.
[[noreturn]] void become_session(const Session &session)
{
	const sys::Fd nothing(open("/dev/null", O_RDONLY));
	const sys::Fd log(open(session.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644));
	::dup2(nothing.get(), 0);
	::dup2(log.get(), 1);
	::dup2(log.get(), 2);
	const std::string request = session.file("request");
	const Json asked = parse_json(sys::read_file(request));
	Parsed parsed =
		parse_options(asked.at("argv").get<std::vector<std::string>>(), Program::target);
	int status = parsed.status.value_or(2);
	if (!parsed.status) {
		parsed.options.session_request = request;
		parsed.options.journal = session.file("journal");
		parsed.options.work = session.directory / "work";
		fs::create_directories(parsed.options.work);
		status = guarded(session_command, parsed.options);
	}
	sys::write_file(session.file("status"), fmt::format("{}\n", status));
	std::fflush(nullptr);
	_exit(0);
}

/// A host that does not know whether it was understood asks again: one session is started.
int start_session(const Session &session)
{
	const sys::Fd file(open(session.file("started").c_str(),
				O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	if (file.get() == -1 && errno == EEXIST) {
		// Who was asked first may not have noted its process yet.
		const uint64_t begun = sys::now_ns();
		while (sys::slurp(session.file("started")).empty() &&
		       sys::now_ns() - begun < patience_ns)
			::usleep(look_every_us);
		return 0;
	}
	sys::must(file.get(), session.file("started"));
	int ends[2];
	sys::must(::pipe2(ends, O_CLOEXEC), "pipe2");
	const sys::Fd ready(ends[0]);
	sys::Fd alone(ends[1]);
	const pid_t child = sys::must(::fork(), "fork");
	if (child == 0) {
		::setsid();
		for (const int number : {SIGHUP, SIGINT})
			::signal(number, SIG_IGN);
		alone.reset();
		try {
			become_session(session);
		} catch (const std::exception &error) {
			sys::say(fmt::format("tagtrap: {}\n", error.what()));
			_exit(3);
		}
	}
	alone.reset();
	const std::string text = fmt::format("{}\n", child);
	sys::must(::write(file.get(), text.data(), text.size()), session.file("started"));
	::fdatasync(file.get());
	char byte = 0;
	return ::read(ready.get(), &byte, 1) == 0 ? 0 : 3;
}

/// Passes on the journal's whole lines as they come.
class Tail {
public:
	Tail(fs::path path, off_t offset) : path_(std::move(path)), offset_(offset) {}

	void pass_on()
	{
		if (!file_)
			file_ = sys::Fd(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
		if (!file_)
			return;
		std::string text(1 << 16, 0);
		while (true) {
			const ssize_t count =
				::pread(file_.get(), text.data(), text.size(), offset_);
			if (count <= 0)
				return;
			const size_t end =
				text.substr(0, static_cast<size_t>(count)).rfind('\n') + 1;
			if (end == 0) { // not even one whole line
				if (static_cast<size_t>(count) < text.size())
					return;
				text.resize(2 * text.size());
				continue;
			}
			put(std::string_view(text).substr(0, end));
			offset_ += static_cast<off_t>(end);
		}
	}

private:
	static void put(std::string_view text)
	{
		while (!text.empty()) {
			const ssize_t count =
				sys::must(::write(1, text.data(), text.size()), "telling the host");
			text.remove_prefix(static_cast<size_t>(count));
		}
	}

	fs::path path_;
	off_t offset_;
	sys::Fd file_;
};

/// Lines of the journal from `offset` on, a beat every second, and at last how it ended.
int follow_session(const Session &session, off_t offset)
{
	Tail journal(session.file("journal"), offset);
	uint64_t beaten = 0;
	for (unsigned beat = 0;; ::usleep(look_every_us)) {
		const bool runs = process_of(session) > 0;
		const std::string status = sys::slurp(session.file("status"));
		journal.pass_on(); // whatever was written before it ended
		if (!status.empty() || !runs) {
			print_line({{"exit",
				     status.empty() ? Json() : Json(std::atoi(status.c_str()))}});
			return 0;
		}
		if (const uint64_t now = sys::now_ns(); now - beaten >= beat_every_ns) {
			beaten = now;
			print_line({{"beat", beat++}});
		}
	}
}

int stop_session(const Session &session)
{
	const uint64_t begun = sys::now_ns();
	for (int number = SIGTERM;; ::usleep(look_every_us)) {
		const pid_t process = process_of(session);
		if (process <= 0)
			return 0;
		if (sys::now_ns() - begun > patience_ns)
			number = SIGKILL;
		if (sys::now_ns() - begun > 2 * patience_ns)
			return 3;
		::kill(process, number);
	}
}

} // namespace

int remote_command(const Options &options)
{
	const auto &words = options.words;
	const std::string what = words.empty() ? "" : words[0];
	if (what == "facts")
		return tell_facts();
	if (words.size() < 3)
		throw sys::Problem("remote: it is asked for by ./run.sh --on", 2);
	const Session session = {words[1], words[2]};
	if (what == "start")
		return start_session(session);
	if (what == "stop")
		return stop_session(session);
	if (what == "follow" && words.size() == 4)
		return follow_session(session, std::atoll(words[3].c_str()));
	throw sys::Problem("remote: it is asked for by ./run.sh --on", 2);
}

} // namespace tagtrap
