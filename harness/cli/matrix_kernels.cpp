// SPDX-License-Identifier: GPL-2.0-only
// Which kernels a matrix has, and what is run for each of them.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <sstream>

#include "fixtures/debian/version.h"
#include "harness/cli/matrix.h"
#include "harness/sys/problem.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

/// Values of mte_uaccess_signal= of a reference kernel, and what --signal they mean.
struct SwitchWord {
	std::string_view name, signal;
};

constexpr std::array switches = {SwitchWord{"off", ""}, SwitchWord{"sigsegv", "segv"},
				 SwitchWord{"sigbus", "bus"}};
constexpr std::string_view own_suite = "fixtures/kernel";

/// The newest kernel of each name, without flavour, of the suites for which `of` holds; by version.
template <class Of> std::vector<std::string> plain_names(const auto &kernels, Of &&of)
{
	std::vector<std::string> names;
	for (const auto &row : kernels)
		if (row.name.find('-') == std::string::npos && !row.suite.empty() &&
		    row.suite != own_suite && of(row.suite))
			names.push_back(row.name);
	std::ranges::sort(names, [](const auto &left, const auto &right) {
		return debian::compare_versions(left, right) < 0;
	});
	return names;
}

void add_once(std::vector<std::string> &names, const std::string &name)
{
	if (std::ranges::find(names, name) == names.end())
		names.push_back(name);
}

bool unstable(const std::string &suite)
{
	return suite == "sid" || suite == "unstable";
}

bool backports(const std::string &suite)
{
	return suite.ends_with("-backports");
}

/// Debian's own: those of its releases, and the newest of backports and of unstable.
std::vector<std::string> debian_names(std::span<const debian::KernelRow> rows)
{
	const auto kernels = debian::newest_rows(rows);
	auto names = plain_names(kernels, [](const std::string &suite) {
		return !backports(suite) && !unstable(suite);
	});
	for (const auto of : {backports, unstable})
		if (const auto newest = plain_names(kernels, of); !newest.empty())
			add_once(names, newest.back());
	std::ranges::sort(names, [](const auto &left, const auto &right) {
		return debian::compare_versions(left, right) < 0;
	});
	return names;
}

/// The same, flavours of the newest release, the reference kernel with each switch, and with
/// hardware tag-based KASAN.
std::vector<std::string> all_names(std::span<const debian::KernelRow> rows)
{
	auto names = debian_names(rows);
	const auto kernels = debian::newest_rows(rows);
	const auto released = plain_names(kernels, [](const std::string &suite) {
		return !backports(suite) && !unstable(suite);
	});
	for (const auto *flavour : {"rt", "16k", "cloud"})
		if (!released.empty())
			names.push_back(released.back() + "-" + flavour);
	for (const auto &word : switches)
		names.push_back(fmt::format("reference:{}", word.name));
	names.emplace_back("kasan:off");
	return names;
}

/// A name for a directory.
std::string directory_name(const std::string &name)
{
	std::string out = name.find('/') == std::string::npos
				  ? name
				  : fs::path(name).lexically_normal().filename().string();
	std::ranges::replace_if(
		out,
		[](unsigned char c) {
			return std::isalnum(c) == 0 && c != '.' && c != '-' && c != '+' && c != '_';
		},
		'-');
	return out.empty() ? "kernel" : out;
}

MatrixEntry entry_of(const std::string &name)
{
	MatrixEntry entry = {.name = name, .kernel = name};
	if (name.find('/') != std::string::npos) {
		entry.kernel = fs::absolute(name);
		return entry;
	}
	const auto colon = name.rfind(':');
	if (colon == std::string::npos)
		return entry;
	const auto found = std::ranges::find(switches, name.substr(colon + 1), &SwitchWord::name);
	if (found == switches.end())
		throw sys::Problem(
			fmt::format("--kernels: {}: behind the colon stands the switch of "
				    "a reference kernel: off, sigsegv or sigbus",
				    name),
			2);
	entry.kernel.resize(colon);
	entry.cmdline = fmt::format("mte_uaccess_signal={}", found->name);
	entry.signal = found->signal;
	return entry;
}

} // namespace

std::vector<MatrixEntry> matrix_entries(const std::string &list,
					std::span<const debian::KernelRow> kernels)
{
	std::vector<std::string> names;
	std::istringstream words(list);
	for (std::string word; std::getline(words, word, ',');)
		if (word == "all")
			for (const auto &name : all_names(kernels))
				add_once(names, name);
		else if (!word.empty() && std::ranges::find(names, word) != names.end())
			throw sys::Problem(fmt::format("--kernels: {} stands there twice", word),
					   2);
		else if (!word.empty())
			names.push_back(word);
	if (list.empty())
		names = debian_names(kernels);
	if (names.empty())
		throw sys::Problem("--kernels: no kernel; see `./run.sh kernels`", 2);
	std::vector<MatrixEntry> entries;
	std::set<std::string> directories;
	for (const auto &name : names) {
		auto entry = entry_of(name);
		entry.directory = directory_name(name);
		for (int number = 2; !directories.insert(entry.directory).second; number++)
			entry.directory = fmt::format("{}.{}", directory_name(name), number);
		entries.push_back(std::move(entry));
	}
	return entries;
}

std::vector<std::string> matrix_arguments(const Options &options)
{
	Options run = options;
	run.action = Action::run;
	auto words = guest_arguments(run);
	std::erase(words, "--allow-hangs"); // in a VM they always run
	std::vector<std::string> more;
	if (!options.cmdline.empty())
		more.push_back("--cmdline=" + options.cmdline);
	if (!options.qemu.empty())
		more.push_back("--qemu=" + options.qemu);
	if (options.confirm)
		more.push_back(fmt::format("--repeat={}", options.repeat));
	words.insert(words.begin() + 1, more.begin(), more.end());
	return words;
}

std::vector<std::string> entry_words(const MatrixRecord &record, const MatrixEntry &entry,
				     const fs::path &out)
{
	auto words = record.arguments;
	std::vector<std::string> more = {"--vm", "--kernel=" + entry.kernel,
					 "--out=" + (out / entry.directory).string()};
	constexpr std::string_view option = "--cmdline=";
	const auto said = std::ranges::find_if(
		words, [&](const std::string &word) { return word.starts_with(option); });
	if (!entry.cmdline.empty() && said != words.end()) // the caller's words come last
		*said = fmt::format("{}{} {}", option, entry.cmdline, said->substr(option.size()));
	else if (!entry.cmdline.empty())
		more.push_back(fmt::format("{}{}", option, entry.cmdline));
	const bool signal_said = std::ranges::any_of(
		words, [](const std::string &word) { return word.starts_with("--signal="); });
	if (!entry.signal.empty() && !signal_said)
		more.push_back("--signal=" + entry.signal);
	words.insert(words.begin() + 1, more.begin(), more.end());
	return words;
}

} // namespace tagtrap
