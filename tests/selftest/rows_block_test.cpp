// SPDX-License-Identifier: GPL-2.0-only
// Rows through a worker child, its filter and the judge, on the kernel at hand: what needs no tags.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

#include "harness/model/case.h"
#include "harness/model/row.h"
#include "harness/run/refused.h"
#include "tests/selftest/block_run.h"

namespace tagtrap {
namespace {

/// All that the rows need and that this machine does not have.
std::map<int, std::string> calls_not_here()
{
	std::set<int> needed;
	for (const Case *call : cases())
		if (call->row != nullptr)
			needed.insert(call->needs.begin(), call->needs.end());
	return refused_calls(std::vector<int>(needed.begin(), needed.end()));
}

bool possible(const Case &call, const std::map<int, std::string> &missing)
{
	if (call.situation->needs_root && getuid() != 0)
		return false;
	for (const int number : call.needs)
		if (missing.contains(number))
			return false;
	return true;
}

/// One place that needs no disk.
const Place &place_of(const Case &call)
{
	for (const auto &place : places())
		if (!place.on_disk && acts_on(call, place))
			return place;
	throw std::logic_error("no place for " + std::string(call.name));
}

} // namespace

TEST_CASE("a row works with a good tag, and is EFAULT where nobody may touch the page")
{
	const auto missing = calls_not_here();
	std::vector<std::string> ids;
	for (const Case *call : cases()) {
		if (call->row == nullptr || !possible(*call, missing))
			continue;
		Point point = {.call = call, .place = &place_of(*call)};
		rows::place_granule(*call->row, Position::first, point);
		point.stand = Stand::good;
		ids.push_back(id(point));
		point.stand = Stand::protnone;
		for (const auto position : rows::edges(call->row->extent)) {
			rows::place_granule(*call->row, position, point);
			ids.push_back(id(point));
		}
		rows::place_granule(*call->row, Position::first, point);
		if (call->row->flow != rows::Flow::in) {
			point.stand = Stand::rdonly;
			ids.push_back(id(point));
		}
	}
	constexpr size_t at_once = 32; // a block has room for them
	std::set<std::string> absent;  // objects and operations, by row: SKIP with a good tag
	for (size_t from = 0; from < ids.size(); from += at_once) {
		const size_t to = std::min(ids.size(), from + at_once);
		const std::vector<std::string> some(ids.begin() + static_cast<long>(from),
						    ids.begin() + static_cast<long>(to));
		const selftest::Run run(some);
		for (size_t i = 0; i < some.size(); ++i) {
			const Verdict verdict = run.verdict(i);
			INFO(some[i] << ": " << verdict.reason);
			const std::string name = some[i].substr(0, some[i].find('/'));
			if (verdict.kind == VerdictKind::skip &&
			    parse_id(some[i]).stand == Stand::good)
				absent.insert(name);
			// docs/findings.md, 14: a part of a timer's count, on kernels that have it.
			const bool in_part =
				some[i] == "read.timerfd/self/protnone/sync/@last/handler" &&
				verdict.rules.size() == 1 && verdict.rules.front() == Rule::p3;
			if (!absent.contains(name) && !in_part)
				CHECK(verdict.kind == VerdictKind::pass);
		}
		CHECK_FALSE(run.spoiled);
	}
	CHECK(ids.size() > 10);
}

} // namespace tagtrap
