// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "fixtures/debian/own_kernels.h"
#include "harness/cli/host.h"
#include "harness/cli/mutants.h"
#include "harness/cli/options.h"
#include "harness/sys/problem.h"
#include "tests/selftest/accepted.h"

using namespace tagtrap;
using tagtrap::selftest::accepted;
using Words = std::vector<std::string>;

namespace {

/// The one line that a refused command line gets.
std::string refused(const Words &words, Program program = Program::host)
{
	const auto parsed = parse_options(words, program);
	REQUIRE(parsed.status == 2);
	REQUIRE(parsed.text.ends_with('\n'));
	REQUIRE(parsed.text.find('\n') == parsed.text.size() - 1);
	REQUIRE(parsed.text.find("--help") != std::string::npos);
	return parsed.text;
}

bool names(const std::string &text, std::string_view thing)
{
	return text.find(thing) != std::string::npos;
}

} // namespace

TEST_CASE("no words mean the default run")
{
	const auto options = accepted({});
	CHECK(options.action == Action::run);
	CHECK(options.request.level == Level::standard);
	CHECK_FALSE(options.contract);
	CHECK(options.where == Where::automatic);
	CHECK(options.request.specs.empty());
	CHECK(options.time_scale == 1.0);
	CHECK(options.watch_s == 60);
}

TEST_CASE("every option of run is read")
{
	const auto options =
		accepted({"--kernel=./Image", "--modules=m", "--cmdline=a b=c",
			  "--contract=forced-signal", "--signal=bus", "--quick", "--out=o", "--vm",
			  "--allow-hangs", "--every-point", "--list", "--page-size=16384",
			  "--time-scale=2.5", "--no-install", "--qemu=/q", "read/*"});
	CHECK(options.kernel == "./Image");
	CHECK(options.modules == "m");
	CHECK(options.cmdline == "a b=c");
	CHECK(options.contract == Contract::forced_signal);
	CHECK(options.pin == SignalPin::bus);
	CHECK(options.request.level == Level::quick);
	CHECK(options.out == "o");
	CHECK(options.where == Where::vm);
	CHECK(options.allow_hangs);
	CHECK(options.every_point);
	CHECK(options.list);
	CHECK(options.request.page_size == 16384);
	CHECK(options.time_scale == 2.5);
	CHECK(options.qemu == "/q");
	CHECK(options.request.specs == Words{"read/*"});
}

TEST_CASE("a command may stand behind options")
{
	CHECK(accepted({"--kernel=6.1", "preflight"}).action == Action::preflight);
	CHECK(accepted({"kernels"}).action == Action::kernels);
	CHECK_FALSE(accepted({"cache"}).prune);
	CHECK(accepted({"cache", "--prune"}).prune);
	CHECK(accepted({"--offline", "cache"}).offline);
	CHECK(accepted({"run", "read/*"}).request.specs == Words{"read/*"});
}

TEST_CASE("test specs keep their order and every character")
{
	const Words specs = {"read/*", "[fs]", "[kernel:c03098d4b9ad]", "~*+direct/*", "a,b"};
	CHECK(accepted(specs).request.specs == specs);
}

TEST_CASE("what makes no sense is refused in one line that names it")
{
	CHECK(names(refused({"--frob"}), "--frob"));
	CHECK(names(refused({"--contract=lkml"}), "lkml"));
	CHECK(names(refused({"--signal=usr1"}), "usr1"));
	CHECK(names(refused({"--page-size=5000"}), "5000"));
	CHECK(names(refused({"--time-scale=0"}), "--time-scale=0"));
	CHECK(names(refused({"--time-scale=fast"}), "fast"));
	for (const auto *word : {"--watch=0", "--watch=5s", "--watch=3601"})
		CHECK(names(refused({word}), word));
	CHECK(names(refused({"--kernel"}), "--kernel"));
	CHECK(names(refused({"--quick", "--exhaustive"}), "--exhaustive"));
	CHECK(names(refused({"--native", "--vm"}), "--vm"));
	CHECK(names(refused({"--offline", "--refresh"}), "--refresh"));
	CHECK(names(refused({"cache", "6.1"}), "6.1"));
	CHECK(names(refused({"--prune"}), "--prune"));
	CHECK(names(refused({"--native", "--kernel=6.1"}), "--kernel"));
	CHECK(names(refused({"report"}), "directory"));
	CHECK(names(refused({"report", "--format=pdf", "d"}), "pdf"));
	CHECK(names(refused({"judge", "d"}), "--contract"));
	CHECK(names(refused({"kernels", "6.1"}), "6.1"));
	CHECK(names(refused({"kernel", "bild"}), "kernel build"));
	CHECK(names(refused({"test", "--quick"}), "--quick"));
}

