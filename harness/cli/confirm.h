// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "harness/cli/options.h"

namespace tagtrap {

/// What a run of the point `id` alone is asked for. Pure.
Options options_alone(const Options &options, const std::string &id);

/// Runs one point alone; its journal goes to the directory, which is there. `user` is who runs it;
/// 0: whoever ran the rest. Returns a status above 128 when it was interrupted; throws when it
/// cannot be done.
using RunAlone = std::function<int(const std::string &id, const std::filesystem::path &directory,
				   unsigned user)>;

/// "nobody": who tries what should need no privilege.
inline constexpr unsigned ordinary_user = 65534;

/// --confirm, --repeat: runs the violations of the run in `out` again (report/confirm.h), each so
/// many times, stores the report of each in out/confirm/N (further ones of the same point in
/// out/confirm/N.2, ...) and adds what they came to to the journal. With `as_user` an ordinary user
/// runs the point that shows each cause as well (out/confirm/user-N). Returns 0, or the status of
/// an interruption, after which no more are run.
int confirm_violations(const std::filesystem::path &out, const RunAlone &run_alone,
		       unsigned times = 1, bool as_user = false);

} // namespace tagtrap
