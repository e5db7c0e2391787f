// SPDX-License-Identifier: GPL-2.0-only
#include "tests/tracer/probe.h"

namespace tagtrap {

// F8: a probe in the kernel fetches what an argument of the caller's system call points to. Where
// it is made by a breakpoint, tag checks are off: the exception has set PSTATE.TCO (read
// in 6.12, 7.3).
namespace {

// The call takes no arguments: its first two registers are the probe's own.
constexpr const char *what = "__arm64_sys_getppid "
			     "word=+u0(+0(%x0)):u64 string=+u0(+8(%x0)):ustring";

int64_t fetch(const ProbeArgs &args)
{
	const tracer::Probe probe(tracer::kprobe_list, what);
	const tracer::Event event(probe.attributes());
	const tracer::Samples samples(event, args.page_size);
	event.on();
	const int64_t parent = sys::raw(SYS_getppid, tracer::untagged_text(args), args.buffer.bits);
	event.off();
	return tracer::judged(args, parent > 0 ? 0 : parent, tracer::fetched_both(samples));
}

std::string no_probes()
{
	return tracer::no_probes(tracer::kprobe_list);
}

constexpr Situation situation = {.audience = Audience::uninvited,
				 .needs_root = true,
				 .fill = tracer::put_text,
				 .lacks = no_probes};
constexpr int needs[] = {SYS_perf_event_open, SYS_getppid};

} // namespace

static const Case row = tracer::fetching("kprobe-argument", "Documentation/trace/kprobetrace.rst",
					 situation, needs, fetch);
static const Registered registered(row);

} // namespace tagtrap
