// SPDX-License-Identifier: GPL-2.0-only
// `kernels` and `kernel build`.
#include <algorithm>
#include <fmt/core.h>

#include "fixtures/debian/kernels.h"
#include "fixtures/debian/own_kernels.h"
#include "fixtures/debian/version.h"
#include "harness/cli/commands.h"
#include "harness/sys/process.h"

namespace tagtrap {
int kernels_command(const Options &options)
{
	auto rows = debian::known_kernels(options.refresh);
	if (!options.all)
		rows = debian::newest_rows(rows);
	std::ranges::stable_sort(rows, [](const auto &left, const auto &right) {
		return debian::compare_versions(left.name, right.name) < 0;
	});
	fmt::print("{:<15} {:<28} {:<8} {}\n", "NAME", "VERSION", "FETCHED", "WHERE");
	for (const auto &row : rows)
		fmt::print("{:<15} {:<28} {:<8} {}\n", row.name, row.version,
			   row.fetched ? "yes" : "no",
			   row.suite.empty() ? "only in the cache" : row.suite);
	return 0;
}

int kernel_build_command(const Options &options)
{
	const debian::OwnKernel kernel = {debian::pick_base(options.base, debian::own_bases()),
					  options.config};
	sys::become(debian::own_build_command(kernel, debian::Source::newest));
}

} // namespace tagtrap
