// SPDX-License-Identifier: GPL-2.0-only
#include "harness/report/command.h"

#include "harness/model/case.h"
#include "harness/model/memory.h"
#include "harness/report/digest.h"
#include "harness/report/words.h"

namespace tagtrap {

namespace {

void add_option(std::string &command, const std::string &name, const std::string &value)
{
	if (!value.empty())
		command += " --" + name + "=" + shell_word(plain(value));
}

/// What --kernel takes to get this very kernel again.
std::string kernel_name(const Json &run)
{
	auto name = text_at(run, {"machine", "kernel"});
	return name.empty() ? text_at(run, {"kernel", "release"}) : name;
}

/// What it takes to arrange the buffer of a point; empty: any user can.
std::string_view buffer_privilege(std::string_view id)
{
	const auto point = known_point(id);
	if (!point)
		return "";
	if (point->stand == Stand::pfn)
		return "root, to map a page of a device";
	return row_of(point->memory).privilege;
}

} // namespace

std::string reproduce_command(const Json &run, std::string_view id)
{
	bool native = text_at(run, {"machine", "kind"}) == "native";
	std::string command = native ? "./tagtrap run" : "./run.sh";
	if (!native) {
		add_option(command, "kernel", kernel_name(run));
		add_option(command, "modules", text_at(run, {"machine", "modules"}));
		add_option(command, "cmdline", text_at(run, {"machine", "extra_cmdline"}));
	}
	if (auto asked = text_at(run, {"contract", "asked"}); asked != "auto")
		add_option(command, "contract", asked);
	if (auto pin = text_at(run, {"signal", "pin"}); pin != "any")
		add_option(command, "signal", pin);
	if (value_at(run, {"plan", "allow_hangs"}) == true && native)
		command += " --allow-hangs";
	// Always quoted: `*` is rare in an id that somebody changes by hand, but not in a shell.
	command += " '" + plain(id) + "'";
	return command;
}

Privilege privilege(const Json &run, std::string_view id)
{
	auto parts = id_parts(id);
	auto facts = facts_from_run(run);
	Privilege out;
	const auto *call = find_case(parts.call);
	if (call != nullptr && call->shape.remount)
		out = {true, "root, to mount"};
	else if (call != nullptr && call->situation != nullptr && call->situation->needs_root)
		out = {true, "root"};
	else if (parts.mode == to_string(TagCheckMode::asymm))
		out = {true, "root, once, to let mte_tcf_preferred be asymm"};
	else if (parts.call.ends_with("+sqpoll") &&
		 std::pair(facts.major, facts.minor) < std::pair(5, 11))
		out = {true, "CAP_SYS_ADMIN, which SQPOLL takes before 5.11"};
	else if (parts.call.ends_with("+sqpoll") &&
		 std::pair(facts.major, facts.minor) < std::pair(5, 13))
		out = {true, "CAP_SYS_NICE, which SQPOLL takes before 5.13"};
	else if (auto needed = buffer_privilege(id); !needed.empty())
		out = {true, std::string(needed)};
	else if (const auto *place = find_place(parts.place);
		 place != nullptr && place->kind == PlaceKind::file)
		out = {false, "none: any user who may open a file on " + plain(parts.place)};
	else
		out = {false, "none: any user"};
	if (value_at(run, {"privileged"}) == false)
		out.words += "; seen here without privileges";
	return out;
}

} // namespace tagtrap
