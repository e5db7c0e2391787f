// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/side_by_side.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "fixtures/vm/run.h"
#include "harness/cli/host.h"
#include "harness/cli/results.h"
#include "harness/model/merge.h"
#include "harness/report/rest.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// One journal and one console in OUT. Throws what is wrong with the parts.
void put_together(const fs::path &out, const std::vector<vm::VmRun> &shards)
{
	std::vector<Part> parts;
	std::string console;
	for (const auto &shard : shards) {
		parts.push_back(stored_part(shard.out));
		console += fmt::format("=== {}\n{}", shard.out.filename().string(),
				       sys::read_file(shard.out / "console.log"));
	}
	std::string text;
	for (const auto &line : merged(std::move(parts)))
		text += line + '\n';
	const sys::Claim claim = sys::claim_results(out);
	sys::write_file(out / "console.log", console);
	append_text(out, text);
	for (const auto &shard : shards)
		fs::remove_all(shard.out);
}

} // namespace

std::vector<std::string> filesystems(const PlanRequest &request)
{
	std::vector<std::string> names;
	for (const auto &point : plan(request)) {
		const std::string name(point.place->name);
		if (point.place->on_disk && std::ranges::find(names, name) == names.end())
			names.push_back(name);
	}
	return names;
}

std::vector<vm::VmRun> shards_of(const vm::VmRun &run, const Options &options)
{
	std::vector<vm::VmRun> shards;
	for (unsigned number = 1; number <= options.jobs; ++number) {
		Options words = options;
		words.request.shard = {number, options.jobs};
		vm::VmRun shard = run;
		shard.argv = guest_arguments(words);
		shard.filesystems = filesystems(words.request);
		shard.out = run.out / fmt::format("part-{}", number);
		shards.push_back(std::move(shard));
	}
	return shards;
}

int run_side_by_side(const vm::VmRun &run, const Options &options, Progress &progress)
{
	auto shards = shards_of(run, options);
	std::vector<size_t> planned(shards.size());
	for (size_t i = 0; i < shards.size(); ++i)
		shards[i].on_event = [&planned, &progress, i](const Json &event) {
			show_progress(progress, event);
			if (event.value("event", "") != "run" || !event.contains("plan"))
				return;
			planned[i] = planned_points(event);
			progress.planned(
				std::accumulate(planned.begin(), planned.end(), size_t{0}));
		};
	const auto whole = [&] {
		try {
			put_together(run.out, shards);
		} catch (const std::exception &error) {
			sys::say(fmt::format("tagtrap: {}; what there is stays in {}/part-*\n",
					     error.what(), run.out.string()));
		}
	};
	int status = 3;
	try {
		status = vm::run_in_vm(shards);
	} catch (const sys::Taken &) {
		throw;
	} catch (...) {
		whole();
		throw;
	}
	whole();
	return status;
}

} // namespace tagtrap
