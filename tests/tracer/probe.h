// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// A trace event of our own: a probe somewhere, which fetches what an argument points to.
#include <string>

#include "tests/tracer/event.h"

namespace tagtrap::tracer {

inline constexpr const char *uprobe_list = "/sys/kernel/tracing/uprobe_events";
inline constexpr const char *kprobe_list = "/sys/kernel/tracing/kprobe_events";

/// As long as this lives, the event is in the kernel's `list`. Throws std::system_error.
class Probe {
public:
	/// `what` is a definition without its name: "WHERE FETCHARGS".
	Probe(const char *list, const std::string &what);
	Probe(const Probe &) = delete;
	Probe &operator=(const Probe &) = delete;
	~Probe();

	/// Each hit, with all that was fetched.
	perf_event_attr attributes() const;

private:
	sys::Fd list_;
	std::string name_;
};

/// Whether the first hit fetched put_text()'s text as a word and as a string.
bool fetched_both(const Samples &samples);

/// What cases with a probe have in common.
constexpr Case fetching(std::string_view name, std::string_view man, const Situation &situation,
			std::span<const int> needs, int64_t (*probe)(const ProbeArgs &))
{
	return {.name = name,
		.man = man,
		.kernel = "process_fetch_insn",
		.direction = Direction::loads,
		.on = itself,
		.situation = &situation,
		.needs = needs,
		.probe = probe,
		.promise = whole};
}

/// Why there are no probes of that list; empty: there are.
std::string no_probes(const char *list);

} // namespace tagtrap::tracer
