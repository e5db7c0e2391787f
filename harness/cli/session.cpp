// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/session.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <sys/utsname.h>

#include "fixtures/guest/ports.h"
#include "harness/cli/confirm.h"
#include "harness/cli/first_screen.h"
#include "harness/cli/progress.h"
#include "harness/cli/rerun.h"
#include "harness/cli/results.h"
#include "harness/cli/target.h"
#include "harness/run/places.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"
#include "harness/sys/proc.h"

namespace tagtrap {
namespace {

namespace fs = std::filesystem;

/// When `left` from now is over.
uint64_t deadline(std::chrono::duration<double> left)
{
	return sys::now_ns() + static_cast<uint64_t>(std::max(left.count(), 0.0) * 1e9);
}

} // namespace

Earlier earlier_from(const Json &said)
{
	Earlier earlier;
	earlier.finished = Ranges::from_json(said.value("finished", Json::array()));
	for (const auto &name : said.value("alone", Json::array()))
		earlier.alone.insert(name.get<std::string>());
	for (const auto &name : said.value("closed", Json::array()))
		earlier.closed.insert(name.get<std::string>());
	for (const auto &heart : said.value("hearts", Json::array()))
		earlier.hearts.insert(heart.get<std::string>());
	const Json after = said.value("after", Json::object()); // outlives the loop
	for (const auto &[name, heart] : after.items())
		earlier.after[name] = heart.get<std::string>();
	earlier.restored = said.value("restored", false);
	if (said.contains("time_left_s"))
		earlier.deadline_ns =
			deadline(std::chrono::duration<double>(said["time_left_s"].get<double>()));
	return earlier;
}

SessionSetup setup_from(const Options &options)
{
	SessionSetup setup;
	setup.request = options.request;
	setup.request.page_size = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));
	setup.contract = options.contract;
	setup.pin = options.pin;
	setup.time_scale = options.time_scale;
	setup.watch_s = options.watch_s;
	setup.probe = options.probe;
	setup.every_point = options.every_point;
	setup.allow_hangs = options.allow_hangs;
	setup.max_time = options.max_time;
	return setup;
}

namespace {

/// Runs the session, and leaves nothing of what it made to work with.
int run_and_clear(const SessionSetup &setup)
{
	try {
		const int status = run_session(setup);
		clear_work(setup.work);
		return status;
	} catch (...) {
		clear_work(setup.work);
		throw;
	}
}

/// Runs one point of a run again, in a session of its own.
RunAlone alone_here(const Options &options)
{
	return [&options](const std::string &id, const fs::path &directory, unsigned) {
		SessionSetup setup = setup_from(options_alone(options, id));
		const fs::path work = directory / "work";
		fs::create_directories(work);
		setup.work = work.string();
		setup.journal = (directory / "journal.jsonl").string();
		return run_and_clear(setup);
	};
}

} // namespace

int go_through(SessionSetup setup, const Options &options, const fs::path &out)
{
	const fs::path work = out / "work";
	fs::create_directories(work);
	setup.work = work.string();
	setup.journal = (out / "journal.jsonl").string();
	setup.durable = true;
	Progress progress(progress_style(options.no_progress));
	setup.on_end = [&](const EndRecord &end, size_t, size_t planned) {
		progress.planned(planned);
		progress.ended(end.id, to_string(end.verdict.kind), end.seen.hang.heart.data());
	};
	int status = 3;
	try {
		status = run_and_clear(setup);
	} catch (...) {
		progress.close();
		throw;
	}
	progress.close();
	if (status == 0 && options.confirm)
		status = confirm_violations(out, alone_here(options), options.repeat);
	const int verdicts = write_reports(out, options.baseline);
	return status != 0 ? status : verdicts;
}

namespace {

int run_on_board(const Options &said)
{
	if (!said.resume.empty())
		return resume_here(said);
	Options options = said;
	if (!options.baseline.empty())
		open_results(options.baseline); // throws before anything is made
	std::optional<Journal> before;
	if (!options.rerun.empty()) {
		before = earlier_run(options.rerun);
		options = inherited(options, before->runs.front());
	}
	SessionSetup setup = setup_from(options);
	const size_t points = plan(setup.request).size(); // throws what is wrong with the specs
	if (before)
		setup.preface.push_back(take_up(options, *before, setup.request));
	utsname name = {};
	uname(&name);
	ask_first(options, fmt::format("this machine (Linux {})", name.release),
		  setup.request.only ? setup.request.only->size() : points,
		  options.out.empty() ? "a directory in results" : options.out);
	const fs::path out = make_results_directory(options.out, name.release);
	const sys::Claim claim = sys::claim_results(out);
	if (options.max_time)
		setup.prepared = [&options] {
			return Earlier{.deadline_ns = deadline(*options.max_time)};
		};
	return go_through(std::move(setup), options, out);
}

} // namespace

int session_command(const Options &options)
{
	if (options.session_request.empty())
		return run_on_board(options);
	SessionSetup setup = setup_from(options);
	setup.journal = options.journal;
	setup.work = options.work;
	const Json request = parse_json(sys::read_file(options.session_request));
	const bool board = request.contains("earlier"); // its host does not own it
	setup.our_vm = !board;
	setup.durable = board;
	setup.machine = request.value("machine", Json::object());
	const Json places = request.value("places", Json::object());
	for (const auto &[name, place] : places.items())
		if (place.contains("error"))
			setup.unmounted[name] = place["error"];
	if (request.contains("only"))
		setup.request.only = request["only"].get<std::set<std::string, std::less<>>>();
	if (board)
		setup.prepared = [&request] { return earlier_from(request["earlier"]); };
	else if (options.host >= 0) // else somebody sits at the machine's console
		setup.prepared = [&options] {
			return earlier_from(parse_json(guest::tell_prepared(options.host)));
		};
	return board ? run_and_clear(setup) : run_session(setup);
}

} // namespace tagtrap
