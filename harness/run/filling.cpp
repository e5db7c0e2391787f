// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/filling.h"

#include "harness/model/case.h"
#include "harness/run/worker.h"

namespace tagtrap {

size_t Filling::next_block(size_t next, const std::string &left_out, Block &block)
{
	for (; next < plan_.size() && block.items.size() < block_size; ++next) {
		const Point &point = plan_[next];
		if (before_.finished.contains(static_cast<uint32_t>(next)))
			continue;
		std::string reason = skip_reason(point, abilities_, setup_, terms_.contract);
		if (!left_out.empty() && (reason.empty() || reason == pending_nomops))
			reason = left_out;
		if (reason == pending_nomops) {
			pending_.push_back(next);
			continue;
		}
		if (!reason.empty()) {
			block.skips.push_back({next, reason});
			continue;
		}
		if (groups_.closed(group(point), position_of(point))) {
			block.skips.push_back({next, ""});
			continue;
		}
		const bool single = point.call->shape.hazardous || point.call->shape.once ||
				    before_.alone.contains(id(point));
		if (!block.items.empty() &&
		    (single || kind_for(point) != kind_for(plan_[block.items[0]]) ||
		     point.place != plan_[block.items[0]].place ||
		     (setup_.probe && group(point) != group(plan_[block.items[0]]))))
			break;
		block.items.push_back(static_cast<uint32_t>(next));
		if (single)
			return next + 1;
	}
	return next;
}

} // namespace tagtrap
