// SPDX-License-Identifier: GPL-2.0-only
#include "harness/mte/mode.h"

#include <sys/auxv.h>
#include <sys/prctl.h>

#include "harness/sys/raw.h"

namespace tagtrap::mte {

namespace {

// Values of the kernel's uapi (linux/prctl.h, asm/hwcap.h) that older headers lack.
constexpr uint64_t tagged_addr_enable = 1;
constexpr uint64_t tcf_sync = 1UL << 1;
constexpr uint64_t tcf_async = 1UL << 2;
constexpr uint64_t store_only = 1UL << 19;
constexpr int tag_include_shift = 3;
constexpr uint64_t all_tags_but_zero = 0xfffe;
#if defined(__aarch64__)
constexpr unsigned long hwcap2_mte = 1UL << 18;
constexpr unsigned long hwcap2_mte3 = 1UL << 22;
constexpr unsigned long hwcap2_mops = 1UL << 43;
constexpr unsigned long at_hwcap3 = 29;
constexpr unsigned long hwcap3_mte_store_only = 1UL << 1;
#endif

} // namespace

uint64_t control_for(TagCheckMode mode)
{
	const uint64_t common = tagged_addr_enable | all_tags_but_zero << tag_include_shift;
	switch (mode) {
	case TagCheckMode::none:
		return common;
	case TagCheckMode::sync:
		return common | tcf_sync;
	case TagCheckMode::async:
		return common | tcf_async;
	case TagCheckMode::asymm:
		return common | tcf_sync | tcf_async;
	case TagCheckMode::storeonly:
		return common | tcf_sync | store_only;
	}
	return common;
}

int64_t set_mode(TagCheckMode mode)
{
	return sys::raw(SYS_prctl, PR_SET_TAGGED_ADDR_CTRL, control_for(mode), 0, 0, 0);
}

int64_t try_mode(TagCheckMode mode)
{
	const int64_t before = current_control();
	const int64_t result = set_mode(mode);
	if (before >= 0)
		sys::raw(SYS_prctl, PR_SET_TAGGED_ADDR_CTRL, static_cast<uint64_t>(before), 0, 0,
			 0);
	return result;
}

int64_t current_control()
{
	return sys::raw(SYS_prctl, PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0);
}

Features features()
{
#if defined(__aarch64__)
	const unsigned long bits = getauxval(AT_HWCAP2);
	return {.mte = (bits & hwcap2_mte) != 0,
		.mte3 = (bits & hwcap2_mte3) != 0,
		.mops = (bits & hwcap2_mops) != 0,
		.store_only = (getauxval(at_hwcap3) & hwcap3_mte_store_only) != 0};
#else
	return {};
#endif
}

} // namespace tagtrap::mte
