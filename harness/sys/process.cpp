// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/process.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sys/must.h"
#include "harness/sys/owned.h"

namespace tagtrap::sys {
namespace {

using SpawnActions = posix_spawn_file_actions_t;

struct Pipe {
	Fd read, write;
};

Pipe open_pipe()
{
	std::array<int, 2> ends = {};
	must(pipe2(ends.data(), O_CLOEXEC), "pipe2");
	return {Fd(ends[0]), Fd(ends[1])};
}

/// Our environment with the words of `extra` put in their variables' place.
std::vector<std::string> merged_environment(const std::vector<std::string> &extra)
{
	std::vector<std::string> merged = extra;
	for (char **word = environ; *word != nullptr; ++word) {
		const std::string_view entry = *word;
		const auto name = entry.substr(0, entry.find('=') + 1);
		if (std::ranges::none_of(extra, [&](auto &own) { return own.starts_with(name); }))
			merged.emplace_back(entry);
	}
	return merged;
}

std::vector<char *> pointers(const std::vector<std::string> &words)
{
	std::vector<char *> result;
	for (const auto &word : words)
		result.push_back(const_cast<char *>(word.c_str()));
	result.push_back(nullptr);
	return result;
}

/// Reads both pipes until the last writer has closed them.
void drain(Pipe &out, Pipe &err, Finished &how)
{
	std::array<pollfd, 2> waits = {pollfd{out.read.get(), POLLIN, 0},
				       pollfd{err.read.get(), POLLIN, 0}};
	const std::array<std::string *, 2> texts = {&how.out, &how.err};
	std::array<char, 65536> buffer = {};
	while (waits[0].fd != -1 || waits[1].fd != -1) {
		if (poll(waits.data(), waits.size(), -1) == -1) {
			if (errno != EINTR)
				must(-1, "poll");
			continue;
		}
		for (size_t i = 0; i < waits.size(); ++i) {
			if (waits[i].fd == -1 || waits[i].revents == 0)
				continue;
			const ssize_t got = read(waits[i].fd, buffer.data(), buffer.size());
			if (got > 0)
				texts[i]->append(buffer.data(), static_cast<size_t>(got));
			else if (got == 0 || errno != EINTR)
				waits[i].fd = -1;
		}
	}
}

int wait_for(pid_t child)
{
	int status = 0;
	while (waitpid(child, &status, 0) == -1)
		if (errno != EINTR)
			must(-1, "waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t spawn(const Command &command, const SpawnActions &actions)
{
	if (command.inherit)
		std::fflush(stdout); // what the program prints comes behind it
	auto argv = pointers(command.argv);
	const auto words = merged_environment(command.environment);
	auto environment = pointers(words);
	pid_t child = -1;
	const int error =
		posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environment.data());
	if (error != 0)
		throw std::system_error(error, std::generic_category(),
					"cannot run " + command.argv[0]);
	return child;
}

} // namespace

CommandFailed::CommandFailed(const Command &command, Finished how)
	: std::runtime_error(shell_line(command.argv) + ": status " + std::to_string(how.status) +
			     (how.err.empty() ? "" : ": " + last_lines(how.err, 1))),
	  finished(std::move(how))
{
}

Finished run(const Command &command)
{
	Finished how;
	const bool captured = command.log.empty() && !command.inherit;
	Pipe out, err;
	SpawnActions actions;
	posix_spawn_file_actions_init(&actions);
	if (!command.directory.empty())
		posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
	if (!command.inherit)
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (captured) {
		out = open_pipe();
		err = open_pipe();
		posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
		posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
	} else if (!command.log.empty()) {
		posix_spawn_file_actions_addopen(&actions, 1, command.log.c_str(),
						 O_WRONLY | O_CREAT | O_APPEND, 0644);
		posix_spawn_file_actions_adddup2(&actions, 1, 2);
	}
	pid_t child = -1;
	try {
		child = spawn(command, actions);
	} catch (...) {
		posix_spawn_file_actions_destroy(&actions);
		throw;
	}
	posix_spawn_file_actions_destroy(&actions);
	if (captured) {
		out.write.reset();
		err.write.reset();
		drain(out, err, how);
	}
	how.status = wait_for(child);
	return how;
}

std::string output_of(const Command &command)
{
	auto how = run(command);
	if (how.status != 0)
		throw CommandFailed(command, std::move(how));
	return std::move(how.out);
}

void become(const std::vector<std::string> &argv)
{
	std::fflush(stdout); // it would be lost
	auto words = pointers(argv);
	execvp(words[0], words.data());
	throw std::system_error(errno, std::generic_category(), "cannot run " + argv[0]);
}

bool on_path(std::string_view name)
{
	if (name.find('/') != std::string_view::npos)
		return access(std::string(name).c_str(), X_OK) == 0;
	const char *variable = std::getenv("PATH");
	std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
	while (true) {
		const auto colon = rest.find(':');
		const std::string file =
			std::string(rest.substr(0, colon)) + '/' + std::string(name);
		if (access(file.c_str(), X_OK) == 0)
			return true;
		if (colon == std::string_view::npos)
			return false;
		rest.remove_prefix(colon + 1);
	}
}

std::string shell_line(const std::vector<std::string> &argv)
{
	constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_@%+=:,./-";
	std::string line;
	for (const auto &word : argv) {
		if (!line.empty())
			line += ' ';
		if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) {
			line += word;
			continue;
		}
		line += '\'';
		for (const char c : word)
			line += c == '\'' ? std::string("'\\''") : std::string(1, c);
		line += '\'';
	}
	return line;
}

std::string last_lines(std::string_view text, int count)
{
	std::string result;
	while (count > 0 && !text.empty()) {
		const auto end = text.find_last_not_of("\n\r ");
		if (end == std::string_view::npos)
			break;
		text = text.substr(0, end + 1);
		const auto start = text.rfind('\n');
		const auto line = start == std::string_view::npos ? text : text.substr(start + 1);
		result = std::string(line) + (result.empty() ? "" : "\n") + result;
		text = start == std::string_view::npos ? "" : text.substr(0, start);
		--count;
	}
	return result;
}

} // namespace tagtrap::sys
