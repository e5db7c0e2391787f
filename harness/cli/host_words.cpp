// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fmt/core.h>

#include "fixtures/swap_disk.h"
#include "harness/cli/host.h"
#include "harness/sys/file.h"

namespace tagtrap {

std::vector<std::string> native_command(const Options &options, const std::filesystem::path &binary)
{
	auto words = guest_arguments(options);
	if (!options.allow_hangs)
		std::erase(words, "--allow-hangs");
	if (options.confirm)
		words.insert(words.begin() + 1, fmt::format("--repeat={}", options.repeat));
	if (!options.baseline.empty())
		words.insert(words.begin() + 1, "--baseline=" + options.baseline);
	if (!options.resume.empty())
		words.insert(words.begin() + 1, "--resume=" + options.resume);
	if (options.yes)
		words.insert(words.begin() + 1, "--yes");
	if (!options.rerun.empty())
		words.insert(words.begin() + 1, "--rerun=" + options.rerun);
	if (!options.page.empty())
		words.insert(words.begin() + 1, "--page=" + options.page);
	if (!options.out.empty())
		words.insert(words.begin() + 1, "--out=" + options.out);
	words.insert(words.begin(), binary.string());
	return words;
}

Json machine_facts(const Options &options, const boot::Kernel &kernel)
{
	Json facts = {{"kind", "qemu"}, {"kernel", kernel.exact}};
	if (!options.modules.empty())
		facts["modules"] = options.modules;
	if (!options.cmdline.empty())
		facts["extra_cmdline"] = options.cmdline;
	if (!kernel.package.empty()) {
		facts["package"] = kernel.package;
		facts["package_version"] = kernel.version;
	}
	return facts;
}

std::vector<std::string> disks_of(const PlanRequest &request)
{
	std::vector<std::string> names;
	const auto add = [&](const std::string &name) {
		if (std::ranges::find(names, name) == names.end())
			names.push_back(name);
	};
	for (const auto &point : plan(request)) {
		if (point.place->on_disk)
			add(std::string(point.place->name));
		if (point.memory == Memory::diskswap)
			add(swap_disk);
	}
	return names;
}

uint32_t page_size_of(const boot::Kernel &kernel)
{
	if (kernel.config.empty())
		return 4096;
	const auto config = sys::read_file(kernel.config);
	if (config.find("\nCONFIG_ARM64_64K_PAGES=y") != std::string::npos)
		return 65536;
	return config.find("\nCONFIG_ARM64_16K_PAGES=y") != std::string::npos ? 16384 : 4096;
}

} // namespace tagtrap
