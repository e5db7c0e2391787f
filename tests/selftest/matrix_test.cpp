// SPDX-License-Identifier: GPL-2.0-only
// The command `matrix`: which kernels, what is run for each, and what a directory of it tells.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/matrix.h"
#include "harness/sys/file.h"
#include "harness/sys/problem.h"
#include "tests/selftest/accepted.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using Catch::Matchers::ContainsSubstring;
using tagtrap::selftest::accepted;
using Words = std::vector<std::string>;

namespace {

const std::vector<debian::KernelRow> rows_of_archive = {
	{.name = "6.1", .version = "6.1.192-2", .suite = "bookworm-security"},
	{.name = "6.1-rt", .version = "6.1.192-2", .suite = "bookworm-security"},
	{.name = "6.12", .version = "6.12.118-1", .suite = "trixie-security"},
	{.name = "6.16", .version = "6.16.12-1~bpo13+1", .suite = "trixie-backports"},
	{.name = "7.3", .version = "7.3.4-1~bpo13+1", .suite = "trixie-backports"},
	{.name = "5.10", .version = "5.10.223-1", .suite = "bullseye"},
	{.name = "7.2", .version = "7.2.13-1", .suite = "sid"},
	{.name = "reference-6.12", .version = "6.12", .suite = "fixtures/kernel"},
};

Words names_of(const std::string &list)
{
	Words names;
	for (const auto &entry : matrix_entries(list, rows_of_archive))
		names.push_back(entry.name);
	return names;
}

/// A script that stands for the host program: it says what it was told, and ends as its kernel's
/// name says.
std::string fake_program(const std::filesystem::path &directory)
{
	const auto path = directory / "program";
	std::ofstream(path) << R"(#!/bin/sh
for word; do case $word in --out=*) out=${word#--out=} ;; --kernel=*) kernel=${word#--kernel=} ;; esac; done
echo "$*" >>"${0%/*}/told"
case $kernel in
gone) echo 'tagtrap: no kernel is called gone' >&2; exit 3 ;;
slow) mkdir -p "$out"; cp "${0%/*}/cut.jsonl" "$out/journal.jsonl"; echo up >&2
      trap 'exit 143' TERM; while :; do sleep 0.1; done ;;
*) mkdir -p "$out"; cp tests/selftest/data/matrix/6.12/journal.jsonl "$out/journal.jsonl"; exit 1 ;;
esac
)";
	std::filesystem::permissions(path, std::filesystem::perms::owner_all);
	return path;
}

} // namespace

TEST_CASE("without a list a matrix has Debian's own kernels, in the order of their versions")
{
	CHECK(names_of("") == Words{"5.10", "6.1", "6.12", "7.2", "7.3"});
}

TEST_CASE("all are flavours and reference kernels as well, each once")
{
	CHECK(names_of("all") == Words{"5.10", "6.1", "6.12", "7.2", "7.3", "6.12-rt", "6.12-16k",
				       "6.12-cloud", "reference:off", "reference:sigsegv",
				       "reference:sigbus", "kasan:off"});
	CHECK(names_of("6.12,all").front() == "6.12");
}

TEST_CASE("a list of kernels takes names, paths and switches")
{
	const auto entries =
		matrix_entries("6.12-16k,reference:sigbus,a/Image,b/Image", rows_of_archive);
	REQUIRE(entries.size() == 4);
	CHECK(entries[1].kernel == "reference");
	CHECK(entries[1].cmdline == "mte_uaccess_signal=sigbus");
	CHECK(entries[1].signal == "bus");
	CHECK(entries[1].directory == "reference-sigbus");
	CHECK(std::filesystem::path(entries[2].kernel).is_absolute());
	CHECK(entries[2].directory == "Image");
	CHECK(entries[3].directory == "Image.2");
	for (const auto *wrong : {"6.1,6.1", ",", "reference:loud"})
		CHECK_THROWS_AS(matrix_entries(wrong, rows_of_archive), sys::Problem);
}

TEST_CASE("each run is told the plan, its own kernel and its own directory")
{
	const auto options = accepted({"matrix", "--kernels=6.1", "--quick", "--cmdline=quiet",
				       "--watch=5", "read/*", "--jobs=2", "--out=d"});
	CHECK(options.jobs == 2);
	const MatrixRecord record = {.arguments = matrix_arguments(options)};
	CHECK(record.arguments ==
	      Words{"run", "--cmdline=quiet", "--quick", "--watch=5", "read/*"});
	const auto entry = matrix_entries("reference:off", rows_of_archive).front();
	const auto words = entry_words(record, entry, "d");
	CHECK(words == Words{"run", "--vm", "--kernel=reference", "--out=d/reference-off",
			     "--cmdline=mte_uaccess_signal=off quiet", "--quick", "--watch=5",
			     "read/*"});
	CHECK(accepted(words).kernel == "reference");
}

