// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/bench.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/latency.h"
#include "harness/cli/target.h"
#include "harness/model/case.h"
#include "harness/model/disposition.h"
#include "harness/run/places.h"
#include "harness/run/session.h"
#include "harness/sys/must.h"
#include "harness/sys/proc.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace {

namespace fs = std::filesystem;

/// What is measured unless TEST-SPECs say otherwise: calls that need no disk, made by the worker
/// itself and survived under both contracts, so that a bare loop can make the same.
std::vector<std::string> default_specs()
{
	std::vector<std::string> specs = {"read/pipe/*",   "write/pipe/*",    "read/tmpfs/*",
					  "write/tmpfs/*", "pread64/tmpfs/*", "pwrite64/tmpfs/*",
					  "~*unmapped*",   "~*protnone*",     "~*+rdonly*",
					  "~*/rdonly*",    "~*asymm*",        "~*storeonly*",
					  "~*nomops*"};
	for (const auto &row : dispositions())
		if (row.outcome != Outcome::caught)
			specs.push_back(fmt::format("~*/{}", row.name));
	for (const auto &row : callers())
		if (row.caller != Caller::leader)
			specs.insert(specs.end(), {fmt::format("~*/{}", row.name),
						   fmt::format("~*/{}+*", row.name)});
	return specs;
}

/// Seconds that the bare calls of `points` take in one child, or a negative number.
double bare_seconds(const std::vector<Point> &points, const Directories &directories, uint32_t page)
{
	std::array<int, 2> ends;
	sys::must(pipe(ends.data()), "pipe");
	const pid_t child = sys::must(fork(), "fork");
	if (child == 0) {
		Bench bench(directories, page);
		const uint64_t began = sys::now_ns();
		for (const auto &point : points)
			bench.bare(point);
		const uint64_t took = sys::now_ns() - began;
		_exit(write(ends[1], &took, sizeof(took)) == sizeof(took) ? 0 : 1);
	}
	close(ends[1]);
	uint64_t took = 0;
	const bool whole = read(ends[0], &took, sizeof(took)) == sizeof(took);
	close(ends[0]);
	waitpid(child, nullptr, 0);
	return whole ? static_cast<double>(took) / 1e9 : -1;
}

} // namespace

int bench_points_command(const Options &options)
{
	SessionSetup setup;
	setup.request = options.request;
	setup.request.page_size = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));
	if (setup.request.specs.empty())
		setup.request.specs = default_specs();
	setup.our_vm = !options.session_request.empty();
	std::string scratch = "/tmp/tagtrap-bench-XXXXXX";
	if (mkdtemp(scratch.data()) == nullptr)
		sys::must(-1, "mkdtemp " + scratch);
	setup.work = options.work.empty() ? scratch : options.work;
	setup.journal = scratch + "/journal.jsonl";
	uint64_t first = 0, last = 0;
	size_t judged = 0;
	setup.on_end = [&](const EndRecord &end, size_t, size_t) {
		if (end.verdict.kind == VerdictKind::skip)
			return;
		last = sys::now_ns();
		if (first == 0)
			first = last;
		++judged;
	};
	const int status = run_session(setup);
	const auto points = plan(setup.request);
	std::set<std::string> wanted;
	for (const auto &point : points)
		wanted.emplace(point.place->name);
	const Survey ground = survey(setup.work, setup.our_vm, wanted);
	const double bare = bare_seconds(points, ground.directories, setup.request.page_size);
	std::error_code ignored;
	fs::remove_all(scratch, ignored);
	if (status != 0 || judged < 2 || bare <= 0) {
		sys::say(fmt::format("bench: nothing was measured (status {}, {} points)\n", status,
				     judged));
		return status != 0 ? status : 3;
	}
	const double per_second =
		static_cast<double>(judged - 1) / (static_cast<double>(last - first) / 1e9);
	const double bare_per_second = static_cast<double>(points.size()) / bare;
	tell(options,
	     fmt::format("judged points per second, one worker: {:.0f} ({} points)\n"
			 "bare loop of the same calls:          {:.0f} (arming, call and repeat)\n"
			 "judged / bare:                        {:.2f}\n",
			 per_second, judged, bare_per_second, per_second / bare_per_second) +
		     latency_text(switch_latencies()));
	return 0;
}

} // namespace tagtrap
