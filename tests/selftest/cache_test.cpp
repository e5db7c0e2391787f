// SPDX-License-Identifier: GPL-2.0-only
// What of a cache may go, and when; what is said where nothing may be fetched.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>
#include <filesystem>

#include "fixtures/debian/apt.h"
#include "fixtures/debian/kernels.h"
#include "fixtures/debian/sysroot.h"
#include "harness/cli/cache_rest.h"
#include "harness/sys/cache.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
namespace fs = std::filesystem;

namespace {

/// A variable of the environment, while this lives.
class Variable {
public:
	Variable(const char *name, const std::string &value) : name_(name)
	{
		const char *now = std::getenv(name);
		had_ = now != nullptr;
		before_ = had_ ? now : "";
		::setenv(name, value.c_str(), 1);
	}
	~Variable()
	{
		if (had_)
			::setenv(name_, before_.c_str(), 1);
		else
			::unsetenv(name_);
	}
	Variable(const Variable &) = delete;
	Variable &operator=(const Variable &) = delete;

private:
	const char *name_;
	bool had_ = false;
	std::string before_;
};

/// An empty cache.
struct Cache {
	selftest::Scratch scratch;
	fs::path root = scratch.path;
	Variable variable = {"TAGTRAP_CACHE", scratch.path.string()};

	void file(const fs::path &name, std::string_view text = "x") const
	{
		fs::create_directories((root / name).parent_path());
		sys::write_file(root / name, text);
	}
	std::vector<std::string> gone(const CacheWanted &wanted) const
	{
		std::vector<std::string> names;
		for (const auto &[path, why] : leftovers(root, wanted))
			names.push_back(fs::relative(path, root).string());
		std::ranges::sort(names);
		return names;
	}
};

using Names = std::vector<std::string>;

constexpr auto never = fs::file_time_type::min();

} // namespace

TEST_CASE("of each kernel and source the newest stays, with the packages that it came from")
{
	const Cache cache;
	const auto kernel = [&](const std::string &name, const std::string &version) {
		cache.file("kernels/linux-" + name + '_' + version + "/kernel.json",
			   R"({"name":")" + name + R"(","version":")" + version + "\"}");
		cache.file("kernels/linux-" + name + '_' + version + ".lock");
		cache.file("debs/linux-binary-" + name + '_' + version + "_arm64.deb");
	};
	kernel("6.1", "6.1.99-1");
	kernel("6.1", "6.1.190-1");
	kernel("6.1-rt", "6.1.99-2");
	cache.file("kernels/linux-7_7.0-1.part/kernel.json", "half");
	cache.file("sources/linux-source-6.12_6.12.9-1/usr/src/x");
	cache.file("sources/linux-source-6.12_6.12.118-1/usr/src/x");
	cache.file("sources/linux-source-6.6_6.6.1-1/usr/src/x");
	cache.file("debs/linux-source-6.12_6.12.118-1_all.deb");
	cache.file("kunit/linux-source-6.12_6.12.118-1/kunit.py");
	cache.file("kunit/linux-source-6.12_6.12.9-1/kunit.py");
	cache.file("debs/bookworm-1234/libc.deb");
	cache.file("debs/partial/linux_1/x");
	CHECK(cache.gone({{}, {"6.12"}, never}) ==
	      Names{"debs/bookworm-1234", "debs/linux-binary-6.1_6.1.99-1_arm64.deb",
		    "debs/partial/linux_1", "kernels/linux-6.1_6.1.99-1",
		    "kernels/linux-6.1_6.1.99-1.lock", "kernels/linux-7_7.0-1.part",
		    "kunit/linux-source-6.12_6.12.9-1", "sources/linux-source-6.12_6.12.9-1",
		    "sources/linux-source-6.6_6.6.1-1"});
}

