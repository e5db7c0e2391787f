// SPDX-License-Identifier: GPL-2.0-only
#include <csignal>

#include "harness/model/record.h"

namespace tagtrap {

Verdict judge_in_order(const Point &point, const Observation &seen, Terms &terms)
{
	auto verdict = judge(point, seen, terms);
	if (terms.run_signal != 0)
		return verdict;
	int number = 0;
	if (seen.end == End::killed)
		number = seen.death_signal;
	else if (seen.signal_count > 0)
		number = seen.signals[0].number;
	if (number != SIGSEGV && number != SIGBUS)
		return verdict;
	auto expected = expect(point, terms.kernel);
	if (expected.checked && expected.sub_page)
		terms.run_signal = number;
	return verdict;
}

} // namespace tagtrap
