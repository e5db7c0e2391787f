// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// Cases that misbehave on purpose when the buffer holds a bad granule, so that tests of the suite
// can see what it makes of that. With a good tag each one reads like read(2). None of them lets the
// kernel touch a bad granule: what they do does not depend on the kernel.
#include "tests/suite.h"

namespace tagtrap::inject {

inline constexpr PlaceKind pipes[] = {PlaceKind::pipe};

/// The granule is there: time to misbehave.
inline bool bad(const ProbeArgs &args)
{
	return args.good < args.length;
}

/// read(2) of what lies before the bad granule: what a kernel does that keeps every promise.
inline int64_t honest_read(const ProbeArgs &args)
{
	if (args.good == 0)
		return -EFAULT;
	return sys::raw(SYS_read, sys::arg(args.fd), args.buffer.bits, args.good);
}

inline Promise exact(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::exact, .reason = "a test of the suite itself"};
}

/// Row of an injected fault on a pipe.
constexpr Case on_pipe(std::string_view name, int64_t (*probe)(const ProbeArgs &),
		       std::span<const int> needs = {})
{
	return {.name = name,
		.man = "read(2)",
		.kernel = "none: a test of the suite itself",
		.direction = Direction::stores,
		.on = pipes,
		.shape = {.hidden = true},
		.needs = needs,
		.probe = probe,
		.promise = exact};
}

} // namespace tagtrap::inject
