// SPDX-License-Identifier: GPL-2.0-only
// What can become of a point, as observations that nobody has made: what judge() says of them is
// what the suite would say.
#pragma once

#include <string>
#include <vector>

#include "harness/model/contract.h"

namespace tagtrap {

/// One thing that may happen.
struct Happening {
	std::string words;
	Observation seen;
};

/// What a good call of `point` returns, in words.
std::string good_result(const Point &point, uint32_t page_size);

/// The usual ones, what is due first. None for a point that makes no call. Pure.
std::vector<Happening> happenings(const Point &point, const KernelFacts &facts);

/// "FAIL F1 F3"
std::string verdict_words(const Verdict &verdict);

} // namespace tagtrap
