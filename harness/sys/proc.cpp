// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/proc.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sstream>

#include "harness/sys/owned.h"

namespace tagtrap::sys {

namespace {

/// Names of the entries of `path` that are numbers.
std::vector<pid_t> numbers_in(const std::string &path)
{
	std::vector<pid_t> found;
	DIR *const directory = opendir(path.c_str());
	if (directory == nullptr)
		return found;
	while (const dirent *entry = readdir(directory))
		if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])))
			found.push_back(
				static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10)));
	closedir(directory);
	return found;
}

bool read_task(const std::string &path, pid_t tid, TaskStat &task)
{
	if (!parse_stat(slurp(path + "/stat"), task))
		return false;
	task.tid = tid;
	task.voluntary_switches = status_field(slurp(path + "/status"), "voluntary_ctxt_switches");
	return true;
}

} // namespace

std::string slurp(const std::string &path)
{
	const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
	std::string text;
	std::string part(65536, '\0');
	while (file && text.size() < part.size()) {
		const ssize_t count = read(file.get(), part.data(), part.size());
		if (count <= 0)
			break;
		text.append(part, 0, static_cast<size_t>(count));
		// A second read of a /proc file that changes would append the end of another text.
		if (static_cast<size_t>(count) < 4096)
			break;
	}
	return text;
}

bool spew(const std::string &path, const std::string &text)
{
	const Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
	return file &&
	       write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool parse_stat(const std::string &line, TaskStat &task)
{
	// The name may hold anything, parentheses too: it ends at the last one.
	const auto open = line.find('(');
	const auto close = line.rfind(')');
	if (open == std::string::npos || close == std::string::npos || close < open)
		return false;
	task.name = line.substr(open + 1, close - open - 1);
	std::istringstream rest(line.substr(close + 1));
	std::vector<std::string> fields;
	for (std::string word; rest >> word;)
		fields.push_back(word);
	if (fields.size() < 13)
		return false;
	const auto number = [&](size_t field) { // numbered as in proc(5)
		return std::strtoull(fields[field - 3].c_str(), nullptr, 10);
	};
	task.state = fields[0][0];
	task.minor_faults = number(10);
	task.user_ticks = number(14);
	task.system_ticks = number(15);
	return true;
}

uint64_t status_field(const std::string &text, const std::string &key)
{
	std::istringstream lines(text);
	for (std::string line; std::getline(lines, line);)
		if (line.starts_with(key + ":"))
			return std::strtoull(line.c_str() + key.size() + 1, nullptr, 10);
	return 0;
}

std::vector<TaskStat> tasks(pid_t process)
{
	std::vector<TaskStat> found;
	const std::string path = "/proc/" + std::to_string(process) + "/task";
	for (const pid_t tid : numbers_in(path)) {
		TaskStat task;
		if (read_task(path + "/" + std::to_string(tid), tid, task))
			found.push_back(std::move(task));
	}
	return found;
}

std::vector<TaskStat> uring_kernel_threads()
{
	std::vector<TaskStat> found;
	for (const pid_t pid : numbers_in("/proc")) {
		const std::string path = "/proc/" + std::to_string(pid);
		const std::string name = slurp(path + "/comm");
		TaskStat task;
		if ((name.starts_with("io_wqe") || name.starts_with("io_uring-sq")) &&
		    read_task(path, pid, task))
			found.push_back(std::move(task));
	}
	return found;
}

uint64_t now_ns()
{
	timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u +
	       static_cast<uint64_t>(time.tv_nsec);
}

} // namespace tagtrap::sys
