// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "tests/tracer/event.h"

namespace tagtrap {

// F8: what perf reads of a thread's stack to make a sample of it.
namespace {

constexpr uint64_t return_address = 0x7a670000;

void put_frame(const ProbeArgs &, unsigned char *bytes)
{
	const std::array<uint64_t, 2> record = {0, return_address};
	std::memcpy(bytes, record.data(), sizeof(record));
}

constexpr Situation walks = {.audience = Audience::uninvited,
			     .needs_root = true,
			     .fill = put_frame,
			     .lacks = tracer::no_page_faults};
constexpr Disposition on_another_stack[] = {Disposition::altstack};
constexpr Situation copies = {.dispositions = on_another_stack,
			      .audience = Audience::uninvited,
			      .needs_root = true,
			      .fill = tracer::put_text,
			      .lacks = tracer::no_page_faults};
constexpr int needs[] = {SYS_perf_event_open};

/// The sample that was taken within the call.
std::vector<uint64_t> sample_of(const tracer::Samples &samples)
{
	for (const auto &sample : samples.all())
		if (sample.in_kernel)
			return sample.words;
	done(-ENODATA, "no sample was taken");
	return {};
}

/// The call chain leads through a frame record in the buffer.
int64_t walk(const ProbeArgs &args)
{
	perf_event_attr attributes = tracer::page_faults(PERF_SAMPLE_CALLCHAIN);
	attributes.exclude_callchain_kernel = 1;
	const tracer::Event event(attributes);
	const tracer::Samples samples(event, args.page_size);
	const int64_t result =
		tracer::fault_once(event, args.page_size, tracer::with_frame, args.buffer.bits);
	const auto chain = sample_of(samples);
	return tracer::judged(args, result,
			      std::ranges::find(chain, return_address) != chain.end());
}

/// The stack pointer leads into the buffer.
int64_t copy(const ProbeArgs &args)
{
	perf_event_attr attributes = tracer::page_faults(PERF_SAMPLE_STACK_USER);
	attributes.sample_stack_user = sizeof(tracer::text);
	const tracer::Event event(attributes);
	const tracer::Samples samples(event, args.page_size);
	const int64_t result = tracer::fault_once(event, args.page_size, tracer::with_stack,
						  tracer::untagged_text(args));
	const auto sample = sample_of(samples); // the size, the bytes, how many of them are real
	if (sample.front() == 0)
		done(-ENODATA, "no stack was sampled");
	return tracer::judged(args, result,
			      sample.back() == sizeof(tracer::text) &&
				      std::memcmp(&sample[1], tracer::text, tracer::text_size) ==
					      0);
}

constexpr Case sampled(std::string_view name, std::string_view kernel, const Situation &situation,
		       int64_t (*probe)(const ProbeArgs &))
{
	return {.name = name,
		.man = "perf_event_open(2)",
		.kernel = kernel,
		.direction = Direction::loads,
		.on = itself,
		.situation = &situation,
		.needs = needs,
		.probe = probe,
		.promise = whole};
}

} // namespace

static const Case walk_row = sampled("perf-callchain", "perf_callchain_user", walks, walk);
static const Case copy_row = sampled("perf-stack", "perf_output_sample_ustack", copies, copy);
static const Registered walk_registered(walk_row);
static const Registered copy_registered(copy_row);

} // namespace tagtrap
