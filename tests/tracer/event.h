// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// What the cases share in which a tracer looks at the caller's memory (F8): perf events of the
// calling thread, and a system call that makes one happen.
#include <linux/perf_event.h>
#include <string>
#include <vector>

#include "harness/sys/owned.h"
#include "tests/situation.h"

namespace tagtrap::tracer {

/// The buffer begins with this: a word that is a string as well. A granule, with what follows.
alignas(16) inline constexpr char text[16] = "tagtrap";
inline constexpr size_t text_size = 8;

void put_text(const ProbeArgs &args, unsigned char *bytes);

/// Where the text is, without a tag: copy_from_user_nofault() and perf's copy of the stack refuse
/// an address that has one. In the buffer no tag is as wrong as any other; in the control this is
/// memory of the suite's own.
uint64_t untagged_text(const ProbeArgs &args);

/// Memory of the suite's own; unmapped when it goes. Throws std::system_error.
class Memory {
public:
	Memory(uint64_t size, int protection, int fd);
	Memory(const Memory &) = delete;
	Memory &operator=(const Memory &) = delete;
	~Memory();
	uint64_t start() const { return start_; }

private:
	uint64_t start_, size_;
};

/// Every page fault of the thread, those within system calls too, sampled as `type` says.
perf_event_attr page_faults(uint64_t type);

/// A perf event of the calling thread, off at first. Throws std::system_error.
class Event {
public:
	explicit Event(perf_event_attr attributes);
	int fd() const { return fd_.get(); }
	void on() const;
	void off() const;

private:
	sys::Fd fd_;
};

/// One record, behind its header.
struct Sample {
	bool in_kernel;
	std::vector<uint64_t> words;
};

/// The samples of an event.
class Samples {
public:
	Samples(const Event &event, uint64_t page_size);
	std::vector<Sample> all() const;

private:
	Memory ring_;
	uint64_t page_size_;
};

/// A system call that stores the time to `page`, made in one of several ways.
using Entry = int64_t (*)(uint64_t page, uint64_t value);
int64_t plainly(uint64_t page, uint64_t value);
/// With `frame` in x29.
int64_t with_frame(uint64_t page, uint64_t frame);
/// With `stack` in SP: a signal has to have a stack of its own.
int64_t with_stack(uint64_t page, uint64_t stack);

/// Makes the call while `event` is on, with a page that is not there yet. Returns its result.
int64_t fault_once(const Event &event, uint64_t page_size, Entry entry, uint64_t value);

/// The traced call's result; -EFAULT if the tracer could not look at memory that nothing is wrong
/// with, in the mode that is in force.
int64_t judged(const ProbeArgs &args, int64_t result, bool looked);

/// Why perf_event_open(2) refuses page_faults(); empty: it does not.
std::string no_page_faults();

} // namespace tagtrap::tracer
