// SPDX-License-Identifier: GPL-2.0-only
// The only file compiled with +memtag on arm64.
#include "harness/mte/tags.h"

#if defined(__ARM_FEATURE_MEMORY_TAGGING)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

namespace tagtrap::mte {

sys::UserPtr with_tag(sys::UserPtr pointer, unsigned tag)
{
	return {(pointer.bits & ~(0xfULL << 56)) | (uint64_t{tag & 0xf} << 56)};
}

unsigned logical_tag(sys::UserPtr pointer)
{
	return (pointer.bits >> 56) & 0xf;
}

#if defined(__ARM_FEATURE_MEMORY_TAGGING)

bool have_tags()
{
	constexpr unsigned long hwcap2_mte = 1UL << 18; // asm/hwcap.h
	static const bool have = (getauxval(AT_HWCAP2) & hwcap2_mte) != 0;
	return have;
}

void set_allocation_tags(sys::UserPtr at, size_t bytes, unsigned tag)
{
	if (!have_tags())
		return;
	const sys::UserPtr tagged = with_tag(at, tag);
	for (size_t done = 0; done < bytes; done += granule)
		__arm_mte_set_tag(reinterpret_cast<void *>(tagged.bits + done));
}

unsigned allocation_tag(sys::UserPtr at)
{
	if (!have_tags())
		return logical_tag(at);
	void *const pointer = __arm_mte_get_tag(reinterpret_cast<void *>(at.bits));
	return logical_tag({reinterpret_cast<uint64_t>(pointer)});
}

bool all_have_tag(sys::UserPtr at, size_t bytes, unsigned tag)
{
	for (size_t done = 0; have_tags() && done < bytes; done += granule)
		if (allocation_tag({at.bits + done}) != tag)
			return false;
	return true;
}

bool set_tag_check_override(bool on)
{
	if (!have_tags())
		return false;
	uint64_t before;
	asm volatile("mrs %0, tco" : "=r"(before));
	if (on)
		asm volatile("msr tco, #1" ::: "memory");
	else
		asm volatile("msr tco, #0" ::: "memory");
	return ((before >> 25) & 1) != 0;
}

#else

bool have_tags()
{
	return false;
}

void set_allocation_tags(sys::UserPtr, size_t, unsigned) {}

unsigned allocation_tag(sys::UserPtr at)
{
	return logical_tag(at);
}

bool all_have_tag(sys::UserPtr, size_t, unsigned)
{
	return true;
}

bool set_tag_check_override(bool)
{
	return false;
}

#endif

} // namespace tagtrap::mte
