// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/matrix_results.h"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <set>
#include <stdexcept>

#include "harness/cli/results.h"
#include "harness/report/html.h"
#include "harness/report/rest.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> states = {"todo", "done", "unfinished", "gap"};
constexpr int matrix_schema = 1;

EntryState parse_state(const std::string &word)
{
	const auto found = std::ranges::find(states, word);
	if (found == states.end())
		throw std::invalid_argument("'" + word + "' is no state");
	return static_cast<EntryState>(found - states.begin());
}

/// What a single run is called in a table: as --kernel names its kernel, and its directory where
/// that name is taken.
std::string column_name(const Journal &journal, const fs::path &directory,
			std::set<std::string> &taken)
{
	const auto &run = run_of(journal, nullptr);
	auto name = text_at(run, {"machine", "kernel"});
	if (name.empty())
		name = text_at(run, {"kernel", "release"});
	if (name.find('/') != std::string::npos) // a path
		name = text_at(run, {"kernel", "release"});
	if (name.empty() || !taken.insert(name).second) {
		const fs::path whole = fs::absolute(directory).lexically_normal();
		name = (whole.has_filename() ? whole : whole.parent_path()).filename();
		taken.insert(name);
	}
	return name;
}

/// The run of a matrix in `where`; a gap where it is not there any more.
void open_run(OpenMatrix &all, KernelRun &run, const fs::path &where)
{
	try {
		run.journal = &all.journals.emplace_back(open_results(where));
	} catch (const std::exception &error) {
		run.gap = error.what();
	}
}

/// coverage.json of a run, where `coverage` has written it; else null.
Json coverage_of(const fs::path &directory)
{
	const auto file = directory / "coverage.json";
	if (directory.empty() || !fs::exists(file))
		return nullptr;
	try {
		return parse_json(sys::read_file(file));
	} catch (const std::exception &error) {
		throw sys::Problem(fmt::format("{}: {}", file.string(), error.what()));
	}
}

Page page_of(const OpenMatrix &all)
{
	Page page = {.matrix = &all.matrix, .wall_s = all.wall_s};
	for (const auto &directory : all.directories)
		page.coverage.push_back(coverage_of(directory));
	return page;
}

} // namespace

Json to_json(const MatrixRecord &record)
{
	Json entries = Json::array();
	for (const auto &entry : record.entries)
		entries.push_back({{"name", entry.name},
				   {"kernel", entry.kernel},
				   {"cmdline", entry.cmdline},
				   {"signal", entry.signal},
				   {"directory", entry.directory},
				   {"state", states.at(static_cast<size_t>(entry.state))},
				   {"why", entry.why},
				   {"wall_s", entry.wall_s}});
	return {{"schema", matrix_schema},
		{"arguments", record.arguments},
		{"wall_s", record.wall_s},
		{"kernels", entries}};
}

MatrixRecord matrix_record(const Json &json)
{
	if (json.at("schema") != matrix_schema)
		throw std::invalid_argument("its schema is not known here");
	MatrixRecord record = {.arguments = json.at("arguments").get<std::vector<std::string>>(),
			       .wall_s = json.at("wall_s").get<double>()};
	for (const auto &entry : json.at("kernels")) {
		const auto text = [&](const char *name) {
			return entry.at(name).get<std::string>();
		};
		record.entries.push_back({.name = text("name"),
					  .kernel = text("kernel"),
					  .cmdline = text("cmdline"),
					  .signal = text("signal"),
					  .directory = text("directory"),
					  .state = parse_state(text("state")),
					  .why = text("why"),
					  .wall_s = entry.at("wall_s").get<double>()});
	}
	return record;
}

bool is_matrix(const fs::path &directory)
{
	return fs::exists(directory / "matrix.json");
}

MatrixRecord read_matrix(const fs::path &directory)
{
	const auto file = directory / "matrix.json";
	try {
		return matrix_record(parse_json(sys::read_file(file)));
	} catch (const std::exception &error) {
		throw sys::Problem(fmt::format("{}: {}", file.string(), error.what()), 2);
	}
}

EntryState state_of(const fs::path &run)
{
	std::optional<Journal> journal;
	try {
		journal = open_results(run);
	} catch (const std::exception &) { // no run record, whatever else is there
		return EntryState::todo;
	}
	const bool whole = !journal->finish.is_null() && interrupted_by(*journal) == 0 &&
			   rest_of(*journal).missing == 0;
	return whole ? EntryState::done : EntryState::unfinished;
}

OpenMatrix open_matrix(const std::vector<std::string> &directories)
{
	OpenMatrix all;
	std::vector<KernelRun> runs;
	std::set<std::string> taken;
	for (const auto &word : directories) {
		const fs::path directory = word;
		if (!is_matrix(directory)) {
			const auto &journal = all.journals.emplace_back(open_results(directory));
			runs.push_back({column_name(journal, directory, taken), &journal});
			all.directories.push_back(directory);
			continue;
		}
		const auto record = read_matrix(directory);
		if (directories.size() == 1)
			all.wall_s = record.wall_s;
		for (const auto &entry : record.entries) {
			const auto where = directory / entry.directory;
			const bool begun = entry.state == EntryState::done ||
					   entry.state == EntryState::unfinished;
			KernelRun run = {.name = entry.name, .wall_s = entry.wall_s};
			if (begun)
				open_run(all, run, where);
			else
				run.gap = entry.state == EntryState::gap ? entry.why
									 : "not begun yet";
			taken.insert(entry.name);
			all.directories.push_back(run.journal != nullptr ? where : fs::path());
			runs.push_back(std::move(run));
		}
	}
	all.matrix = kernel_matrix(runs);
	return all;
}

int print_matrix(const OpenMatrix &all, std::string_view format)
{
	if (format == "html")
		fmt::print("{}", html_page(page_of(all)));
	else if (format == "json")
		fmt::print("{}\n", page_data(page_of(all)).dump(1, '\t'));
	else if (format == "text")
		fmt::print("{}", kernel_matrix_text(all.matrix, all.wall_s));
	else
		throw sys::Problem(fmt::format("--format={} is of one run: give its directory, "
					       "below that of the matrix",
					       format),
				   2);
	return kernel_matrix_status(all.matrix);
}

void store_matrix(const fs::path &directory, const OpenMatrix &all)
{
	sys::write_file(directory / "matrix.txt", kernel_matrix_text(all.matrix, all.wall_s));
	sys::write_file(directory / "matrix.html", html_page(page_of(all)));
}

} // namespace tagtrap
