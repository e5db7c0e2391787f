// SPDX-License-Identifier: GPL-2.0-only
// From faults to places, and from these to the table.
#include <catch2/catch_test_macros.hpp>

#include "harness/coverage/reasons.h"
#include "harness/coverage/table.h"
#include "tests/selftest/coverage_world.h"

using namespace tagtrap;
using namespace tagtrap::coverage;
using namespace tagtrap::selftest;

namespace {

/// by_call() calls a routine, by_hand() accesses, ends() ends in a routine and is called by over().
std::vector<Module> two_modules()
{
	Symbols symbols = {{0, "T_text"},
			   {0x1000, "T_stext"},
			   {0x1000, "tby_call"},
			   {0x1010, "tby_hand"},
			   {0x1020, "tends"},
			   {0x1030, "tover"},
			   {0x1040, "T_copy_from_iter"},
			   {0x1050, "T__arch_copy_from_user"},
			   {0x1060, "tcompat_ends"},
			   {0x1070, "D_etext"}};
	for (uint32_t i = 0; i < 600; ++i) // a kernel has that many at least
		symbols.emplace_back(0x2000 + i, "dx");
	const std::vector<uint32_t> text = {
		nop,
		bl(0x1004, 0x1040),
		bl(0x1008, 0x1050),
		nop, // by_call
		nop,
		ldtr,
		nop,
		nop, // by_hand
		nop,
		b(0x1024, 0x1050),
		nop,
		nop, // ends
		nop,
		bl(0x1034, 0x1020),
		nop,
		nop, // over
		nop,
		bl(0x1044, 0x1050),
		nop,
		nop, // _copy_from_iter
		nop,
		ldtr,
		nop,
		nop, // __arch_copy_from_user
		nop,
		b(0x1064, 0x1050),
		nop,
		nop, // compat_ends
	};
	std::vector<Module> modules = {image_sites(small_image(symbols, text, TableAge::v6_12))};
	modules.push_back(module_sites(small_module({ldtr, ldtr}, "x_ioctl", 0, {}), "x"));
	return modules;
}

Json fault(const std::string &group, std::vector<std::string> at)
{
	return {{"event", "sites"},
		{"group", group},
		{"faults", Json::array({{{"at", std::move(at)}, {"count", 2}}})}};
}

/// The functions in which faults of `events` were, with the groups that were first.
std::map<std::string, std::string> seen(const std::vector<Json> &events)
{
	const auto modules = two_modules();
	std::map<std::string, std::string> out;
	for (const auto &[key, group] : find_faults(modules, events).first) {
		const Site &site = modules[key.first].sites[key.second];
		out[site.function + '+' + std::to_string(site.into)] = group;
	}
	return out;
}

using Seen = std::map<std::string, std::string>;

} // namespace

TEST_CASE("names of places in a journal", "[coverage]")
{
	CHECK(parse_spot("vmlinux+0x1c") == Spot{"vmlinux", "", 0x1c});
	CHECK(parse_spot("xfs:.text+0x30") == Spot{"xfs", ".text", 0x30});
	for (const auto *text : {"", "0x30", "vmlinux", "vmlinux+0x", "vmlinux+0x1g"})
		CHECK_FALSE(parse_spot(text));
}

TEST_CASE("a fault is at the innermost place that the table has", "[coverage]")
{
	// In the routine: the link register tells.
	CHECK(seen({fault("a", {"vmlinux+0x54", "vmlinux+0xc"})}) == Seen{{"by_call+8", "a"}});
	// Called by a helper: its caller does.
	CHECK(seen({fault("a", {"vmlinux+0x54", "vmlinux+0x48", "vmlinux+0x8"})}) ==
	      Seen{{"by_call+4", "a"}});
	// An access is where it is, whatever the link register holds.
	CHECK(seen({fault("a", {"vmlinux+0x14", "vmlinux+0xc"})}) == Seen{{"by_hand+4", "a"}});
	CHECK(seen({fault("a", {"x:.text+0x4", "vmlinux+0xc"})}) == Seen{{"x_ioctl+4", "a"}});
	// B instead of BL: the function that was called is the one.
	CHECK(seen({fault("a", {"vmlinux+0x54", "vmlinux+0x38"})}) == Seen{{"ends+4", "a"}});
	// Who is first counts.
	CHECK(seen({fault("b", {"vmlinux+0x14"}), fault("a", {"vmlinux+0x14"})}) ==
	      Seen{{"by_hand+4", "b"}});
}

TEST_CASE("a fault elsewhere is told", "[coverage]")
{
	const auto faults = find_faults(
		two_modules(), std::vector{fault("a", {"vmlinux+0x54", "vmlinux+0x10", "y+0x4"})});
	CHECK(faults.first.empty());
	CHECK(faults.elsewhere ==
	      std::map<std::string, uint64_t>{{"__arch_copy_from_user < by_hand < y", 2}});
	CHECK(faults.groups.contains("a"));
}

TEST_CASE("reasons come from a closed list", "[coverage]")
{
	const Module kernel = {.name = "vmlinux"};
	CHECK(reason_for(kernel, "vfs_read", false, true) == open_work);
	CHECK(reason_for(kernel, "compat_put_bitmap", false, true) == "AArch32 compat");
	CHECK(reason_for(kernel, "of_compatible_show", false, true) == open_work);
	CHECK(reason_for(kernel, "kvm_vm_ioctl", false, true) == "needs KVM");
	CHECK(reason_for(kernel, "vfs_read", true, true).starts_with("runs when"));
	Module module = {.name = "x", .devices = {"devname"}};
	CHECK(reason_for(module, "x_read", false, true) == open_work);
	CHECK(reason_for(module, "x_read", false, false) == "module that was not loaded");
	module.devices.emplace_back("usb");
	CHECK(reason_for(module, "x_read", false, false).starts_with("module of a device"));
}

TEST_CASE("the table counts each place once, and all of them", "[coverage]")
{
	const auto modules = two_modules();
	std::vector<Json> events = {fault("read/x", {"vmlinux+0x54", "vmlinux+0xc"}),
				    fault("write/x", {"vmlinux+0x54", "vmlinux+0xc"})};
	auto table = make_table(modules, find_faults(modules, events), {"read/x", "stat/x"});
	CHECK(table.all == Count{5, 7});
	CHECK(table.seen == Count{1, 1});
	CHECK(table.reasons == std::map<std::string, Count>{
				       {"AArch32 compat", {1, 1}},
				       {"module that was not loaded", {1, 2}},
				       {std::string(open_work), {2, 2}},
			       });
	CHECK(table.without_fault == std::vector<std::string>{"stat/x"});
	const auto json = to_json(table);
	CHECK(json["modules"][0]["functions"][0] ==
	      Json({{"name", "by_call"}, {"sites", 2}, {"seen", 1}, {"first", "read/x"}}));
	const auto text = page(table, "kernel X");
	CHECK(text.find("| **all** | 5 | 1 | 20.0 % | 7 | 1 | 14.3 % |") != std::string::npos);
	CHECK(text.find("| vmlinux | by_call | 1 of 2 | `read/x` |") != std::string::npos);
	events.push_back({{"event", "sites"}, {"modules", {"x"}}});
	table = make_table(modules, find_faults(modules, events), {});
	CHECK(table.reasons.at(std::string(open_work)) == Count{3, 4});
}
