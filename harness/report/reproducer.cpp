// SPDX-License-Identifier: GPL-2.0-only
// C programs for mails: what is the same in all of them, and what is due.
#include "harness/report/reproducer.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

#include "harness/model/case.h"
#include "harness/model/judge_parts.h"
#include "harness/model/sweep.h"
#include "harness/report/digest.h"
#include "harness/report/reproducer_parts.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

using reproducing::Pieces;

std::string spoiling(const Point &point)
{
	constexpr std::string_view page = "buf + BAD, sysconf(_SC_PAGESIZE)";
	switch (point.stand) {
	case Stand::bad:
		return "\tset_tags((unsigned long)(buf + BAD) ^ 15UL << 56, 16); /* 10, not 5 */\n";
	case Stand::good:
		return "";
	case Stand::unmapped:
		return fmt::format("\tMUST(!munmap({}));\n", page);
	case Stand::protnone:
		return fmt::format("\tMUST(!mprotect({}, PROT_NONE));\n", page);
	case Stand::rdonly:
		return fmt::format("\tMUST(!mprotect({}, PROT_READ | PROT_MTE));\n", page);
	case Stand::eof: // mmap() takes no tagged address
		return "\tMUST(-1 != (long)mmap((void *)((long)(buf + BAD) << 8 >> 8), 1,\n"
		       "\t     RW | PROT_MTE, MAP_SHARED | MAP_FIXED, memfd_create(\"e\", 0), "
		       "0));\n";
	case Stand::pkey:
		return "\tint key = pkey_alloc(0, PKEY_DISABLE_ACCESS);\n"
		       "\tMUST(key > 0 && !pkey_mprotect(buf + BAD, 1, RW | PROT_MTE, key));\n";
	case Stand::pfn:
		break;   // has none
	case Stand::gcs: // of map_shadow_stack(), which libc may not know
		return "\tchar *page = (char *)((unsigned long)(buf + BAD) << 8 >> 8);\n"
		       "\tlong size = sysconf(_SC_PAGESIZE);\n"
		       "\tMUST(!munmap(page, size));\n"
		       "\tMUST(page == (char *)syscall(453, page, size, 0));\n";
	}
	return "";
}
/// Code or address of the signal are wrong, which a handler can tell.
bool speaks_of_info(const Verdict &verdict)
{
	return verdict.reason.find("si_code") != std::string::npos ||
	       verdict.reason.find("si_addr") != std::string::npos;
}

/// Why no program of one call shows `point`, by its row and by what it is to show.
std::string unfit(const Point &point, const Terms &terms, const Verdict &verdict)
{
	const Shape &shape = point.call->shape;
	const auto suite = [&](std::string_view why) {
		return fmt::format("{}: ./run.sh {} shows it", why, id(point));
	};
	if (shape.hidden)
		return suite("this is a test of the suite itself");
	if (shape.remount)
		return suite("this one unmounts and mounts a filesystem, and makes no call");
	if (point.stand == Stand::bad && terms.kernel.arch != Arch::arm64)
		return "a bad granule needs MTE, which that machine has not";
	if (row_of(point.memory).raced)
		return suite("a second thread changes the mapping meanwhile");
	if (point.memory != Memory::plain)
		return suite(fmt::format("the memory has to be {} first, and shown to be so",
					 to_string(point.memory)));
	if (point.stand == Stand::pfn)
		return suite("memory of a device has to be mapped, in a machine that may be lost");
	if (shape.together)
		return suite("a second task works on the mount meanwhile");
	if (!verdict.rules.empty() && verdict.rules[0] == Rule::p5)
		return suite("what is left behind shows in a second call");
	if (!verdict.rules.empty() && verdict.rules[0] == Rule::p6)
		return suite("what others lose shows in a second task");
	for (const std::string_view sign :
	     {"that nobody wrote", "bytes of the file are others", "in front of the transfer"})
		if (verdict.reason.find(sign) != std::string::npos)
			return suite("what the file holds in front, or at later looks, shows it");
	if (!speaks_of_info(verdict))
		for (const std::string_view sign :
		     {"fault_address", "ESR ", "the frame's", "to thread", "where most points"})
			if (verdict.reason.find(sign) != std::string::npos)
				return suite("the frame of the signal, or another point's signal, "
					     "shows it, and no single result");
	const bool reads_nothing =
		point.state == FileState::fresh && point.call->direction == Direction::stores;
	if (reads_nothing || !applicable(point, terms.kernel.page_size))
		return "there is no such point: its parts do not go together";
	return "";
}

} // namespace

