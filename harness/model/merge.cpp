// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/merge.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>

#include "harness/model/json.h"
#include "harness/model/record.h"

namespace tagtrap {

namespace {

/// What parts of one run have in common, as paths into the `run` event.
constexpr std::array common = {
	"/suite/version",
	"/suite/commit",
	"/kernel/release",
	"/kernel/version",
	"/kernel/config_hash",
	"/page_size",
	"/plan/level",
	"/plan/specs",
	"/plan/every_point",
	"/plan/allow_hangs",
	"/plan/shard/of",
	"/plan/shard/whole/key",
	"/contract/name",
	"/signal/pin",
	"/reference/switch",
	"/reference/mutant",
	"/half",
};

const Json &at(const Json &event, const char *path)
{
	static const Json none;
	const Json::json_pointer pointer(path);
	return event.contains(pointer) ? event.at(pointer) : none;
}

struct Read {
	const Part *part;
	std::vector<Json> events; ///< null: a line that is kept as it is
	Json run;                 ///< the first `run` event
	unsigned number = 0;      ///< of its shard
	bool through = false;     ///< its last machine said `finish`, and was not interrupted
};

[[noreturn]] void refuse_part(const std::string &what)
{
	throw std::invalid_argument("merge: " + what);
}

void check_alike(const Json &one, const std::string &name, const Json &other,
		 const std::string &other_name)
{
	for (const char *path : common)
		if (at(one, path) != at(other, path)) {
			std::string words = std::string(path).substr(1);
			std::ranges::replace(words, '/', '.');
			refuse_part(fmt::format("{} and {} are no parts of one run: {} is {} there "
						"and {} here",
						name, other_name, words, at(one, path).dump(),
						at(other, path).dump()));
		}
}

Read read_part(const Part &part)
{
	Read read = {.part = &part};
	for (size_t i = 0; i < part.lines.size(); ++i) {
		Json event;
		try {
			event = parse_json(part.lines[i]);
		} catch (const Json::parse_error &) {
			refuse_part(fmt::format("{}: line {} of its journal is not JSON", part.name,
						i + 1));
		}
		const std::string kind = event.is_object() ? event.value("event", "") : "";
		if (kind == "run") {
			if (!at(event, "/plan/shard/number").is_number_unsigned())
				refuse_part(fmt::format("{} is no part of a run: it was not made "
							"with --shard=K/N",
							part.name));
			if (read.run.is_null())
				read.run = event;
			check_alike(read.run, part.name, event, part.name);
			if (at(read.run, "/plan/shard") != at(event, "/plan/shard"))
				refuse_part(part.name + " holds two shards");
		}
		if (kind == "finish")
			read.through = !event.contains("interrupted");
		else if (kind == "run" || kind == "machine" || kind == "restart")
			read.through = false;
		const bool kept = kind != "run" && kind != "finish" && kind != "confirm";
		read.events.push_back(kept ? Json() : std::move(event));
	}
	if (read.run.is_null())
		refuse_part(part.name + " has no `run` record: it ended before it began");
	read.number = at(read.run, "/plan/shard/number").get<unsigned>();
	return read;
}

void check_shards(const std::vector<Read> &parts, Gaps gaps)
{
	const auto of = at(parts.front().run, "/plan/shard/of").get<unsigned>();
	std::string missing;
	for (unsigned number = 1; number <= of; ++number) {
		const Part *first = nullptr;
		for (const auto &read : parts) {
			if (read.number != number)
				continue;
			if (first != nullptr)
				refuse_part(fmt::format("shard {}/{} is there twice: {} and {}",
							number, of, first->name, read.part->name));
			first = read.part;
		}
		if (first == nullptr)
			missing += fmt::format("{}{}/{}", missing.empty() ? "" : ", ", number, of);
	}
	if (!missing.empty() && gaps == Gaps::refused)
		refuse_part("missing: shard " + missing);
}

/// The event as the merged run has it.
void make_whole_again(Json &event, const Json &shard)
{
	const Json &whole = shard.at("whole");
	const std::string kind = event.at("event");
	if (kind == "run") {
		Json &plan = event["plan"];
		for (const char *name : {"key", "points", "controls", "excluded"})
			plan[name] = whole.at(name);
		plan.erase("shard");
		plan["merged"] = shard.at("of");
	} else if (kind == "finish" && event.contains("planned")) {
		event["planned"] = whole.at("points").get<size_t>() + whole.at("controls").size() +
				   whole.at("excluded").get<size_t>();
	} else if (kind == "confirm") {
		event["where"] = nullptr; // beside the journal of the part
	}
}

} // namespace

std::vector<std::string> merged(std::vector<Part> parts, Gaps gaps)
{
	if (parts.empty())
		refuse_part("no part was given");
	std::vector<Read> all;
	all.reserve(parts.size());
	for (const auto &part : parts) {
		all.push_back(read_part(part));
		check_alike(all.front().run, all.front().part->name, all.back().run, part.name);
	}
	check_shards(all, gaps);
	std::ranges::sort(all, {},
			  [](const Read &read) { return std::pair(!read.through, read.number); });
	std::vector<std::string> lines;
	for (auto &read : all) {
		const Json shard = read.run.at("plan").at("shard");
		for (size_t i = 0; i < read.events.size(); ++i) {
			Json &event = read.events[i];
			if (event.is_null()) {
				lines.push_back(read.part->lines[i]);
				continue;
			}
			make_whole_again(event, shard);
			lines.push_back(to_line(event));
			lines.back().pop_back(); // its line break
		}
	}
	return lines;
}

} // namespace tagtrap