TEST_CASE("what the tree asks for by name stays, and what is old or made again at once goes")
{
	const Cache cache;
	for (const auto *name : {"sysroot/new/lib",
				 "sysroot/new.lock",
				 "sysroot/old/lib",
				 "sysroot/old.lock",
				 "sysroot/new.part/lib",
				 "disks/ext4-1/image",
				 "disks/ext4-2/image",
				 "test/out/x",
				 "scratch/disk",
				 "tidy/new",
				 "tidy/old",
				 "apt/own/lists/x",
				 "apt/own/cache/pkgcache.bin",
				 "ready-1",
				 "ready-2",
				 "install.log",
				 "kernel-build/ccache/x",
				 "kernel-build/build-6.12-reference/x",
				 "kernel-build/build-6.6-debug/x",
				 "kernel-build/tree-6.12-aa/.complete",
				 "kernel-build/pristine-6.12-aa/x",
				 "kernel-build/tree-6.12-bb/.complete",
				 "kernel-build/lock-6.12",
				 "somebody/else"})
		cache.file(name);
	const auto age = [&](const char *name, int days) {
		const auto then = "@" + std::to_string(::time(nullptr) - days * 86400L);
		REQUIRE(std::system(("touch -d " + then + " '" + (cache.root / name).string() + "'")
					    .c_str()) == 0);
	};
	age("tidy/old", 40);
	age("ready-1", 2);
	age("kernel-build/tree-6.12-aa/.complete", 2);
	const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
	CHECK(cache.gone({{"sysroot/new", "disks/ext4-1"}, {"6.12"}, yesterday}) ==
	      Names{"apt/own/cache/pkgcache.bin", "disks/ext4-2", "kernel-build/build-6.6-debug",
		    "kernel-build/pristine-6.12-aa", "kernel-build/tree-6.12-aa", "ready-1",
		    "scratch/disk", "sysroot/new.part", "sysroot/old", "sysroot/old.lock",
		    "test/out", "tidy/old"});
}

TEST_CASE("a cache that somebody uses is left alone")
{
	const Cache cache;
	cache.file("kernels/a.lock");
	CHECK(sys::own_cache().size() == 2);
	const auto refused = MessageMatches(ContainsSubstring("in use"));
	{
		const auto lock = sys::lock_file(cache.root / "kernels/a.lock");
		CHECK_THROWS_MATCHES(sys::own_cache(), sys::Problem, refused);
	}
	{
		const auto alone = sys::own_cache();
		CHECK_THROWS_MATCHES(sys::own_cache(), sys::Problem, refused);
	}
	CHECK(sys::own_cache().size() == 2);
}

TEST_CASE("what a directory takes is counted once, and what was read last is found")
{
	const Cache cache;
	cache.file("a/one", std::string(100'000, 'x'));
	fs::create_hard_link(cache.root / "a/one", cache.root / "a/two");
	const auto use = use_of(cache.root / "a");
	CHECK(use.entries == 2);
	CHECK(use.bytes >= 100'000);
	CHECK(use.bytes < 200'000);
	CHECK(fs::file_time_type::clock::now() - use.last < std::chrono::hours(1));
}

TEST_CASE("without an archive what is missing is named, with the command that fetches it")
{
	const Cache cache;
	const Variable offline("TAGTRAP_OFFLINE", "1");
	const auto refused = [](const char *command, auto &&ask) {
		try {
			ask();
		} catch (const sys::Problem &problem) {
			CHECK(problem.status == 3);
			CHECK_THAT(problem.what(),
				   ContainsSubstring('`' + std::string(command) + '`'));
			return;
		}
		FAIL(command);
	};
	using namespace tagtrap::debian;
	refused("./run.sh preflight --kernel=6.12", [] { get_kernel("6.12"); });
	refused("./run.sh preflight", [] { get_kernel(""); });
	refused("./run.sh kernels --refresh", [] { open_apt(Scope::all); });
	refused("./run.sh preflight", [] { get_sysroot(); });
	refused("./run.sh kernel build --base=6.12",
		[] { fetch({}, "linux-source-6.12", "6.12.1-1"); });
	cache.file("kernels/linux_6.12.1-1/kernel.json",
		   R"({"name":"6.12","package":"linux","version":"6.12.1-1","release":"6.12.1"})");
	CHECK(get_kernel("6.12").version == "6.12.1-1");
	CHECK(get_kernel("6.12.1-1").version == "6.12.1-1");
}
