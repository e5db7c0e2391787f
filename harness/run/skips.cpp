// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/skips.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unistd.h>
#include <vector>

#include "fixtures/target.h"
#include "fixtures/uring.h"
#include "harness/model/case.h"
#include "harness/model/evidence.h"
#include "harness/mte/mapping.h"
#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/run/preflight.h"
#include "harness/run/refused.h"
#include "harness/run/stage.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

/// asymm is what sync and async together resolve to where mte_tcf_preferred says so.
std::string try_asymm(const SessionSetup &setup, const KernelFacts &facts)
{
	if (!facts.mte3)
		return "no asymm: HWCAP2_MTE3 is not set";
	const auto preferred = preferred_modes();
	if (preferred.empty())
		return "this kernel has no mte_tcf_preferred";
	if (setup.our_vm)
		for (size_t cpu = 0; cpu < preferred.size(); ++cpu)
			sys::spew(
				fmt::format("/sys/devices/system/cpu/cpu{}/mte_tcf_preferred", cpu),
				"asymm\n");
	for (const auto &mode : preferred_modes())
		if (mode != "asymm")
			return fmt::format(
				"mte_tcf_preferred is {}; write asymm to it on every CPU", mode);
	return "";
}

std::string why_not(int64_t result, const char *what)
{
	return result == 0 ? ""
			   : fmt::format("{}: {}", what, std::strerror(static_cast<int>(-result)));
}

std::string try_sqpoll()
{
	try {
		mte::TaggedMapping buffer(4096);
		Ring ring(Submission::sqpoll, buffer.start(), buffer.size());
		return "";
	} catch (const std::system_error &error) {
		return fmt::format("SQPOLL: {}", error.what());
	}
}

/// What the cases of the plan need besides the calls that every one does.
std::map<int, std::string> try_calls(std::span<const Point> plan)
{
	std::set<int> needed;
	for (const auto &point : plan)
		needed.insert(point.call->needs.begin(), point.call->needs.end());
	return refused_calls(std::vector<int>(needed.begin(), needed.end()));
}

/// Asks no situation that is out of reach anyhow: a call that a filter forbids may be the end.
std::map<const Situation *, std::string> try_situations(std::span<const Point> plan,
							const std::map<int, std::string> &no_call)
{
	std::map<const Situation *, std::string> found;
	for (const auto &point : plan) {
		const Situation *const situation = point.call->situation;
		if (situation == nullptr || situation->lacks == nullptr ||
		    found.contains(situation) || (situation->needs_root && getuid() != 0) ||
		    std::ranges::any_of(point.call->needs,
					[&](int number) { return no_call.contains(number); }))
			continue;
		found[situation] = situation->lacks();
	}
	return found;
}

} // namespace

std::string lacks_storeonly(bool shown, int64_t result)
{
	if (shown)
		return why_not(result, "no store-only: HWCAP3 shows it, prctl says");
	return result == 0 ? "no store-only: prctl takes it, and HWCAP3 does not show it"
			   : "no store-only: HWCAP3_MTE_STORE_ONLY is not set (Linux 6.17 and "
			     "FEAT_MTE_STORE_ONLY)";
}

Abilities find_abilities(const SessionSetup &setup, const KernelFacts &facts,
			 std::span<const Point> plan)
{
	Abilities found;
	std::set<std::string> wanted;
	for (const auto &point : plan)
		wanted.emplace(point.place->name);
	found.survey = survey(setup.work, setup.our_vm, wanted, setup.unmounted);
	found.no_tags = mte::have_tags() ? "" : "no-mte";
	found.no_asymm = try_asymm(setup, facts);
	found.no_storeonly =
		lacks_storeonly(mte::features().store_only, mte::try_mode(TagCheckMode::storeonly));
	found.no_uring = why_not(uring_available(), "io_uring_setup");
	found.no_sqpoll = found.no_uring.empty() ? try_sqpoll() : found.no_uring;
	found.no_init = try_namespace();
	found.no_call = try_calls(plan);
	found.lacks = try_situations(plan, found.no_call);
	found.nomops = sys::slurp("/proc/cmdline").find("arm64.nomops") != std::string::npos;
	if (!found.nomops && !facts.mops)
		found.no_nomops = "this kernel's copy routines do not use MOPS here anyway";
	return found;
}

