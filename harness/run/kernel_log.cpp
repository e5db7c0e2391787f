// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/kernel_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace tagtrap {

namespace {

constexpr size_t longest_record = 8192; // what the kernel hands out at most

// How complaints begin. Stalls are told as "rcu: INFO:" and "watchdog: BUG:".
constexpr std::string_view beginnings[] = {
	"WARNING: ", "BUG: ",        "watchdog: BUG: ",          "INFO: task",
	"INFO: rcu", "rcu: INFO: ",  "INFO: trying to register", "Internal error: ",
	"UBSAN: ",   "Kernel panic", "Unable to handle kernel ",
};

} // namespace

std::string_view complaint_in(std::string_view record)
{
	constexpr int facilities = 8; // times the facility, plus the level
	int priority = 0;
	size_t at = 0;
	for (; at < record.size() && record[at] >= '0' && record[at] <= '9' && at < 4; ++at)
		priority = 10 * priority + (record[at] - '0');
	const size_t text = record.find(';');
	if (at == 0 || priority >= facilities || text == std::string_view::npos)
		return {}; // none, or a program has written it
	const auto line = record.substr(text + 1, record.find('\n', text) - text - 1);
	const bool bad = std::ranges::any_of(
		beginnings, [&](std::string_view begin) { return line.starts_with(begin); });
	return bad ? line : std::string_view();
}

KernelLog::KernelLog(const char *path) : fd_(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
{
	if (fd_)
		lseek(fd_.get(), 0, SEEK_END);
}

std::string KernelLog::complaint()
{
	std::string first;
	if (!fd_)
		return first;
	std::array<char, longest_record> record;
	while (true) {
		const ssize_t size = read(fd_.get(), record.data(), record.size());
		if (size < 0 && (errno == EPIPE || errno == EINTR)) // EPIPE: records were lost
			continue;
		if (size <= 0)
			return first;
		if (first.empty())
			first = complaint_in({record.data(), static_cast<size_t>(size)});
	}
}

} // namespace tagtrap
