// SPDX-License-Identifier: GPL-2.0-only
// `matrix`: the suite on several kernels, and one table of them.
#include "harness/cli/matrix.h"

#include <chrono>
#include <fmt/core.h>

#include "harness/cli/commands.h"
#include "harness/cli/results.h"
#include "harness/report/status.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "harness/sys/process.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// What is asked for; in a directory that has a matrix, what was asked for there.
MatrixRecord asked_for(const Options &options, const fs::path &out)
{
	const auto arguments = matrix_arguments(options);
	const auto kernels = [&] {
		return matrix_entries(options.kernels, debian::known_kernels(options.refresh));
	};
	if (!is_matrix(out))
		return {.arguments = arguments, .entries = kernels()};
	auto record = read_matrix(out);
	const auto other = [&](std::string_view what) {
		return sys::Problem(fmt::format("{} holds a matrix of other {}; give no more than "
						"--out to go on with it, or another --out=DIR",
						out.string(), what),
				    2);
	};
	if (arguments.size() > 1 && arguments != record.arguments)
		throw other("points or options");
	if (options.kernels.empty())
		return record;
	const auto entries = kernels();
	if (!std::ranges::equal(entries, record.entries, {}, &MatrixEntry::name,
				&MatrixEntry::name))
		throw other("kernels");
	return record;
}

void write_record(const fs::path &out, const MatrixRecord &record)
{
	sys::write_file(out / "matrix.json", to_json(record).dump(1, '\t') + '\n');
}

/// A directory of a matrix that is there is gone on with.
fs::path matrix_directory(const Options &options)
{
	if (!options.out.empty() && is_matrix(options.out))
		return options.out;
	return make_results_directory(options.out, "matrix");
}

} // namespace

int matrix_command(const Options &options)
{
	if (options.stored)
		return print_matrix(open_matrix(options.directories), options.format);
	const auto out = matrix_directory(options);
	const auto turn = sys::try_lock_file(out / "matrix.lock");
	if (!turn)
		throw sys::taken(out);
	auto record = asked_for(options, out);
	write_record(out, record);
	const double before = record.wall_s;
	const auto start = Clock::now();
	const int interrupted =
		run_entries(record, out, fs::read_symlink("/proc/self/exe"), options.jobs, [&] {
			record.wall_s = before +
					std::chrono::duration<double>(Clock::now() - start).count();
			write_record(out, record);
		});
	const auto all = open_matrix({out.string()});
	const int status = print_matrix(all, "text");
	store_matrix(out, all);
	sys::say(fmt::format("tagtrap: matrix.txt, matrix.html and a directory per kernel are in "
			     "{}\n",
			     out.string()));
	if (interrupted == 0)
		return status;
	sys::say(fmt::format("tagtrap: interrupted; to go on: {}\n",
			     sys::shell_line({"./run.sh", "matrix", "--out=" + out.string()})));
	return signalled + interrupted;
}

} // namespace tagtrap
