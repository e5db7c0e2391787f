// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

namespace tagtrap::states {

/// The disk of our VM (swap_disk), all that this machine swaps to while the object lives: kernels
/// keep slots of an area at hand for each processor (folio_alloc_swap()), and take those whatever
/// the priority of another area is.
class DiskSwap {
public:
	/// Throws sys::Unreached where there is no such disk, or where it cannot be switched on.
	DiskSwap();
	DiskSwap(const DiskSwap &) = delete;
	DiskSwap &operator=(const DiskSwap &) = delete;
	/// As use_usual_swap().
	~DiskSwap();

	[[nodiscard]] const std::string &device() const { return device_; }
	/// As swap_number(). Throws sys::Unreached where it has none.
	[[nodiscard]] unsigned number() const;

private:
	std::string device_;
};

/// Switches the disk off and on again what the machine swaps to otherwise, if they are not so: a
/// worker that was killed may have left them the other way round. Nothing where there is no such
/// disk.
void use_usual_swap();

} // namespace tagtrap::states
