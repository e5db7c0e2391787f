// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "harness/model/point.h"

namespace tagtrap {

/// Where the granule of `point` lies, in the buffer and in the file.
uint64_t position_of(const Point &point);

/// Closes groups (call, submission, place, state, mode) that hang: after one unkillable hang, or
/// two killable ones at two positions of the granule. A position that hung is not tried again.
class Groups {
public:
	explicit Groups(bool every_point, const std::set<std::string, std::less<>> &closed = {});

	void hung(const std::string &group, uint64_t position, bool killable);

	/// Whether a point of this group at this position is left out from now on.
	bool closed(const std::string &group, uint64_t position) const;
	/// Counts one that was left out.
	void leave_out(const std::string &group) { ++left_out_[group]; }

	/// Groups with points left out, and how many.
	const std::map<std::string, size_t, std::less<>> &left_out() const { return left_out_; }

private:
	struct Hangs {
		std::set<uint64_t> positions;
		bool closed = false;
	};

	bool every_point_;
	std::map<std::string, Hangs, std::less<>> groups_;
	std::map<std::string, size_t, std::less<>> left_out_;
};

} // namespace tagtrap
