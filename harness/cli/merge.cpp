// SPDX-License-Identifier: GPL-2.0-only
// `merge`: the parts of a run that several machines have gone through.
#include "harness/model/merge.h"

#include <sstream>

#include "harness/cli/commands.h"
#include "harness/cli/results.h"
#include "harness/model/json.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"

namespace tagtrap {

namespace fs = std::filesystem;

namespace {

/// The whole lines; the last one of a run that was killed may be cut.
Part part_of(const std::string &directory)
{
	open_results(directory); // names what is not there, or cannot be read
	const auto text = sys::read_file(fs::path(directory) / "journal.jsonl");
	Part part = {.name = directory, .lines = {}};
	std::istringstream in(text.substr(0, text.rfind('\n') + 1));
	for (std::string line; std::getline(in, line);)
		part.lines.push_back(line);
	return part;
}

} // namespace

int merge_command(const Options &options)
{
	std::vector<Part> parts;
	for (const auto &directory : options.directories)
		parts.push_back(part_of(directory));
	std::string text;
	for (const auto &line : merged(std::move(parts)))
		text += line + '\n';
	const fs::path out = make_results_directory(options.out, "merged");
	{
		const sys::Claim claim = sys::claim_results(out);
		append_text(out, text);
	}
	return write_reports(out);
}

} // namespace tagtrap
