// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/sys/must.h"

namespace tagtrap::sys {

std::string read_file(const std::filesystem::path &path)
{
	const Fd file(must(open(path.c_str(), O_RDONLY | O_CLOEXEC), path.string()));
	std::string text;
	std::array<char, 65536> buffer = {};
	while (true) {
		const ssize_t got =
			must(read(file.get(), buffer.data(), buffer.size()), path.string());
		if (got == 0)
			return text;
		text.append(buffer.data(), static_cast<size_t>(got));
	}
}

void write_file(const std::filesystem::path &path, std::string_view text)
{
	const std::string temporary = path.string() + ".new." + std::to_string(getpid());
	try {
		const Fd file(must(
			open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644),
			path.string()));
		while (!text.empty()) {
			const ssize_t put =
				must(write(file.get(), text.data(), text.size()), path.string());
			text.remove_prefix(static_cast<size_t>(put));
		}
		must(rename(temporary.c_str(), path.c_str()), path.string());
	} catch (...) {
		unlink(temporary.c_str());
		throw;
	}
}

Fd lock_file(const std::filesystem::path &path)
{
	Fd file(must(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644), path.string()));
	while (flock(file.get(), LOCK_EX) == -1)
		if (errno != EINTR)
			must(-1, "lock " + path.string());
	return file;
}

std::optional<Fd> try_lock_file(const std::filesystem::path &path)
{
	Fd file(must(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644), path.string()));
	if (flock(file.get(), LOCK_EX | LOCK_NB) == 0)
		return file;
	if (errno != EWOULDBLOCK)
		must(-1, "lock " + path.string());
	return std::nullopt;
}

std::string content_key(std::string_view text)
{
	uint64_t hash = 0xcbf29ce484222325;
	for (const char c : text)
		hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
	std::array<char, 17> digits = {};
	std::snprintf(digits.data(), digits.size(), "%016llx",
		      static_cast<unsigned long long>(hash));
	return digits.data();
}

} // namespace tagtrap::sys
