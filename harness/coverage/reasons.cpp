// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/reasons.h"

#include <algorithm>
#include <array>

namespace tagtrap::coverage {

namespace {

/// AArch32 knows no tags. arm64 has calls with times of 32 bits for it alone.
bool is_compat(std::string_view function)
{
	const auto has = [&](std::string_view part) {
		return function.find(part) != std::string_view::npos;
	};
	return (has("compat") && !has("compatible")) || has("time32") || has("timex32") ||
	       has("aarch32");
}

/// Names of functions that begin like this belong to something the machine has not got.
struct Feature {
	std::string_view prefix, name;
};

constexpr std::array features = {
	Feature{"kvm_", "KVM"},          Feature{"__kvm_", "KVM"},  Feature{"vgic_", "KVM"},
	Feature{"acpi_", "ACPI"},        Feature{"efi_", "EFI"},    Feature{"efivar_", "EFI"},
	Feature{"xen_", "Xen"},          Feature{"xenbus_", "Xen"}, Feature{"hibernat", "suspend"},
	Feature{"snapshot_", "suspend"},
};

/// Words before the colon of an alias that name no bus.
constexpr std::array no_bus = {std::string_view("devname"), std::string_view("cpu"),
			       std::string_view("symbol")};

} // namespace

std::string reason_for(const Module &module, std::string_view function, bool init, bool loaded)
{
	if (is_compat(function))
		return "AArch32 compat";
	if (init)
		return "runs when the kernel or its module starts or goes: no user memory";
	if (!loaded) {
		for (const auto &bus : module.devices)
			if (std::ranges::find(no_bus, bus) == no_bus.end())
				return "module of a device that the machine has not got";
		return "module that was not loaded";
	}
	const auto *feature = std::ranges::find_if(
		features, [&](const Feature &row) { return function.starts_with(row.prefix); });
	if (feature != features.end())
		return "needs " + std::string(feature->name);
	return std::string(open_work);
}

} // namespace tagtrap::coverage
