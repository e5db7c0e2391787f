// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

#include "harness/model/record.h"

namespace tagtrap {

/// The one command, for a shell, that runs the point `id` alone on the kernel and under the
/// contract of `run`.
std::string reproduce_command(const Json &run, std::string_view id);

/// Whether a point needs a privilege, and in words what it needs.
struct Privilege {
	bool needed = false;
	std::string words;
};

Privilege privilege(const Json &run, std::string_view id);

} // namespace tagtrap
