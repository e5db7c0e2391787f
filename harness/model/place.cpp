// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/place.h"

#include <algorithm>
#include <array>

namespace tagtrap {

namespace {

constexpr std::array place_rows = {
	Place{.name = "tmpfs", .kind = PlaceKind::file, .on_disk = false},
	Place{.name = "ext4", .kind = PlaceKind::file, .on_disk = true},
	Place{.name = "xfs", .kind = PlaceKind::file, .on_disk = true},
	Place{.name = "btrfs", .kind = PlaceKind::file, .on_disk = true},
	Place{.name = "gfs2", .kind = PlaceKind::file, .on_disk = true},
	Place{.name = "f2fs", .kind = PlaceKind::file, .on_disk = true},
	Place{.name = "pipe", .kind = PlaceKind::pipe, .on_disk = false},
	Place{.name = "unix", .kind = PlaceKind::stream, .on_disk = false},
	Place{.name = "self", .kind = PlaceKind::self, .on_disk = false},
};

} // namespace

std::span<const Place> places()
{
	return place_rows;
}

const Place *find_place(std::string_view name)
{
	const auto found = std::ranges::find(place_rows, name, &Place::name);
	return found == place_rows.end() ? nullptr : &*found;
}

} // namespace tagtrap
