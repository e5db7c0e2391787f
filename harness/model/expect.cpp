// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/case.h"
#include "harness/model/contract.h"
#include "harness/model/judge_parts.h"

namespace tagtrap {

namespace judging {

bool mode_checks(TagCheckMode mode, Direction direction)
{
	switch (mode) {
	case TagCheckMode::none:
	case TagCheckMode::async:
		return false;
	case TagCheckMode::sync:
		return true;
	case TagCheckMode::asymm:
		return direction == Direction::loads;
	case TagCheckMode::storeonly:
		return direction == Direction::stores;
	}
	return false;
}

bool mode_checks(TagCheckMode mode, const Case &call)
{
	// What is loaded and stored meets the granule by either.
	return mode_checks(mode, call.direction) ||
	       (may_store(call) && mode_checks(mode, Direction::stores));
}

bool checks_half(TagCheckMode mode)
{
	return mode_checks(mode, Direction::loads) != mode_checks(mode, Direction::stores);
}

} // namespace judging

bool is_control(const Point &point)
{
	return point.stand == Stand::good && point.memory == Memory::plain &&
	       !point.call->shape.remount && point.disposition != Disposition::pending;
}

// Two things do not enter: PSTATE.TCO of the caller, which changes nothing in the kernel (P7), and
// who submits, since workers and SQPOLL threads inherit the mode of the thread that made the ring.
Expectation expect(const Point &point, const KernelFacts &facts)
{
	Expectation wanted;
	if (point.call == nullptr)
		return wanted;
	if (point.call->promise != nullptr)
		wanted.promise = point.call->promise(point, facts);
	if (point.call->shape.fixed) { // pinned when it was registered, on every kernel
		wanted.promise.kind = PromiseKind::unchecked;
		wanted.promise.may_be_unchecked = {};
	}
	wanted.checked = wanted.promise.kind != PromiseKind::unchecked &&
			 judging::mode_checks(point.mode, *point.call);
	wanted.sub_page =
		wanted.checked && point.stand == Stand::bad && point.offset < point.length;
	return wanted;
}

} // namespace tagtrap
