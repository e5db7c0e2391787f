// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

#include "harness/report/digest.h"
#include "harness/report/matrix.h"

namespace tagtrap {

/// The parts of the text report, in its order. All end with a line break; empty if there is nothing
/// to say.
std::string head_text(const Digest &all);
std::string ground_text(const Journal &journal);
/// Groups that were closed after hangs; points that --max-time left out.
std::string closed_text(const Digest &all);
std::string time_limit_text(const Json &run, const Digest &all);
std::string causes_text(const Digest &all);
std::string known_passed_text(const Digest &all);
std::string unchecked_text(const Digest &all);
std::string broken_text(const Digest &all);
std::string skipped_text(const Digest &all);
std::string signals_text(const Digest &all);
std::string totals_text(const Digest &all);
std::string details_text(const Digest &all, const Matrix &cells);

/// What was seen of a hang, as lines of a violation.
std::string evidence_text(const Observation &seen);

} // namespace tagtrap
