// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include "fixtures/debian/emulator.h"
#include "harness/cli/host.h"
#include "harness/sys/cache.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"

namespace tagtrap {

namespace {

constexpr auto on_path = "qemu-system-aarch64";

std::string image_tool_on_path()
{
	return sys::on_path("qemu-img") ? "qemu-img" : "";
}

} // namespace

Qemu pick_qemu(const Options &options)
{
	if (!options.qemu.empty())
		return {.program = options.qemu,
			.image_tool = image_tool_on_path(),
			.facts = Json::object()};
	try {
		const auto pinned = debian::get_emulator(options.refresh);
		return {.program = pinned.program,
			.image_tool = pinned.image_tool,
			.facts = {{"qemu_package", pinned.package},
				  {"qemu_sha256", pinned.sha256}}};
	} catch (const sys::Problem &problem) {
		if (!sys::on_path(on_path))
			throw;
		sys::note(
			fmt::format("this machine's own {} is used: {}", on_path, problem.what()));
	}
	return {.program = on_path, .image_tool = image_tool_on_path(), .facts = Json::object()};
}

} // namespace tagtrap
