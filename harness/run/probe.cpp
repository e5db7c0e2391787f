// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/probe.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/sys/must.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

constexpr const char *probe_list = "/sys/kernel/tracing/kprobe_events";
constexpr const char *call_events = "/sys/kernel/tracing/events/syscalls";
constexpr const char *trace_instance = "/sys/kernel/tracing/instances/tagtrap";

/// x2 of do_tag_check_fault() is the pt_regs of the fault: x29 at 232, x30 at 240, pc at 256. The
/// copy routines have no frame, so that x29 leads to that of their caller; a frame is the next
/// frame and a return address.
std::string probe_line()
{
	std::string frame = "+232(%x2)";
	std::string line = "p:tagtrap/tt do_tag_check_fault at0=+256(%x2):x64 at1=+240(%x2):x64";
	for (int caller = 2; caller < 8; ++caller) {
		line += fmt::format(" at{}=+8({}):x64", caller, frame);
		frame = fmt::format("+0({})", frame);
	}
	return line;
}

void write_to(const std::string &path, const std::string &text, int flags = 0)
{
	const sys::Fd file(
		sys::must(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags), "open " + path));
	sys::must(::write(file.get(), text.data(), text.size()), "write " + path);
}

/// The number behind "KEY=" in a line of a trace; 0 where it could not be fetched.
uint64_t trace_number(std::string_view line, const std::string &key)
{
	const auto at = line.find(' ' + key + "=0x");
	if (at == std::string_view::npos)
		return 0;
	uint64_t value = 0;
	const auto digits = line.substr(at + key.size() + 4);
	std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
	return value;
}

/// The kernel's system calls; empty where it was built without FTRACE_SYSCALLS.
Json known_calls()
{
	constexpr std::string_view enter = "sys_enter_";
	std::map<std::string, Json> by_name;
	std::error_code absent;
	for (const auto &call : std::filesystem::directory_iterator(call_events, absent)) {
		const auto name = call.path().filename().string();
		if (name.starts_with(enter))
			by_name[name.substr(enter.size())] =
				parse_arguments(sys::slurp(call.path() / "format"));
	}
	Json calls = Json::array();
	for (auto &[name, arguments] : by_name)
		calls.push_back({{"name", name}, {"arguments", std::move(arguments)}});
	return calls;
}

constexpr uint64_t kernel_half = 1ULL << 55;
constexpr uint64_t top_of_kernel = 0xffffULL << 48; ///< its own code lies there, whatever the size

} // namespace

std::vector<KernelFault> parse_trace(std::string_view trace)
{
	std::vector<KernelFault> faults;
	while (!trace.empty()) {
		const auto line = trace.substr(0, trace.find('\n'));
		trace.remove_prefix(std::min(line.size() + 1, trace.size()));
		KernelFault fault;
		for (int i = 0; i < 8; ++i) {
			const uint64_t address = trace_number(line, fmt::format("at{}", i));
			if ((address & kernel_half) == 0)
				break;
			fault.at.push_back(address | top_of_kernel);
		}
		if (fault.at.empty())
			continue;
		const auto same = std::ranges::find(faults, fault.at, &KernelFault::at);
		if (same == faults.end())
			faults.push_back({fault.at, 1});
		else
			++same->count;
	}
	return faults;
}

std::vector<std::string> parse_arguments(std::string_view format)
{
	std::vector<std::string> arguments;
	constexpr std::string_view field = "\tfield:";
	bool behind_number = false; // what comes first is every event's, then the call's number
	while (!format.empty()) {
		const auto line = format.substr(0, format.find('\n'));
		format.remove_prefix(std::min(line.size() + 1, format.size()));
		if (!line.starts_with(field))
			continue;
		const auto text = line.substr(field.size(), line.find(';') - field.size());
		if (behind_number)
			arguments.emplace_back(text);
		behind_number |= text.ends_with("__syscall_nr");
	}
	return arguments;
}

CodeBases code_bases()
{
	CodeBases bases;
	std::ifstream symbols("/proc/kallsyms");
	std::string line;
	while (std::getline(symbols, line) && bases.empty())
		if (line.ends_with(" T _stext"))
			bases[std::stoull(line, nullptr, 16)] = "vmlinux";
	std::error_code absent;
	for (const auto &module : std::filesystem::directory_iterator("/sys/module", absent)) {
		std::error_code built_in;
		for (const auto &section :
		     std::filesystem::directory_iterator(module.path() / "sections", built_in)) {
			const auto name = section.path().filename().string();
			if (!name.starts_with(".text") && !name.starts_with(".noinstr.text"))
				continue;
			std::ifstream file(section.path());
			if (std::getline(file, line))
				bases[std::stoull(line, nullptr, 16)] =
					module.path().filename().string() + ':' + name;
		}
	}
	return bases;
}

std::string code_name(const CodeBases &bases, uint64_t address)
{
	auto above = bases.upper_bound(address);
	if (above == bases.begin())
		return fmt::format("{:#x}", address);
	--above;
	return fmt::format("{}+{:#x}", above->second, address - above->first);
}

Json sites_event(std::string_view group, std::string_view id,
		 const std::vector<KernelFault> &faults, const CodeBases &bases)
{
	Json list = Json::array();
	for (const KernelFault &fault : faults) {
		Json names = Json::array();
		for (const uint64_t address : fault.at)
			names.push_back(code_name(bases, address));
		list.push_back({{"at", std::move(names)}, {"count", fault.count}});
	}
	return {{"event", "sites"}, {"group", group}, {"id", id}, {"faults", std::move(list)}};
}

FaultProbe::FaultProbe()
{
	write_to(probe_list, probe_line(), O_APPEND);
	::mkdir(trace_instance, 0700); // is there already in a run behind one that was killed
	const std::string in = std::string(trace_instance) + '/';
	write_to(in + "buffer_size_kb", "256");
	write_to(in + "options/overwrite", "0");
	write_to(in + "events/tagtrap/tt/enable", "1");
	const std::string pipe = in + "trace_pipe";
	pipe_ = sys::Fd(
		sys::must(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC), "open " + pipe));
}

FaultProbe::~FaultProbe()
{
	pipe_.reset();
	sys::spew(std::string(trace_instance) + "/events/tagtrap/tt/enable", "0");
	::rmdir(trace_instance);
	const sys::Fd file(::open(probe_list, O_WRONLY | O_APPEND | O_CLOEXEC));
	constexpr std::string_view gone = "-:tagtrap/tt";
	if (file) [[maybe_unused]]
		const auto done = ::write(file.get(), gone.data(), gone.size());
}

Json FaultProbe::take(std::string_view group, std::string_view id)
{
	std::string trace;
	std::array<char, 65536> part;
	for (ssize_t got; (got = ::read(pipe_.get(), part.data(), part.size())) > 0;)
		trace.append(part.data(), static_cast<size_t>(got));
	const auto faults = parse_trace(trace);
	if (faults.empty())
		return nullptr;
	if (bases_.empty())
		bases_ = code_bases();
	return sites_event(group, id, faults, bases_);
}

Json FaultProbe::loaded()
{
	Json names = Json::array();
	std::istringstream lines(sys::slurp("/proc/modules"));
	for (std::string line; std::getline(lines, line);)
		names.push_back(line.substr(0, line.find(' ')));
	return {{"event", "sites"}, {"modules", std::move(names)}, {"calls", known_calls()}};
}

} // namespace tagtrap
