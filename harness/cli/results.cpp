// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/results.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fcntl.h>
#include <fmt/core.h>
#include <sstream>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/matrix_results.h"
#include "harness/cli/rerun.h"
#include "harness/model/settle.h"
#include "harness/report/compare.h"
#include "harness/report/explain.h"
#include "harness/report/judge_again.h"
#include "harness/report/known.h"
#include "harness/report/listing.h"
#include "harness/report/mail.h"
#include "harness/report/report.h"
#include "harness/report/status.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

std::string date()
{
	const std::time_t now = std::time(nullptr);
	std::tm local = {};
	localtime_r(&now, &local);
	std::array<char, 32> text = {};
	std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S", &local);
	return text.data();
}

/// The signal that the run was told to expect.
SignalPin pin_of(const Journal &journal)
{
	const auto word = text_at(run_of(journal, nullptr), {"signal", "pin"});
	return word.empty() ? SignalPin::any : parse_signal_pin(word);
}

/// Asks a kernel tree's own script who looks after the file in which a function is.
Maintained maintained(const fs::path &tree, const std::string &function)
{
	Maintained out;
	const auto found = sys::run(
		{.argv = {"grep", "-rlE", "--include=*.c", "^[a-z].*[ *]" + function + "\\(", "fs",
			  "mm", "net", "io_uring", "kernel", "arch/arm64", "drivers", "lib"},
		 .directory = tree});
	out.file = found.out.substr(0, found.out.find('\n'));
	if (out.file.empty())
		return out;
	const auto people = sys::run({.argv = {"perl", "scripts/get_maintainer.pl", "--nogit",
					       "--nogit-fallback", "--norolestats", "-f", out.file},
				      .directory = tree});
	std::istringstream lines(people.out);
	for (std::string line; std::getline(lines, line);)
		out.people.push_back(line);
	return out;
}

std::string in_format(const Options &options, const Journal &journal)
{
	const auto &format = options.format;
	if (format == "ktap")
		return ktap_report(journal);
	if (format == "ktap-groups")
		return grouped_ktap_report(journal);
	if (format == "json")
		return json_report(journal);
	if (format == "junit")
		return junit_report(journal);
	if (format == "kcidb")
		return kcidb_report(journal);
	if (format == "text")
		return text_report(journal);
	FindMaintainers find;
	if (const fs::path tree = options.kernel_tree; !tree.empty()) {
		if (!fs::exists(tree / "scripts/get_maintainer.pl"))
			throw sys::Problem(fmt::format("--kernel-tree={}: no kernel tree, "
						       "scripts/get_maintainer.pl is not there",
						       tree.string()),
					   2);
		find = [tree](const std::string &function) { return maintained(tree, function); };
	}
	try {
		return format == "lkml" ? lkml_report(journal, options.cause, find)
					: security_report(journal, options.cause, find);
	} catch (const std::invalid_argument &error) {
		throw sys::Problem(error.what(), 2);
	}
}

/// Prints what differs between two runs. `status` is that of the later one by itself; what is not
/// about violations stays.
int status_beside(const Journal &before, const Journal &after, int status)
{
	const auto then = digest(before), now = digest(after);
	const auto all = compare(then, now);
	fmt::print("{}", comparison_text(all));
	return status > 1 ? status : comparison_status(all);
}

} // namespace

bool has_begun(const fs::path &directory)
{
	const auto journal = directory / "journal.jsonl";
	return fs::exists(journal) &&
	       sys::read_file(journal).find(R"({"event":"run",)") != std::string::npos;
}

fs::path make_results_directory(const std::string &wanted, const std::string &name)
{
	std::string last = name.substr(name.rfind('/') + 1);
	std::ranges::replace_if(
		last, [](char c) { return c == '~' || c == ':' || c == ' '; }, '_');
	const fs::path directory =
		wanted.empty() ? fs::path("results") / (date() + '-' + last) : fs::path(wanted);
	std::error_code error;
	fs::create_directories(directory, error);
	if (!error && access(directory.c_str(), W_OK) != 0)
		error = std::error_code(errno, std::generic_category());
	if (error)
		throw sys::Problem(fmt::format("cannot write to {}: {}; give --out=DIR elsewhere",
					       directory.string(), error.message()));
	// Told before anything else is done. Who gets it is decided by sys::claim_results().
	if (const auto journal = directory / "journal.jsonl";
	    fs::exists(journal) && !fs::is_empty(journal))
		throw sys::taken(directory);
	return directory;
}

