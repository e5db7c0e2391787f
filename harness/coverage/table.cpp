// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/table.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "harness/coverage/reasons.h"

namespace tagtrap::coverage {

namespace {

void add(Count &count, size_t functions, size_t sites)
{
	count.functions += functions;
	count.sites += sites;
}

/// A function of a module, which may share its name with others: known by where it begins.
struct Found {
	FunctionRow row;
	bool init = false;
};

ModuleRow module_row(const Module &module, size_t index, const Faults &faults)
{
	std::map<std::pair<std::string, uint64_t>, Found> functions;
	for (size_t i = 0; i < module.sites.size(); ++i) {
		const Site &site = module.sites[i];
		Found &found = functions[{site.section, site.at - site.into}];
		found.row.name = site.function;
		found.init = site.init;
		++found.row.sites;
		const auto seen = faults.first.find({index, i});
		if (seen == faults.first.end())
			continue;
		++found.row.seen;
		if (found.row.first.empty())
			found.row.first = seen->second;
	}
	const bool loaded = index == 0 || faults.loaded.contains(module.name);
	ModuleRow out = {.name = module.name};
	for (auto &[place, found] : functions) {
		if (found.row.seen == 0)
			found.row.reason = reason_for(module, found.row.name, found.init, loaded);
		add(out.all, 1, found.row.sites);
		add(out.seen, found.row.seen != 0, found.row.seen);
		out.functions.push_back(std::move(found.row));
	}
	return out;
}

Json to_json(const Count &count)
{
	return {{"functions", count.functions}, {"sites", count.sites}};
}

std::string percent(size_t part, size_t all)
{
	return fmt::format("{:.1f} %",
			   all == 0 ? 0.0
				    : 100.0 * static_cast<double>(part) / static_cast<double>(all));
}

std::string numbers(const std::string &name, const Count &seen, const Count &all)
{
	return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", name, all.functions,
			   seen.functions, percent(seen.functions, all.functions), all.sites,
			   seen.sites, percent(seen.sites, all.sites));
}

std::string seen_rows(const ModuleRow &module)
{
	std::string out;
	for (const FunctionRow &row : module.functions)
		if (row.seen != 0)
			out += fmt::format("| {} | {} | {} of {} | `{}` |\n", module.name, row.name,
					   row.seen, row.sites, row.first);
	return out;
}

} // namespace

Table make_table(std::span<const Module> modules, const Faults &faults,
		 const std::set<std::string, std::less<>> &refused)
{
	Table table = {.elsewhere = faults.elsewhere};
	for (size_t i = 0; i < modules.size(); ++i) {
		ModuleRow row = module_row(modules[i], i, faults);
		if (row.functions.empty())
			continue;
		add(table.all, row.all.functions, row.all.sites);
		add(table.seen, row.seen.functions, row.seen.sites);
		for (const FunctionRow &function : row.functions)
			if (function.seen == 0)
				add(table.reasons[function.reason], 1, function.sites);
		table.modules.push_back(std::move(row));
	}
	std::ranges::set_difference(refused, faults.groups,
				    std::back_inserter(table.without_fault));
	return table;
}

Json to_json(const Table &table)
{
	Json reasons = Json::object(), modules = Json::array();
	for (const auto &[reason, count] : table.reasons)
		reasons[reason] = to_json(count);
	for (const ModuleRow &module : table.modules) {
		Json functions = Json::array();
		for (const FunctionRow &row : module.functions) {
			Json one = {{"name", row.name}, {"sites", row.sites}, {"seen", row.seen}};
			one[row.seen != 0 ? "first" : "reason"] =
				row.seen != 0 ? row.first : row.reason;
			functions.push_back(std::move(one));
		}
		modules.push_back({{"name", module.name},
				   {"all", to_json(module.all)},
				   {"seen", to_json(module.seen)},
				   {"functions", std::move(functions)}});
	}
	return {{"all", to_json(table.all)}, {"seen", to_json(table.seen)},
		{"reasons", reasons},        {"elsewhere", table.elsewhere},
		{"modules", modules},        {"without_fault", table.without_fault}};
}

std::string page(const Table &table, const std::string &what)
{
	std::string out = fmt::format(
		"# Where the kernel touches user memory\n\nMade by `./run.sh coverage`: {}. A site "
		"is a call of a copy routine, or of a helper that copies for its caller, or an "
		"instruction that accesses user memory itself; it is seen when a tag check fault "
		"was taken there. All functions and sites of the kernel and of every module of its "
		"package count.\n\n"
		"| | functions | seen | | sites | seen | |\n"
		"| --- | --- | --- | --- | --- | --- | --- |\n",
		what);
	out += numbers("**all**", table.seen, table.all);
	Count others, others_seen;
	for (const ModuleRow &module : table.modules) {
		const bool kernel = module.name == "vmlinux";
		if (kernel || module.seen.functions != 0)
			out += numbers(module.name, module.seen, module.all);
		else
			add(others, module.all.functions, module.all.sites);
	}
	out += numbers("all other modules", others_seen, others);
	out += "\n## Not seen\n\n| reason | functions | sites |\n| --- | --- | --- |\n";
	for (const auto &[reason, count] : table.reasons)
		out += fmt::format("| {} | {} | {} |\n", reason, count.functions, count.sites);
	out += "\n`open` is the work that is left.\n\n## Seen\n\n"
	       "| module | function | sites | first by |\n| --- | --- | --- | --- |\n";
	for (const ModuleRow &module : table.modules)
		out += seen_rows(module);
	if (!table.elsewhere.empty()) {
		out += "\n## Faults at places that are not in the table\n\nFunctions from the "
		       "fault outwards, and how often.\n\n";
		for (const auto &[way, count] : table.elsewhere)
			out += fmt::format("- {}: {}\n", way, count);
	}
	out += "\n## EFAULT without a tag check fault\n\n";
	if (table.without_fault.empty())
		out += "None.\n";
	for (const auto &group : table.without_fault)
		out += fmt::format("- `{}`\n", group);
	return out;
}

} // namespace tagtrap::coverage
