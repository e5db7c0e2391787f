// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <span>
#include <string>

namespace tagtrap {

/// Which of the system calls `numbers` this machine does not have, or does not let this process
/// make whatever it asks for, and why: "io_setup: Function not implemented". Each is made once, by
/// a child, with arguments that are all ones, which no kernel can do anything with. For those that
/// return at once (no pause(2)) and take a pointer, a descriptor or flags.
std::map<int, std::string> refused_calls(std::span<const int> numbers);

} // namespace tagtrap
