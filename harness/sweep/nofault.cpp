// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/nofault.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <utility>

#include "harness/sys/bpf.h"
#include "harness/sys/must.h"
#include "harness/sys/raw.h"

namespace tagtrap::sweep {

namespace {

constexpr int32_t out_of_bounds = -E2BIG; ///< what the program returns instead of copying

int32_t helper_of(Routine routine)
{
	switch (routine) {
	case Routine::from_user_nofault:
		return BPF_FUNC_probe_read_user;
	case Routine::strncpy_from_user_nofault:
		return BPF_FUNC_probe_read_user_str;
	default:
		return BPF_FUNC_probe_write_user;
	}
}

/// Takes the three words of its context. The verifier has to see that no copy leaves the value.
sys::BpfProgram program_of(Routine routine, const sys::Fd &array, uint32_t size,
			   uint32_t most_offset)
{
	const bool writes = routine == Routine::to_user_nofault;
	sys::BpfAssembler code;
	code.load(6, 1, 0);
	code.load(7, 1, 8);
	code.load(8, 1, 16);
	const auto bound = [&code](unsigned which, uint32_t most) {
		code.skip_up_to(which, static_cast<int32_t>(most), code.leave_length);
		code.leave(out_of_bounds);
	};
	bound(8, most_offset);
	if (writes) { // takes no length of 0
		code.skip_from(7, 1, code.leave_length);
		code.leave(out_of_bounds);
	}
	bound(7, size - most_offset);
	code.set_value(1, array);
	code.add_register(1, 8);
	code.move(2, 7);
	code.move(3, 6);
	if (writes) {
		code.move(2, 1);
		code.move(1, 6);
		code.move(3, 7);
	}
	code.call(helper_of(routine));
	code.leave_with_r0();
	return code.program();
}

/// Before 5.11 maps and programs count as locked memory.
void lift_lock_limit()
{
	const rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	::setrlimit(RLIMIT_MEMLOCK, &all);
}

} // namespace

Nofault::Nofault(Routine routine, uint32_t size, uint32_t most_offset) : size_(size)
{
	lift_lock_limit();
	array_ = sys::make_bpf_array(size, BPF_F_MMAPABLE);
	program_ = sys::load_bpf(BPF_PROG_TYPE_RAW_TRACEPOINT,
				 program_of(routine, array_, size, most_offset));
	void *const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, array_.get(), 0);
	value_ = static_cast<unsigned char *>(sys::must(at, "mmap of a BPF array"));
}

Nofault::~Nofault()
{
	if (value_ != nullptr)
		::munmap(value_, size_);
}

int64_t Nofault::run(uint64_t address, uint64_t length, uint64_t offset)
{
	context_ = {address, length, offset};
	bpf_attr attributes = sys::no_bpf_attributes();
	attributes.test.prog_fd = static_cast<uint32_t>(program_.get());
	attributes.test.ctx_in = sys::arg(context_.data());
	attributes.test.ctx_size_in = sizeof(context_);
	const int64_t ran = sys::bpf(BPF_PROG_TEST_RUN, attributes);
	return ran < 0 ? ran : static_cast<int32_t>(attributes.test.retval);
}

bool takes_no_fault(Routine routine)
{
	return routine == Routine::from_user_nofault ||
	       routine == Routine::strncpy_from_user_nofault || routine == Routine::to_user_nofault;
}

} // namespace tagtrap::sweep
