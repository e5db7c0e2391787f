// SPDX-License-Identifier: GPL-2.0-only
// Every row on the kernel at hand, with a page that nobody may touch in the granule's place: its
// edge at the first, the middle and the last byte of the pointee, and right behind it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

#include "fixtures/pattern.h"
#include "fixtures/rows/issue.h"
#include "fixtures/target.h"
#include "harness/model/case.h"
#include "harness/model/row.h"
#include "harness/sys/must.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {
namespace {

using rows::Row;

/// [pointee ...][page that nobody may touch][two pages of good memory].
class Pages {
public:
	Pages()
	{
		void *const all = mmap(nullptr, 8 * page_, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		base_ = static_cast<unsigned char *>(sys::must(all, "mmap"));
	}
	Pages(const Pages &) = delete;
	Pages &operator=(const Pages &) = delete;
	~Pages() { munmap(base_, 8 * page_); }

	/// What the kernel returned with `good` bytes in front of the edge; `told`: what the row
	/// makes of that. `before` is what the pointee of an `out` row starts as.
	int64_t issue(const Row &row, Target &target, uint32_t good, Content before, int64_t &told)
	{
		unsigned char *const edge = base_ + 4 * page_;
		unsigned char *const pointee = edge - good;
		protect(edge, PROT_READ | PROT_WRITE);
		std::memset(base_ + 6 * page_, 0, 2 * page_);
		std::memcpy(pointee, pattern(before), row.extent.size());
		Observation seen;
		int64_t raw = 0;
		ProbeArgs args;
		args.fd = target.fd();
		args.second = target.second();
		args.row = &row;
		args.buffer = {reinterpret_cast<uint64_t>(pointee)};
		args.length = row.extent.size();
		args.good = good;
		args.spare = {reinterpret_cast<uint64_t>(base_ + 6 * page_)};
		args.page_size = page_;
		args.submit_result = &raw;
		args.seen = &seen;
		target.arm(row.extent.size());
		args.fd = target.fd();
		args.second = target.second();
		rows::fill_row(args, pointee);
		std::memcpy(was_, pointee, row.extent.size());
		protect(edge, PROT_NONE);
		told = rows::issue_row(args);
		protect(edge, PROT_READ | PROT_WRITE);
		std::memcpy(is_, pointee, row.extent.size());
		return raw;
	}

	/// Whether [from, to) of the pointee was stored to by the last call.
	bool stored(uint32_t from, uint32_t to) const
	{
		return !std::equal(was_ + from, was_ + to, is_ + from);
	}

private:
	void protect(unsigned char *edge, int how) const
	{
		sys::must(mprotect(edge, page_, how), "mprotect");
	}

	size_t page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	unsigned char *base_ = nullptr;
	unsigned char was_[16384] = {}, is_[16384] = {};
};

/// This machine has no such call or operation, or forbids it.
bool not_offered(const Row &row, int64_t raw, int64_t told)
{
	return rows::says_absent(row, told) || (raw == -EPERM && getuid() != 0);
}

struct Nothing : Target {
	int fd() const override { return -1; }
	void arm(uint32_t) override {}
	void inspect(uint32_t, Observation &) override {}
};

/// What the row acts upon; null where this machine has no such thing.
std::unique_ptr<Target> object_of(const Row &row, const std::string &directory)
try {
	return row.on.make != nullptr ? row.on.make(directory) : std::make_unique<Nothing>();
} catch (const std::system_error &error) {
	if (!rows::says_absent(row, -error.code().value()))
		throw;
	WARN(row.name << ": " << error.what());
	return nullptr;
}

/// With some good bytes in front of the edge, what has to come of it.
bool stops_right(const Row &row, int64_t raw, int64_t told, uint32_t good)
{
	// A timer's count comes in part, where the kernel is as docs/findings.md, 14, has it.
	if (row.due.promise == PromiseKind::close || (row.name == "read.timerfd" && raw > 0))
		return good == 0 ? raw == -EFAULT : told > 0 && told <= good;
	return raw == -EFAULT;
}

void try_row(const Row &row, const std::string &directory)
{
	INFO(row.name);
	const std::unique_ptr<Target> target = object_of(row, directory);
	if (target == nullptr)
		return;
	const Case &call = *find_case(row.name);
	const uint32_t size = row.extent.size();
	Pages pages;
	int64_t told = 0;
	const int64_t raw = pages.issue(row, *target, size, Content::stale, told);
	if (not_offered(row, raw, told)) {
		WARN(row.name << ": error " << -raw);
		return;
	}
	INFO("all of it in front of the edge: " << raw);
	CHECK(told == call.situation->full);
	for (const auto where : rows::positions(row.extent)) {
		Point point = {.call = &call};
		rows::place_granule(row, where, point);
		if (where == Position::behind || row.flow != rows::Flow::out)
			continue;
		INFO("@" << to_string(where));
		CHECK(pages.stored(point.offset, std::min(size, point.offset + 16)));
	}
	for (const uint32_t good : {0u, size / 2, size - 1}) {
		if (good != 0 && row.extent.sort == rows::Extent::Sort::word)
			continue; // no page edge can be within it
		const int64_t faulted = pages.issue(row, *target, good, Content::stale, told);
		INFO("edge at byte " << good << " of " << size << ": " << faulted);
		CHECK(stops_right(row, faulted, told, good));
	}
}

} // namespace

TEST_CASE("a row reaches all of its pointee, and nothing behind it")
{
	const selftest::Scratch scratch;
	signal(SIGALRM, SIG_DFL);
	size_t tried = 0;
	for (const Case *call : cases()) {
		if (call->row == nullptr || call->row->due.promise == PromiseKind::ignored ||
		    (call->situation->needs_root && getuid() != 0))
			continue;
		alarm(20); // a row that waits for good ends the test
		try_row(*call->row, scratch.path.string());
		++tried;
	}
	alarm(0);
	CHECK(tried > 4);
}

} // namespace tagtrap
