// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/remote_board.h"

#include <csignal>
#include <fmt/format.h>

#include "harness/sys/file.h"
#include "harness/sys/proc.h"

namespace tagtrap::selftest {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

Board::Board(const Mood &mood, uint32_t seed) : mood_(mood), dice_(seed)
{
	fs::create_directories(home());
	set_boot(static_cast<uint32_t>(dice_()));
	const std::string text = fmt::format("#!/bin/sh\n"
					     "[ \"$2\" = facts ] && {{ echo "
					     "\"{{\\\"boot_id\\\":\\\"$(cat {})\\\"}}\"; exit; }}\n"
					     "exec {} \"$@\"\n",
					     (scratch_.path / "boot").string(), TAGTRAP_PROGRAM);
	sys::write_file(scratch_.path / "tagtrap", text);
	if (mood.boots + mood.kills > 0)
		fate_ = std::jthread([this, seed](const std::stop_token &stop) {
			strike(stop, std::mt19937(seed));
		});
}

remote::RemoteRun Board::run(const std::vector<std::string> &specs)
{
	remote::RemoteRun run;
	run.transport = {.name = "fake",
			 .home = home().string(),
			 .command = [this](const std::string &script) { return command(script); },
			 .push = [this](const std::string &from,
					const std::string &to) { return push(from, to); }};
	run.binary = scratch_.path / "tagtrap";
	run.out = out();
	fs::create_directories(run.out);
	run.argv = {"run", "--quick"};
	run.argv.insert(run.argv.end(), specs.begin(), specs.end());
	run.machine = {{"kind", "native"}};
	run.boot_timeout = 60s;
	run.say = [this](const std::string &line) { said.push_back(line); };
	return run;
}

fs::path Board::latest(const std::string &name) const
{
	fs::path last;
	fs::file_time_type when = fs::file_time_type::min();
	std::error_code error; // the run's directory may be removed under our eyes
	for (fs::directory_iterator run(home(), error); run != fs::directory_iterator();
	     run.increment(error)) {
		std::error_code none;
		for (fs::directory_iterator file(run->path(), none);
		     file != fs::directory_iterator(); file.increment(none)) {
			const auto time = fs::last_write_time(file->path(), none);
			if (!none && time >= when &&
			    file->path().filename().string().starts_with("started.")) {
				when = time;
				last = file->path();
			}
		}
	}
	return last.empty() ? last : last.parent_path() / (name + last.extension().string());
}

pid_t Board::session() const
{
	const pid_t process = std::atoi(sys::slurp(latest("started")).c_str());
	return process > 0 ? process : -1;
}

void Board::set_boot(uint32_t boot)
{
	sys::write_file(scratch_.path / "boot", std::to_string(boot));
}

remote::Words Board::command(const std::string &script)
{
	const std::string there = "cd " + home().string() + " && " + script;
	if (happens(mood_.refuses))
		return {"sh", "-c", "exit 255"};
	const bool follows = script.find(" remote follow ") != std::string::npos;
	if (!follows && happens(mood_.forgets))
		return {"sh", "-c", there + " >/dev/null"};
	if (mood_.hangs_up && follows)
		return {"sh", "-c", fmt::format("{} | head -c {}", there, 1 + dice_() % 40'000)};
	return {"sh", "-c", there};
}

remote::Words Board::push(const std::string &from, const std::string &to)
{
	if (happens(mood_.halves))
		return {"sh", "-c", fmt::format("head -c 20 {} >{}; exit 1", from, to)};
	return {"cp", from, to};
}

/// Each session is struck once, when its journal has grown to some length, until all blows have
/// fallen.
void Board::strike(const std::stop_token &stop, std::mt19937 dice)
{
	pid_t struck = -1;
	for (size_t length = 30'000 + dice() % 40'000;
	     !stop.stop_requested() && killed + booted < mood_.kills + mood_.boots;
	     std::this_thread::sleep_for(1ms)) {
		const pid_t process = session();
		std::error_code error;
		if (process <= 0 || process == struck || ::kill(process, 0) != 0 ||
		    fs::file_size(latest("journal"), error) < length || error)
			continue;
		const bool boots = booted < mood_.boots;
		if (boots)
			set_boot(static_cast<uint32_t>(dice()));
		::kill(-process, SIGKILL);
		++(boots ? booted : killed);
		struck = process;
		length = 30'000 + dice() % 40'000;
	}
}

} // namespace tagtrap::selftest
