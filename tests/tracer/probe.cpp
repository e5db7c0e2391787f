// SPDX-License-Identifier: GPL-2.0-only
#include "tests/tracer/probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>

namespace tagtrap::tracer {

namespace {

sys::Fd open_file(const std::string &path, int flags)
{
	return sys::Fd(static_cast<int>(
		done(sys::raw(SYS_openat, sys::arg(AT_FDCWD), sys::arg(path.c_str()), arg(flags)),
		     path.c_str())));
}

sys::Fd open_list(const char *list)
{
	return open_file(list, O_WRONLY | O_APPEND | O_CLOEXEC);
}

int64_t command(const sys::Fd &file, const std::string &line)
{
	return sys::raw(SYS_write, sys::arg(file.get()), sys::arg(line.data()), line.size());
}

} // namespace

Probe::Probe(const char *list, const std::string &what)
	: list_(open_list(list)), name_(fmt::format("tagtrap/probe{}", sys::raw(SYS_getpid)))
{
	done(command(list_, fmt::format("p:{} {}\n", name_, what)), list);
}

Probe::~Probe()
{
	command(list_, fmt::format("-:{}\n", name_));
}

perf_event_attr Probe::attributes() const
{
	const std::string path = fmt::format("/sys/kernel/tracing/events/{}/id", name_);
	const sys::Fd file = open_file(path, O_RDONLY | O_CLOEXEC);
	std::array<char, 24> digits = {};
	done(sys::raw(SYS_read, sys::arg(file.get()), sys::arg(digits.data()), digits.size() - 1),
	     path.c_str());
	perf_event_attr made = {};
	made.type = PERF_TYPE_TRACEPOINT;
	made.config = std::stoul(digits.data());
	made.sample_period = 1;
	made.sample_type = PERF_SAMPLE_RAW;
	return made;
}

bool fetched_both(const Samples &samples)
{
	const auto hits = samples.all();
	if (hits.empty())
		done(-ENODATA, "the probe was not hit");
	// Both arguments are in the record, wherever this kernel puts them.
	const std::string_view record(reinterpret_cast<const char *>(hits.front().words.data()),
				      hits.front().words.size() * sizeof(uint64_t));
	const std::string_view wanted(text, text_size);
	const size_t first = record.find(wanted);
	return first != record.npos && record.find(wanted, first + 1) != record.npos;
}

std::string no_probes(const char *list)
{
	try {
		open_list(list);
		const Event event(page_faults(PERF_SAMPLE_RAW));
		return "";
	} catch (const std::system_error &error) {
		return error.what();
	}
}

} // namespace tagtrap::tracer
