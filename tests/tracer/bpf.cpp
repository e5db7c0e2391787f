// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/bpf.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <system_error>

#include "tests/tracer/event.h"

namespace tagtrap {

// F8: a BPF program that runs in the caller's system calls and looks at its memory.
namespace {

using tracer::text;
using tracer::text_size;

constexpr int32_t no_sample = 0; ///< what a program of a perf event returns

/// What the program leaves in its map.
struct Outcome {
	int64_t runs;
	int64_t word_result;
	std::array<char, text_size> word;
	int64_t text_result;
	std::array<char, text_size> string;
};

sys::Fd make_map()
{
	return sys::make_bpf_array(sizeof(Outcome));
}

Outcome look_up(const sys::Fd &map)
{
	const uint32_t key = 0;
	Outcome found = {};
	bpf_attr attributes = sys::no_bpf_attributes();
	attributes.map_fd = static_cast<uint32_t>(map.get());
	attributes.key = sys::arg(&key);
	attributes.value = sys::arg(&found);
	done(sys::bpf(BPF_MAP_LOOKUP_ELEM, attributes), "BPF_MAP_LOOKUP_ELEM");
	if (found.runs == 0)
		done(-ENODATA, "the BPF program did not run");
	return found;
}

sys::Fd load(const sys::BpfProgram &program)
{
	return sys::load_bpf(BPF_PROG_TYPE_PERF_EVENT, program);
}

class Assembler : public sys::BpfAssembler {
public:
	/// r6 = the map's value, of which one more run is noted.
	void note_run(const sys::Fd &map)
	{
		store_word(10, -4, 0);
		set_wide(1, static_cast<uint64_t>(map.get()), BPF_PSEUDO_MAP_FD);
		move(2, 10);
		add(2, -4);
		call(BPF_FUNC_map_lookup_elem);
		skip_unless_zero(0, leave_length);
		leave(no_sample);
		move(6, 0);
		load(1, 6, offsetof(Outcome, runs));
		add(1, 1);
		store(6, offsetof(Outcome, runs), 1);
	}
	/// `helper` reads from `address` to `to` of the value and leaves its result at `result`.
	void read(int32_t helper, uint64_t address, int16_t to, int16_t result)
	{
		move(1, 6);
		add(1, to);
		set(2, text_size);
		set_wide(3, address);
		call(helper);
		store(6, result, 0);
	}
};

sys::BpfProgram reader(const sys::Fd &map, uint64_t untagged, uint64_t address)
{
	Assembler code;
	code.note_run(map);
	code.read(BPF_FUNC_probe_read_user, untagged, offsetof(Outcome, word),
		  offsetof(Outcome, word_result));
	code.read(BPF_FUNC_probe_read_user_str, address, offsetof(Outcome, string),
		  offsetof(Outcome, text_result));
	code.leave(no_sample);
	return code.program();
}

sys::BpfProgram writer(const sys::Fd &map, uint64_t address)
{
	Assembler code;
	code.note_run(map);
	code.set_wide(1, address);
	code.move(2, 6);
	code.set(3, text_size);
	code.call(BPF_FUNC_probe_write_user);
	code.store(6, offsetof(Outcome, word_result), 0);
	code.leave(no_sample);
	return code.program();
}

/// Runs `program` in a system call of this thread, `result` is the call's.
Outcome run(const sys::Fd &map, const sys::BpfProgram &program, const ProbeArgs &args,
	    int64_t &result)
{
	const sys::Fd loaded = load(program);
	const tracer::Event event(tracer::page_faults(PERF_SAMPLE_IP));
	done(sys::raw(SYS_ioctl, sys::arg(event.fd()), PERF_EVENT_IOC_SET_BPF,
		      sys::arg(loaded.get())),
	     "PERF_EVENT_IOC_SET_BPF");
	result = tracer::fault_once(event, args.page_size, tracer::plainly, 0);
	return look_up(map);
}

int64_t read_by_program(const ProbeArgs &args)
{
	const sys::Fd map = make_map();
	int64_t result = 0;
	const Outcome seen =
		run(map, reader(map, tracer::untagged_text(args), args.buffer.bits), args, result);
	const auto is_text = [](const auto &bytes) {
		return std::memcmp(bytes.data(), text, text_size) == 0;
	};
	return tracer::judged(args, result,
			      seen.word_result == 0 && is_text(seen.word) &&
				      seen.text_result == text_size && is_text(seen.string));
}

int64_t write_by_program(const ProbeArgs &args)
{
	const sys::Fd map = make_map();
	int64_t result = 0;
	const Outcome seen = run(map, writer(map, args.buffer.bits), args, result);
	return tracer::judged(args, result, seen.word_result == 0);
}

/// Why programs cannot be had here, if it is not a mistake of ours.
template <bool stores> std::string no_programs()
{
	if (std::string why = tracer::no_page_faults(); !why.empty())
		return why;
	try {
		const sys::Fd map = make_map();
		Assembler least;
		least.leave(no_sample);
		load(stores ? writer(map, 0) : least.program());
		return "";
	} catch (const std::system_error &error) {
		return fmt::format("no BPF program{}: {}",
				   stores ? " may store to user memory" : "s", error.what());
	}
}

constexpr Situation reads = {.audience = Audience::uninvited,
			     .needs_root = true,
			     .fill = tracer::put_text,
			     .lacks = no_programs<false>};
constexpr Situation writes = {
	.audience = Audience::uninvited, .needs_root = true, .lacks = no_programs<true>};
constexpr int needs[] = {SYS_bpf, SYS_perf_event_open};

} // namespace

static const Case read_row = {
	.name = "bpf-read",
	.man = "bpf-helpers(7), bpf_probe_read_user",
	.kernel = "copy_from_user_nofault",
	.direction = Direction::loads,
	.on = itself,
	.situation = &reads,
	.needs = needs,
	.probe = read_by_program,
	.promise = whole,
};
static const Case write_row = {
	.name = "bpf-write",
	.man = "bpf-helpers(7), bpf_probe_write_user",
	.kernel = "copy_to_user_nofault",
	.direction = Direction::stores,
	.on = itself,
	.situation = &writes,
	.needs = needs,
	.probe = write_by_program,
	.promise = whole,
};
static const Registered read_registered(read_row);
static const Registered write_registered(write_row);

} // namespace tagtrap
