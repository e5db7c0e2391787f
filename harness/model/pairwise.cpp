// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/pairwise.h"

#include <algorithm>

namespace tagtrap {

namespace {

constexpr size_t open = static_cast<size_t>(-1); ///< factor that has no value yet

/// Which pairs are still to be covered.
class Pairs {
public:
	Pairs(const std::vector<size_t> &sizes, const std::vector<bool> &swept)
	{
		size_t total = 0;
		for (const size_t size : sizes) {
			first_.push_back(total);
			total += size;
		}
		width_ = total;
		missing_.assign(total * total, false);
		for (size_t a = 0; a < sizes.size(); ++a)
			for (size_t b = a + 1; b < sizes.size(); ++b)
				if (!swept[a] || !swept[b])
					for (size_t x = 0; x < sizes[a]; ++x)
						for (size_t y = 0; y < sizes[b]; ++y)
							missing_[at(a, x, b, y)] = true;
	}

	bool missing(size_t a, size_t x, size_t b, size_t y) const
	{
		return missing_[at(a, x, b, y)];
	}
	void cover(size_t a, size_t x, size_t b, size_t y) { missing_[at(a, x, b, y)] = false; }
	void cover(const Choice &row)
	{
		for (size_t a = 0; a < row.size(); ++a)
			for (size_t b = a + 1; b < row.size(); ++b)
				cover(a, row[a], b, row[b]);
	}
	/// How many missing pairs value `x` of factor `a` makes with what `row` already has.
	size_t gain(const Choice &row, size_t a, size_t x) const
	{
		size_t count = 0;
		for (size_t b = 0; b < row.size(); ++b)
			if (b != a && row[b] != open)
				count += missing(a, x, b, row[b]);
		return count;
	}

private:
	size_t at(size_t a, size_t x, size_t b, size_t y) const
	{
		const size_t one = first_[a] + x, two = first_[b] + y;
		return std::min(one, two) * width_ + std::max(one, two);
	}

	std::vector<size_t> first_;
	size_t width_ = 0;
	std::vector<bool> missing_;
};

/// Fills the open factors of `row` from `factor` on, best gain first; backtracks within bounds.
bool complete(Choice &row, size_t factor, const std::vector<size_t> &sizes, const Pairs &pairs,
	      const std::function<bool(const Choice &)> &valid, int &budget)
{
	if (--budget < 0)
		return false;
	while (factor < row.size() && row[factor] != open)
		++factor;
	if (factor == row.size())
		return valid(row);
	std::vector<size_t> order(sizes[factor]);
	for (size_t i = 0; i < order.size(); ++i)
		order[i] = i;
	std::ranges::stable_sort(order, std::greater{},
				 [&](size_t x) { return pairs.gain(row, factor, x); });
	for (const size_t x : order) {
		row[factor] = x;
		if (complete(row, factor + 1, sizes, pairs, valid, budget))
			return true;
	}
	row[factor] = open;
	return false;
}

} // namespace

std::vector<Choice> pairwise(const std::vector<size_t> &sizes, const std::vector<bool> &swept,
			     const std::function<bool(const Choice &)> &valid)
{
	Pairs pairs(sizes, swept);
	std::vector<Choice> rows;
	for (size_t a = 0; a < sizes.size(); ++a)
		for (size_t b = a + 1; b < sizes.size(); ++b)
			for (size_t x = 0; x < sizes[a]; ++x)
				for (size_t y = 0; y < sizes[b]; ++y) {
					if (!pairs.missing(a, x, b, y))
						continue;
					Choice row(sizes.size(), open);
					row[a] = x;
					row[b] = y;
					int budget = 4000;
					if (complete(row, 0, sizes, pairs, valid, budget)) {
						pairs.cover(row);
						rows.push_back(row);
					} else {
						pairs.cover(a, x, b, y); // no such row
					}
				}
	return rows;
}

} // namespace tagtrap