TEST_CASE("report and judge take a directory")
{
	const auto report = accepted({"report", "--format=ktap", "dir"});
	CHECK(report.format == "ktap");
	CHECK(report.directory == "dir");
	const auto judge = accepted({"judge", "--contract=mainline", "dir"});
	CHECK(judge.contract == Contract::mainline);
	CHECK(judge.directory == "dir");
	CHECK(accepted({"reproduce", "dir", "e7387c21", "--kernel=6.12"}).cause == "e7387c21");
}

TEST_CASE("the target binary knows only what makes sense without a host")
{
	CHECK(names(refused({"--kernel=6.1"}, Program::target), "--kernel"));
	CHECK(accepted({"kernels"}, Program::target).action == Action::run);
	const auto options =
		accepted({"run", "--journal=/j", "--request=/r", "--work=/w"}, Program::target);
	CHECK(options.journal == "/j");
	CHECK(options.session_request == "/r");
	CHECK(options.work == "/w");
	CHECK(names(refused({"--journal=/j"}), "--journal"));
}

TEST_CASE("help and version end well and name the program's words")
{
	for (const auto program : {Program::host, Program::target}) {
		CHECK(parse_options({"--help"}, program).status == 0);
		CHECK(parse_options({"run", "-h"}, program).text == help_text(program));
		CHECK(parse_options({"--version"}, program).text == version_text());
	}
	CHECK(names(help_text(Program::host), "--no-install"));
	CHECK_FALSE(names(help_text(Program::target), "--no-install"));
}

TEST_CASE("what the guest is told comes out as what the host was told")
{
	const auto host =
		accepted({"--contract=mainline", "--signal=segv", "--exhaustive", "--every-point",
			  "--time-scale=3", "--watch=2.5", "read/*", "~[fs]"});
	const auto guest = accepted(guest_arguments(host), Program::target);
	CHECK(guest.contract == host.contract);
	CHECK(guest.pin == host.pin);
	CHECK(guest.request.level == host.request.level);
	CHECK(guest.every_point);
	CHECK(guest.allow_hangs);
	CHECK(guest.time_scale == 3.0);
	CHECK(guest.watch_s == 2.5);
	CHECK(guest.request.specs == host.request.specs);
	CHECK(accepted(guest_arguments(accepted({"preflight"})), Program::target).action ==
	      Action::preflight);
}

TEST_CASE("a native run allows hangs only when asked to")
{
	const auto careful = native_command(accepted({"--native", "--out=o"}), "/b/tagtrap");
	CHECK(careful == Words{"/b/tagtrap", "run", "--out=o"});
	const auto bold = native_command(accepted({"--native", "--allow-hangs"}), "/b/tagtrap");
	CHECK(bold == Words{"/b/tagtrap", "run", "--allow-hangs"});
}

TEST_CASE("kernels of ours are named by base and configuration")
{
	using namespace tagtrap::debian;
	const Words bases = {"6.12", "7.3"};
	const auto named = [&](std::string_view name) {
		const auto kernel = parse_own_kernel(name, bases);
		REQUIRE(kernel);
		return own_name(*kernel);
	};
	CHECK(named("reference") == "reference-6.12");
	CHECK(named("reference-7.3") == "reference-7.3");
	CHECK(named("reference-newest") == "reference-7.3");
	CHECK(named("debug") == "debug-6.12");
	CHECK(named("debug-7.3") == "debug-7.3");
	CHECK(named("kasan") == "kasan-6.12");
	for (const auto *other : {"", "6.12", "6.12-rt", "referenced", "linux-image-6.1"})
		CHECK_FALSE(parse_own_kernel(other, bases));
	CHECK(pick_base("", bases) == "6.12");
	CHECK_THROWS_AS(parse_own_kernel("reference-6.1", bases), sys::Problem);
	CHECK_THROWS_AS(pick_base("6.1", bases), sys::Problem);
	CHECK_THROWS_AS(pick_base("", Words()), sys::Problem);
}

TEST_CASE("fixtures/kernel has its series in the order of their age")
{
	const auto bases = debian::own_bases();
	REQUIRE(bases.size() >= 2);
	CHECK(debian::pick_base("", bases) == "6.12"); // Debian's stable has it
	CHECK(debian::pick_base("newest", bases) != "6.12");
}

TEST_CASE("kernel build and mutants take what they can use")
{
	CHECK(accepted({"kernel", "build"}).base.empty());
	CHECK(accepted({"kernel", "build", "--base=newest"}).base == "newest");
	CHECK(accepted({"kernel", "build", "--config=debug"}).config == "debug");
	CHECK(accepted({"kernel", "build", "--config=kasan"}).config == "kasan");
	CHECK(names(refused({"kernel", "build", "--config=fast"}), "--config"));
	const auto some = accepted({"mutants", "blockable", "m-signal", "--out=o"});
	CHECK(some.action == Action::mutants);
	CHECK(some.mutants == Words{"blockable", "m-signal"});
	CHECK(some.out == "o");
	const auto cut = accepted({"mutants", "read/*", "zero", "[uring]", "~*nomops*"});
	CHECK(cut.mutants == Words{"zero"});
	CHECK(cut.request.specs == Words{"read/*", "[uring]", "~*nomops*"});
	CHECK(names(refused({"mutants", "--quickly"}), "--quickly"));
}

