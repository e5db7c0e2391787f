// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/status.h"

#include <algorithm>

#include "harness/report/digest.h"
#include "harness/report/rest.h"

namespace tagtrap {

namespace {

constexpr int sound = 0;
constexpr int violated = 1;
constexpr int unsound = 3;

/// What a preflight that is not ok means: on a machine of others that MTE is not there to be
/// tested, unless page faults are all that is tested; in a VM that we set up that we did it wrong,
/// unless it was booted with arm64.nomte.
int preflight_status(const Journal &journal, const std::string &status)
{
	if (status == "ok")
		return sound;
	bool ours = text_at(run_of(journal, nullptr), {"machine", "kind"}) == "qemu";
	const bool absent = status == "no-mte" || status == "nomte" || status == "machine" ||
			    status == "refused";
	if (!absent)
		return unsound;
	if (ordinary_half(journal) && (!ours || status == "nomte"))
		return sound;
	return ours ? unsound : nothing_judged;
}

/// A point that says something; a control that nobody asked for says nothing of the kernel.
bool judged(const StoredEnd &end)
{
	return end.control_for.empty() && (end.verdict.kind == VerdictKind::pass ||
					   end.verdict.kind == VerdictKind::unchecked);
}

} // namespace

int exit_status(const Journal &journal)
{
	if (const int number = interrupted_by(journal); number != 0)
		return signalled + number;
	bool absent = false;
	for (const auto &preflight : journal.preflights) {
		auto status = preflight_status(journal, text_at(preflight, {"status"}));
		if (status == unsound)
			return unsound;
		absent |= status == nothing_judged;
	}
	if (absent)
		return nothing_judged;

	auto any = [&](auto what) { return std::ranges::any_of(journal.ends, what); };
	bool chosen =
		!journal.runs.empty() && std::ranges::all_of(journal.runs, [](const Json &run) {
			return !text_at(run, {"contract", "name"}).empty();
		});
	bool broken =
		any([](const StoredEnd &end) { return end.verdict.kind == VerdictKind::broken; });
	if (!chosen || broken || journal.finish.is_null() || rest_of(journal).missing != 0)
		return unsound;
	if (any([](const StoredEnd &end) { return violates(end.verdict.kind); }))
		return violated;
	return any(judged) ? sound : nothing_judged;
}

} // namespace tagtrap
