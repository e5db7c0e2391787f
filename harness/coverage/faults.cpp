// SPDX-License-Identifier: GPL-2.0-only
#include "harness/coverage/faults.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace tagtrap::coverage {

namespace {

/// The modules, to be found by name, and in them the sites by place.
class Atlas {
public:
	explicit Atlas(std::span<const Module> modules) : modules_(modules)
	{
		for (size_t i = 0; i < modules.size(); ++i) {
			by_name_[modules[i].name] = i;
			for (size_t k = 0; k < modules[i].sites.size(); ++k) {
				const Site &site = modules[i].sites[k];
				sites_[{i, site.section, site.at}] = k;
			}
		}
	}

	/// The site at which a fault was taken, or through which its caller went.
	std::optional<SiteKey> site(const std::vector<Spot> &way) const
	{
		for (size_t i = 0; i < way.size(); ++i) {
			const auto module = by_name_.find(way[i].module);
			if (module == by_name_.end())
				continue;
			// Behind the first of them all are what a BL left in the link register.
			const uint64_t at = place(module->second, way[i]) - (i == 0 ? 0 : 4);
			const auto found = sites_.find({module->second, way[i].section, at});
			if (found != sites_.end() &&
			    (i == 0) == (kind(module->second, found->second) == SiteKind::access))
				return SiteKey(module->second, found->second);
			const auto &tails = modules_[module->second].tail_calls;
			if (const auto tail = tails.find(at); i != 0 && tail != tails.end())
				return SiteKey(module->second, tail->second);
		}
		return std::nullopt;
	}

	/// The functions of a way, as far as they are known.
	std::string words(const std::vector<Spot> &way) const
	{
		std::string out;
		for (const Spot &spot : way) {
			const auto module = by_name_.find(spot.module);
			const Function *const function =
				module == by_name_.end()
					? nullptr
					: function_at(modules_[module->second].functions,
						      spot.section, place(module->second, spot));
			out += (out.empty() ? "" : " < ") +
			       (function != nullptr ? function->name : spot.module);
		}
		return out;
	}

private:
	uint64_t place(size_t module, const Spot &spot) const
	{
		return spot.at + modules_[module].start;
	}
	SiteKind kind(size_t module, size_t site) const
	{
		return modules_[module].sites[site].kind;
	}

	std::span<const Module> modules_;
	std::map<std::string, size_t, std::less<>> by_name_;
	std::map<std::tuple<size_t, std::string, uint64_t>, size_t> sites_;
};

} // namespace

std::optional<Spot> parse_spot(std::string_view text)
{
	const auto plus = text.rfind("+0x");
	if (plus == std::string_view::npos)
		return std::nullopt;
	const auto digits = text.substr(plus + 3);
	const auto name = text.substr(0, plus);
	const auto colon = name.find(':');
	Spot spot = {.module = std::string(name.substr(0, colon))};
	if (colon != std::string_view::npos)
		spot.section = name.substr(colon + 1);
	const auto end = digits.data() + digits.size();
	const auto parsed = std::from_chars(digits.data(), end, spot.at, 16);
	if (parsed.ec != std::errc() || parsed.ptr != end)
		return std::nullopt;
	return spot;
}

Faults find_faults(std::span<const Module> modules, std::span<const Json> events)
{
	const Atlas atlas(modules);
	Faults faults;
	for (const Json &event : events) {
		for (const auto &name : event.value("modules", Json::array()))
			faults.loaded.insert(name.get<std::string>());
		const std::string group = event.value("group", "");
		for (const auto &fault : event.value("faults", Json::array())) {
			faults.groups.insert(group);
			std::vector<Spot> way;
			for (const auto &text : fault.at("at"))
				way.push_back(parse_spot(text.get<std::string>()).value_or(Spot()));
			if (const auto key = atlas.site(way))
				faults.first.emplace(*key, group);
			else
				faults.elsewhere[atlas.words(way)] +=
					fault.at("count").get<uint64_t>();
		}
	}
	return faults;
}

} // namespace tagtrap::coverage
