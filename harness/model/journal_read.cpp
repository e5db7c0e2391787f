// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "harness/model/record.h"

namespace tagtrap {

namespace {

const Json &field(const Json &event, const char *name)
{
	auto found = event.find(name);
	if (found == event.end())
		throw std::runtime_error(std::string("field '") + name + "' is missing");
	return *found;
}

std::string text_field(const Json &event, const char *name)
{
	const auto &value = field(event, name);
	if (!value.is_string())
		throw std::runtime_error(std::string("field '") + name + "' is not a string");
	return value.get<std::string>();
}

std::vector<std::string> texts_field(const Json &event, const char *name)
{
	std::vector<std::string> out;
	const auto &value = field(event, name);
	if (!value.is_array())
		throw std::runtime_error(std::string("field '") + name + "' is not an array");
	for (const auto &text : value) {
		if (!text.is_string())
			throw std::runtime_error(std::string("field '") + name +
						 "' holds something else than strings");
		out.push_back(text.get<std::string>());
	}
	return out;
}

std::string text_or_empty(const Json &event, const char *name)
{
	const auto &value = field(event, name);
	return value.is_null() ? std::string() : text_field(event, name);
}

StoredEnd stored_end(const Json &event)
{
	StoredEnd out;
	out.id = text_field(event, "id");
	out.group = text_or_empty(event, "group");
	out.verdict.kind = parse_verdict(text_field(event, "verdict"));
	for (const auto &rule : texts_field(event, "rules"))
		out.verdict.rules.push_back(parse_rule(rule));
	out.verdict.reason = text_field(event, "reason");
	out.verdict.notes = texts_field(event, "notes");
	out.promise = text_or_empty(event, "promise");
	out.seen = observation_from_json(field(event, "observation"));
	out.known = event.value("known", Json()); // schema 1 has it
	return out;
}

/// The controls of a plan that no TEST-SPEC selects: id and control_key() of each.
std::vector<std::pair<std::string, std::string>> controls_of(const Json &run)
{
	std::vector<std::pair<std::string, std::string>> out;
	const auto plan = run.find("plan");
	if (plan == run.end() || !plan->is_object() || !plan->contains("controls"))
		return out;
	for (const auto &control : field(*plan, "controls"))
		out.emplace_back(text_field(control, "id"), text_field(control, "control_for"));
	return out;
}

/// Takes the events of one journal in their order.
class Reader {
public:
	void take(const Json &event)
	{
		if (!event.is_object())
			throw std::runtime_error("not an event (a JSON object)");
		auto kind = text_field(event, "event");
		if (kind == "run")
			run(event);
		else if (kind == "preflight")
			journal_.preflights.push_back(event);
		else if (kind == "begin")
			std::ranges::move(texts_field(event, "ids"), std::back_inserter(begun_));
		else if (kind == "end")
			end(event);
		else if (kind == "suspect")
			journal_.suspects.push_back({texts_field(event, "ids"),
						     event.contains("stuck")
							     ? texts_field(event, "stuck")
							     : std::vector<std::string>(),
						     text_field(event, "complaint")});
		else if (kind == "after")
			journal_.afters.push_back(
				{text_field(event, "id"), good_run_from_json(field(event, "run"))});
		else if (kind == "watch") // a sign of life
			text_field(event, "id");
		else if (kind == "restart")
			restart(event);
		else if (kind == "machine")
			machine(event);
		else if (kind == "finish")
			finish(event);
		else if (kind == "rerun")
			rerun(event);
		else if (kind == "confirm")
			confirm(event);
		else if (kind == "sites")
			journal_.sites.push_back(event);
		else if (kind == "reproduced")
			reproduced(event);
		else
			throw std::runtime_error("unknown event '" + kind + "'");
		events_++;
	}

	size_t events() const { return events_; }