TEST_CASE("a matrix takes no option of a single run")
{
	for (const Words &words : {Words{"matrix", "--kernel=6.1"}, Words{"matrix", "--native"},
				   Words{"matrix", "--rerun=d"}, Words{"matrix", "--report"},
				   Words{"matrix", "--format=html"}, Words{"matrix", "--jobs=0"}})
		CHECK(parse_options(words, Program::host).status == 2);
	CHECK(accepted({"matrix", "--report", "--format=html", "a", "b"}).directories ==
	      Words{"a", "b"});
}

TEST_CASE("what is kept of a matrix is read back")
{
	MatrixRecord record = {.arguments = {"run", "--quick"},
			       .entries = matrix_entries("6.1,reference:sigsegv", rows_of_archive),
			       .wall_s = 2.5};
	record.entries[0].state = EntryState::gap;
	record.entries[0].why = "gone";
	CHECK(matrix_record(parse_json(to_json(record).dump())) == record);
	auto other = to_json(record);
	other["schema"] = 2;
	CHECK_THROWS(matrix_record(other));
}

// What is stored is cut out of runs of the quick plan.
TEST_CASE("a stored matrix is told without a run")
{
	const auto all = open_matrix({"tests/selftest/data/matrix"});
	REQUIRE(all.matrix.columns.size() == 3);
	const auto text = kernel_matrix_text(all.matrix, all.wall_s);
	CHECK_THAT(text, ContainsSubstring("read/gfs2"));
	CHECK_THAT(text, ContainsSubstring("gfs2_file_read_iter"));
	CHECK_THAT(text, ContainsSubstring("not run: "));
	CHECK(kernel_matrix_status(all.matrix) == 1);
	// The same runs one by one, by the names of their kernels.
	const auto apart =
		open_matrix({"tests/selftest/data/matrix/5.10", "tests/selftest/data/matrix/6.12"});
	CHECK(apart.matrix.columns[1].run.name.starts_with("6.12."));
	CHECK(apart.matrix.causes.size() == all.matrix.causes.size());
	// One run twice needs two names.
	const auto twice =
		open_matrix({"tests/selftest/data/matrix/5.10", "tests/selftest/data/matrix/5.10"});
	CHECK(twice.matrix.columns[0].run.name != twice.matrix.columns[1].run.name);
}

TEST_CASE("runs go on where they were: what is finished is not repeated, a gap keeps its reason")
{
	const tagtrap::selftest::Scratch scratch;
	const auto program = fake_program(scratch.path);
	const auto told = scratch.path / "told";
	MatrixRecord record = {.arguments = {"run", "--quick"},
			       .entries = matrix_entries("6.1,gone,6.12", rows_of_archive)};
	unsigned changes = 0;
	CHECK(run_entries(record, scratch.path, program, 2, [&] { changes++; }) == 0);
	CHECK(changes == 6);
	CHECK(record.entries[0].state == EntryState::done);
	CHECK(record.entries[1].state == EntryState::gap);
	CHECK(record.entries[1].why == "no kernel is called gone");
	CHECK(record.entries[2].state == EntryState::done);
	std::filesystem::remove(told);
	CHECK(run_entries(record, scratch.path, program, 1, [] {}) == 0);
	const auto again = sys::read_file(told);
	CHECK(std::ranges::count(again, '\n') == 1); // the gap alone is tried once more
	CHECK_THAT(again, ContainsSubstring("--kernel=gone"));
}

TEST_CASE("an interrupted run is told of the signal, and begun anew beside what it has left")
{
	const tagtrap::selftest::Scratch scratch;
	const auto program = fake_program(scratch.path);
	const auto whole = sys::read_file("tests/selftest/data/matrix/6.12/journal.jsonl");
	sys::write_file(scratch.path / "cut.jsonl", whole.substr(0, whole.rfind("{\"event\"")));
	MatrixRecord record = {.arguments = {"run"},
			       .entries = matrix_entries("slow,6.12", rows_of_archive)};
	// The signal comes when the first run is at work: the script says so in its log.
	const auto log = scratch.path / "slow.log";
	const pid_t ourselves = getpid();
	const pid_t helper = fork();
	if (helper == 0) {
		while (access(log.c_str(), F_OK) != 0 || std::filesystem::file_size(log) == 0)
			usleep(10'000);
		kill(ourselves, SIGTERM);
		_exit(0);
	}
	CHECK(run_entries(record, scratch.path, program, 1, [] {}) == SIGTERM);
	waitpid(helper, nullptr, 0);
	CHECK(record.entries[0].state == EntryState::unfinished);
	CHECK(record.entries[1].state == EntryState::todo);
	record.entries[0].kernel = "6.1"; // now it comes to its end
	CHECK(run_entries(record, scratch.path, program, 1, [] {}) == 0);
	CHECK(record.entries[0].state == EntryState::done);
	CHECK(std::filesystem::exists(scratch.path / "slow.unfinished-1/journal.jsonl"));
}
