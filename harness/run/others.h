// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <sys/types.h>

namespace tagtrap {

/// P6: a second task that makes, writes, reads and removes files in a directory, over and over.
/// Parent only; its destructor ends the task, within a bound.
class Others {
public:
	/// Forks. Throws std::system_error.
	explicit Others(const std::string &directory);
	Others(const Others &) = delete;
	Others &operator=(const Others &) = delete;
	~Others();

	/// Rounds finished so far.
	uint64_t rounds() const { return rounds_->load(); }

private:
	std::string path_;
	std::atomic<uint64_t> *rounds_ = nullptr;
	pid_t pid_ = -1;
};

} // namespace tagtrap
