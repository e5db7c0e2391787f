// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <stdlib.h>

#include "harness/sys/must.h"

namespace tagtrap::selftest {

/// A directory for one test, removed with all that is in it.
struct Scratch {
	std::filesystem::path path = made();

	Scratch() = default;
	Scratch(const Scratch &) = delete;
	Scratch &operator=(const Scratch &) = delete;
	~Scratch()
	{
		std::error_code ignored;
		std::filesystem::remove_all(path, ignored);
	}

private:
	static std::filesystem::path made()
	{
		auto name =
			(std::filesystem::temp_directory_path() / "tagtrap-test-XXXXXX").string();
		if (::mkdtemp(name.data()) == nullptr)
			sys::must(-1, "mkdtemp " + name);
		return name;
	}
};

} // namespace tagtrap::selftest
