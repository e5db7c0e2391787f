// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/session.h"

#include <filesystem>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/cli/progress.h"
#include "harness/cli/results.h"
#include "harness/cli/target.h"
#include "harness/run/places.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"

namespace tagtrap {
namespace {

namespace fs = std::filesystem;

/// Takes what the host has to say: how far a lost machine came, and facts for the `run` event.
void read_request(const std::string &path, SessionSetup &setup)
{
	const Json request = parse_json(sys::read_file(path));
	setup.machine = request.value("machine", Json::object());
	for (const auto &name : request.value("finished", Json::array()))
		setup.finished.insert(name.get<std::string>());
	for (const auto &name : request.value("alone", Json::array()))
		setup.alone.insert(name.get<std::string>());
	for (const auto &name : request.value("closed", Json::array()))
		setup.closed.insert(name.get<std::string>());
	for (const auto &heart : request.value("hearts", Json::array()))
		setup.hearts.insert(heart.get<std::string>());
	const Json after = request.value("after", Json::object()); // outlives the loop
	for (const auto &[name, heart] : after.items())
		setup.after[name] = heart.get<std::string>();
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
	setup.every_point = options.every_point;
	setup.allow_hangs = options.allow_hangs;
	return setup;
}

int run_on_board(const Options &options, SessionSetup &setup)
{
	plan(setup.request); // throws what is wrong with the specs before anything is made
	utsname name = {};
	uname(&name);
	const fs::path out = make_results_directory(options.out, name.release);
	const sys::Claim claim = sys::claim_results(out);
	const fs::path work = out / "work";
	fs::create_directories(work);
	setup.work = work.string();
	setup.journal = (out / "journal.jsonl").string();
	Progress progress(isatty(STDERR_FILENO) != 0);
	setup.on_end = [&](const EndRecord &end, size_t, size_t planned) {
		progress.planned(planned);
		progress.ended(end.id, to_string(end.verdict.kind));
	};
	int status = 3;
	try {
		status = run_session(setup);
	} catch (...) {
		progress.close();
		clear_work(setup.work);
		throw;
	}
	progress.close();
	clear_work(setup.work);
	const int verdicts = write_reports(out);
	return status != 0 ? status : verdicts;
}

} // namespace

int session_command(const Options &options)
{
	SessionSetup setup = setup_from(options);
	if (options.session_request.empty())
		return run_on_board(options, setup);
	setup.our_vm = true;
	setup.journal = options.journal;
	setup.work = options.work;
	read_request(options.session_request, setup);
	return run_session(setup);
}

} // namespace tagtrap
