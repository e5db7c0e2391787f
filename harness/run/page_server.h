// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>

#include "harness/sys/owned.h"

namespace tagtrap::states {

/// Registers pages with userfaultfd(2) and delivers them, one by one, from a thread of its own:
/// zero pages, or copies of `content`. Throws sys::Unreached where that is not to be had.
class PageServer {
public:
	/// `content`: as many bytes as are registered, or null.
	PageServer(unsigned char *at, size_t bytes, size_t page, const unsigned char *content);
	PageServer(const PageServer &) = delete;
	PageServer &operator=(const PageServer &) = delete;
	~PageServer();

private:
	void serve();
	void deliver(uint64_t address);

	unsigned char *at_;
	size_t page_;
	const unsigned char *content_;
	sys::Fd faults_, stop_, stopped_;
	std::thread thread_;
};

} // namespace tagtrap::states
