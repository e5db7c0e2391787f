// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/latency.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/proc.h"

namespace tagtrap {
namespace {

constexpr auto switch_file = "/proc/sys/kernel/mte_uaccess_signal";
constexpr int rounds = 12, calls_in_a_round = 1000;

/// What the calls act upon.
struct Ground {
	sys::Fd memory = sys::Fd(sys::must(memfd_create("latency", MFD_CLOEXEC), "memfd_create"));
	sys::Fd from, to; ///< a pipe
	std::array<char, 4096> page = {};

	Ground()
	{
		std::array<int, 2> ends;
		sys::must(pipe2(ends.data(), O_CLOEXEC), "pipe2");
		from = sys::Fd(ends[0]);
		to = sys::Fd(ends[1]);
	}
};

struct Timed {
	const char *name;
	void (*issue)(Ground &ground);
};

void expect(long got, long due, const char *what)
{
	if (got != due)
		sys::must(-1, what);
}

constexpr std::array timed = {
	Timed{"getppid", [](Ground &) { syscall(SYS_getppid); }},
	Timed{"write and read, 1 byte, pipe",
	      [](Ground &ground) {
		      expect(syscall(SYS_write, ground.to.get(), ground.page.data(), 1), 1,
			     "write");
		      expect(syscall(SYS_read, ground.from.get(), ground.page.data(), 1), 1,
			     "read");
	      }},
	Timed{"pwrite64, 4096 bytes, tmpfs",
	      [](Ground &ground) {
		      expect(syscall(SYS_pwrite64, ground.memory.get(), ground.page.data(), 4096,
				     0),
			     4096, "pwrite64");
	      }},
	Timed{"pread64, 4096 bytes, tmpfs",
	      [](Ground &ground) {
		      expect(syscall(SYS_pread64, ground.memory.get(), ground.page.data(), 4096, 0),
			     4096, "pread64");
	      }},
	Timed{"faccessat, a path of 10 bytes",
	      [](Ground &) { syscall(SYS_faccessat, AT_FDCWD, "/proc/self", F_OK); }},
};

double round_ns(const Timed &call, Ground &ground)
{
	const uint64_t began = sys::now_ns();
	for (int i = 0; i < calls_in_a_round; ++i)
		call.issue(ground);
	return static_cast<double>(sys::now_ns() - began) / calls_in_a_round;
}

} // namespace

std::vector<Latency> switch_latencies()
{
	std::string before = sys::slurp(switch_file);
	std::erase(before, '\n');
	if (before.empty() || !sys::spew(switch_file, before))
		return {};
	const std::string on = before == "off" ? "sigsegv" : before;
	Ground ground;
	std::vector<Latency> rows;
	for (const auto &call : timed) {
		Latency row = {call.name, std::numeric_limits<double>::max(),
			       std::numeric_limits<double>::max()};
		for (int i = 0; i < rounds; ++i) {
			sys::spew(switch_file, "off");
			row.off_ns = std::min(row.off_ns, round_ns(call, ground));
			sys::spew(switch_file, on);
			row.on_ns = std::min(row.on_ns, round_ns(call, ground));
		}
		rows.push_back(row);
	}
	sys::spew(switch_file, before);
	return rows;
}

std::string latency_text(const std::vector<Latency> &rows)
{
	if (rows.empty())
		return "";
	std::string text = fmt::format("{:<32} {:>9} {:>9} {:>7}\n",
				       "mte_uaccess_signal, ns a call", "off", "on", "on/off");
	for (const auto &row : rows)
		text += fmt::format("{:<32} {:>9.0f} {:>9.0f} {:>7.2f}\n", row.call, row.off_ns,
				    row.on_ns, row.on_ns / row.off_ns);
	return text;
}

} // namespace tagtrap
