// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/sweep_file.h"

#include <algorithm>
#include <fcntl.h>
#include <fmt/core.h>
#include <random>
#include <unistd.h>

#include "harness/model/record.h"
#include "harness/sys/file.h"
#include "harness/sys/must.h"
#include "harness/sys/problem.h"
#include "harness/sys/say.h"

namespace tagtrap {

namespace fs = std::filesystem;

namespace {

/// Without what the last write left half, if it did.
std::string whole_lines(const fs::path &path)
{
	std::string text = sys::read_file(path);
	text.resize(text.rfind('\n') + 1); // npos + 1 is 0
	return text;
}

sweep::Stored stored_in(const fs::path &path)
{
	try {
		return sweep::read_stored(whole_lines(path));
	} catch (const std::exception &error) {
		throw sys::Problem(fmt::format("{}: {}; give another directory by --out=DIR",
					       path.string(), error.what()));
	}
}

} // namespace

SweepFile::SweepFile(const fs::path &directory, const std::string &name)
	: path_(directory / (name + ".jsonl"))
{
	std::error_code error;
	fs::create_directories(directory, error);
	if (error)
		throw sys::Problem(fmt::format("cannot create {}: {}; give --out=DIR elsewhere",
					       directory.string(), error.message()));
	auto lock = sys::try_lock_file(path_);
	if (!lock)
		throw sys::Problem(fmt::format("another sweep is at work in {}", path_.string()));
	lock_ = std::move(*lock);
	stored_ = stored_in(path_);
	fs::resize_file(path_, whole_lines(path_).size());
	file_ = sys::Fd(sys::must(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC),
				  "opening " + path_.string()));
}

void SweepFile::take(const Json &event)
{
	const bool again = event.at("event") == "sweep" && !stored_.head.is_null();
	try {
		stored_.take(event);
	} catch (const std::exception &error) {
		throw sys::Problem(fmt::format("{}: {}; give another directory by --out=DIR",
					       path_.string(), error.what()));
	}
	if (again)
		return;
	const std::string line = to_line(event);
	for (size_t done = 0; done < line.size();)
		done += static_cast<size_t>(
			sys::must(::write(file_.get(), line.data() + done, line.size() - done),
				  "writing " + path_.string()));
}

fs::path sweep_directory(const Options &options)
{
	return options.out.empty() ? fs::path("results/sweep") : fs::path(options.out);
}

uint64_t sweep_seed(const Options &options, const SweepFile &file)
{
	const Json &head = file.stored().head;
	if (head.is_null()) {
		const uint64_t seed = options.seed ? *options.seed : std::random_device()();
		sys::say(fmt::format("tagtrap: seed {}\n", seed));
		return seed;
	}
	const auto seed = head.at("seed").get<uint64_t>();
	if (options.seed && *options.seed != seed)
		throw sys::Problem(fmt::format("the sweep that is there has seed {}: leave out "
					       "--seed, or give another directory by --out=DIR",
					       seed),
				   2);
	sys::say(fmt::format("tagtrap: the sweep that is there goes on, seed {}\n", seed));
	return seed;
}

int report_sweep(const Options &options, const SweepFile &file)
{
	std::vector<fs::path> paths;
	for (const auto &entry : fs::directory_iterator(sweep_directory(options)))
		if (entry.path().extension() == ".jsonl")
			paths.push_back(entry.path());
	std::ranges::sort(paths);
	std::vector<sweep::Stored> all;
	for (const auto &path : paths)
		if (auto stored = stored_in(path); !stored.head.is_null())
			all.push_back(std::move(stored));
	const std::string text = sweep::page(all);
	sys::write_file(sweep_directory(options) / "sweep.md", text);
	if (!options.page.empty())
		sys::write_file(options.page, text);
	if (!file.stored().head.is_null())
		fmt::print("{}", sweep::section(file.stored()));
	return sweep::status_of(file.stored());
}

} // namespace tagtrap
