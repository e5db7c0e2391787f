// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/record.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <vector>

#include "harness/model/evidence.h"
#include "harness/model/json_text.h"

namespace tagtrap {

namespace {

/// The group of a point of which only the id is known; empty if this build knows no such point.
std::string group_of(std::string_view id)
{
	const auto point = known_point(id);
	return point ? group(*point) : std::string();
}

void append_text_or_null(std::string &out, std::string_view text)
{
	if (text.empty())
		out += "null";
	else
		append_text(out, text);
}

template <class Row, class Append> void append_row(std::string &out, const Row &row, Append append)
{
	out += '[';
	bool first = true;
	for (const auto &element : row) {
		if (!first)
			out += ',';
		first = false;
		append(element);
	}
	out += ']';
}

/// The four fields that a reader wants; the observation has the rest.
void append_signal(std::string &out, const SignalSeen &signal)
{
	ObjectText object(out);
	append_number(object.key("number"), signal.number);
	append_number(object.key("code"), signal.code);
	append_hex(object.key("address"), signal.address);
	append_number(object.key("thread"), signal.thread);
	object.close();
}

/// Numbers for people: a tenth is as fine as they are true.
void append_tenths(std::string &out, double value)
{
	append_number(out, std::round(value * 10) / 10);
}

void append_evidence(std::string &out, const Observation &seen)
{
	const Hang &hang = seen.hang;
	auto grown = rates(hang);
	ObjectText object(out);
	append_tenths(object.key("watched_s"), static_cast<double>(hang.watched_ns) / 1e9);
	append_tenths(object.key("counted_s"), static_cast<double>(hang.counted_ns) / 1e9);
	append_tenths(object.key("kill_ms"), static_cast<double>(hang.kill_ns) / 1e6);
	append_json(object.key("before"), seen.before);
	append_json(object.key("after"), seen.after);
	append_bytes(object.key("heart"), readable(hang.heart));
	append_bytes(object.key("innermost"), readable(hang.innermost));
	append_number(object.key("shortened"), hang.shortened);
	append_number(object.key("worker"), hang.worker);
	append_bytes(object.key("state"), std::string_view(&hang.last.state, 1));
	append_number(object.key("user_ticks"), grown.user_ticks);
	append_number(object.key("system_ticks"), grown.system_ticks);
	append_number(object.key("minor_faults"), grown.minor_faults);
	append_number(object.key("voluntary_switches"), grown.voluntary_switches);
	append_tenths(object.key("faults_per_s"), grown.faults_per_s);
	append_tenths(object.key("switches_per_s"), grown.switches_per_s);
	append_number(object.key("load_percent"), hang.load_percent);
	object.key("others_progress");
	if (hang.others_measured)
		append_number(out, hang.others_progress);
	else
		out += "null";
	append_bytes(object.key("wchan"), readable(hang.wchan));
	append_bytes(object.key("syscall"), readable(hang.syscall));
	const StackCounts stacks = histogram(hang);
	append_number(object.key("stack_samples"), stacks.samples);
	append_row(object.key("stacks"), stacks.rows,
		   [&](const auto &row) { append_bytes(out, row.stack); });
	append_row(object.key("stack_counts"), stacks.rows,
		   [&](const auto &row) { append_number(out, row.count); });
	object.close();
}

} // namespace

std::string to_line(const EndRecord &end)
{
	const auto &seen = end.seen;
	const auto &verdict = end.verdict;
	std::span signals(seen.signals.data(),
			  std::min<size_t>(seen.signal_count, seen.signals.size()));
	std::string out;
	out.reserve(1024);
	ObjectText object(out);
	append_text(object.key("event"), "end");
	append_text(object.key("id"), end.id);
	if (end.index)
		append_number(object.key("index"), *end.index);
	append_text_or_null(object.key("group"), end.group.empty() ? group_of(end.id) : end.group);
	append_text(object.key("verdict"), to_string(verdict.kind));
	append_text_or_null(object.key("rule"),
			    verdict.rules.empty() ? "" : to_string(verdict.rules[0]));
	append_row(object.key("rules"), verdict.rules,
		   [&](Rule rule) { append_text(out, to_string(rule)); });
	append_text(object.key("reason"), verdict.reason);
	// Where the machine was lost, nobody is left to say what the path promised.
	append_text_or_null(object.key("promise"),
			    seen.end == End::machine_lost ? "" : to_string(end.promise));
	object.key("killable");
	out += seen.left_behind ? "false" : !seen.hang.seen ? "null" : "true";
	object.key("result");
	if (seen.end == End::returned)
		append_number(out, seen.result);
	else
		out += "null";
	append_row(object.key("signals"), signals,
		   [&](const SignalSeen &signal) { append_signal(out, signal); });
	object.key("signal");
	if (signals.empty())
		out += "null";
	else
		append_signal(out, signals[0]);
	append_number(object.key("elapsed_ns"), seen.elapsed_ns);
	object.key("evidence");
	if (seen.hang.seen)
		append_evidence(out, seen);
	else
		out += "null";
	append_row(object.key("notes"), verdict.notes,
		   [&](const std::string &note) { append_text(out, note); });
	append_json(object.key("observation"), seen);
	object.close();
	out += '\n';
	return out;
}

Json to_json(const EndRecord &end)
{
	return parse_json(to_line(end));
}

Json crash_end(std::string_view id, std::string_view why)
{
	EndRecord end;
	end.id = id;
	end.verdict.kind = VerdictKind::crash;
	end.verdict.rules = {Rule::p1};
	end.verdict.reason = why;
	end.seen.end = End::machine_lost;
	return to_json(end);
}

Json after_event(std::string_view id, const GoodRun &run)
{
	std::string text;
	append_json(text, run);
	return {{"event", "after"}, {"id", id}, {"run", parse_json(text)}};
}

Json watch_event(std::string_view id, uint64_t watched_ns, uint64_t counted_ns)
{
	const auto tenths = [](uint64_t nanoseconds) {
		return std::round(static_cast<double>(nanoseconds) / 1e8) / 10;
	};
	return {{"event", "watch"},
		{"id", id},
		{"watched_s", tenths(watched_ns)},
		{"counted_s", tenths(counted_ns)}};
}

std::string to_line(const Json &event)
{
	auto line = event.dump(-1, ' ', true, Json::error_handler_t::replace);
	line += '\n';
	return line;
}

KernelFacts facts_from_run(const Json &run)
{
	KernelFacts facts;
	if (auto found = run.find("facts"); found != run.end() && found->is_object()) {
		const auto number = [&](const char *key) {
			const auto value = found->find(key);
			return value != found->end() && value->is_number_integer()
				       ? value->get<int>()
				       : 0;
		};
		const auto yes = [&](const char *key) {
			const auto value = found->find(key);
			return value != found->end() && *value == true;
		};
		const auto arch = found->find("arch");
		if (arch != found->end() && *arch == to_string(Arch::x86_64))
			facts.arch = Arch::x86_64;
		facts.major = number("major");
		facts.minor = number("minor");
		facts.mops = yes("mops");
		facts.mte3 = yes("mte3");
	}
	// Journals come from anywhere: no size that nothing could be divided by.
	if (const auto size = run.find("page_size");
	    size != run.end() && size->is_number_unsigned() && size->get<uint64_t>() >= 4096 &&
	    size->get<uint64_t>() <= 65536)
		facts.page_size = size->get<uint32_t>();
	return facts;
}

} // namespace tagtrap
