// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tagtrap {

/// What sort of object a call acts upon; decides which states, calls and checks apply.
enum class PlaceKind : uint8_t {
	file,
	pipe,
	stream,
	self, ///< no object: the process itself
};

/// State of the file before the probe. Pipes and sockets only know `plain`.
enum class FileState : uint8_t {
	plain,  ///< no file state: pipes, sockets
	fresh,  ///< id token `new`: just created, empty
	cached, ///< data present in the page cache
	cold,   ///< data on the device, not in the page cache
	hole,   ///< right size, no block allocated
	small,  ///< shorter than a page, where filesystems keep data inline
	page,   ///< of one page, in the page cache
	large,  ///< megabytes in the page cache, written at once: large folios, where there are any
};

/// One place of an id: a filesystem, or a kind of pipe or socket. One row of data each.
struct Place {
	std::string_view name;
	PlaceKind kind;
	bool on_disk; ///< needs a device with a filesystem made by mkfs
};

/// All places, in plan order.
std::span<const Place> places();

/// The place called `name`, or null.
const Place *find_place(std::string_view name);

} // namespace tagtrap
