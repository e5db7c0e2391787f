// SPDX-License-Identifier: GPL-2.0-only
// What a preflight saw, for people, for the journal and as an exit status.
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/mte/mode.h"
#include "harness/run/preflight.h"
#include "harness/sys/proc.h"

namespace tagtrap {

std::string_view to_string(Ground ground)
{
	constexpr std::array names = {"ok", "no-mte", "nomte", "machine", "refused", "wrong"};
	return names[static_cast<size_t>(ground)];
}

namespace {

Json to_json(const std::vector<Check> &checks)
{
	Json list = Json::array();
	for (const auto &check : checks)
		list.push_back({{"name", check.name},
				{"expected", check.expected},
				{"seen", check.seen},
				{"ok", check.ok}});
	return list;
}

std::string in_lines(const std::vector<Check> &checks, std::string_view not_ok)
{
	std::string text;
	for (const auto &check : checks)
		text += fmt::format("{:8} {}: expected {}, saw {}\n", check.ok ? "ok" : not_ok,
				    check.name, check.expected, check.seen);
	return text;
}

} // namespace

Json to_json(const Preflight &seen)
{
	Json event = {{"event", "preflight"},
		      {"status", to_string(seen.ground)},
		      {"checks", to_json(seen.checks)},
		      {"copies", to_json(seen.copies)}};
	if (!seen.advice.empty())
		event["advice"] = seen.advice;
	return event;
}

std::vector<std::string> preferred_modes()
{
	std::vector<std::string> found;
	for (int cpu = 0; cpu < 4096; ++cpu) {
		const std::string path = fmt::format("/sys/devices/system/cpu/cpu{}", cpu);
		if (!std::filesystem::exists(path))
			break;
		std::string text = sys::slurp(path + "/mte_tcf_preferred");
		while (text.ends_with('\n'))
			text.pop_back();
		if (!text.empty())
			found.push_back(text);
	}
	return found;
}

std::string describe(const Preflight &seen)
{
	const mte::Features features = mte::features();
	std::string text =
		fmt::format("CPU features: mte {}, mte3 (asymm) {}, store-only {}, mops {}\n",
			    features.mte ? "yes" : "no", features.mte3 ? "yes" : "no",
			    features.store_only ? "yes" : "no", features.mops ? "yes" : "no");
	const auto preferred = preferred_modes();
	text += fmt::format("mte_tcf_preferred: {}\n",
			    preferred.empty() ? std::string("not offered by this kernel")
					      : fmt::format("{}", fmt::join(preferred, " ")));
	text += in_lines(seen.checks, "NOT OK") + in_lines(seen.copies, "KERNEL");
	text += fmt::format("preflight: {}{}{}\n", to_string(seen.ground),
			    seen.advice.empty() ? "" : ": ", seen.advice);
	return text;
}

bool only_ordinary(const Preflight &seen, bool our_vm)
{
	return seen.ground == Ground::nomte || // somebody asked for that
	       (!our_vm && (seen.ground == Ground::no_mte || seen.ground == Ground::machine));
}

int status_of(const Preflight &seen, bool our_vm)
{
	if (seen.ground == Ground::ok)
		return 0;
	return seen.ground == Ground::wrong || our_vm ? 3 : 77;
}

} // namespace tagtrap
