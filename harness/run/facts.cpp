// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/facts.h"

#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/mte/mode.h"
#include "harness/run/preflight.h"
#include "harness/sys/hash.h"
#include "harness/sys/proc.h"
#include "version.h"

namespace tagtrap {

namespace {

std::string trimmed(std::string text)
{
	while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
		text.pop_back();
	return text;
}

/// A reference kernel says so by its sysctl; null elsewhere.
Json sysctl(const char *name)
{
	const std::string text = trimmed(sys::slurp(fmt::format("/proc/sys/kernel/{}", name)));
	return text.empty() ? Json(nullptr) : Json(text);
}

/// Identifies the configuration where the kernel carries it (CONFIG_IKCONFIG_PROC), FNV-1a.
Json config_hash()
{
	const std::string config = sys::slurp("/proc/config.gz");
	if (config.empty())
		return nullptr;
	sys::Fnv hash;
	for (const char byte : config)
		hash.add(static_cast<unsigned char>(byte));
	return fmt::format("{:#018x}", hash.value());
}

} // namespace

std::string boot_id()
{
	return trimmed(sys::slurp("/proc/sys/kernel/random/boot_id"));
}

bool parse_release(const std::string &release, int &major, int &minor)
{
	char *end = nullptr;
	major = static_cast<int>(std::strtol(release.c_str(), &end, 10));
	if (*end != '.')
		return false;
	minor = static_cast<int>(std::strtol(end + 1, nullptr, 10));
	return major > 0;
}

KernelFacts kernel_facts()
{
	utsname name = {};
	uname(&name);
	const mte::Features features = mte::features();
	KernelFacts facts;
#if defined(__x86_64__)
	facts.arch = Arch::x86_64;
#endif
	parse_release(name.release, facts.major, facts.minor);
	facts.page_size = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));
	// The copy routines use MOPS since 6.15 (arm64: lib: Use MOPS for usercopy routines).
	const bool uses = facts.major > 6 || (facts.major == 6 && facts.minor >= 15);
	facts.mops = features.mops && uses;
	facts.mte3 = features.mte3;
	return facts;
}

Json finish_event(const Finished &what)
{
	Json closed = Json::array();
	for (const auto &[name, count] : what.closed)
		closed.push_back({{"group", name}, {"skipped", count}});
	Json totals = Json::object();
	for (const auto &[name, count] : what.totals)
		totals[name] = count;
	Json event = {{"event", "finish"},
		      {"totals", totals},
		      {"elapsed_s", static_cast<double>(what.elapsed_ns) / 1e9},
		      {"planned", what.planned},
		      {"closed_groups", closed},
		      {"pending", Json::object()}};
	if (what.pending != 0)
		event["pending"]["nomops"] = what.pending;
	if (what.spoiled)
		event["spoiled"] = true;
	if (what.interrupted != 0)
		event["interrupted"] = what.interrupted;
	return event;
}

namespace {

Json controls_json(const Course &course)
{
	Json controls = Json::array();
	for (const auto &control : course.controls)
		controls.push_back({{"id", id(control)}, {"control_for", control_key(control)}});
	return controls;
}

/// Which part of which plan it is: what a merged run needs to know of the whole.
Json shard_of(const PlanRequest &request)
{
	PlanRequest undivided = request;
	undivided.shard.reset();
	const Course all = course(undivided);
	return {{"number", request.shard->number},
		{"of", request.shard->of},
		{"whole",
		 {{"key", key_of(all)},
		  {"points", all.points.size() - all.controls.size()},
		  {"controls", controls_json(all)},
		  {"excluded", all.excluded.size()}}}};
}

} // namespace

Json run_event(const SessionSetup &setup, const KernelFacts &facts, const Course &course,
	       Contract contract, const std::string &why)
{
	utsname name = {};
	uname(&name);
	const mte::Features features = mte::features();
	Json cpu = {{"features", Json::array()}, {"mte_tcf_preferred", preferred_modes()}};
	const auto feature = [&cpu](bool has, const char *text) {
		if (has)
			cpu["features"].push_back(text);
	};
	feature(features.mte, "mte");
	feature(features.mte3, "mte3");
	feature(features.mops, "mops");
	feature(features.store_only, "mtestoreonly");
	Json machine = setup.machine;
	if (!machine.contains("kind"))
		machine["kind"] = setup.our_vm ? "qemu" : "native";
	Json event = {{"event", "run"},
		      {"schema", journal_schema},
		      {"suite", {{"version", TAGTRAP_VERSION}, {"commit", TAGTRAP_COMMIT}}},
		      {"kernel",
		       {{"release", name.release},
			{"version", name.version},
			{"config_hash", config_hash()},
			{"cmdline", trimmed(sys::slurp("/proc/cmdline"))}}},
		      {"machine", machine},
		      {"cpu", cpu},
		      {"page_size", facts.page_size},
		      {"plan",
		       {{"level", to_string(setup.request.level)},
			{"specs", setup.request.specs},
			{"points", course.points.size() - course.controls.size()},
			{"controls", controls_json(course)},
			{"excluded", course.excluded.size()},
			{"every_point", setup.every_point},
			{"time_scale", setup.time_scale},
			{"watch_s", setup.watch_s},
			{"allow_hangs", setup.allow_hangs},
			{"max_time_s", setup.max_time ? Json(setup.max_time->count()) : Json()}}},
		      {"seed", 0},
		      {"contract",
		       {{"name", to_string(contract)},
			{"why", why},
			{"asked", setup.contract ? to_string(*setup.contract) : "auto"}}},
		      {"signal", {{"pin", to_string(setup.pin)}}},
		      {"reference",
		       {{"switch", sysctl("mte_uaccess_signal")},
			{"mutant", sysctl("mte_uaccess_mutant")}}},
		      {"facts",
		       {{"arch", to_string(facts.arch)},
			{"major", facts.major},
			{"minor", facts.minor},
			{"mops", facts.mops},
			{"mte3", facts.mte3}}},
		      {"privileged", getuid() == 0}};
	if (!setup.our_vm)
		event["boot_id"] = boot_id();
	if (!setup.our_vm || setup.request.shard)
		event["plan"]["key"] = key_of(course);
	if (setup.request.shard)
		event["plan"]["shard"] = shard_of(setup.request);
	return event;
}

} // namespace tagtrap
