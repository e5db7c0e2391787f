// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/cases.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <random>
#include <set>

namespace tagtrap::sweep {

namespace {

constexpr uint32_t granule = 16;
constexpr uint32_t line = 64;        ///< alignments are counted up to here
constexpr uint32_t short_most = 300; ///< every length up to here
constexpr uint32_t near = 64;        ///< each granule that begins this near to an edge
constexpr uint32_t longest_path = 4096;
constexpr unsigned samples = 4; ///< of each kind of pair of alignments above 15, for each length

// clang-format off
constexpr std::array all_traits = {
	Trait{Routine::to_user, "copy_to_user", "pread64 of /proc/self/limits", Shape::counted, true, 0, 1, 1024},
	Trait{Routine::to_user_loop, "copy_to_user, in a loop", "pread64 of a memfd", Shape::counted, true, 0, 1, 0, true},
	Trait{Routine::from_user, "copy_from_user", "write to /dev/urandom", Shape::counted, false, 0, 1, 64},
	Trait{Routine::from_user_loop, "copy_from_user, in a loop", "process_vm_writev to the process itself", Shape::counted, true, 0, 1, 0, true},
	Trait{Routine::from_user_atomic, "copy_from_user, faults disabled, in a loop", "pwrite64 to a memfd", Shape::counted, true, 0, 1, 0, true},
	Trait{Routine::clear_user, "clear_user", "read of /dev/zero", Shape::counted, false, 0, 1, 0, true},
	Trait{Routine::strncpy_from_user, "strncpy_from_user", "faccessat of a name", Shape::string, false, 0, 1, longest_path},
	Trait{Routine::strnlen_user, "strnlen_user", "memfd_create of a name", Shape::string, false, 0, 1, 250},
	Trait{Routine::get_user_4, "get_user, 4 bytes", "ioctl FIONBIO", Shape::word, false, 4},
	Trait{Routine::get_user_8, "get_user, 8 bytes", "io_setup", Shape::word, false, 8},
	Trait{Routine::put_user_4, "put_user, 4 bytes", "ioctl FIONREAD", Shape::word, false, 4},
	Trait{Routine::put_user_8, "put_user, 8 bytes", "get_robust_list", Shape::word, false, 8},
	Trait{Routine::futex_load, "futex, load", "FUTEX_WAIT", Shape::word, false, 4, 4},
	Trait{Routine::futex_change, "futex, load and store", "FUTEX_WAKE_OP", Shape::word, false, 4, 4},
	Trait{Routine::from_user_nofault, "copy_from_user_nofault", "bpf_probe_read_user", Shape::whole, true},
	Trait{Routine::strncpy_from_user_nofault, "strncpy_from_user_nofault", "bpf_probe_read_user_str", Shape::string, true},
	Trait{Routine::to_user_nofault, "copy_to_user_nofault", "bpf_probe_write_user", Shape::silent, true},
};
// clang-format on

std::vector<uint32_t> lengths_of(const Trait &what, uint32_t page_size)
{
	if (what.shape == Shape::word)
		return {what.word};
	// A string is counted with its NUL; bpf_probe_write_user() takes no length of 0.
	const bool string = what.shape == Shape::string;
	const bool some = string || what.shape == Shape::silent;
	std::vector<uint32_t> lengths;
	for (uint32_t length = some ? 1 : 0; length <= short_most; ++length)
		lengths.push_back(length);
	if (what.routine == Routine::to_user)
		lengths.insert(lengths.end(), {511, 512, 513, 1023, 1024});
	const uint32_t edge = what.longest == longest_path ? longest_path : page_size;
	for (const uint32_t below : {65, 64, 63, 33, 32, 31, 17, 16, 15, 1, 0})
		lengths.push_back(edge - below);
	for (const uint32_t above : {1, 15, 16, 17, 31, 63, 64, 65})
		lengths.push_back(edge + above);
	for (const uint32_t twice : {2 * edge - 1, 2 * edge, 2 * edge + 1})
		lengths.push_back(twice);
	if (what.longest != 0)
		std::erase_if(lengths, [&](uint32_t length) { return length > what.longest; });
	return lengths;
}

struct Pair {
	uint8_t user, kernel;
};

/// Edges of pages in the midst of the buffer: those of the user's memory, and those at which the
/// kernel's side is cut.
std::set<uint32_t> inner_edges(const Trait &what, uint32_t length, Pair pair, uint32_t page_size)
{
	std::set<uint32_t> edges;
	for (uint32_t edge = page_size - pair.user; edge < length; edge += page_size)
		edges.insert(edge);
	if (what.by_pages)
		for (uint32_t edge = page_size - pair.kernel; edge < length; edge += page_size)
			edges.insert(edge);
	return edges;
}

/// Good bytes before a fault: at the first byte, at each granule that begins near an end of the
/// buffer (the last byte lies in one of them) or, for tags, an edge in its midst, and right behind
/// the buffer.
std::set<uint32_t> positions(const Trait &what, uint32_t length, Pair pair, Kind kind,
			     uint32_t page_size)
{
	std::set<uint32_t> edges = {0, length};
	if (kind == Kind::tag)
		edges.merge(inner_edges(what, length, pair, page_size));
	const auto is_near = [&edges](uint32_t good) {
		return std::ranges::any_of(edges, [good](uint32_t edge) {
			return std::max(good, edge) - std::min(good, edge) <= near;
		});
	};
	// A page begins at a multiple of 64: with it the place of the fault decides the alignment.
	const uint32_t step = kind == Kind::page && pair.user >= granule ? line : granule;
	std::set<uint32_t> found;
	if (length != 0)
		found.insert(0);
	uint32_t good = (step - pair.user % step) % step;
	for (; good < length; good += step)
		if (is_near(good))
			found.insert(good);
	found.insert(good); // behind
	return found;
}

/// The pairs of alignments that are tried with a length. `dice` throws the same on each machine.
std::vector<Pair> alignments(const Trait &what, const Request &request, std::mt19937_64 &dice)
{
	std::vector<Pair> pairs;
	const auto add = [&](uint64_t user, uint64_t kernel) {
		if (user % what.step == 0)
			pairs.push_back({static_cast<uint8_t>(user), static_cast<uint8_t>(kernel)});
	};
	if (what.shape == Shape::word) { // few enough to try all
		for (uint32_t user = 0; user < line; ++user)
			add(user, 0);
		return pairs;
	}
	for (uint32_t user = 0; user < granule; ++user) {
		if (!what.two_sided) {
			add(user, 0);
		} else if (request.quick) {
			add(user, dice() % granule);
			add(user, dice() % granule);
		} else {
			for (uint32_t kernel = 0; kernel < granule; ++kernel)
				add(user, kernel);
		}
	}
	const auto low = [&dice] { return dice() % granule; };
	const auto high = [&dice] { return granule + dice() % (line - granule); };
	for (unsigned i = 0; i < samples; ++i) {
		const uint64_t user = high();
		add(user, what.two_sided ? high() : 0);
		if (!what.two_sided)
			continue;
		const uint64_t other = high(), with = low();
		add(other, with);
		const uint64_t another = low();
		add(another, high());
	}
	return pairs;
}

} // namespace

std::span<const Trait> traits()
{
	return all_traits;
}

const Trait &trait(Routine routine)
{
	return *std::ranges::find(all_traits, routine, &Trait::routine);
}

std::string_view to_string(Kind kind)
{
	return kind == Kind::page ? "page" : "tag";
}

bool has_distance(Shape shape)
{
	return shape == Shape::counted || shape == Shape::silent;
}

std::vector<Pass> passes()
{
	std::vector<Pass> all;
	for (const Kind kind : {Kind::page, Kind::tag})
		for (const auto &what : all_traits)
			all.push_back({what.routine, kind});
	return all;
}

std::string name(const Pass &pass)
{
	return fmt::format("{}/{}", trait(pass.routine).name, to_string(pass.kind));
}

std::vector<Case> cases_of(const Pass &pass, const Request &request)
{
	const Trait &what = trait(pass.routine);
	std::mt19937_64 dice(request.seed);
	std::vector<Case> cases;
	for (const uint32_t length : lengths_of(what, request.page_size))
		for (const Pair pair : alignments(what, request, dice))
			for (const uint32_t good :
			     positions(what, length, pair, pass.kind, request.page_size))
				cases.push_back({length, good, pair.user, pair.kernel});
	return cases;
}

Chunk chunk_of(Routine routine, const Case &one, uint32_t page_size)
{
	Chunk chunk;
	uint32_t left = trait(routine).by_pages ? page_size - one.kernel // in the first page
						: one.length;
	while (chunk.start + left <= one.good && chunk.start + left < one.length) {
		chunk.start += left;
		left = page_size;
	}
	chunk.length = std::min(left, one.length - chunk.start);
	chunk.user = one.user + chunk.start;
	chunk.kernel = one.kernel + chunk.start;
	return chunk;
}

} // namespace tagtrap::sweep
