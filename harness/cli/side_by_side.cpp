// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/side_by_side.h"

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

std::vector<vm::VmRun> shards_of(const vm::VmRun &run, const Options &options)
{
	std::vector<vm::VmRun> shards;
	for (unsigned number = 1; number <= options.jobs; ++number) {
		Options words = options;
		words.request.shard = {number, options.jobs};
		words.request.page_size = page_size_of(run.kernel);
		vm::VmRun shard = run;
		shard.argv = guest_arguments(words);
		shard.disks = disks_of(words.request);
		shard.out = run.out / fmt::format("part-{}", number);
		shards.push_back(std::move(shard));
	}
	return shards;
}

bool put_together(const fs::path &out, const std::vector<vm::VmRun> &shards)
{
	std::vector<Part> parts;
	std::string console, text;
	for (const auto &shard : shards) {
		if (fs::exists(shard.out / "console.log"))
			console += fmt::format("=== {}\n{}", shard.out.filename().string(),
					       sys::read_file(shard.out / "console.log"));
		if (has_begun(shard.out))
			parts.push_back(stored_part(shard.out));
	}
	if (parts.empty())
		return false;
	for (const auto &line : merged(std::move(parts), Gaps::left))
		text += line + '\n';
	try {
		append_text(out, text);
		sys::write_file(out / "console.log", console);
	} catch (...) { // better none than a piece of one
		std::error_code error;
		fs::resize_file(out / "journal.jsonl", 0, error);
		throw;
	}
	for (const auto &shard : shards) {
		std::error_code error;
		fs::remove_all(shard.out, error);
	}
	return true;
}

namespace {

/// The same; where it cannot be done each part is reported by itself.
void put_together_or_tell(const fs::path &out, const std::vector<vm::VmRun> &shards)
{
	try {
		put_together(out, shards);
		return;
	} catch (const std::exception &error) {
		sys::say(fmt::format("tagtrap: the parts could not be put together: {}; they stay "
				     "in {}/part-*\n",
				     error.what(), out.string()));
	}
	for (const auto &shard : shards) {
		try {
			if (has_begun(shard.out))
				write_reports(shard.out);
		} catch (const std::exception &error) {
			sys::say(fmt::format("tagtrap: {}\n", error.what()));
		}
	}
}

} // namespace

int run_side_by_side(const vm::VmRun &run, const Options &options, Progress &progress)
{
	fs::create_directories(run.out);
	const sys::Claim claim = sys::claim_results(run.out); // no other run may have it meanwhile
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
	int status = 3;
	try {
		status = vm::run_in_vm(shards);
	} catch (const sys::Taken &) {
		throw;
	} catch (...) {
		progress.close();
		put_together_or_tell(run.out, shards);
		throw;
	}
	progress.close();
	put_together_or_tell(run.out, shards);
	return status;
}

} // namespace tagtrap
