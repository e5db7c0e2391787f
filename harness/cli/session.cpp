// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/session.h"

#include <filesystem>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "fixtures/guest/ports.h"
#include "harness/cli/progress.h"
#include "harness/cli/results.h"
#include "harness/cli/target.h"
#include "harness/run/places.h"
#include "harness/sys/claim.h"
#include "harness/sys/file.h"

namespace tagtrap {
namespace {

namespace fs = std::filesystem;

/// What the host's second line says (docs/vm-protocol.md).
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
	setup.machine = parse_json(sys::read_file(options.session_request))
				.value("machine", Json::object());
	setup.prepared = [&options] {
		return earlier_from(parse_json(guest::tell_prepared(options.host)));
	};
	return run_session(setup);
}

} // namespace tagtrap
