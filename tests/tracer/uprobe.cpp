// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>
#include <sys/mman.h>

#include "tests/tracer/probe.h"

namespace tagtrap {

// F8: a probe in the caller's program fetches what an argument points to.
namespace {

constexpr uint64_t probed_at = 4;

/// What is probed is a branch to the next instruction. The kernel does that itself: nothing is
/// stepped over elsewhere, so that a signal comes behind it, and not again and again.
sys::Fd make_function()
{
	constexpr uint32_t nop = 0xd503201f, branch = 0x14000001, ret = 0xd65f03c0;
	constexpr std::array<uint32_t, 4> code = {nop, branch, nop, ret};
	sys::Fd file(static_cast<int>(done(
		sys::raw(SYS_memfd_create, sys::arg("function"), MFD_CLOEXEC), "memfd_create")));
	done(sys::raw(SYS_write, sys::arg(file.get()), sys::arg(code.data()), sizeof(code)),
	     "writing a function");
	return file;
}

int64_t fetch(const ProbeArgs &args)
{
	const sys::Fd function = make_function();
	const tracer::Memory code(args.page_size, PROT_READ | PROT_EXEC, function.get());
	const tracer::Probe probe(tracer::uprobe_list,
				  fmt::format("/proc/self/fd/{}:{:#x} "
					      "word=+0(%x0):u64 string=+0(%x0):string",
					      function.get(), probed_at));
	const tracer::Event event(probe.attributes());
	const tracer::Samples samples(event, args.page_size);
	event.on();
	reinterpret_cast<void (*)(uint64_t)>(code.start())(args.buffer.bits);
	event.off();
	return tracer::judged(args, 0, tracer::fetched_both(samples));
}

std::string no_probes()
{
	return tracer::no_probes(tracer::uprobe_list);
}

constexpr Situation situation = {.audience = Audience::uninvited,
				 .needs_root = true,
				 .fill = tracer::put_text,
				 .lacks = no_probes};
constexpr int needs[] = {SYS_memfd_create, SYS_perf_event_open};

} // namespace

static const Case row = tracer::fetching("uprobe-argument", "Documentation/trace/uprobetracer.rst",
					 situation, needs, fetch);
static const Registered registered(row);

} // namespace tagtrap
