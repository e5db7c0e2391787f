// SPDX-License-Identifier: GPL-2.0-only
// One point in words: what is set up, what is called, what is due, and what follows from what.
#include <fmt/format.h>

#include "harness/model/call_plan.h"
#include "harness/model/judge_parts.h"
#include "harness/model/sweep.h"
#include "harness/report/command.h"
#include "harness/report/explain_parts.h"
#include "harness/report/listing.h"
#include "harness/report/reproducer_parts.h"
#include "harness/report/words.h"

namespace tagtrap::explaining {

namespace {

using judging::Ground;

std::string_view outcome_words(Outcome outcome)
{
	switch (outcome) {
	case Outcome::caught:
		return "is caught";
	case Outcome::dies:
		return "kills the process";
	case Outcome::either:
		return "is caught or kills the process";
	case Outcome::suppressed:
		return "stops it, and its tracer takes the signal away";
	}
	return "";
}

std::string_view stand_words(Stand stand)
{
	switch (stand) {
	case Stand::bad:
		return "has the tag 0xa, and the pointer 0x5";
	case Stand::good:
		return "has the pointer's tag: a control";
	case Stand::unmapped:
		return "is not mapped";
	case Stand::protnone:
		return "is PROT_NONE";
	case Stand::rdonly:
		return "is read-only";
	case Stand::eof:
		return "lies behind the end of the file that is mapped";
	case Stand::pkey:
		return "has a protection key that denies all access";
	case Stand::gcs:
		return "belongs to a shadow stack, which stores do not reach";
	case Stand::pfn:
		return "belongs to a device, by /dev/mem, and cannot be pinned";
	}
	return "";
}

/// Where the granule or page lies that `offset` is in, in bytes of the buffer.
std::string granule_text(const Point &point, uint32_t page_size)
{
	const bool page = breaks_page(point.stand);
	const int64_t unit = page ? page_size : granule_size;
	const int64_t start = start_in_page(point, page_size);
	const int64_t from = (start + point.offset) / unit * unit - start;
	std::string text =
		fmt::format("bytes {}..{} of the {}, a {}: it {}", from, from + unit - 1,
			    noun(point), page ? "page" : "granule", stand_words(point.stand));
	if (point.offset >= point.length)
		return text + "; all of it is behind the last byte, the call has no business there";
	if (point.position != Position::byte)
		text += fmt::format("; the {} byte of the pointee is in it",
				    to_string(point.position));
	return text + fmt::format("; {} in front of it", counted(point.offset, "good byte"));
}

/// Memory that has been through something, and which tags are right then.
std::string stated_text(const Point &point)
{
	const MemoryRow &row = row_of(point.memory);
	const std::string_view right = point.stand == Stand::good ? " and the pointer's" : "";
	const std::string_view since =
		row.raced ? "memory of a race,"
			  : "memory that the kernel's access is the first to touch since it is";
	return fmt::format("{} of {} {}: {}; {}; SKIP where the kernel does not show that it is so",
			   counted(point.length, "byte"), since, row.name, row.words,
			   row.untagged ? fmt::format("its tags{} are zero", right)
					: std::string("its tags stay as they were"));
}

std::string memory_text(const Point &point, uint32_t page_size)
{
	const uint32_t start = start_in_page(point, page_size);
	const std::string where =
		start == 0 ? "at the start of a page"
			   : fmt::format("{} bytes behind the start of a page", start);
	std::string text =
		point.memory != Memory::plain
			? stated_text(point)
			: fmt::format("9 pages of {} bytes of anonymous PROT_MTE memory between "
				      "two that "
				      "nobody may touch, every granule with the pointer's tag; the "
				      "{} is "
				      "{} of it, {}",
				      page_size, noun(point), counted(point.length, "byte"), where);
	if (point.segment != 0)
		text += fmt::format(", in {} iovecs", point.segment);
	if (point.bad_one != 0)
		text += fmt::format(", the fault in number {}", point.bad_one);
	return text;
}

/// A file or its like, which transfers and situations act upon.
std::string object_text(const Point &point)
{
	const std::string place(point.place->name);
	switch (point.place->kind) {
	case PlaceKind::file:
		return fmt::format("{} on {}{}{}", reproducing::state_words(point.state), place,
				   point.direct ? ", opened with O_DIRECT" : "",
				   point.from == 0 ? std::string()
						   : fmt::format("; the transfer starts at its "
								 "byte {}",
								 point.from));
	case PlaceKind::pipe:
		return "a pipe";
	case PlaceKind::stream:
		return "a connected pair of AF_UNIX stream sockets";
	case PlaceKind::self:
		return "none: the process itself";
	}
	return place;
}

std::string mode_text(const Point &point)
{
	const auto checks = [&](Direction direction) {
		return judging::mode_checks(point.mode, direction) ? "are checked"
								   : "are not checked";
	};
	std::string text =
		fmt::format("{}: loads of the kernel {}, stores {}", to_string(point.mode),
			    checks(Direction::loads), checks(Direction::stores));
	if (point.tco)
		text += "; the caller has set PSTATE.TCO, which changes nothing in the kernel";
	if (point.nomops)
		text += "; on a kernel booted with arm64.nomops";
	return text;
}

std::string caller_text(const Point &point)
{
	std::string text(row_of(point.caller).words);
	if (point.submission == Submission::worker)
		text += "; IOSQE_ASYNC makes a worker of io_uring do the copying";
	if (point.submission == Submission::sqpoll)
		text += "; the SQPOLL thread of the ring takes the request";
	return text;
}

std::string call_entries(const Point &point)
{
	const Case &call = *point.call;
	std::string text;
	const std::string signals =
		fmt::format("{}; a forced signal {}", row_of(point.disposition).words,
			    outcome_words(outcome_of(point.caller, point.disposition)));
	text += entry("call", call.man);
	if (call.shape.remount)
		return text + entry("instead", "no call is made: the session unmounts the place "
					       "and mounts it again");
	if (call.row != nullptr)
		text += register_entries(*call.row);
	text += entry("kernel", call.row != nullptr
					? fmt::format("{} accesses the pointee", call.kernel)
					: fmt::format("the copy starts in {}", call.kernel));
	text += entry("direction", flow_text(call));
	if (call.row != nullptr) {
		text += entry("pointee", pointee_text(*call.row));
		text += memory_entries(*call.row) + object_entries(*call.row);
		text += entry("good call", yield_text(*call.row));
		text += entry("waits", ends_text(call.row->due.ends));
	} else {
		text += entry("object", object_text(point));
		if (call.situation != nullptr)
			text += entry("by code", "the case arranges more than one plain transfer: "
						 "docs/adding-a-case.md#situations");
	}
	if (call.shape.together)
		text += entry("meanwhile", "a second task works on the same mount (P6)");
	text += entry("made by", caller_text(point));
	text += entry("mode", mode_text(point));
	return text + entry("signals", signals);
}

std::string ways_to_run(const Point &point, uint32_t page_size)
{
	const std::string self = id(point);
	std::string text;
	if (const auto control = control_of(point, page_size); control && *control != point)
		text += entry("control", fmt::format("{}: the same with a matching tag, which has "
						     "to work, or nothing is said of this one",
						     id(*control)));
	const Terms terms = {.kernel = facts_of(eras.back(), page_size)};
	const auto made = reproducer(point, terms);
	text += entry("C program", made.why_not.empty() ? "one that shows it without the suite: "
							  "`./run.sh report --format=lkml DIR`"
							: made.why_not);
	const Json run = {
		{"facts", {{"major", terms.kernel.major}, {"minor", terms.kernel.minor}}}};
	text += entry("privilege", privilege(run, self).words);
	if (point.call->shape.hazardous)
		text += entry("hazardous", "it may take the machine down: planned last");
	return text + "alone with\n" + reproduce_command(run, self) + "\n";
}

} // namespace

std::string_view noun(const Point &point)
{
	return point.call->row != nullptr ? "pointee" : "buffer";
}

std::string of_point(const Point &point, uint32_t page_size)
{
	std::string text = id_line(0, id(point));
	text += headline("Set up");
	text += call_entries(point);
	if (!point.call->shape.remount) {
		text += entry("memory", memory_text(point, page_size));
		text += entry("granule", granule_text(point, page_size));
	}
	text += headline("Due") + due_entries(point, page_size);
	text += happenings_table(point, page_size);
	return text + headline("Run") + ways_to_run(point, page_size);
}

} // namespace tagtrap::explaining
