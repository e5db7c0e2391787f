// SPDX-License-Identifier: GPL-2.0-only
// --resume=DIR by hand, with the program itself on the kernel at hand.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "fixtures/remote/program.h"
#include "harness/model/settle.h"
#include "harness/sys/file.h"
#include "harness/sys/process.h"
#include "tests/selftest/scratch.h"

using namespace tagtrap;
using namespace tagtrap::selftest;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A run of the program into a directory of its own.
struct ByHand {
	Scratch scratch;
	fs::path out = scratch.path / "out";

	std::vector<std::string> first() const
	{
		return {TAGTRAP_PROGRAM, "run",      "--quick",       "--out=" + out.string(),
			"*/pipe/*",      "*/unix/*", "clock_gettime", "uname"};
	}
	int whole() const { return sys::run({.argv = first()}).status; }
	sys::Finished resume(const std::vector<std::string> &more = {}) const
	{
		std::vector<std::string> words = {TAGTRAP_PROGRAM, "run",
						  "--resume=" + out.string()};
		words.insert(words.end(), more.begin(), more.end());
		return sys::run({.argv = words});
	}
	/// Ends it by SIGKILL when so many points have their end. False: it was faster.
	bool cut_at(size_t points) const
	{
		auto program = remote::start_program(first(), true);
		for (int i = 0; i < 3000 && ends() < points; ++i)
			std::this_thread::sleep_for(10ms);
		program = {};
		return text().find(R"("event":"finish")") == std::string::npos;
	}
	std::string text() const
	{
		std::ifstream in(out / "journal.jsonl", std::ios::binary);
		return {std::istreambuf_iterator<char>(in), {}};
	}
	size_t ends() const
	{
		const std::string all = text();
		size_t count = 0;
		for (size_t at = 0; (at = all.find("{\"event\":\"end\"", at)) != std::string::npos;
		     ++at)
			++count;
		return count;
	}
	Journal journal() const { return settle(read_journal(out.string())); }
	std::map<std::string, std::string> results() const
	{
		std::map<std::string, std::string> all;
		for (const auto &end : journal().ends)
			all[end.id] = std::string(to_string(end.verdict.kind));
		return all;
	}
	/// As if it had been made before the machine was started last.
	void before_the_boot() const
	{
		std::string all = text();
		const std::string name = R"("boot_id":")";
		for (size_t at = 0; (at = all.find(name, at)) != std::string::npos;)
			all[at += name.size()] = 'x';
		sys::write_file(out / "journal.jsonl", all);
	}
};

const std::map<std::string, std::string> &whole_results()
{
	static const auto results = [] {
		const ByHand run;
		REQUIRE(run.whole() <= 1);
		return run.results();
	}();
	return results;
}

} // namespace

TEST_CASE("a run that was killed is gone on with, and comes to the same", "[resume]")
{
	REQUIRE(whole_results().size() > 500);
	for (const bool booted : {false, true}) {
		const ByHand run;
		REQUIRE(run.cut_at(whole_results().size() / 3));
		const size_t done = run.ends();
		if (booted)
			run.before_the_boot();
		// The tail that a machine leaves which dies in the middle of a write.
		std::ofstream(run.out / "journal.jsonl", std::ios::app)
			<< "{\"event\":\"en" << std::string(100, '\0');
		const auto how = run.resume();
		INFO(how.err);
		CHECK(how.status <= 1);
		const auto journal = run.journal();
		CHECK(run.ends() == journal.ends.size()); // none has two
		CHECK(journal.finish["planned"] == journal.ends.size());
		CHECK(journal.runs.size() == 2);
		REQUIRE(journal.restarts.size() == 1);
		CHECK(journal.restarts[0]["loss"] == (booted ? "guest" : "session"));
		CHECK(run.ends() > done);
		auto results = run.results();
		if (booted) // one that was alone would be a CRASH
			for (auto &[id, verdict] : results)
				if (verdict == "CRASH")
					verdict = whole_results().at(id);
		CHECK(results == whole_results());
		CHECK_FALSE(fs::exists(run.out / "work"));
		// All is done now.
		CHECK(run.resume().err.find("has come to its end") != std::string::npos);
	}
}

TEST_CASE("what is no run of this machine is not gone on with", "[resume]")
{
	const ByHand run;
	CHECK(run.resume().status == 2);
	CHECK_FALSE(fs::exists(run.out));
	REQUIRE(run.cut_at(50));
	const std::string journal = run.text();
	const auto with = [&](const std::string &from, const std::string &to) {
		std::string text = journal;
		text.replace(text.find(from), from.size(), to);
		sys::write_file(run.out / "journal.jsonl", text);
		const auto how = run.resume();
		CHECK(how.status == 2);
		return how.err;
	};
	CHECK(with(R"("release":")", R"("release":"7)").find("it is of Linux 7") !=
	      std::string::npos);
	CHECK(with(R"("level":"quick")", R"("level":"default")").find("has another plan") !=
	      std::string::npos);
	CHECK(with(R"("max_time_s":null)", R"("max_time_s":60)").find("--max-time") !=
	      std::string::npos);
	CHECK(with(R"({"event":"begin")", R"({"event":"begun)").find("cannot be read") !=
	      std::string::npos);
	sys::write_file(run.out / "journal.jsonl", journal);
	CHECK(run.resume({"--out=elsewhere"}).status == 2);
	CHECK(run.resume({"read"}).status == 2);
	CHECK(run.text() == journal); // it was not touched
	CHECK(run.resume().status <= 1);
}
