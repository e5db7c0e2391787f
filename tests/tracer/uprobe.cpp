// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <system_error>

#include "tests/tracer/event.h"

namespace tagtrap {

// F8: a probe in the caller's program fetches what an argument points to.
namespace {

constexpr const char *list = "/sys/kernel/tracing/uprobe_events";
constexpr uint64_t probed_at = 4;

sys::Fd open_file(const std::string &path, int flags)
{
	return sys::Fd(static_cast<int>(
		done(sys::raw(SYS_openat, sys::arg(AT_FDCWD), sys::arg(path.c_str()), arg(flags)),
		     path.c_str())));
}

sys::Fd open_list()
{
	return open_file(list, O_WRONLY | O_APPEND | O_CLOEXEC);
}

int64_t command(const sys::Fd &file, const std::string &line)
{
	return sys::raw(SYS_write, sys::arg(file.get()), sys::arg(line.data()), line.size());
}

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

/// The trace event, as long as this lives.
class Probe {
public:
	explicit Probe(const sys::Fd &function)
		: list_(open_list()), name_(fmt::format("tagtrap/probe{}", sys::raw(SYS_getpid)))
	{
		const std::string line = fmt::format("p:{} /proc/self/fd/{}:{:#x} "
						     "word=+0(%x0):u64 string=+0(%x0):string\n",
						     name_, function.get(), probed_at);
		done(command(list_, line), list);
	}
	Probe(const Probe &) = delete;
	Probe &operator=(const Probe &) = delete;
	~Probe() { command(list_, fmt::format("-:{}\n", name_)); }

	perf_event_attr attributes() const
	{
		const std::string path = fmt::format("/sys/kernel/tracing/events/{}/id", name_);
		const sys::Fd file = open_file(path, O_RDONLY | O_CLOEXEC);
		std::array<char, 24> digits = {};
		done(sys::raw(SYS_read, sys::arg(file.get()), sys::arg(digits.data()),
			      digits.size() - 1),
		     path.c_str());
		perf_event_attr made = {};
		made.type = PERF_TYPE_TRACEPOINT;
		made.config = std::stoul(digits.data());
		made.sample_period = 1;
		made.sample_type = PERF_SAMPLE_RAW;
		return made;
	}

private:
	sys::Fd list_;
	std::string name_;
};

int64_t fetch(const ProbeArgs &args)
{
	const sys::Fd function = make_function();
	const tracer::Memory code(args.page_size, PROT_READ | PROT_EXEC, function.get());
	const Probe probe(function);
	const tracer::Event event(probe.attributes());
	const tracer::Samples samples(event, args.page_size);
	event.on();
	reinterpret_cast<void (*)(uint64_t)>(code.start())(args.buffer.bits);
	event.off();
	const auto hits = samples.all();
	if (hits.empty())
		done(-ENODATA, "the probe was not hit");
	// Both arguments are in the record, wherever this kernel puts them.
	const std::string_view record(reinterpret_cast<const char *>(hits.front().words.data()),
				      hits.front().words.size() * sizeof(uint64_t));
	const std::string_view wanted(tracer::text, tracer::text_size);
	const size_t first = record.find(wanted);
	return tracer::judged(
		args, 0, first != record.npos && record.find(wanted, first + 1) != record.npos);
}

std::string no_probes()
{
	try {
		open_list();
	} catch (const std::system_error &error) {
		return fmt::format("no uprobe events: {}", error.what());
	}
	return tracer::no_page_faults();
}

constexpr Situation situation = {.audience = Audience::uninvited,
				 .needs_root = true,
				 .fill = tracer::put_text,
				 .lacks = no_probes};
constexpr int needs[] = {SYS_memfd_create, SYS_perf_event_open};

} // namespace

static const Case row = {
	.name = "uprobe-argument",
	.man = "Documentation/trace/uprobetracer.rst",
	.kernel = "process_fetch_insn",
	.direction = Direction::loads,
	.on = itself,
	.situation = &situation,
	.needs = needs,
	.probe = fetch,
	.promise = whole,
};
static const Registered registered(row);

} // namespace tagtrap
