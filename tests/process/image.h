// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// A program for execve(2) that needs no file system and does nothing but leave.
#include "tests/situation.h"

namespace tagtrap {

inline constexpr int image_needs[] = {SYS_execveat, SYS_memfd_create};

/// The descriptor of the program. Made by the first call, by the parent.
int image_fd();

/// `lacks` of situations that execute it: makes it before there are worker children, which must
/// have as many descriptors behind a call as before. Why it cannot be made; empty: it is there.
std::string no_image();

/// Executes it, with `words` (an array of pointers, null at its end) as arguments. Returns only
/// when that fails, and then what the call did. Raw system calls only.
int64_t execute(uint64_t words);

/// As above, with arguments that are right.
void execute();

/// What became of a child that executed it: notes the signal that ended the image. Returns `result`
/// if the image did what it should.
int64_t told(int status, const ProbeArgs &args, int64_t result);

/// A signal ended the child in the call under test itself.
int64_t died(int status, const ProbeArgs &args);

} // namespace tagtrap
