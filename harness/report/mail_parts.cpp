// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/mail_parts.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "harness/model/evidence.h"
#include "harness/model/memory.h"
#include "harness/report/command.h"
#include "harness/report/confirm.h"
#include "harness/report/reproduced.h"
#include "harness/report/reproducer.h"
#include "harness/report/words.h"

namespace tagtrap::mail {

namespace {

const StoredEnd &shown(const Matter &matter)
{
	return *matter.cause.shortest->end;
}

/// What stands in the buffer, as a phrase.
std::string fault_words(const Matter &matter)
{
	const auto point = known_point(shown(matter).id);
	switch (point ? point->stand : Stand::bad) { // what an id means unless it says otherwise
	case Stand::bad:
		break;
	case Stand::good:
		return point->memory == Memory::plain
			       ? "nothing wrong with it"
			       : fmt::format("memory that is {}", row_of(point->memory).words);
	case Stand::unmapped:
		return "an unmapped page";
	case Stand::protnone:
		return "a PROT_NONE page";
	case Stand::rdonly:
		return "a read-only page";
	case Stand::eof:
		return "a page behind the end of its file";
	case Stand::pkey:
		return "a page that a protection key denies";
	case Stand::gcs:
		return "a page of a shadow stack";
	case Stand::pfn:
		return "a page of a device";
	}
	return "an MTE tag mismatch";
}

/// ... without an article.
std::string fault_name(const Matter &matter)
{
	const auto words = fault_words(matter);
	for (const std::string_view article : {"an ", "a "})
		if (words.starts_with(article))
			return words.substr(article.size());
	return words;
}

/// What goes wrong, as a phrase behind "read() on gfs2".
std::string wrong_words(const Cause &cause)
{
	switch (cause.severity) {
	case Severity::hang_killable:
		return "does not return";
	case Severity::hang_unkillable:
		return "does not return, not even for SIGKILL";
	case Severity::crash:
		return "takes the kernel down or makes it complain";
	case Severity::disclosure:
		return "discloses data";
	case Severity::data_loss:
		return "loses data";
	case Severity::leak:
		return "leaves something behind";
	case Severity::wrong_signal:
		return "raises the wrong signal";
	case Severity::wrong_count:
	case Severity::note:
		if (cause.key.rule == Rule::p4)
			return "changes more than it reports";
		break;
	case Severity::tool:
		break;
	}
	return "reports a wrong result";
}

std::string call_words(const IdParts &parts)
{
	return parts.place == "self" ? parts.call
				     : fmt::format("{} on {}", parts.call, parts.place);
}

std::string machine_words(const Json &run)
{
	if (text_at(run, {"machine", "kind"}) == "qemu")
		return fmt::format("in QEMU {} (TCG), not on hardware",
				   text_at(run, {"machine", "qemu_version"}));
	const auto model = text_at(run, {"machine", "model"});
	return model.empty() ? fmt::format("on the machine itself ({})",
					   to_string(facts_from_run(run).arch))
			     : "on hardware: " + model;
}

std::string kernel_words(const Json &run)
{
	auto text = text_at(run, {"kernel", "release"});
	if (const auto package = text_at(run, {"machine", "package_version"}); !package.empty())
		text += " (Debian " + package + ")";
	return text;
}

/// The machine as somebody without the suite starts it.
std::string bare_qemu(const Json &run)
{
	const auto &command = value_at(run, {"machine", "command"});
	if (!command.is_array())
		return "";
	static const std::set<std::string> kept = {"-M", "-accel", "-cpu", "-smp", "-m", "-append"};
	std::vector<std::string> words = {"qemu-system-aarch64", "-nographic"};
	for (size_t i = 0; i + 1 < command.size(); i++)
		if (command[i].is_string() && kept.contains(command[i].get<std::string>())) {
			words.push_back(command[i].get<std::string>());
			words.push_back(command[i + 1].is_string()
						? command[i + 1].get<std::string>()
						: "");
		}
	words.insert(words.end(), {"-kernel", "Image", "-initrd", "initramfs"});
	return shell_lines(words, 2);
}

} // namespace

std::string subject(const Matter &matter)
{
	const auto &parts = matter.cause.shortest->parts;
	std::string area = parts.place, call = parts.call;
	if (matter.cause.key.function == tag_fault_handler)
		area = "arm64", call = call_words(parts);
	else if (area == "self")
		area = matter.cause.key.function;
	return fmt::format("{}: {} {} ({})", area, call, wrong_words(matter.cause),
			   fault_name(matter));
}

std::string summary(const Matter &matter)
{
	const auto &[all, cause, run, where] = matter;
	const auto &parts = cause.shortest->parts;
	const auto known = text_at(shown(matter).known, {"kernels"});
	const auto measured = measured_privilege(*all.journal, cause);
	const auto facts = facts_from_run(run);
	const auto point = known_point(shown(matter).id);
	const bool tags = point ? needs_tags(*point, facts) : facts.arch == Arch::arm64;
	auto text = fmt::format("{}{} {} when its buffer has {}. {}Privilege: {}{}. "
				"Seen on {}, {}. "
				"Kernels that have it, as far as they were run: {}.",
				tags ? "On arm64 with MTE, " : "", call_words(parts),
				wrong_words(cause), fault_words(matter),
				tags ? "" : "No MTE is needed. ",
				privilege(run, shown(matter).id).words,
				measured.empty() ? "" : " (" + measured + ")", kernel_words(run),
				machine_words(run), known.empty() ? "this one" : known);
	if (cause.severity == Severity::note)
		text += " This is legal and differs from newer kernels: a note, no bug report.";
	auto out = labelled("", text, 8);
	if (parts.control)
		return out;
	return out + '\n' +
	       labelled("",
			fmt::format("The buffer: mmap() with PROT_MTE, every granule (16 bytes) "
				    "with the pointer's tag but one; prctl("
				    "PR_SET_TAGGED_ADDR_CTRL) with tag checks {}; then the "
				    "call. The page is present and writable.",
				    parts.mode));
}

std::string cause_text(const Matter &matter)
{
	const auto &end = shown(matter);
	auto out = fmt::format("Cause {}: {}", matter.cause.id, matter.cause.key.function);
	out += matter.where.file.empty() ? "" : " in " + matter.where.file;
	out = labelled("", out);
	const auto stacks = histogram(end.seen.hang);
	if (!stacks.rows.empty()) {
		std::string_view stack = stacks.rows.front().stack;
		out += labelled("", fmt::format("{} of {} stack samples:",
						stacks.rows.front().count, stacks.samples));
		for (size_t lines = 0; lines < 12 && !stack.empty(); lines++) {
			const auto at = stack.find('\n');
			out += labelled("  ", stack.substr(0, at), 1);
			stack.remove_prefix(at == std::string_view::npos ? stack.size() : at + 1);
		}
	}
	return out;
}

std::string reproduction(const Matter &matter)
{
	const auto &end = shown(matter);
	const auto program = reproducer(end.id, terms_of_run(matter.run), end.verdict);
	std::string out = labelled("", "Expected and seen: " + end.verdict.reason, 5);
	if (program.source.empty())
		return out + labelled("", "No C program: " + program.why_not, 3);
	return out + '\n' + program.source;
}

std::string evidence(const Matter &matter)
{
	const auto &hang = shown(matter).seen.hang;
	std::string out;
	if (hang.seen) {
		const auto grown = rates(hang);
		out += labelled(
			"",
			fmt::format(
				"Watched for {:.1f} s{}: {} system ticks, {} minor faults, {} "
				"voluntary switches. SIGKILL: {} ({:.0f} ms).",
				static_cast<double>(hang.watched_ns) / 1e9,
				hang.shortened ? " (another call with the same stack: 60 s)" : "",
				grown.system_ticks, grown.minor_faults, grown.voluntary_switches,
				hang.killable ? "it died" : "IT SURVIVED",
				static_cast<double>(hang.kill_ns) / 1e6));
		if (const auto innermost = readable(hang.innermost); !innermost.empty())
			out += labelled("", "Innermost: " + std::string(innermost), 3);
		if (hang.paired && shown(matter).seen.before.made == Made::ended)
			out += labelled("",
					fmt::format("The same call with a good tag, right "
						    "before: {:.2f} ms.",
						    static_cast<double>(
							    shown(matter).seen.before.elapsed_ns) /
							    1e6));
	}
	out += reproduced_text(*matter.all.journal, matter.cause);
	const auto again = confirmed_text(*matter.all.journal, matter.cause);
	return out + (again.empty() ? labelled("", "Not run again alone yet (--confirm does that).")
				    : again);
}

std::string neighbours(const Matter &matter)
{
	const auto reach = reach_of(matter.cause);
	auto out =
		labelled("", fmt::format("Reached by {}: {}; with the file or peer {}; at "
					 "offsets {}.",
					 counted(matter.cause.rows.size(), "point"),
					 fmt::join(reach.calls, " "), fmt::join(reach.states, " "),
					 fmt::join(reach.offsets, " ")));
	std::set<std::string> fine;
	for (const auto &row : matter.all.rows)
		if (row.end->verdict.kind == VerdictKind::pass && noticed(row) &&
		    std::ranges::find(reach.calls, row.parts.call) != reach.calls.end() &&
		    std::ranges::find(reach.places, row.parts.place) == reach.places.end())
			fine.insert(row.parts.place);
	if (!fine.empty())
		out += labelled("", fmt::format("The same calls do as they should on: {}.",
						fmt::join(fine, " ")));
	return out;
}

std::string whole_report(const Matter &matter)
{
	const bool boots = text_at(matter.run, {"machine", "kind"}) == "qemu";
	auto out = labelled("", fmt::format("With the suite that found it{}:",
					    boots ? " (it boots the kernel in QEMU)"
						  : ", on the machine itself"));
	out += reproduce_command(matter.run, shown(matter).id) + '\n';
	if (const auto bare = bare_qemu(matter.run); !bare.empty())
		out += labelled("", "The machine, without it:") + bare;
	return out;
}

} // namespace tagtrap::mail
