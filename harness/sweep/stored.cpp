// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/stored.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tagtrap::sweep {

void Stored::take(const Json &event)
{
	const std::string kind = event.at("event");
	if (kind == "sweep") {
		if (head.is_null())
			head = event;
		else if (const auto what = difference(head, event); !what.empty())
			throw std::runtime_error("this is a sweep of another " + what);
		return;
	}
	if (kind != "swept" && kind != "sweep_left")
		return; // of the machine
	auto &progress = passes[event.at("pass").get<std::string>()];
	if (kind == "sweep_left") {
		progress.left = event.at("why").get<std::string>();
		return;
	}
	const auto first = event.at("first").get<uint32_t>();
	if (first != progress.next)
		throw std::runtime_error(fmt::format("{}: the cases from {} on are missing",
						     event.at("pass").get<std::string>(),
						     progress.next));
	progress.next = event.at("next").get<uint32_t>();
	progress.of = event.at("of").get<uint32_t>();
	const Tallies more = tallies_from(event.at("classes"));
	for (size_t i = 0; i < more.size(); ++i)
		progress.tallies[i].add(more[i]);
}

bool Stored::through() const
{
	return std::ranges::all_of(sweep::passes(), [this](const Pass &pass) {
		const auto at = passes.find(name(pass));
		return at != passes.end() && at->second.through();
	});
}

uint64_t Stored::wrong_cases() const
{
	uint64_t sum = 0;
	for (const auto &[pass, progress] : passes)
		for (const auto &tally : progress.tallies)
			sum += tally.wrong_cases();
	return sum;
}

bool Stored::any() const
{
	return std::ranges::any_of(passes, [](const auto &pass) { return pass.second.next != 0; });
}

Json Stored::done() const
{
	Json done = Json::object();
	for (const auto &[pass, progress] : passes)
		done[pass] = progress.left.empty() ? progress.next : UINT32_MAX;
	return done;
}

Stored read_stored(std::string_view text)
{
	Stored stored;
	while (!text.empty()) {
		const auto end = text.find('\n');
		if (end == std::string_view::npos) // whoever wrote it was ended
			break;
		const Json event = parse_json_or_discard(text.substr(0, end));
		text.remove_prefix(end + 1);
		if (event.is_object())
			stored.take(event);
	}
	return stored;
}

Json swept_event(const Pass &pass, uint32_t first, uint32_t next, uint32_t of,
		 const Tallies &tallies)
{
	return {{"event", "swept"}, {"pass", name(pass)}, {"first", first},
		{"next", next},     {"of", of},           {"classes", to_json(tallies)}};
}

Json left_event(const Pass &pass, const std::string &why)
{
	return {{"event", "sweep_left"}, {"pass", name(pass)}, {"why", why}};
}

KernelFacts facts_of(const Json &head)
{
	KernelFacts facts;
	facts.arch = head.at("arch") == "x86_64" ? Arch::x86_64 : Arch::arm64;
	facts.major = head.at("major").get<int>();
	facts.minor = head.at("minor").get<int>();
	facts.page_size = head.at("page_size").get<uint32_t>();
	facts.mops = head.at("mops").get<bool>();
	return facts;
}

Request request_of(const Json &head)
{
	return {.page_size = head.at("page_size").get<uint32_t>(),
		.seed = head.at("seed").get<uint64_t>(),
		.quick = head.at("quick").get<bool>()};
}

std::string difference(const Json &stored, const Json &now)
{
	for (const auto *key : {"plan", "release", "arch", "page_size", "mops", "quick", "seed"})
		if (stored.at(key) != now.at(key))
			return key;
	return "";
}

int status_of(const Stored &one)
{
	if (one.wrong_cases() != 0)
		return 1;
	if (!one.through())
		return 3;
	return one.any() ? 0 : 77;
}

} // namespace tagtrap::sweep
