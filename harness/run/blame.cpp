// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/blame.h"

#include <algorithm>
#include <cerrno>

namespace tagtrap {

namespace {

void note(const Complaint &complaint, Observation &seen)
{
	seen.kernel_complained = complaint.kind != ComplaintKind::none;
	seen.kernel_oopsed = complaint.kind == ComplaintKind::oops;
	seen.complaint_kind = complaint.kind;
	seen.complaint = {};
	complaint.text.copy(seen.complaint.data(), seen.complaint.size());
}

/// The call, or what the suite does before or after it, did not come back.
bool stood_still(const Observation &seen)
{
	switch (seen.end) {
	case End::hung:
		return true;
	case End::returned:
		return seen.repeated && seen.repeat_result == -ETIMEDOUT;
	case End::setup_failed:
		return seen.failure.error == ETIMEDOUT;
	default:
		return false;
	}
}

} // namespace

std::vector<uint32_t> blame(const Complaint &complaint, Block &block)
{
	std::vector<Observation *> still, others;
	std::vector<uint32_t> suspects;
	for (size_t i = 0; i < block.items.size(); ++i) {
		Observation &seen = block.seen(i);
		if (seen.end == End::none)
			continue;
		(stood_still(seen) ? still : others).push_back(&seen);
		if (!stood_still(seen))
			suspects.push_back(block.items[i]);
	}
	const auto give = [&](const std::vector<Observation *> &whom) {
		for (Observation *const seen : whom)
			note(complaint, *seen);
	};
	const bool stall = complaint.kind == ComplaintKind::stall && !still.empty();
	const bool several = still.size() + others.size() > 1 && !others.empty();
	if (complaint.kind > ComplaintKind::warning && several && !stall) {
		if (complaint.kind != ComplaintKind::oops)
			give(still);
		return suspects;
	}
	give(still);
	if (!stall)
		give(others);
	return {};
}

std::vector<uint32_t> stuck_in(Block &block)
{
	std::vector<uint32_t> items;
	for (size_t i = 0; i < block.items.size(); ++i)
		if (block.seen(i).end != End::none && stood_still(block.seen(i)))
			items.push_back(block.items[i]);
	return items;
}

} // namespace tagtrap
