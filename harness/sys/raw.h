// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cerrno>
#include <cstdint>
#include <sys/syscall.h>
#include <unistd.h>

namespace tagtrap::sys {

/// A pointer for the kernel only. Has no operator*: touching it here would raise the fault that
/// is under test.
struct UserPtr {
	uint64_t bits = 0;
};

/// Marks a call under test: passed in the fifth argument, which none of the calls that carry it
/// looks at on a 64-bit kernel, so that a seccomp filter can tell it from the harness's own calls.
inline constexpr uint64_t counted_cookie = 0x74616774726170;

/// What probes pass there: counted_cookie where entries are counted, else 0.
inline uint64_t probe_cookie = 0;

/// Enters the kernel once, without libc in between, and returns what it returned: a count or
/// -errno. Never retries: EINTR is an answer. A part of the function that uses it, since a child
/// that shares memory with its sleeping parent must not return from where the parent has to.
[[gnu::always_inline]] inline int64_t raw(long number, uint64_t a = 0, uint64_t b = 0,
					  uint64_t c = 0, uint64_t d = 0, uint64_t e = 0,
					  uint64_t f = 0)
{
#if defined(__aarch64__)
	register uint64_t x8 asm("x8") = static_cast<uint64_t>(number);
	register uint64_t x0 asm("x0") = a;
	register uint64_t x1 asm("x1") = b;
	register uint64_t x2 asm("x2") = c;
	register uint64_t x3 asm("x3") = d;
	register uint64_t x4 asm("x4") = e;
	register uint64_t x5 asm("x5") = f;
	asm volatile("svc #0"
		     : "+r"(x0)
		     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
		     : "memory", "cc");
	return static_cast<int64_t>(x0);
#elif defined(__x86_64__)
	register uint64_t r10 asm("r10") = d;
	register uint64_t r8 asm("r8") = e;
	register uint64_t r9 asm("r9") = f;
	int64_t result;
	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory", "cc");
	return result;
#else
	const long result = syscall(number, a, b, c, d, e, f);
	return result == -1 ? -errno : result;
#endif
}

/// Shorthand for arguments of raw().
template <class T> uint64_t arg(T *pointer)
{
	return reinterpret_cast<uint64_t>(pointer);
}
inline uint64_t arg(int value)
{
	return static_cast<uint64_t>(static_cast<int64_t>(value));
}

} // namespace tagtrap::sys
