// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <map>

#include "harness/model/json.h"

namespace tagtrap {

/// A set of numbers, small where they follow one another: places in a plan that are done.
class Ranges {
public:
	void add(uint32_t number);
	void remove(uint32_t number);
	bool contains(uint32_t number) const;
	size_t size() const;

	bool operator==(const Ranges &) const = default;

	/// [[first, last], ...], in order.
	Json to_json() const;
	/// Throws std::runtime_error when it is no such list.
	static Ranges from_json(const Json &json);

private:
	std::map<uint32_t, uint32_t> ranges_; ///< first to last; no two of them touch
};

} // namespace tagtrap