bool needs_tags(const Point &point)
{
	const bool checks_are_off_or_sync =
		point.mode == TagCheckMode::none || point.mode == TagCheckMode::sync;
	return point.stand == Stand::bad || point.tco || !checks_are_off_or_sync;
}

/// What only some situations ask of a machine.
std::string no_situation(const Situation &situation, const Abilities &abilities, Contract contract)
{
	if (situation.needs_root && getuid() != 0)
		return "needs root";
	if (situation.needs_signal && contract != Contract::forced_signal)
		return "without the forced signal nothing ends this wait";
	const auto lacks = abilities.lacks.find(&situation);
	return lacks == abilities.lacks.end() ? "" : lacks->second;
}

std::string skip_reason(const Point &point, const Abilities &abilities, const SessionSetup &setup,
			Contract contract)
{
	if (!abilities.no_tags.empty() && needs_tags(point))
		return abilities.no_tags;
	const auto missing = abilities.survey.missing.find(point.place->name);
	if (missing != abilities.survey.missing.end())
		return fmt::format("no {} here: {}", point.place->name, missing->second);
	if (point.stand == Stand::pfn && !setup.our_vm)
		return "memory of devices is mapped on a machine of ours only";
	if (point.memory == Memory::diskswap && !setup.our_vm)
		return "swap on a disk is switched on in a machine of ours only";
	if (point.call->shape.remount && !abilities.survey.may_remount)
		return "the mounts of this machine are not ours to take away";
	if (point.mode == TagCheckMode::asymm && !abilities.no_asymm.empty())
		return abilities.no_asymm;
	if (point.mode == TagCheckMode::storeonly && !abilities.no_storeonly.empty())
		return abilities.no_storeonly;
	if (point.call->shape.uring && !abilities.no_uring.empty())
		return abilities.no_uring;
	for (const int number : point.call->needs)
		if (const auto refused = abilities.no_call.find(number);
		    refused != abilities.no_call.end())
			return refused->second;
	if (point.submission == Submission::sqpoll && !abilities.no_sqpoll.empty())
		return abilities.no_sqpoll;
	if (point.nomops && !abilities.nomops)
		return !abilities.no_nomops.empty() ? abilities.no_nomops
		       : setup.our_vm               ? pending_nomops
						    : "needs a boot with arm64.nomops";
	if (point.caller == Caller::init && !abilities.no_init.empty())
		return abilities.no_init;
	if (point.call->situation != nullptr)
		if (std::string why = no_situation(*point.call->situation, abilities, contract);
		    !why.empty())
			return why;
	const bool dangerous = point.call->shape.hazardous || point.call->shape.hidden;
	if (dangerous && !setup.our_vm && !setup.allow_hangs)
		return "may not survive on a machine that is not ours: --allow-hangs";
	return "";
}

std::string no_direct(const Point &point, const Observation &seen)
{
	const bool refused = point.direct && seen.end == End::setup_failed &&
			     seen.failure.error == EINVAL &&
			     readable(seen.failure.step).starts_with(opening_directly);
	return refused ? fmt::format("{} has no O_DIRECT on this kernel", point.place->name) : "";
}

std::string unreached(const Observation &seen)
{
	const std::string_view step = readable(seen.failure.step);
	if (seen.end != End::setup_failed || !step.starts_with(missing_here))
		return "";
	return std::string(step.substr(missing_here.size()));
}

EndRecord skipped(const Point &point, const KernelFacts &facts, const std::string &reason)
{
	EndRecord end = {.id = id(point), .group = group(point)};
	end.verdict = {.kind = VerdictKind::skip, .reason = reason};
	end.promise = expect(point, facts).promise;
	return end;
}

} // namespace tagtrap