	Journal done(bool truncated)
	{
		// A point may be begun by several machines.
		for (auto &id : begun_)
			if (ended_.insert(id).second)
				journal_.unfinished.push_back(std::move(id));
		for (auto &stored : journal_.ends)
			if (const auto found = controls_.find(stored.id); found != controls_.end())
				stored.control_for = found->second;
		journal_.truncated = truncated;
		return std::move(journal_);
	}

private:
	void run(const Json &event)
	{
		const auto &schema = field(event, "schema");
		if (!schema.is_number_integer() || schema < oldest_journal_schema ||
		    schema > journal_schema)
			throw std::runtime_error("schema " + schema.dump() +
						 ", this version reads schemas " +
						 std::to_string(oldest_journal_schema) + " to " +
						 std::to_string(journal_schema));
		for (auto &[id, key] : controls_of(event))
			controls_[std::move(id)] = std::move(key);
		journal_.runs.push_back(event);
		journal_.finish = nullptr; // a machine that was started has to finish as well
		journal_.lost = false;
	}

	void end(const Json &event)
	{
		auto stored = stored_end(event);
		stored.run = journal_.runs.empty() ? 0 : journal_.runs.size() - 1;
		ended_.insert(stored.id);
		journal_.ends.push_back(std::move(stored));
	}

	void restart(const Json &event)
	{
		add_elapsed(event);
		journal_.restarts.push_back(event);
		journal_.lost = true;
	}

	/// A restored machine has no `run` event of its own.
	void machine(const Json &event)
	{
		journal_.machines.push_back(event);
		journal_.finish = nullptr;
		journal_.lost = false;
	}

	void add_elapsed(const Json &event)
	{
		if (auto elapsed = event.find("elapsed_s"); elapsed != event.end()) {
			if (!elapsed->is_number())
				throw std::runtime_error("field 'elapsed_s' is not a number");
			elapsed_s_ += elapsed->get<double>();
		}
	}

	void finish(const Json &event)
	{
		add_elapsed(event);
		journal_.finish = event;
		journal_.finish["elapsed_s"] = elapsed_s_;
		journal_.lost = false;
	}

	void rerun(const Json &event)
	{
		text_field(event, "of");
		const auto &was = field(event, "was");
		if (!was.is_array())
			throw std::runtime_error("field 'was' is not an array");
		for (const auto &group : was) {
			text_field(group, "verdict");
			texts_field(group, "ids");
		}
		journal_.rerun = event;
	}

	void confirm(const Json &event)
	{
		text_field(event, "id");
		text_or_empty(event, "verdict");
		text_or_empty(event, "rule");
		journal_.confirms.push_back(event);
	}

	void reproduced(const Json &event)
	{
		for (const char *name : {"id", "cause"})
			text_field(event, name);
		for (const char *name : {"why_not", "output"})
			text_or_empty(event, name);
		journal_.reproduced.push_back(event);
	}

	Journal journal_;
	std::vector<std::string> begun_;
	std::unordered_set<std::string> ended_;
	std::unordered_map<std::string, std::string> controls_;
	double elapsed_s_ = 0;
	size_t events_ = 0;
};

/// "what" without the position and the bytes that the JSON library puts into it.
std::string parse_problem(const Json::parse_error &error)
{
	return "not JSON (byte " + std::to_string(error.byte) + " of the line)";
}

} // namespace

Journal read_journal(const std::string &path)
{
	std::error_code ignored;
	auto file = path;
	if (std::filesystem::is_directory(path, ignored))
		file = (std::filesystem::path(path) / "journal.jsonl").string();
	errno = 0;
	std::ifstream in(file, std::ios::binary);
	if (!in)
		throw std::runtime_error(file + ": " + std::strerror(errno != 0 ? errno : EIO) +
					 "; give the directory of a run, as results/DATE-KERNEL");

	Reader reader;
	std::string line;
	size_t number = 0;
	bool truncated = false;
	while (std::getline(in, line)) {
		number++;
		bool cut = in.eof(); // no line break: only the last line can be without
		try {
			reader.take(parse_json(line));
		} catch (const Json::parse_error &error) {
			truncated = cut;
			if (!cut)
				throw std::runtime_error(file + ":" + std::to_string(number) +
							 ": " + parse_problem(error));
		} catch (const std::exception &error) {
			throw std::runtime_error(file + ":" + std::to_string(number) + ": " +
						 error.what());
		}
	}
	if (in.bad())
		throw std::runtime_error(file + ": cannot be read to its end");
	if (reader.events() == 0)
		throw std::runtime_error(
			file + ": " + (truncated ? "holds no whole event" : "is empty") +
			"; the run ended before it wrote any, console.log beside it "
			"may say why");
	return reader.done(truncated);
}

} // namespace tagtrap
