// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/pointers.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "harness/coverage/reasons.h"
#include "harness/model/contract.h"
#include "harness/model/point.h"
#include "harness/model/row.h"

namespace tagtrap::coverage {

namespace {

/// A text that stands for another one.
struct Alias {
	std::string_view from, to;
};

/// Functions of the kernel that are not called as the system call is.
constexpr std::array kernel_names = {
	Alias{"newfstat", "fstat"},         Alias{"newuname", "uname"},
	Alias{"sendfile64", "sendfile"},    Alias{"umount", "umount2"},
	Alias{"fadvise64_64", "fadvise64"},
};

/// A case that is not called as its system call is, or that tries another pointer than the first.
struct Named {
	std::string_view name, call, argument;
};

constexpr std::array named_otherwise = {
	Named{"clone-child_settid", "clone", "child_tidptr"},
	Named{"clone-parent_settid", "clone", "parent_tidptr"},
	Named{"exec-array", "execve", "argv"},
	Named{"exec-word", "execve", "filename"},
	Named{"exec-clear_child_tid", "set_tid_address", "tidptr"},
	Named{"io_pgetevents", "io_pgetevents", "events"},
	Named{"exit-clear_child_tid", "set_tid_address", "tidptr"},
	Named{"exec-robust_list", "set_robust_list", "head"},
	Named{"exit-robust_list", "set_robust_list", "head"},
	Named{"mount-options", "mount", "data"},
	Named{"rseq", "rseq", "rseq"},
};

/// Calls whose arguments mean what a command or an option says.
constexpr std::array multiplexers = {
	std::string_view("bpf"),        std::string_view("fcntl"),
	std::string_view("fsconfig"),   std::string_view("futex"),
	std::string_view("getsockopt"), std::string_view("io_uring_register"),
	std::string_view("ioctl"),      std::string_view("keyctl"),
	std::string_view("msgctl"),     std::string_view("prctl"),
	std::string_view("ptrace"),     std::string_view("quotactl"),
	std::string_view("seccomp"),    std::string_view("semctl"),
	std::string_view("setsockopt"), std::string_view("shmctl"),
};

/// Arguments that no row can hand over, and why.
struct NoAccess {
	std::string_view call, argument, reason;
};

constexpr std::string_view an_address = "an address that nobody copies from or to";
constexpr std::string_view no_look = "the kernel never looks at it";
constexpr std::string_view its_own_length = "the kernel decides how many bytes it stores";
constexpr std::string_view by_descriptor =
	"of a device by its path; quotactl_fd.addr is the same copy";
constexpr std::string_view ends_the_machine = "a call that ends the machine or changes its kernel";

constexpr std::array no_access = {
	NoAccess{"shmat", "shmaddr", an_address},
	NoAccess{"shmdt", "shmaddr", an_address},
	NoAccess{"futex_wake", "uaddr", an_address},
	NoAccess{"getcpu", "unused", no_look},
	NoAccess{"io_cancel", "result", no_look},
	NoAccess{"lsm_get_self_attr", "ctx", its_own_length},
	NoAccess{"lsm_list_modules", "ids", its_own_length},
	NoAccess{"syslog", "buf", its_own_length},
	NoAccess{"quotactl", "addr", by_descriptor},
	NoAccess{"reboot", "arg", ends_the_machine},
	NoAccess{"kexec_load", "segments", ends_the_machine},
	NoAccess{"kexec_file_load", "cmdline_ptr", ends_the_machine},
	NoAccess{"init_module", "umod", ends_the_machine},
	NoAccess{"init_module", "uargs", ends_the_machine},
	NoAccess{"finit_module", "uargs", ends_the_machine},
	NoAccess{"delete_module", "name_user", ends_the_machine},
};

std::string call_name(std::string_view kernel)
{
	const auto *const alias = std::ranges::find(kernel_names, kernel, &Alias::from);
	return std::string(alias == kernel_names.end() ? kernel : alias->to);
}

/// The register that `row` hands its pointer over in; none where code makes the call.
std::optional<size_t> register_of(const rows::Row &row)
{
	const auto at = std::ranges::find(row.words, rows::Word::Is::it, &rows::Word::is);
	if (row.memory.issue != nullptr || at == row.words.end())
		return std::nullopt;
	return static_cast<size_t>(at - row.words.begin());
}

bool hands_over(const Case &call, const Pointer &pointer)
{
	const auto *const name = std::ranges::find(named_otherwise, call.name, &Named::name);
	if (name != named_otherwise.end())
		return name->call == pointer.call && name->argument == pointer.name;
	if (call.row == nullptr) // a transfer: its buffer, or the buffers behind a vector
		return call.name == pointer.call && pointer.name.ends_with("buf");
	if (rows::call_of(call.name) != pointer.call)
		return false;
	if (const auto place = register_of(*call.row))
		return *place == pointer.place;
	const auto field = call.name.substr(pointer.call.size() + 1);
	return field.substr(0, field.find('.')) == pointer.name;
}

std::string why_not(const Pointer &pointer)
{
	const auto *const known = std::ranges::find_if(no_access, [&](const NoAccess &row) {
		return row.call == pointer.call && row.argument == pointer.name;
	});
	return std::string(known == no_access.end() ? open_work : known->reason);
}

} // namespace

std::vector<Pointer> pointers_of(const Json &calls)
{
	std::vector<Pointer> out;
	for (const auto &call : calls) {
		const auto &arguments = call.at("arguments");
		for (size_t i = 0; i < arguments.size(); ++i) {
			const auto text = arguments[i].get<std::string>();
			const auto star = text.rfind('*');
			if (star == std::string::npos)
				continue;
			const auto name = text.find_first_not_of(' ', star + 1);
			if (name == std::string::npos)
				throw std::runtime_error(
					fmt::format("an argument without a name: {}", text));
			out.push_back({call_name(call.at("name").get<std::string>()), i,
				       text.substr(0, star + 1), text.substr(name)});
		}
	}
	return out;
}

std::vector<PointerRow> pointer_rows(std::vector<Pointer> pointers,
				     std::span<const Case *const> all, const Judged &judged)
{
	std::vector<PointerRow> out;
	for (auto &pointer : pointers) {
		PointerRow row = {.pointer = std::move(pointer)};
		for (const Case *call : all) {
			if (!hands_over(*call, row.pointer))
				continue;
			row.cases.emplace_back(call->name);
			row.probed |= judged.contains(call->name);
		}
		if (!row.probed)
			row.reason = row.cases.empty() ? why_not(row.pointer)
						       : "tried, and nothing was judged";
		out.push_back(std::move(row));
	}
	return out;
}

Judged judged_cases(const Journal &journal)
{
	Judged controls, others, both;
	for (const auto &end : journal.ends) {
		const Point point = parse_id(end.id);
		const std::string name(point.call->name);
		if (is_control(point)) {
			if (end.verdict.kind == VerdictKind::pass)
				controls.insert(name);
		} else if (end.verdict.kind != VerdictKind::skip &&
			   end.verdict.kind != VerdictKind::broken) {
			others.insert(name);
		}
	}
	std::ranges::set_intersection(controls, others, std::inserter(both, both.end()));
	return both;
}

size_t requests_judged(std::span<const Case *const> all, const Judged &judged)
{
	return static_cast<size_t>(std::ranges::count_if(all, [&](const Case *call) {
		return judged.contains(call->name) && call->row != nullptr &&
		       std::ranges::find(multiplexers, rows::call_of(call->name)) !=
			       multiplexers.end();
	}));
}

std::string pointers_page(std::span<const PointerRow> table, size_t requests)
{
	const auto probed = std::ranges::count_if(table, &PointerRow::probed);
	std::string out = fmt::format(
		"\n## Pointers of system calls\n\nThe kernel's tracefs names the arguments of its "
		"system calls; those that are pointers count, each once, whatever a command or an "
		"option makes of it. A pointer is tried when its call passed with a good tag and "
		"was judged with a bad one or a missing page: **{} of {} ({:.1f} %)**. Commands, "
		"options and requests of calls that have such (ioctl, prctl, setsockopt, ...), "
		"which no kernel lists: {} tried.\n\n"
		"| call | argument | type | not tried |\n| --- | --- | --- | --- |\n",
		probed, table.size(),
		table.empty()
			? 0.0
			: 100.0 * static_cast<double>(probed) / static_cast<double>(table.size()),
		requests);
	for (const PointerRow &row : table)
		if (!row.probed)
			out += fmt::format("| {} | {} | `{}` | {} |\n", row.pointer.call,
					   row.pointer.name, row.pointer.type, row.reason);
	return out;
}

Json to_json(std::span<const PointerRow> table)
{
	Json out = Json::array();
	for (const PointerRow &row : table) {
		Json one = {{"call", row.pointer.call},     {"place", row.pointer.place},
			    {"argument", row.pointer.name}, {"type", row.pointer.type},
			    {"cases", row.cases},           {"probed", row.probed}};
		if (!row.probed)
			one["reason"] = row.reason;
		out.push_back(std::move(one));
	}
	return out;
}

} // namespace tagtrap::coverage