Journal open_results(const fs::path &directory)
{
	const auto file = directory / "journal.jsonl";
	if (access(file.c_str(), R_OK) != 0)
		throw sys::Problem(fmt::format("{}: {}; give the directory that a run wrote",
					       file.string(),
					       std::generic_category().message(errno)),
				   2);
	auto journal = settle(read_journal(file.string()), known_field);
	if (journal.runs.empty())
		throw sys::Problem(fmt::format("{} has no `run` record: the run ended before it "
					       "began; see {}",
					       file.string(),
					       (directory / "console.log").string()));
	return journal;
}

void append_event(const fs::path &directory, const Json &event)
{
	append_text(directory, to_line(event));
}

void append_text(const fs::path &directory, std::string_view lines)
{
	const auto journal = directory / "journal.jsonl";
	const sys::Fd file(sys::must(open(journal.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC),
				     journal.string()));
	while (!lines.empty()) {
		const ssize_t count = sys::must(write(file.get(), lines.data(), lines.size()),
						"writing " + journal.string());
		lines.remove_prefix(static_cast<size_t>(count));
	}
}

void store_reports(const fs::path &directory, const Journal &journal)
{
	sys::write_file(directory / "report.txt", text_report(journal));
	sys::write_file(directory / "results.ktap", ktap_report(journal));
}

int write_reports(const fs::path &directory, const std::string &baseline)
{
	const auto journal = open_results(directory);
	// Printed first: where the disk is full it can be read all the same.
	fmt::print("{}", text_report(journal));
	store_reports(directory, journal);
	sys::say(fmt::format("tagtrap: report, journal and log are in {}\n", directory.string()));
	const int status = exit_status(journal);
	return baseline.empty() ? status : status_beside(open_results(baseline), journal, status);
}

int report_command(const Options &options)
{
	if (is_matrix(options.directory))
		return print_matrix(open_matrix({options.directory}), options.format);
	const auto journal = open_results(options.directory);
	if (options.format == "html")
		print_matrix(open_matrix({options.directory}), options.format);
	else
		fmt::print("{}", in_format(options, journal));
	return exit_status(journal);
}

int compare_command(const Options &options)
{
	const auto after = open_results(options.directory);
	return status_beside(open_results(options.earlier), after, exit_status(after));
}

int judge_command(const Options &options)
{
	auto journal = open_results(options.directory);
	const SignalPin pin = options.pin == SignalPin::any ? pin_of(journal) : options.pin;
	if (options.contract)
		journal = rejudged(std::move(journal), *options.contract, pin);
	fmt::print("{}", text_report(journal));
	return exit_status(journal);
}

int explain_command(const Options &options)
{
	fmt::print("{}", explained(options.subject, options.request.page_size));
	return 0;
}

int list_command(const Options &said)
{
	Options options = said;
	if (!options.rerun.empty()) {
		const Journal before = earlier_run(options.rerun);
		options = inherited(options, before.runs.front());
		take_up(options, before, options.request);
	}
	const auto all = course(options.request);
	if (options.format == "json") {
		fmt::print("{}\n", listing_json(all, options.request).dump(2));
		return 0;
	}
	if (options.long_list) {
		fmt::print("{}", table_of(listed(all, options.request.page_size)));
		return 0;
	}
	std::string text;
	for (const auto &point : all.points)
		if (std::ranges::find(all.controls, point) == all.controls.end())
			text += id(point) + '\n';
	for (const auto &control : all.controls)
		text += fmt::format("{} control_for {}\n", id(control), control_key(control));
	fmt::print("{}", text);
	return 0;
}

} // namespace tagtrap