TEST_CASE("a run against a mutant says switch, mutant and contract")
{
	auto words = accepted({"mutants", "--cmdline=a=b"});
	auto due = options_of({"blockable", Switch::sigsegv, {Rule::f2}}, words);
	CHECK(due.action == Action::run);
	CHECK(due.request.level == Level::quick);
	CHECK(due.contract == Contract::forced_signal);
	CHECK(due.pin == SignalPin::any);
	CHECK(due.cmdline == "mte_uaccess_signal=sigsegv mte_uaccess_mutant=blockable a=b");
	due = options_of({"m-signal", Switch::off, {Rule::m1}}, {});
	CHECK(due.contract == Contract::mainline);
	CHECK(due.cmdline == "mte_uaccess_signal=off mte_uaccess_mutant=m-signal");
	due = options_of({"m-retag", Switch::off, {Rule::p5}, true}, {});
	CHECK_FALSE(due.contract); // the canary decides
	CHECK(due.cmdline == "mte_uaccess_signal=off mte_uaccess_mutant=m-retag");
	due = options_of({"unmutated", Switch::sigbus}, {});
	CHECK(due.pin == SignalPin::bus);
	CHECK(due.cmdline == "mte_uaccess_signal=sigbus");
	CHECK(options_of({"unmutated", Switch::sigsegv}, {}).pin == SignalPin::segv);
	CHECK(options_of({"unmutated", Switch::off}, {}).contract == Contract::mainline);
}

TEST_CASE("the unmutated kernel comes before the mutants of each contract")
{
	const std::vector<Mutant> mutants = {
		{"one", Contract::forced_signal, false, Rule::f1, ""},
		{"m-one", Contract::mainline, false, Rule::m1, ""},
		{"two", Contract::forced_signal, false, Rule::f2, ""},
		{"m-two", Contract::mainline, true, Rule::p5, ""},
	};
	const auto directories = [&](const Words &asked) {
		Words all;
		for (const auto &run : mutant_runs(mutants, asked))
			all.push_back(directory_of(run));
		return all;
	};
	CHECK(directories({}) == Words{"unmutated-sigbus", "unmutated-sigsegv", "one", "two",
				       "unmutated-off", "m-one", "m-two"});
	CHECK(directories({"m-one"}) == Words{"unmutated-off", "m-one"});
	CHECK(directories({"two"}) == Words{"unmutated-sigbus", "unmutated-sigsegv", "two"});
	CHECK_THROWS_AS(directories({"three"}), sys::Problem);
	const auto runs = mutant_runs(mutants, {});
	for (const auto &run : runs)
		CHECK(run.canary == (run.name == "m-two"));
}

TEST_CASE("the run record names the very kernel")
{
	boot::Kernel kernel;
	kernel.exact = "6.12.117-1-rt";
	kernel.package = "linux-image-6.12.117+deb13-rt-arm64";
	kernel.version = "6.12.117-1";
	const auto facts = machine_facts(accepted({"--cmdline=quiet"}), kernel);
	CHECK(facts.at("kind") == "qemu");
	CHECK(facts.at("kernel") == "6.12.117-1-rt");
	CHECK(facts.at("package_version") == "6.12.117-1");
	CHECK(facts.at("extra_cmdline") == "quiet");
	CHECK_FALSE(facts.contains("modules"));
}

TEST_CASE("every option and command of --help is in docs/running.md")
{
	std::ifstream in("docs/running.md");
	const std::string page{std::istreambuf_iterator<char>(in), {}};
	const std::regex option("--[a-z][a-z-]+");
	// "--out" in the page does not stand for "--out-of-tree": what follows ends the word.
	const auto documented = [&page](const std::string &word) {
		return std::regex_search(page, std::regex(word + "(?![a-z-])"));
	};
	for (const auto program : {Program::host, Program::target}) {
		const auto help = help_text(program);
		std::set<std::string> words;
		for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end;
		     ++at)
			words.insert(at->str());
		CHECK(words.size() > 8);
		const std::regex command("\n  ([a-z]+)[^\n-]*  [a-z]");
		for (std::sregex_iterator at(help.begin(), help.end(), command), end; at != end;
		     ++at)
			words.insert("`" + (*at)[1].str());
		CHECK(words.contains("`judge"));
		for (const auto &word : words) {
			INFO(word);
			CHECK(documented(word));
		}
	}
	CHECK_FALSE(documented("--quic"));
}
