// SPDX-License-Identifier: GPL-2.0-only
#include <array>
#include <cerrno>

#include "harness/model/judge_parts.h"

namespace tagtrap::judging {

namespace {

/// What a kernel says where it was built without the object or the operation that a row asks for.
constexpr std::array not_here = {ENOSYS,      EOPNOTSUPP, EAFNOSUPPORT,   EPROTONOSUPPORT,
				 ENOPROTOOPT, ENOTTY,     ESOCKTNOSUPPORT};

} // namespace

bool absent(const Matter &matter)
{
	const Observation &seen = matter.seen;
	if (matter.point.call->row == nullptr || complains(seen))
		return false;
	const auto says = [](int64_t error) {
		return std::ranges::find(not_here, error) != not_here.end();
	};
	if (seen.end == End::setup_failed)
		return says(seen.failure.error);
	return seen.end == End::returned && matter.point.stand == Stand::good &&
	       says(-seen.result) && !matter.signalled();
}

} // namespace tagtrap::judging
