// SPDX-License-Identifier: GPL-2.0-only
#include "tests/tracer/event.h"

#include <ctime>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <system_error>

namespace tagtrap::tracer {

void put_text(const ProbeArgs &, unsigned char *bytes)
{
	std::memcpy(bytes, text, sizeof(text));
}

uint64_t untagged_text(const ProbeArgs &args)
{
	return has_bad(args) ? untagged(args.buffer.bits) : sys::arg(text);
}

Memory::Memory(uint64_t size, int protection, int fd)
	: start_(arg(done(sys::raw(SYS_mmap, 0, size, arg(protection),
				   fd < 0                    ? MAP_PRIVATE | MAP_ANONYMOUS
				   : protection & PROT_WRITE ? MAP_SHARED
							     : MAP_PRIVATE,
				   arg(fd)),
			  "mmap"))),
	  size_(size)
{
}

Memory::~Memory()
{
	sys::raw(SYS_munmap, start_, size_);
}

perf_event_attr page_faults(uint64_t type)
{
	perf_event_attr attributes = {};
	attributes.type = PERF_TYPE_SOFTWARE;
	attributes.config = PERF_COUNT_SW_PAGE_FAULTS;
	attributes.sample_period = 1;
	attributes.sample_type = type;
	return attributes;
}

Event::Event(perf_event_attr attributes)
{
	attributes.size = sizeof(attributes);
	attributes.disabled = 1;
	fd_ = sys::Fd(
		static_cast<int>(done(sys::raw(SYS_perf_event_open, sys::arg(&attributes), 0,
					       sys::arg(-1), sys::arg(-1), PERF_FLAG_FD_CLOEXEC),
				      "perf_event_open")));
}

void Event::on() const
{
	done(sys::raw(SYS_ioctl, sys::arg(fd()), PERF_EVENT_IOC_ENABLE), "PERF_EVENT_IOC_ENABLE");
}

void Event::off() const
{
	done(sys::raw(SYS_ioctl, sys::arg(fd()), PERF_EVENT_IOC_DISABLE), "PERF_EVENT_IOC_DISABLE");
}

Samples::Samples(const Event &event, uint64_t page_size)
	: ring_(2 * page_size, PROT_READ | PROT_WRITE, event.fd()), page_size_(page_size)
{
}

std::vector<Sample> Samples::all() const
{
	const auto *const head = reinterpret_cast<const perf_event_mmap_page *>(ring_.start());
	const uint64_t end = __atomic_load_n(&head->data_head, __ATOMIC_ACQUIRE);
	const auto *const data =
		reinterpret_cast<const unsigned char *>(ring_.start()) + page_size_;
	std::vector<Sample> found;
	// Nothing is consumed: the ring does not wrap, records that do not fit are dropped.
	for (uint64_t at = 0; at < end;) {
		perf_event_header record;
		std::memcpy(&record, data + at, sizeof(record));
		if (record.type == PERF_RECORD_SAMPLE) {
			const uint32_t mode = record.misc & PERF_RECORD_MISC_CPUMODE_MASK;
			Sample sample = {mode == PERF_RECORD_MISC_KERNEL, {}};
			sample.words.resize((record.size - sizeof(record)) / sizeof(uint64_t));
			std::memcpy(sample.words.data(), data + at + sizeof(record),
				    record.size - sizeof(record));
			found.push_back(std::move(sample));
		}
		at += record.size;
	}
	return found;
}

int64_t plainly(uint64_t page, uint64_t)
{
	return sys::raw(SYS_clock_gettime, CLOCK_MONOTONIC, page);
}

#if defined(__aarch64__)
int64_t with_frame(uint64_t page, uint64_t frame)
{
	register uint64_t x8 asm("x8") = SYS_clock_gettime;
	register uint64_t x0 asm("x0") = CLOCK_MONOTONIC;
	register uint64_t x1 asm("x1") = page;
	asm volatile("mov x9, x29\n\t"
		     "mov x29, %[frame]\n\t"
		     "svc #0\n\t"
		     "mov x29, x9"
		     : "+r"(x0)
		     : "r"(x8), "r"(x1), [frame] "r"(frame)
		     : "x9", "memory", "cc");
	return static_cast<int64_t>(x0);
}

int64_t with_stack(uint64_t page, uint64_t stack)
{
	register uint64_t x8 asm("x8") = SYS_clock_gettime;
	register uint64_t x0 asm("x0") = CLOCK_MONOTONIC;
	register uint64_t x1 asm("x1") = page;
	asm volatile("mov x9, sp\n\t"
		     "mov sp, %[stack]\n\t"
		     "svc #0\n\t"
		     "mov sp, x9"
		     : "+r"(x0)
		     : "r"(x8), "r"(x1), [stack] "r"(stack)
		     : "x9", "memory", "cc");
	return static_cast<int64_t>(x0);
}
#elif defined(__x86_64__)
int64_t with_frame(uint64_t page, uint64_t frame)
{
	int64_t result;
	asm volatile("mov %%rbp, %%r12\n\t"
		     "mov %[frame], %%rbp\n\t"
		     "syscall\n\t"
		     "mov %%r12, %%rbp"
		     : "=a"(result)
		     : "a"(SYS_clock_gettime), "D"(CLOCK_MONOTONIC), "S"(page), [frame] "d"(frame)
		     : "rcx", "r11", "r12", "memory", "cc");
	return result;
}

int64_t with_stack(uint64_t page, uint64_t stack)
{
	int64_t result;
	asm volatile("mov %%rsp, %%r12\n\t"
		     "mov %[stack], %%rsp\n\t"
		     "syscall\n\t"
		     "mov %%r12, %%rsp"
		     : "=a"(result)
		     : "a"(SYS_clock_gettime), "D"(CLOCK_MONOTONIC), "S"(page), [stack] "d"(stack)
		     : "rcx", "r11", "r12", "memory", "cc");
	return result;
}
#else
int64_t with_frame(uint64_t page, uint64_t value)
{
	return plainly(page, value);
}
int64_t with_stack(uint64_t page, uint64_t value)
{
	return plainly(page, value);
}
#endif

int64_t fault_once(const Event &event, uint64_t page_size, Entry entry, uint64_t value)
{
	const Memory page(page_size, PROT_READ | PROT_WRITE, -1);
	event.on();
	const int64_t result = entry(page.start(), value);
	event.off();
	return result;
}

int64_t judged(const ProbeArgs &args, int64_t result, bool looked)
{
	const int64_t control = sys::raw(SYS_prctl, PR_GET_TAGGED_ADDR_CTRL);
	const bool may_fault =
		has_bad(args) && control >= 0 && (arg(control) & PR_MTE_TCF_SYNC) != 0;
	return looked || may_fault ? result : -EFAULT;
}

std::string no_page_faults()
{
	try {
		const Event event(page_faults(PERF_SAMPLE_CALLCHAIN));
		return "";
	} catch (const std::system_error &error) {
		return error.what();
	}
}

} // namespace tagtrap::tracer
