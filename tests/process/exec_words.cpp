// SPDX-License-Identifier: GPL-2.0-only
#include <sys/wait.h>

#include "tests/process/image.h"

namespace tagtrap {

// F1: what execve(2) itself is asked to load. The call fails, and the old image goes on.
namespace {

constexpr int went_on = 43;

void long_word(const ProbeArgs &args, unsigned char *bytes)
{
	std::memset(bytes, 'w', args.length - 1);
	bytes[args.length - 1] = 0;
}

/// Pointers to a word, and null at the end.
void many_words(const ProbeArgs &args, unsigned char *bytes)
{
	const uint64_t word = sys::arg("word");
	std::memset(bytes, 0, args.length);
	for (uint64_t at = 0; at + 2 * sizeof(word) <= args.length; at += sizeof(word))
		std::memcpy(bytes + at, &word, sizeof(word));
}

int go_on(const ProbeArgs &args, int64_t result)
{
	args.seen->result = *args.submit_result = result;
	return went_on;
}

int with_word(const ProbeArgs &args)
{
	const std::array<uint64_t, 2> words = {args.buffer.bits, 0};
	return go_on(args, execute(sys::arg(words.data())));
}

int with_array(const ProbeArgs &args)
{
	return go_on(args, execute(args.buffer.bits));
}

template <int (*work)(const ProbeArgs &)> int64_t in_child(const ProbeArgs &args)
{
	image_fd();
	const int status = run_child(0, work, args);
	if (WIFSIGNALED(status)) // the new image is not due to exist
		return died(status, args);
	return WEXITSTATUS(status) == went_on ? args.seen->result : told(status, args, 0);
}

constexpr uint32_t positions[] = {0, 512};
constexpr Disposition both[] = {Disposition::handler, Disposition::blocked};
constexpr Situation word = {.offsets = positions,
			    .dispositions = both,
			    .submits = true,
			    .fill = long_word,
			    .lacks = no_image};
constexpr Situation array = {
	.offsets = positions, .submits = true, .fill = many_words, .lacks = no_image};

constexpr Case loads(std::string_view name, std::string_view kernel, const Situation *situation,
		     int64_t (*probe)(const ProbeArgs &))
{
	return {.name = name,
		.man = "execve(2)",
		.kernel = kernel,
		.direction = Direction::loads,
		.on = itself,
		.situation = situation,
		.needs = image_needs,
		.probe = probe,
		.promise = whole};
}

} // namespace

static const Case word_row = loads("exec-word", "copy_strings", &word, in_child<with_word>);
static const Case array_row = loads("exec-array", "count", &array, in_child<with_array>);
static const Registered word_registered(word_row);
static const Registered array_registered(array_row);

} // namespace tagtrap
