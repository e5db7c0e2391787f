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

int confirm_violations(const fs::path &out, const RunAlone &run_alone, unsigned times)
{
	const auto ids = to_confirm(open_results(out));
	const size_t runs = ids.size() * times;
	for (size_t i = 0; i < runs; ++i) {
		const auto &id = ids[i / times];
		const auto time = i % times + 1;
		auto name = std::to_string(i / times + 1);
		name += time == 1 ? "" : '.' + std::to_string(time);
		const auto where = fs::path("confirm") / name;
		sys::say(fmt::format("tagtrap: confirming {} of {}: {}\n", i + 1, runs, id));
		Json event;
		try {
			fs::create_directories(out / where);
			if (const int status = run_alone(id, out / where); status > signalled)
				return status;
			const auto journal = open_results(out / where);
			store_reports(out / where, journal);
			event = confirm_event(id, where.string(), journal);
		} catch (const std::exception &error) {
			event = unconfirmed_event(id, error.what());
		}
		append(out / "journal.jsonl", event);
	}
	return 0;
}

} // namespace tagtrap
