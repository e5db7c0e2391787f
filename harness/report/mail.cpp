// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/mail.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>

#include "harness/report/mail_parts.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

using mail::Matter;

constexpr std::string_view rule_line =
	"------------------------------------------------------------------------\n";

Matter matter_of(const Digest &all, const Cause &cause, const FindMaintainers &find)
{
	return {all, cause, run_of(*all.journal, cause.shortest->end),
		find ? find(cause.key.function) : Maintained{}};
}

std::string section(std::string_view name, const std::string &text)
{
	return text.empty() ? "" : fmt::format("\n== {}\n", name) + text;
}

std::string people(std::string_view header, const Maintained &where, const Cause &cause)
{
	if (!where.people.empty())
		return fmt::format("{}: {}\n", header, fmt::join(where.people, ",\n    "));
	return fmt::format("{}: (scripts/get_maintainer.pl -f with the file of {}();\n"
			   "    --kernel-tree=DIR fills this in)\n",
			   header, cause.key.function);
}

std::string body(const Matter &matter)
{
	const auto source = text_at(matter.cause.shortest->end->known, {"source"});
	return section("Summary", mail::summary(matter)) +
	       section("Cause", mail::cause_text(matter)) +
	       section("Reproducer", mail::reproduction(matter)) +
	       section("Evidence", mail::evidence(matter)) +
	       section("Same call elsewhere", mail::neighbours(matter)) +
	       section("Whole report", mail::whole_report(matter)) +
	       fmt::format("\nFixes: unknown\nLink: {}\n", source.empty() ? "unknown" : source);
}

const Cause &named(const std::vector<Cause> &causes, std::string_view id)
{
	const auto found = std::ranges::find(causes, id, &Cause::id);
	if (found != causes.end())
		return *found;
	std::string ids;
	for (const auto &cause : causes)
		ids += ' ' + cause.id;
	throw std::invalid_argument(fmt::format("no cause {} in this run; there are:{}", id,
						ids.empty() ? " none" : ids));
}

} // namespace

std::string lkml_mail(const Digest &all, const Cause &cause, const FindMaintainers &find)
{
	const auto matter = matter_of(all, cause, find);
	return "Subject: " + mail::subject(matter) + '\n' + people("To", matter.where, cause) +
	       body(matter);
}

std::string lkml_report(const Journal &journal, std::string_view wanted,
			const FindMaintainers &find)
{
	const auto all = digest(journal);
	const auto causes = causes_of(all);
	std::vector<const Cause *> told;
	size_t withheld = 0;
	for (const auto &cause : causes) {
		if (security_matter(all, cause))
			withheld++;
		else if (wanted.empty() || cause.id == wanted)
			told.push_back(&cause);
	}
	if (!wanted.empty() && security_matter(all, named(causes, wanted)))
		throw std::invalid_argument(
			fmt::format("cause {} has to go to the kernel's security contact first: "
				    "--format=security",
				    wanted));
	std::string out;
	for (const auto *cause : told) {
		out += out.empty() ? "" : '\n' + std::string(rule_line) + '\n';
		out += lkml_mail(all, *cause, find);
	}
	if (told.empty())
		out += "No cause that could be told here.\n";
	if (withheld != 0)
		out += '\n' + labelled("", fmt::format("{} withheld: it has to go to the kernel's "
						       "security contact first; see report.txt "
						       "(--format=security).",
						       counted(withheld, "cause")));
	return out;
}

std::string security_report(const Journal &journal, std::string_view wanted,
			    const FindMaintainers &find)
{
	const auto all = digest(journal);
	const auto causes = causes_of(all);
	const Cause *chosen = nullptr;
	if (wanted.empty()) {
		for (const auto &cause : causes) {
			if (!security_matter(all, cause))
				continue;
			if (chosen != nullptr)
				throw std::invalid_argument(
					"several causes have to go to the security contact: name "
					"one, its id stands in report.txt");
			chosen = &cause;
		}
		if (chosen == nullptr)
			throw std::invalid_argument("no cause of this run has to go to the "
						    "security contact first");
	} else {
		chosen = &named(causes, wanted);
	}
	const auto matter = matter_of(all, *chosen, find);
	std::string out = "To: security@kernel.org\n";
	out += people("Cc", matter.where, *chosen);
	out += "Subject: [SECURITY] " + mail::subject(matter) + '\n';
	out += '\n' +
	       labelled("", fmt::format("Impact: {}. Who can do it: see Summary. Told: nobody "
					"yet. Proposed embargo: until a fix is merged, days "
					"rather than weeks. No fix is proposed here.",
					to_string(chosen->severity)));
	return out + body(matter);
}

} // namespace tagtrap
