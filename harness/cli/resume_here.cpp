// SPDX-License-Identifier: GPL-2.0-only
// --resume=DIR on the machine itself.
#include <fmt/format.h>
#include <sys/utsname.h>

#include "harness/cli/results.h"
#include "harness/cli/resume.h"
#include "harness/cli/session.h"
#include "harness/report/digest.h"
#include "harness/report/rest.h"
#include "harness/run/facts.h"
#include "harness/run/places.h"
#include "harness/sys/claim.h"
#include "harness/sys/problem.h"
#include "harness/sys/say.h"

namespace tagtrap {

namespace fs = std::filesystem;
using follow::Loss;

namespace {

/// Throws where this is not the machine, or not the suite, of that run.
void check_machine(const Options &options, const Interrupted &was, const SessionSetup &setup)
{
	const auto refuse = [&options](const std::string &why) {
		throw sys::Problem(fmt::format("--resume={}: {}", options.resume, why), 2);
	};
	if (text_at(was.run, {"machine", "kind"}) != "native")
		refuse("it is a run in a VM");
	utsname here = {};
	uname(&here);
	for (const auto &[name, word] :
	     {std::pair("release", here.release), std::pair("version", here.version)})
		if (const auto there = text_at(was.run, {"kernel", name}); there != word)
			refuse(fmt::format("it is of Linux {}, this is {}", there, word));
	const auto key = text_at(was.run, {"plan", "key"});
	if (key != key_of(course(setup.request)))
		refuse(fmt::format(
			"tagtrap {} ({}) has another plan than this one; go on with that",
			text_at(was.run, {"suite", "version"}),
			text_at(was.run, {"suite", "commit"})));
}

/// How the part before this one ended, as far as this machine can tell.
std::vector<Json> how_it_ended(Interrupted &was)
{
	if (was.asked)
		return was.follower.lost(Loss::replaced, "it was interrupted, and goes on", {});
	const auto before = text_at(was.last_run, {"boot_id"});
	if (!before.empty() && before != boot_id())
		return was.follower.lost(Loss::guest, "the machine has been restarted", {});
	return was.follower.lost(Loss::session, "the session ended before it was through", {});
}

} // namespace

int resume_here(const Options &said)
{
	const fs::path out = said.resume;
	if (!fs::exists(out / "journal.jsonl"))
		throw sys::Problem(fmt::format("--resume={}: no run is there", said.resume), 2);
	const sys::Claim claim = sys::claim_again(out);
	Interrupted was = read_interrupted(out);
	const Options options = resumed(said, was);
	SessionSetup setup = setup_from(options);
	setup.request.only = options.request.only;
	check_machine(options, was, setup);
	cut_tail(out, was);
	if (was.follower.through()) {
		sys::say(fmt::format("tagtrap: the run in {} has come to its end\n", out.string()));
		return write_reports(out, options.baseline);
	}
	setup.preface = how_it_ended(was);
	setup.prepared = [&was] { return earlier_from(was.follower.go()); };
	clear_work((out / "work").string());
	return go_through(std::move(setup), options, out);
}

} // namespace tagtrap
