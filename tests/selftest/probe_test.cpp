// SPDX-License-Identifier: GPL-2.0-only
// What the probe on the kernel's tag check faults says.
#include <catch2/catch_test_macros.hpp>

#include "harness/run/probe.h"

using namespace tagtrap;

TEST_CASE("faults out of a trace", "[probe]")
{
	const auto faults = parse_trace(
		"tagtrap-71 [001] d..1. 12.5: tt: (do_tag_check_fault+0x0/0x60) "
		"at0=0xffff800008c98950 at1=0xffff800008012004 at2=0x8db8800008013000 at3=0x0\n"
		"CPU:1 [LOST 12 EVENTS]\n"
		"tagtrap-71 [001] d..1. 12.6: tt: (do_tag_check_fault+0x0/0x60) "
		"at0=0xffff800008c98950 at1=0xffff800008012004 at2=0xffff800008013000 at3=0x0\n"
		"tagtrap-71 [001] d..1. 12.7: tt: (do_tag_check_fault+0x0/0x60) "
		"at0=0xaaaad0c98950 at1=0xffff800008012004\n");
	CHECK(faults == std::vector<KernelFault>{
				{{0xffff800008c98950, 0xffff800008012004, 0xffff800008013000}, 2}});
	CHECK(parse_trace("").empty());
}

TEST_CASE("names of places in code", "[probe]")
{
	const CodeBases bases = {{0x1000, "x:.text"}, {0x8000, "vmlinux"}};
	CHECK(code_name(bases, 0x1010) == "x:.text+0x10");
	CHECK(code_name(bases, 0x8000) == "vmlinux+0x0");
	CHECK(code_name(bases, 0x10) == "0x10");
}

TEST_CASE("arguments out of the format of a system call's event", "[probe]")
{
	CHECK(parse_arguments("name: sys_enter_statx\nID: 846\nformat:\n"
			      "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\n"
			      "\n\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
			      "\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;\n"
			      "\tfield:struct statx * buffer;\toffset:48;\tsize:8;\tsigned:0;\n"
			      "\nprint fmt: \"dfd: 0x%08lx\"\n") ==
	      std::vector<std::string>{"int dfd", "struct statx * buffer"});
	CHECK(parse_arguments("").empty());
}
