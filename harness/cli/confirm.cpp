// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/confirm.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/cli/results.h"
#include "harness/report/confirm.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

namespace {

constexpr int signalled = 128;

/// One more whole line.
void append(const fs::path &journal, const Json &event)
{
	const sys::Fd file(sys::must(open(journal.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC),
				     journal.string()));
	const std::string line = to_line(event);
	sys::must(write(file.get(), line.data(), line.size()), "writing " + journal.string());
}

} // namespace

Options options_alone(const Options &options, const std::string &id)
{
	Options alone = options;
	alone.request.level = Level::quick;
	alone.request.specs = {id};
	alone.request.only.reset();
	alone.every_point = false;
	alone.max_time.reset();
	alone.rerun.clear();
	alone.confirm = false;
	return alone;
}

int confirm_violations(const fs::path &out, const RunAlone &run_alone)
{
	const auto ids = to_confirm(open_results(out));
	for (size_t i = 0; i < ids.size(); ++i) {
		const auto where = fs::path("confirm") / std::to_string(i + 1);
		sys::say(fmt::format("tagtrap: confirming {} of {}: {}\n", i + 1, ids.size(),
				     ids[i]));
		Json event;
		try {
			fs::create_directories(out / where);
			if (const int status = run_alone(ids[i], out / where); status > signalled)
				return status;
			const auto journal = open_results(out / where);
			store_reports(out / where, journal);
			event = confirm_event(ids[i], where.string(), journal);
		} catch (const std::exception &error) {
			event = unconfirmed_event(ids[i], error.what());
		}
		append(out / "journal.jsonl", event);
	}
	return 0;
}

} // namespace tagtrap
