// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/settle_world.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <stdexcept>

#include "harness/model/case.h"

namespace tagtrap::selftest {

namespace {

constexpr uint32_t length = 4096;
constexpr PlaceKind anywhere[] = {PlaceKind::file, PlaceKind::pipe, PlaceKind::stream};

Promise exact(const Point &, const KernelFacts &)
{
	return {.kind = PromiseKind::exact, .reason = "a test"};
}

constexpr Case call(std::string_view name, Direction direction)
{
	return {.name = name,
		.man = "read(2)",
		.kernel = "none",
		.direction = direction,
		.on = anywhere,
		.shape = {.hidden = true},
		.promise = exact};
}

const Case reads = call("settle-read", Direction::stores);
const Case writes = call("settle-write", Direction::loads);
const Registered reads_registered(reads);
const Registered writes_registered(writes);

SignalSeen forced_signal(int number, int64_t result)
{
	return {.number = number,
		.code = number == SIGSEGV ? int{SEGV_MTESERR} : int{BUS_ADRERR},
		.before_return = true,
		.behind_svc = true,
		.frame_x0 = result};
}

void hang(Observation &seen)
{
	seen.end = End::hung;
	seen.phase = Phase::entered;
	seen.hang = {.seen = true, .killable = true, .watched_ns = 1, .last = {.system_ticks = 9}};
}

} // namespace

std::string point_id(const std::string &call, const std::string &place, const std::string &variant,
		     uint32_t offset, const std::string &disposition)
{
	return fmt::format("settle-{}/{}/{}/sync/{}@{}/{}", call, place, variant, length, offset,
			   disposition);
}

EndRecord ended(const std::string &id, Contract contract, const How &how)
{
	const Point point = parse_id(id);
	EndRecord end = {.id = id, .group = group(point)};
	auto &seen = end.seen;
	seen.end = End::returned;
	seen.phase = Phase::done;
	seen.length = seen.full = length;
	seen.good = point.stand == Stand::good ? length : point.offset;
	const auto moved = static_cast<int64_t>(how.unchecked ? length : seen.good);
	seen.result = how.fails ? -EIO : moved == 0 ? -EFAULT : moved;
	seen.submit_result = seen.result;
	const auto arrived = how.fails ? 0 : moved;
	if (point.call->direction == Direction::stores)
		seen.arrived = arrived;
	else
		seen.peer_arrived = arrived;
	seen.repeated = seen.repeat_data_right = true;
	seen.repeat_result = length;
	if (how.signal != 0 && point.disposition == Disposition::fatal) {
		seen.end = End::killed;
		seen.phase = Phase::entered;
		seen.death_signal = how.signal;
	} else if (how.signal != 0) {
		seen.signal_count = 1;
		seen.signals[0] = forced_signal(how.signal, seen.result);
	}
	if (how.hangs)
		hang(seen);
	seen.late_count = how.late != 0 ? 1 : 0;
	seen.late.number = how.late;
	seen.kernel_complained = !how.complaint.empty();
	seen.complaint_kind = how.complaint.empty() ? ComplaintKind::none : ComplaintKind::report;
	how.complaint.copy(seen.complaint.data(), seen.complaint.size() - 1);
	const Terms terms = {.contract = contract};
	end.promise = expect(point, terms.kernel).promise;
	end.verdict = judge(point, seen, terms);
	return end;
}

EndRecord left_out(const std::string &id, const std::string &why)
{
	EndRecord end = {.id = id, .group = group(parse_id(id))};
	end.verdict = {.kind = VerdictKind::skip, .reason = why};
	return end;
}

std::string run_line(Contract contract, SignalPin pin)
{
	Json run = sample_run();
	run["contract"]["name"] = to_string(contract);
	run["signal"]["pin"] = to_string(pin);
	return to_line(run);
}

std::string restart_line(const std::string &why)
{
	return to_line(Json{{"event", "restart"},
			    {"after", nullptr},
			    {"why", why},
			    {"console", Json::array()}});
}

std::string suspect_line(const std::vector<std::string> &ids, const std::string &complaint)
{
	return to_line(Json{{"event", "suspect"}, {"ids", ids}, {"complaint", complaint}});
}

Journal settled(const Lines &lines)
{
	return settle(read_back(lines), known_in_world);
}

Settled verdicts_of(const Journal &journal)
{
	Settled all;
	for (const auto &end : journal.ends)
		all[end.id] = {end.verdict.kind, end.verdict.rules};
	return all;
}

Json known_in_world(const StoredEnd &end, const KernelFacts &facts)
{
	const bool passed = end.verdict.kind == VerdictKind::pass;
	if (!end.id.starts_with("settle-read/ext4/") || facts.major != 6 ||
	    (!passed && end.verdict.kind != VerdictKind::livelock))
		return nullptr;
	return {{"reason", "spins"}, {"kernels", "6.12..6.12"}, {"link", ""}};
}

const StoredEnd &at(const Journal &journal, const std::string &id)
{
	const auto found = std::ranges::find(journal.ends, id, &StoredEnd::id);
	if (found == journal.ends.end())
		throw std::out_of_range(id);
	return *found;
}

VerdictKind kind(const Journal &journal, const std::string &id)
{
	return at(journal, id).verdict.kind;
}

std::string line(const std::string &id, Contract contract, const How &how)
{
	return to_line(ended(id, contract, how));
}

} // namespace tagtrap::selftest
