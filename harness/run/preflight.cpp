// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/preflight.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/run/preflight_trials.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

constexpr int segv_mteserr = 9; ///< asm-generic/siginfo.h

std::string words(const TrialEnd &end)
{
	switch (end.how) {
	case TrialEnd::How::quiet:
		return "no fault";
	case TrialEnd::How::wrong:
		return "wrong tags";
	case TrialEnd::How::moved:
		return fmt::format("{} of {} bytes moved", end.value, copied_bytes);
	case TrialEnd::How::refused:
		return std::strerror(end.value);
	case TrialEnd::How::handler:
		return end.value == segv_mteserr
			       ? "SEGV_MTESERR"
			       : fmt::format("a fault with si_code {}", end.value);
	case TrialEnd::How::killed:
		return fmt::format("death by signal {}", end.value);
	case TrialEnd::How::not_tried:
		return "it could not be tried";
	case TrialEnd::How::hung:
		return "it did not come back";
	}
	return "?";
}

bool is_copy(Due due)
{
	return due == Due::all || due == Due::not_all;
}

std::string expected(Due due)
{
	switch (due) {
	case Due::no_fault:
		return words({TrialEnd::How::quiet, 0});
	case Due::fault:
		return words({TrialEnd::How::handler, segv_mteserr});
	case Due::all:
		return words({TrialEnd::How::moved, copied_bytes});
	case Due::not_all:
		return "EFAULT, a short count or a signal";
	}
	return "?";
}

bool as_due(Due due, const TrialEnd &end)
{
	switch (due) {
	case Due::no_fault:
		return end.how == TrialEnd::How::quiet;
	case Due::fault:
		return end.how == TrialEnd::How::handler && end.value == segv_mteserr;
	case Due::all:
		return end.how == TrialEnd::How::moved && end.value == copied_bytes;
	case Due::not_all:
		return (end.how == TrialEnd::How::moved && end.value < copied_bytes) ||
		       end.how == TrialEnd::How::refused || end.how == TrialEnd::How::handler ||
		       end.how == TrialEnd::How::killed;
	}
	return false;
}

Preflight without_mte()
{
	const auto no = [](Ground ground, const char *advice) {
		Preflight seen;
		seen.ground = ground;
		seen.advice = advice;
		return seen;
	};
	const std::string cmdline = sys::slurp("/proc/cmdline");
	if (cmdline.find("arm64.nomte") != std::string::npos)
		return no(Ground::nomte, "the kernel was booted with arm64.nomte: boot without it");
	const std::string model = sys::slurp("/proc/device-tree/compatible") +
				  sys::slurp("/sys/class/dmi/id/sys_vendor");
	if (model.find("linux,dummy-virt") != std::string::npos ||
	    model.find("QEMU") != std::string::npos)
		return no(Ground::machine,
			  "this virtual machine has MTE switched off: -M virt,mte=on -cpu max");
	return no(Ground::no_mte,
		  "this CPU does not show MTE to Linux (HWCAP2_MTE); firmware may have it switched "
		  "off: docs/boards.md. A run judges page faults alone; in QEMU it judges all");
}

/// What prctl says to the modes that every CPU with MTE has, and to the one that this CPU shows.
Preflight modes_can_be_set(bool store_only)
{
	Preflight seen;
	const auto control = mte::current_control();
	std::vector<TagCheckMode> modes = {TagCheckMode::sync, TagCheckMode::async};
	if (store_only)
		modes.push_back(TagCheckMode::storeonly);
	for (const auto mode : modes) {
		const int64_t result = mte::set_mode(mode);
		seen.checks.push_back({fmt::format("prctl sets mode {}", to_string(mode)), "0",
				       fmt::format("{}", result), result == 0});
		if (result != 0)
			seen.ground = Ground::refused;
	}
	if (control >= 0)
		mte::set_mode(TagCheckMode::none);
	if (seen.ground == Ground::refused)
		seen.advice = "prctl(PR_SET_TAGGED_ADDR_CTRL) refuses a tag check mode; look at "
			      "/proc/sys/abi/tagged_addr_disabled";
	return seen;
}

} // namespace

Preflight weigh(const std::vector<Trial> &trials)
{
	Preflight seen;
	for (const auto &trial : trials)
		(is_copy(trial.due) ? seen.copies : seen.checks)
			.push_back({trial.name, expected(trial.due), words(trial.end),
				    as_due(trial.due, trial.end)});
	if (std::ranges::all_of(seen.checks, &Check::ok))
		return seen;
	seen.ground = Ground::wrong;
	seen.advice = "tag checks are wrong on this machine; QEMU before 10.0 is known for it";
	return seen;
}

Preflight preflight()
{
	if (!mte::have_tags())
		return without_mte();
	const mte::Features features = mte::features();
	Preflight modes = modes_can_be_set(features.store_only);
	if (modes.ground != Ground::ok)
		return modes;
	Preflight seen = weigh(try_tags(features.store_only));
	seen.checks.insert(seen.checks.begin(), modes.checks.begin(), modes.checks.end());
	return seen;
}

} // namespace tagtrap
