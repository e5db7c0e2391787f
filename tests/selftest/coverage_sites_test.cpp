// SPDX-License-Identifier: GPL-2.0-only
// Places where a kernel touches user memory, out of files made here.
#include <catch2/catch_test_macros.hpp>
#include <elf.h>

#include "harness/coverage/code.h"
#include "harness/coverage/routines.h"
#include "harness/coverage/sites.h"
#include "tests/selftest/coverage_world.h"

using namespace tagtrap::coverage;
using namespace tagtrap::selftest;

namespace {

/// do_read() calls a routine and reads for itself, do_tail() ends in a helper that is a routine as
/// well; what follows is a routine with accesses of its own.
const std::vector<uint32_t> code = {
	nop,  bl(0x1004, 0x1030),
	ldtr, nop, // 0x1000 do_read
	nop,  b(0x1014, 0x1020),
	nop,  nop, // 0x1010 do_tail
	nop,  bl(0x1024, 0x1030),
	ldtr, nop, // 0x1020 strndup_user
	nop,  ldtr,
	nop,  nop, // 0x1030 __arch_copy_from_user
	nop,  bl(0x1044, 0x1000),
	nop,  bl(0x104c, 0), // 0x1040 caller
};

Symbols symbols(bool from_text)
{
	const uint32_t base = from_text ? 0 : 0x1000;
	Symbols all = {{0x1000 - base, "T_stext"},
		       {0x1000 - base, "tdo_read"},
		       {0x1010 - base, "tdo_tail"},
		       {0x1020 - base, "Tstrndup_user"},
		       {0x1030 - base, "T__arch_copy_from_user"},
		       {0x1030 - base, "T__pi___arch_copy_from_user"},
		       {0x1040 - base, "tcaller"},
		       {0x1050 - base, "D_etext"}};
	if (from_text)
		all.insert(all.begin(), {0, "T_text"});
	for (uint32_t i = 0; i < 600; ++i) // several markers, and names longer than a byte says
		all.emplace_back(0x2000 - base + i, "d" + std::string(i % 200, 'x') + "y");
	return all;
}

std::vector<std::string> words(const Module &module)
{
	std::vector<std::string> out;
	for (const Site &site : module.sites)
		out.push_back(site.function + '+' + std::to_string(site.into) + ' ' +
			      std::string(to_string(site.kind)) + ' ' + site.callee);
	return out;
}

} // namespace

TEST_CASE("instructions that a place is known by", "[coverage]")
{
	CHECK(branch_target(bl(0x1000, 0x800), 0x1000) == 0x800);
	CHECK(branch_target(b(0x1000, 0x4000000), 0x1000) == 0x4000000);
	CHECK_FALSE(branch_target(nop, 0));
	CHECK_FALSE(branch_target(0x54000041, 0)); // b.ne
	CHECK(is_call(bl(0, 4)));
	CHECK_FALSE(is_call(b(0, 4)));
	for (const uint32_t word : {0x38400820U,  // ldtrb w0, [x1]
				    0xb8004820U,  // sttr w0, [x1, #4]
				    0x78c00820U,  // ldtrsh w0, [x1]
				    0xb8980820U}) // ldtrsw x0, [x1, #-128]
		CHECK(is_user_access(word));
	for (const uint32_t word : {0xf8400020U,  // ldur
				    0xf8400420U,  // ldr, post-index
				    0xf8400c20U,  // ldr, pre-index
				    0xf8600820U,  // ldr of registers
				    0xfc400820U}) // no access of general registers
		CHECK_FALSE(is_user_access(word));
}

TEST_CASE("the symbol table of an Image, as old and new kernels have it", "[coverage]")
{
	for (const auto age : {TableAge::v5_10, TableAge::v6_12, TableAge::v7_3}) {
		const bool from_text = age != TableAge::v5_10;
		const auto image = small_image(symbols(from_text), code, age);
		const auto found = kernel_symbols(image);
		REQUIRE(found.size() == symbols(from_text).size());
		CHECK(found[from_text ? 2 : 1] == Symbol{0x1000, 't', "do_read"});
		CHECK(found.back().offset == 0x2000 + 599);
		CHECK(found.back().name.size() == 200);
		CHECK_THROWS(kernel_symbols(std::string_view(image).substr(0, 0x3100)));
	}
	CHECK_THROWS(kernel_symbols(std::string(0x10000, '\0')));
}

TEST_CASE("places of an Image", "[coverage]")
{
	const auto module = image_sites(small_image(symbols(true), code, TableAge::v6_12));
	CHECK(words(module) == std::vector<std::string>{
				       "do_read+4 call __arch_copy_from_user",
				       "do_read+8 access ",
				       "do_tail+4 tail strndup_user",
			       });
	CHECK(module.sites.front().at == 0x1004);
	CHECK(function_at(module.functions, "", 0x1044)->name == "caller");
	CHECK(function_at(module.functions, "", 0xfff)->name == "_text");
}

TEST_CASE("places of a module", "[coverage]")
{
	const std::vector<uint32_t> own = {nop, 0x94000000, ldtr, 0x94000000, 0x14000000};
	const std::string info("license=GPL\0alias=pci:v00001AF4d*\0alias=fs-x\0", 45);
	const auto file = small_module(own, "x_ioctl", 4,
				       {{4, R_AARCH64_CALL26, "__arch_copy_to_user"},
					{12, R_AARCH64_CALL26, "kfree"},
					{16, R_AARCH64_JUMP26, "memdup_user"},
					{0, R_AARCH64_ABS64, "memdup_user"}},
				       info);
	const auto module = module_sites(file, "x");
	CHECK(words(module) == std::vector<std::string>{
				       "x_ioctl+0 call __arch_copy_to_user",
				       "x_ioctl+4 access ",
				       "x_ioctl+12 tail memdup_user",
			       });
	CHECK(module.sites.front().section == ".text");
	CHECK(module.devices == std::vector<std::string>{"pci"});
	for (size_t size = 0; size < file.size(); size += 7)
		CHECK_THROWS(module_sites(std::string_view(file).substr(0, size), "x"));
}

TEST_CASE("what the compiler has made of a helper is the helper", "[coverage]")
{
	CHECK(find_routine("copy_iovec_from_user.isra.0") != nullptr);
	CHECK(find_routine("copy_iovec") == nullptr);
	CHECK(find_routine("vfs_read") == nullptr);
}
