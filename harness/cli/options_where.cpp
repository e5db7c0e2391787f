// SPDX-License-Identifier: GPL-2.0-only
// Options that say which machine.
#include <CLI/CLI.hpp>
#include <charconv>
#include <fmt/core.h>

#include "harness/cli/options_parts.h"

namespace tagtrap {

double positive_number(const std::string &name, const std::string &word, int most)
{
	double value = 0;
	const auto *end = word.data() + word.size();
	const auto parsed = std::from_chars(word.data(), end, value);
	if (parsed.ec != std::errc() || parsed.ptr != end || !(value > 0) || value > most)
		throw UsageError(fmt::format("{}={}: it takes a number above 0, up to {}", name,
					     word, most));
	return value;
}

void add_where(CLI::App &app, Options &options)
{
	app.add_option("--kernel", options.kernel);
	app.add_option("--modules", options.modules);
	app.add_option("--cmdline", options.cmdline);
	app.add_flag_callback("--native", [&options] { options.where = Where::native; });
	app.add_flag_callback("--vm", [&options] { options.where = Where::vm; });
	if (options.action == Action::run) {
		app.add_flag("--bisect", options.bisect);
		app.add_option("--kernel-tree", options.kernel_tree);
		app.add_option("--shell", options.shell);
		app.add_option_function<std::string>("--gdb", [&options](const std::string &id) {
			options.shell = id;
			options.gdb = true;
		});
	}
	app.add_flag("--no-install"); // run.sh has seen to it
	app.add_option("--qemu", options.qemu);
	app.add_flag("--offline", options.offline);
	app.add_flag("--refresh", options.refresh);
}

void add_board(CLI::App &app, Options &options)
{
	if (options.action != Action::run && options.action != Action::preflight)
		return;
	app.add_option("--on", options.on);
	app.add_option("--ssh-option", options.ssh_options)->expected(1)->take_all();
	app.add_option_function<std::string>("--boot-timeout", [&options](const std::string &word) {
		options.boot_timeout_s = positive_number("--boot-timeout", word, 86400);
	});
	app.add_option("--power-cycle", options.power_cycle);
	app.add_option("--console", options.console);
}

} // namespace tagtrap
