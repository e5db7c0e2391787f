// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/ranges.h"

#include <iterator>
#include <stdexcept>

namespace tagtrap {

void Ranges::add(uint32_t number)
{
	if (contains(number))
		return;
	uint32_t first = number, last = number;
	auto next = ranges_.upper_bound(number);
	if (next != ranges_.end() && next->first == number + 1) {
		last = next->second;
		next = ranges_.erase(next);
	}
	if (next != ranges_.begin()) {
		const auto before = std::prev(next);
		if (before->second + 1 == number) {
			before->second = last;
			return;
		}
	}
	ranges_.emplace(first, last);
}

void Ranges::remove(uint32_t number)
{
	if (!contains(number))
		return;
	const auto found = std::prev(ranges_.upper_bound(number));
	const auto [first, last] = *found;
	ranges_.erase(found);
	if (first < number)
		ranges_.emplace(first, number - 1);
	if (number < last)
		ranges_.emplace(number + 1, last);
}

bool Ranges::contains(uint32_t number) const
{
	const auto next = ranges_.upper_bound(number);
	return next != ranges_.begin() && std::prev(next)->second >= number;
}

size_t Ranges::size() const
{
	size_t sum = 0;
	for (const auto &[first, last] : ranges_)
		sum += size_t{last} - first + 1;
	return sum;
}

Json Ranges::to_json() const
{
	Json list = Json::array();
	for (const auto &[first, last] : ranges_)
		list.push_back({first, last});
	return list;
}

Ranges Ranges::from_json(const Json &json)
{
	Ranges ranges;
	uint64_t least = 0; // of the next first number
	for (const auto &pair : json) {
		if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_unsigned() ||
		    !pair[1].is_number_unsigned())
			throw std::runtime_error("ranges are pairs of numbers: " + pair.dump());
		const auto first = pair[0].get<uint64_t>(), last = pair[1].get<uint64_t>();
		if (first < least || last < first || last > UINT32_MAX)
			throw std::runtime_error("ranges are in order: " + pair.dump());
		ranges.ranges_.emplace(first, last);
		least = last + 2;
	}
	return ranges;
}

} // namespace tagtrap