bool needs_tags(const Point &point, const KernelFacts &kernel)
{
	return kernel.arch == Arch::arm64 &&
	       (!breaks_page(point.stand) || point.tco || point.mode != TagCheckMode::sync);
}

Reproducer reproducer(const Point &point, const Terms &terms, const Verdict &verdict)
{
	if (auto why = unfit(point, terms, verdict); !why.empty())
		return {"", std::move(why)};
	const uint32_t page_size = terms.kernel.page_size;
	const Observation seen = judging::untried(point, page_size);
	const judging::Matter matter = {point, seen, terms, judging::demand(point, seen, terms)};
	const bool loads = point.call->direction == Direction::loads;
	const bool breaks_data = std::ranges::find(verdict.rules, Rule::p4) != verdict.rules.end();
	Pieces pieces;
	pieces.counts_beyond = point.call->situation == nullptr && breaks_data &&
			       (loads || (matter.demand.faults() && point.stand == Stand::bad));
	if (point.call->situation == nullptr && !loads && !pieces.counts_beyond &&
	    verdict.reason.find("stored to") != std::string::npos)
		return {"", fmt::format("what was stored outside of the transfer shows it: "
					"./run.sh {} shows it",
					id(point))};
	pieces.checks_info = speaks_of_info(verdict) && point.call->situation == nullptr &&
			     reproducing::has_handler(point.disposition) && matter.forced();
	if (loads)
		pieces.fill = "\tfor (i = 0; i < LENGTH; i++)\n\t\tbuf[i] = NEW(i);\n";
	else if (pieces.counts_beyond || point.state == FileState::hole)
		pieces.fill = "\tmemset(buf, OLD, LENGTH);\n"; // else zeros, which NEW never is
	pieces.tagged = needs_tags(point, terms.kernel);
	pieces.spoil = spoiling(point);
	if (!pieces.tagged)
		for (constexpr std::string_view part = " | PROT_MTE";
		     pieces.spoil.find(part) != std::string::npos;)
			pieces.spoil.erase(pieces.spoil.find(part), part.size());
	if (point.call->situation == nullptr) {
		reproducing::add_object(point, page_size, pieces);
		reproducing::add_transfer(point, terms, pieces);
		reproducing::add_look(point, pieces);
	} else if (point.call->row != nullptr) {
		reproducing::add_row(point, pieces);
		if (!pieces.why_not.empty())
			return {"", pieces.why_not};
	} else if (!reproducing::add_special(point, page_size, pieces)) {
		return {"",
			fmt::format("this case arranges more than one call: ./run.sh {} shows it",
				    id(point))};
	}
	if (point.tco)
		pieces.before = "\tasm volatile(\".arch armv8.5-a+memtag\\n\\tmsr tco, #1\");\n";
	Point arranged = point;
	if (pieces.by_signal && point.disposition == Disposition::handler)
		arranged.disposition = Disposition::altstack; // the stack itself is what is bad
	reproducing::add_caller(arranged, pieces);
	if (!pieces.why_not.empty())
		return {"", pieces.why_not};
	return {reproducing::program(point, pieces, reproducing::due(matter, pieces), verdict), ""};
}

Terms terms_of_run(const Json &run)
{
	Terms terms;
	terms.kernel = facts_from_run(run);
	if (text_at(run, {"contract", "name"}) == to_string(Contract::forced_signal))
		terms.contract = Contract::forced_signal;
	if (const auto pin = text_at(run, {"signal", "pin"}); !pin.empty())
		terms.pin = parse_signal_pin(pin);
	return terms;
}

Reproducer reproducer(std::string_view id, const Terms &terms, const Verdict &verdict)
{
	try {
		return reproducer(parse_id(id), terms, verdict);
	} catch (const std::invalid_argument &error) {
		return {"", plain(error.what())};
	}
}

} // namespace tagtrap
