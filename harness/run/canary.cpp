// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/canary.h"

#include <array>
#include <fmt/format.h>
#include <sys/mman.h>

#include "harness/run/worker.h"
#include "harness/sys/must.h"

namespace tagtrap {

namespace {

constexpr int timeout_ms = 20000;

std::string words(const Observation &seen)
{
	if (seen.end != End::returned)
		return "did not come back";
	return seen.signal_count == 0 ? "no signal"
				      : fmt::format("signal {} (si_code {})",
						    seen.signals[0].number, seen.signals[0].code);
}

} // namespace

CanaryEnd read_canary(const Observation &write, const Observation &read)
{
	CanaryEnd end;
	end.why = fmt::format("canary: write on a pipe {}, read on a pipe {}", words(write),
			      words(read));
	if (write.end != End::returned || read.end != End::returned)
		return end;
	if (write.signal_count == 0 && read.signal_count == 0) {
		end.contract = Contract::mainline;
	} else if (write.signal_count != 0 && read.signal_count != 0) {
		end.contract = Contract::forced_signal;
	}
	return end;
}

CanaryEnd no_canary()
{
	return {.contract = Contract::mainline,
		.why = "no canary without MTE: page faults signal nobody"};
}

CanaryEnd run_canary(uint32_t page_size)
{
	const std::array points = {parse_id("write/pipe/plain/sync/4096@2048/handler"),
				   parse_id("read/pipe/plain/sync/4096@2048/handler")};
	void *const shared = sys::must(mmap(nullptr, sizeof(Channel), PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0),
				       "shared memory for the canary");
	auto *const channel = new (shared) Channel;
	channel->items[0] = {0, 1};
	CanaryEnd end;
	{
		const Directories none;
		Worker worker({}, points, none, page_size, *channel);
		const bool ordered = worker.order({0, 0, 2});
		for (int waited = 0; ordered && waited < timeout_ms; waited += 100)
			if (worker.wait(100, *channel) != Worker::Event::tick)
				break;
		end = read_canary(channel->seen[0][0], channel->seen[0][1]);
	}
	munmap(shared, sizeof(Channel));
	return end;
}

} // namespace tagtrap
