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

Part stored_part(const fs::path &directory)
{
	open_results(directory); // names what is not there, or cannot be read
	const auto text = sys::read_file(directory / "journal.jsonl");
	Part part = {.name = directory.string(), .lines = {}};
	std::istringstream in(text.substr(0, text.rfind('\n') + 1));
	for (std::string line; std::getline(in, line);)
		part.lines.push_back(line);
	return part;
}

int merge_command(const Options &options)
{
	std::vector<Part> parts;
	for (const auto &directory : options.directories)
		parts.push_back(stored_part(directory));
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
