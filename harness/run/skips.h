// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <map>
#include <span>
#include <string>

#include "harness/model/point.h"
#include "harness/run/places.h"
#include "harness/run/session.h"

namespace tagtrap {

/// What this machine can do, as far as whole kinds of points depend on it. Found out once.
struct Abilities {
	Survey survey;
	std::string no_tags;                ///< "no-mte" where there are none; empty: there are
	std::string no_asymm;               ///< why asymm cannot be had; empty: it can
	std::string no_storeonly;           ///< why store-only cannot be had
	std::string no_uring;               ///< why io_uring cannot be had
	std::string no_sqpoll;              ///< why SQPOLL cannot be had
	std::string no_init;                ///< why no process can be init of a PID namespace
	bool nomops = false;                ///< booted with arm64.nomops
	std::string no_nomops;              ///< why points that want it have no meaning here
	std::map<int, std::string> no_call; ///< why a system call (its number) cannot be made
	/// Why a situation cannot be arranged.
	std::map<const Situation *, std::string> lacks;
};

/// Why there is no mode store-only, by what HWCAP3 shows (`shown`) and what prctl says to it (0 or
/// -errno); empty: there is. Pure.
std::string lacks_storeonly(bool shown, int64_t result);

/// Asks the machine. Natively makes the places that `plan` needs (places.h); in our VM asks for
/// asymm by mte_tcf_preferred.
Abilities find_abilities(const SessionSetup &setup, const KernelFacts &facts,
			 std::span<const Point> plan);

/// Whether `point` means nothing without tags; everything else needs pages alone.
bool needs_tags(const Point &point);

/// Why `point` is not run here; empty: it is run. "pending: nomops" means another boot can.
std::string skip_reason(const Point &point, const Abilities &abilities, const SessionSetup &setup,
			Contract contract);

/// O_DIRECT that a filesystem does not offer is no fault of the suite: the reason why a point that
/// was tried counts as not run; empty: it counts.
std::string no_direct(const Point &point, const Observation &seen);

/// What the machine could not arrange for a point that was tried, so that it counts as not run;
/// empty: it counts.
std::string unreached(const Observation &seen);

/// The `end` of a point that is not run.
EndRecord skipped(const Point &point, const KernelFacts &facts, const std::string &reason);

inline constexpr const char *pending_nomops = "pending: needs a boot with arm64.nomops";

} // namespace tagtrap
