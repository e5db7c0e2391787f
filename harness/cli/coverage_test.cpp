// SPDX-License-Identifier: GPL-2.0-only
// `test coverage`: rows reach what docs/coverage.md says they do.
#include <fmt/core.h>

#include "fixtures/debian/kernels.h"
#include "harness/cli/results.h"
#include "harness/cli/test_steps.h"
#include "harness/cli/vm_checks.h"
#include "harness/coverage/page_check.h"
#include "harness/sys/cache.h"
#include "harness/sys/file.h"
#include "harness/sys/process.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// Why the page cannot be compared with a kernel that can be had; empty: it can.
std::string other_kernel(const std::string &wanted)
{
	const auto name = wanted.substr(0, wanted.find('.', wanted.find('.') + 1));
	try {
		const auto kernel = debian::get_kernel(name, "");
		return kernel.exact == wanted ? ""
					      : fmt::format("docs/coverage.md is of {}, and {} is "
							    "at hand: make it anew",
							    wanted, kernel.exact);
	} catch (const std::exception &error) {
		return error.what();
	}
}

Tally rows_reach_what_they_did(const Options &)
{
	const fs::path root = TAGTRAP_SOURCE_ROOT;
	const auto page = coverage::read_page(sys::read_file(root / "docs/coverage.md"));
	if (const auto why = other_kernel(page.kernel); !why.empty()) {
		fmt::print("  SKIP {}\n", why);
		return {.skipped = 1};
	}
	const fs::path out = sys::cache_directory("test") / "coverage";
	fs::remove_all(out);
	const auto how = sys::run(
		{.argv = {fs::read_symlink("/proc/self/exe"), "coverage", "--kernel=" + page.kernel,
			  "--quick", "[row]", "--out=" + out.string()},
		 .log = out.string() + ".log"});
	if (how.status != 0)
		return count(
			{checked("the run with its probe",
				 fmt::format("status {}, see {}.log", how.status, out.string()))});
	const auto judged = coverage::judged_cases(open_results(out));
	const auto table = Json::parse(sys::read_file(out / "coverage.json"));
	std::string wrong;
	for (const auto &lost : coverage::not_seen_again(page, table, judged))
		wrong += fmt::format("{}{} of {} by {}", wrong.empty() ? "not seen: " : ", ",
				     lost.function, lost.module, lost.call);
	return count({checked("rows reach the functions of docs/coverage.md", wrong)});
}

} // namespace

std::vector<TestStep> coverage_test_steps()
{
	return {{"coverage", "rows and the kernel's functions that they reach",
		 rows_reach_what_they_did}};
}

} // namespace tagtrap
