// SPDX-License-Identifier: GPL-2.0-only
// One rule in words: what each contract asks, how it is seen, and a point that can break it.
#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

#include "harness/model/plan.h"
#include "harness/report/explain_parts.h"
#include "harness/report/happenings.h"
#include "harness/report/words.h"

namespace tagtrap::explaining {

extern const std::string_view contracts_page; // docs/contracts.md

namespace {

/// What verdict.cpp and contracts.md do not say.
struct RuleWords {
	Rule rule;
	std::string_view mainline, forced; ///< what each contract asks for
	std::string_view seen;             ///< how the judge sees it
	std::string_view example;          ///< an id of a point that can break it
};

constexpr std::string_view same = "the same";
constexpr std::string_view silent = "it asks for nothing here: no signal is due";

constexpr std::array rule_words = {
	RuleWords{
		Rule::p2, "Whatever a call does, SIGKILL ends its task.", same,
		"The watchdog sends SIGKILL to the process group of a call that does not end, and "
		"waits "
		"for a grace. A task that is still there then stays until the machine is replaced.",
		"read/pipe/plain/sync/4096@2048/handler"},
	RuleWords{
		Rule::p1,
		"The call comes back: with a short count or with EFAULT, not never. A loop that "
		"faults "
		"the page in and tries again does not get past a wrong tag.",
		same,
		"A call that is late is watched: ticks, faults, context switches, stacks. It is a "
		"hang "
		"only where the same call with a good tag ended right before it and ends after it.",
		"pread64/tmpfs/cached/sync/4096@2048/handler"},
	RuleWords{Rule::p8,
		  "The kernel does not complain: a wrong tag in a user's buffer is the user's "
		  "mistake, "
		  "and no bug of the kernel.",
		  same,
		  "The kernel's log is read while a block of points runs. Complaints in a block of "
		  "several "
		  "points have them run again one by one.",
		  "write/tmpfs/cached/sync/4096@2048/handler"},
	RuleWords{
		Rule::p4,
		"The bytes that the call counts are there, right and in order, on the other side; "
		"nothing else has changed.",
		same,
		"Every byte has a pattern by its index. Buffer, bytes around it, granule, file or "
		"pipe, "
		"size and position are compared with what the result says.",
		"read/tmpfs/cached/sync/4096@2048/handler"},
	RuleWords{
		Rule::p3,
		"The count stops at the fault, and no further in front of it than the path "
		"promises; a "
		"call that stores a structure does not report success when it has stored nothing.",
		same,
		"The result is compared with the range that the case's promise allows for g good "
		"bytes.",
		"pread64/tmpfs/cached/sync/4096@2048/handler"},
	RuleWords{Rule::p9,
		  "With the right pointer every byte arrives, whatever the memory has been through "
		  "before the kernel's access; its tags are as before, or zero where the memory is "
		  "fresh.",
		  same,
		  "Memory is discarded, swapped out, shared, ... and the kernel shows that it is "
		  "so; then the call is made, and tags are read when it is back.",
		  "read/tmpfs/cached+mem-cow+good/sync/16384@0/handler"},
	RuleWords{Rule::f1, silent,
		  "A tag check fault in the kernel raises one SIGSEGV or SIGBUS on the thread that "
		  "makes "
		  "the call, with SEGV_MTESERR (BUS_ADRERR) and the address of the granule.",
		  "The handler records number, si_code, si_addr, fault_address and ESR of the "
		  "frame, and the "
		  "thread that it runs in.",
		  "read/pipe/plain/sync/4096@0/handler"},
	RuleWords{Rule::f2, silent,
		  "The signal is forced: blocked, ignored or by default it ends the process, "
		  "whichever of "
		  "its threads made the call; a tracer sees the stop before.",
		  "The parent looks whether the process that made the call died, and of what; a "
		  "tracer counts "
		  "signal stops.",
		  "read/pipe/plain/sync/4096@2048/blocked"},
	RuleWords{Rule::f3, silent,
		  "The call returns EFAULT or a short count besides the signal, once, and the "
		  "handler runs "
		  "right behind it, the result already in x0.",
		  "The handler records pc and x0 of the frame that it interrupted; seccomp counts "
		  "how often "
		  "a call with SA_RESTART is entered.",
		  "read/pipe/plain/sync/4096@0/nodefer"},
	RuleWords{Rule::f4, silent,
		  "The pending signal ends every loop that tries again, so a call ends even where "
		  "its path "
		  "would go round for good without it.",
		  "As P1, with which it comes; and other requests of the same call are served.",
		  "pread64/tmpfs/cached/sync/4096@2048/blocked"},
	RuleWords{Rule::f5, silent,
		  "An ordinary fault, of a page that is missing or forbidden, raises no signal: "
		  "the call "
		  "returns EFAULT or a short count, as always.",
		  "Controls have such a page in the granule's place, and the same handler.",
		  "read/tmpfs/cached+protnone/sync/4096@0/handler"},
	RuleWords{Rule::f6, silent,
		  "Where the CPU does not check the access, by the mode or by the path, nothing is "
		  "raised "
		  "and nothing stops.",
		  "Points in mode none and async, and those whose path is declared unchecked, have "
		  "to move "
		  "every byte without a signal.",
		  "read/pipe/plain/none/4096@2048/handler"},
	RuleWords{Rule::f7, silent,
		  "What ends a loop is the forced signal, not any SIGSEGV: one that somebody has "
		  "sent, and "
		  "that is blocked and pending, changes nothing for a good call.",
		  "The suite sends itself a SIGSEGV by kill and tgkill, blocks it, and makes a "
		  "good call.",
		  "read/pipe/good/sync/4096@2048/pending"},
	RuleWords{Rule::f8, silent,
		  "No signal for bytes that the call turns out not to need: read ahead, probed "
		  "beforehand, "
		  "or behind the end.",
		  "The granule lies where the call has no business: right behind the pointee of a "
		  "row, or "
		  "behind the end of a string or file.",
		  "statx.buf/tmpfs/plain/sync/@behind/handler"},
	RuleWords{
		Rule::f9, silent,
		"The fault of a kernel thread that acts for the process signals nobody and changes "
		"nothing of its mask and dispositions; the request ends in EFAULT or a short "
		"count.",
		"Requests of io_uring that a worker or the SQPOLL thread serves, exiting threads "
		"and the "
		"like; the handler must not run.",
		"uring-read/pipe/worker/sync/4096@2048/handler"},
	RuleWords{Rule::m1,
		  "A tag check fault in the kernel shows as EFAULT or a short count, with no "
		  "signal and no "
		  "other error. A call that never stops at a bad granule is `never checked`.",
		  "F1 to F3 say what is due instead",
		  "Result and signals of the call; `never checked` by settle(), over all points of "
		  "a call.",
		  "read/pipe/plain/sync/4096@2048/handler"},
	RuleWords{
		Rule::m2,
		"In mode none and async an access of the kernel is not checked synchronously: the "
		"transfer completes, and nothing is raised.",
		"F6 says the same",
		"Points in these modes have to return the full count and move every byte.",
		"read/tmpfs/cached/async/4096@2048/handler"},
	RuleWords{
		Rule::m3,
		"Asymm checks loads of the kernel only, store-only its stores only: the other half "
		"completes in silence.",
		"F6 says the same of the half that is not checked",
		"Points in these modes, by the direction of their call. SKIP where the CPU lacks "
		"them.",
		"read/tmpfs/cached/asymm/4096@2048/handler"},
	RuleWords{Rule::m4,
		  "Checks of kernel accesses are a best effort: one that completes although it was "
		  "declared "
		  "checked is UNCHECKED, which is no failure.",
		  "it is a failure: F1",
		  "The full count is returned, and the bytes of the granule have moved.",
		  "write/pipe/plain/sync/4096@2048/handler"},
	RuleWords{
		Rule::m5,
		"The call makes progress: it comes with P1 and P2, for those who ask what today's "
		"documentation has to say of a hang.",
		"F4 says the same", "As P1.", "pread64/tmpfs/cached/sync/4096@2048/handler"},
	RuleWords{Rule::p7,
		  "PSTATE.TCO of the caller is for user mode; the kernel sets its own, so that its "
		  "accesses "
		  "are checked as ever.",
		  same,
		  "The caller sets TCO right before the SVC; an access that completes then is FAIL "
		  "P7, not "
		  "UNCHECKED.",
		  "read/pipe/tco/sync/4096@2048/handler"},
	RuleWords{Rule::p5,
		  "A call that failed leaves nothing behind: it works with a good tag at once, "
		  "descriptors, "
		  "tags, mode, mask and dispositions are as before, the place can be unmounted.",
		  same,
		  "The call is made again with a good tag on the same object; descriptors are "
		  "counted; a "
		  "point at the end of each place unmounts and mounts it.",
		  "write/tmpfs/cached/sync/4096@0/handler"},
	RuleWords{Rule::p6,
		  "Others who work at the same place get on while the call runs or hangs.", same,
		  "A second task counts its operations there, and is compared with what it does "
		  "when nothing "
		  "is beside it.",
		  "together/tmpfs/cached/sync/4096@2048/handler"},
};
static_assert(rule_words.size() == static_cast<size_t>(Rule::p6) + 1);

constexpr bool in_order()
{
	for (size_t i = 0; i < rule_words.size(); ++i)
		if (static_cast<size_t>(rule_words[i].rule) != i)
			return false;
	return true;
}
static_assert(in_order());

/// What breaks the rule at its example, and as few others as can be, as the judge words it.
std::string breaking_entry(Rule rule, uint32_t page_size)
{
	const Point point = issuable_point(example_of(rule), page_size);
	const KernelFacts facts = facts_of(eras.back(), page_size);
	Verdict best;
	Contract by = Contract::mainline;
	for (const auto contract : {Contract::mainline, Contract::forced_signal}) {
		for (const auto &[words, seen] : happenings(point, facts)) {
			Verdict verdict =
				judge(point, seen, {.contract = contract, .kernel = facts});
			const bool breaks =
				std::ranges::find(verdict.rules, rule) != verdict.rules.end();
			if (!breaks ||
			    (!best.rules.empty() && best.rules.size() <= verdict.rules.size()))
				continue;
			best = std::move(verdict);
			by = contract;
		}
	}
	if (best.rules.empty())
		return "";
	return entry("broken there",
		     fmt::format("{}, by {}: {}", verdict_words(best), to_string(by), best.reason));
}

} // namespace

std::string_view example_of(Rule rule)
{
	return rule_words[static_cast<size_t>(rule)].example;
}

std::string broken_when(Rule rule)
{
	const std::string start = fmt::format("| {} | {} |", to_string(rule), title(rule));
	const auto at = contracts_page.find(start);
	if (at == std::string_view::npos)
		return "";
	const auto end = contracts_page.find(" |\n", at + start.size());
	const auto line = contracts_page.substr(at, end - at);
	std::string text(line.substr(line.rfind(" | ") + 3));
	std::erase(text, '`');
	return text;
}

std::string of_rule(Rule rule, uint32_t page_size)
{
	const RuleWords &words = rule_words[static_cast<size_t>(rule)];
	std::string text = headline(fmt::format("{} {}", to_string(rule), title(rule))).substr(1);
	text += entry("source", source(rule));
	text += entry("broken when", broken_when(rule));
	text += entry(to_string(Contract::mainline), words.mainline);
	text += entry(to_string(Contract::forced_signal), words.forced);
	text += entry("how it is seen", words.seen);
	text += entry("for example", words.example);
	text += breaking_entry(rule, page_size);
	return text + entry("see", "docs/contracts.md#the-rules");
}

} // namespace tagtrap::explaining
