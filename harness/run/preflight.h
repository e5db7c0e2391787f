// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/model/record.h"

namespace tagtrap {

/// Whether tag checks work on this machine at all, as user mode sees it; nothing counts before they
/// do. A kernel copy that does not stop at a bad granule is the kernel's doing, and is judged.
enum class Ground : uint8_t {
	ok,
	no_mte,  ///< the CPU has none
	nomte,   ///< booted with arm64.nomte
	machine, ///< a VM whose machine model has MTE switched off
	refused, ///< prctl refuses a mode
	wrong,   ///< tag checks give wrong answers (QEMU 7.2)
};

std::string_view to_string(Ground ground);

/// One check: what it expected and what it saw.
struct Check {
	std::string name;
	std::string expected;
	std::string seen;
	bool ok;
};

struct Preflight {
	Ground ground = Ground::ok;
	std::vector<Check> checks = {}; ///< of user mode: what the machine is worth
	std::vector<Check> copies = {}; ///< of the kernel's: facts, which decide nothing
	std::string advice = {};        ///< one line for people: what is missing and what to do
};

/// Runs all checks that this machine admits; forks a child for each that may fault. A few ms.
Preflight preflight();

/// The `preflight` event.
Json to_json(const Preflight &seen);

/// In words, for `tagtrap preflight`: CPU features, modes, mte_tcf_preferred, checks, advice.
std::string describe(const Preflight &seen);

/// Whether only page faults can be judged: a machine of others that has no tags, or one that was
/// booted with arm64.nomte. Else our VM is wrong instead.
bool only_ordinary(const Preflight &seen, bool our_vm);

/// Exit status of a machine that did not pass: 77 where it has no MTE, 3 where it is wrong or where
/// the VM was set up by us.
int status_of(const Preflight &seen, bool our_vm);

/// Content of mte_tcf_preferred of every CPU that has the file.
std::vector<std::string> preferred_modes();

} // namespace tagtrap
