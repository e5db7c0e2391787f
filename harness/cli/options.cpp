// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "harness/cli/options_parts.h"
#include "harness/model/duration.h"

namespace tagtrap {
namespace {

struct Verb {
	std::string_view name;
	Action action;
	std::optional<Program> only = std::nullopt; ///< that has this command
};

constexpr std::array verbs = {
	Verb{"run", Action::run},
	Verb{"preflight", Action::preflight},
	Verb{"report", Action::report},
	Verb{"judge", Action::judge},
	Verb{"compare", Action::compare},
	Verb{"bench", Action::bench},
	Verb{"test", Action::test, Program::host},
	Verb{"kernels", Action::kernels, Program::host},
	Verb{"kernel", Action::kernel_build, Program::host},
	Verb{"mutants", Action::mutants, Program::host},
	Verb{"cache", Action::cache, Program::host},
	Verb{"reproduce", Action::reproduce, Program::host},
	Verb{"explain", Action::explain, Program::host},
	Verb{"coverage", Action::coverage, Program::host},
	Verb{"sweep", Action::sweep},
	Verb{"matrix", Action::matrix, Program::host},
	Verb{"merge", Action::merge},
	Verb{"programs", Action::programs, Program::target},
	Verb{"remote", Action::remote, Program::target},
};

const Verb *find_verb(std::string_view word, Program program)
{
	const auto *verb = std::ranges::find(verbs, word, &Verb::name);
	if (verb == verbs.end() || (verb->only && *verb->only != program))
		return nullptr;
	return verb;
}

/// Of --config.
constexpr std::array kernel_configs = {"reference", "debug", "kasan"};

/// An option that takes one of a few words.
void add_choice(CLI::App &app, const std::string &name, std::vector<std::string> words,
		std::function<void(size_t)> chosen)
{
	app.add_option_function<std::string>(
		name, [name, words = std::move(words),
		       chosen = std::move(chosen)](const std::string &word) {
			const auto at = std::ranges::find(words, word);
			if (at == words.end())
				throw UsageError(fmt::format("{}={}: it takes {}", name, word,
							     fmt::join(words, ", ")));
			chosen(static_cast<size_t>(at - words.begin()));
		});
}

std::vector<std::string> formats()
{
	return {"text",        "html", "lkml",  "security", "ktap",
		"ktap-groups", "json", "junit", "kcidb"};
}

void add_whole_number(CLI::App &app, const std::string &name, std::function<void(unsigned)> chosen)
{
	app.add_option_function<std::string>(name, [name, chosen = std::move(chosen)](
							   const std::string &word) {
		const double value = positive_number(name, word, 100);
		const auto whole = static_cast<unsigned>(value);
		if (whole != value)
			throw UsageError(fmt::format("{}={}: it takes a whole number", name, word));
		chosen(whole);
	});
}

void add_contract(CLI::App &app, Options &options)
{
	add_choice(app, "--contract", {"auto", "mainline", "forced-signal"}, [&options](size_t i) {
		options.contract = i == 0 ? std::nullopt
					  : std::optional(i == 1 ? Contract::mainline
								 : Contract::forced_signal);
	});
	add_choice(app, "--signal", {"any", "segv", "bus"},
		   [&options](size_t i) { options.pin = static_cast<SignalPin>(i); });
}

void add_page_size(CLI::App &app, Options &options)
{
	add_choice(app, "--page-size", {"4096", "16384", "65536"},
		   [&options](size_t i) { options.request.page_size = 4096U << (2 * i); });
}

void add_plan(CLI::App &app, Options &options)
{
	app.add_flag_callback("--quick", [&options] { options.request.level = Level::quick; });
	app.add_flag_callback("--exhaustive",
			      [&options] { options.request.level = Level::exhaustive; });
	app.add_flag("--list", options.list);
	app.add_flag("--long", options.long_list);
	std::vector<std::string> forms = {"text", "json"};
	if (options.action == Action::matrix)
		forms.emplace_back("html");
	add_choice(app, "--format", forms,
		   [&options, forms](size_t i) { options.format = forms[i]; });
	add_page_size(app, options);
	app.add_flag("--allow-hangs", options.allow_hangs);
	app.add_flag("--every-point", options.every_point);
	app.add_flag("--no-progress", options.no_progress);
	app.add_option("--out", options.out);
	app.add_option_function<std::string>("--time-scale", [&options](const std::string &word) {
		options.time_scale = positive_number("--time-scale", word);
	});
	app.add_option_function<std::string>("--watch", [&options](const std::string &word) {
		options.watch_s = positive_number("--watch", word, 3600);
	});
}

/// What a run does besides going through its plan.
void add_course(CLI::App &app, Options &options, Program program)
{
	app.add_option_function<std::string>("--max-time", [&options](const std::string &word) {
		options.max_time = parse_duration(word);
		if (!options.max_time)
			throw UsageError(fmt::format("--max-time={}: it takes a number with its "
						     "unit, as 90s, 30m, 2h",
						     word));
	});
	app.add_flag("--confirm", options.confirm);
	add_whole_number(app, "--repeat", [&options](unsigned times) {
		options.repeat = times;
		options.confirm = true;
	});
	if (program == Program::host)
		add_whole_number(app, "--jobs", [&options](unsigned jobs) { options.jobs = jobs; });
	if (options.action == Action::matrix) {
		app.add_option("--kernels", options.kernels);
		app.add_flag("--report", options.stored);
		return;
	}
	app.add_option("--rerun", options.rerun);
	app.add_option("--resume", options.resume);
	app.add_flag("--yes", options.yes);
	app.add_option_function<std::string>("--shard", [&options](const std::string &word) {
		options.request.shard = parse_shard(word);
		if (!options.request.shard)
			throw UsageError(fmt::format("--shard={}: it takes K/N, with K from 1 to N "
						     "and N up to {}",
						     word, most_shards));
	});
	app.add_option("--baseline", options.baseline);
}

void add_options(CLI::App &app, Options &options, Program program)
{
	switch (options.action) {
	case Action::run:
	case Action::matrix:
		add_course(app, options, program);
		[[fallthrough]];
	case Action::bench:
	case Action::coverage:
		add_contract(app, options);
		add_plan(app, options);
		break;
	case Action::judge:
		add_contract(app, options);
		break;
	case Action::report:
		add_choice(app, "--format", formats(),
			   [&options](size_t i) { options.format = formats()[i]; });
		app.add_option("--kernel-tree", options.kernel_tree);
		break;
	case Action::kernels:
		app.add_flag("--all", options.all);
		break;
	case Action::kernel_build:
		app.add_option("--base", options.base);
		add_choice(app, "--config", {kernel_configs.begin(), kernel_configs.end()},
			   [&options](size_t i) { options.config = kernel_configs[i]; });
		break;
	case Action::mutants:
	case Action::merge:
		app.add_option("--out", options.out);
		break;
	case Action::cache:
		app.add_flag("--prune", options.prune);
		break;
	case Action::sweep:
		app.add_flag_callback("--quick",
				      [&options] { options.request.level = Level::quick; });
		app.add_option("--out", options.out);
		app.add_option("--page", options.page);
		app.add_option("--seed", options.seed);
		app.add_option_function<std::string>(
			"--time-scale", [&options](const std::string &word) {
				options.time_scale = positive_number("--time-scale", word);
			});
		break;
	case Action::explain:
		add_page_size(app, options);
		break;
	case Action::preflight:
	case Action::compare:
	case Action::test:
	case Action::reproduce:
	case Action::programs:
	case Action::remote:
		break;
	}
	if (program == Program::host) {
		add_where(app, options);
		add_board(app, options);
	} else {
		app.add_flag("--probe", options.probe);
		app.add_option("--journal", options.journal);
		app.add_option("--request", options.session_request);
		app.add_option("--work", options.work);
		app.add_option("--host", options.host);
	}
}

Options parse(std::vector<std::string> words, Program program)
{
	Options options;
	const auto first = std::ranges::find_if_not(
		words, [](const std::string &word) { return word.starts_with('-'); });
	if (first != words.end()) {
		if (const auto *verb = find_verb(*first, program); verb != nullptr) {
			options.action = verb->action;
			words.erase(first);
		}
	}
	CLI::App app;
	app.set_help_flag();
	app.allow_extras(); // specs are taken as they are: CLI11 would read [tag] as a list
	add_options(app, options, program);
	auto reversed = words;
	std::ranges::reverse(reversed); // as CLI11 takes them
	app.parse(std::move(reversed));
	for (const CLI::Option *option : app.get_options())
		if (option->count() != 0)
			options.given.insert(option->get_name());
	take_rest(options, app.remaining());
	check_together(options, words);
	return options;
}

} // namespace

Parsed parse_options(const std::vector<std::string> &words, Program program)
{
	const auto given = [&](std::string_view word) {
		return std::ranges::find(words, word) != words.end();
	};
	Parsed parsed;
	if (given("--help") || given("-h"))
		return {.options = {}, .status = 0, .text = help_text(program)};
	if (given("--version"))
		return {.options = {}, .status = 0, .text = version_text()};
	const auto *self = program == Program::host ? "./run.sh" : "tagtrap";
	const auto wrong = [&](std::string_view what) {
		parsed.status = 2;
		parsed.text = fmt::format("tagtrap: {}; see {} --help\n", what, self);
	};
	try {
		parsed.options = parse(words, program);
	} catch (const UsageError &error) {
		wrong(error.what());
	} catch (const CLI::ParseError &error) {
		std::string what = error.what();
		std::ranges::replace(what, '\n', ' ');
		wrong(what);
	}
	return parsed;
}

} // namespace tagtrap
