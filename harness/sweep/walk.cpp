// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/walk.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/sweep/calls.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/problem.h"

namespace tagtrap::sweep {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr uint32_t block = 8192;  ///< cases between two lines
constexpr unsigned most_ends = 5; ///< calls of a pass that do not come back, before it is left

/// Shared with the child.
struct Shared {
	std::atomic<uint32_t> at = 0; ///< the case in hand
	char why[160] = {};           ///< not empty: the routine cannot be reached
	Seen seen[block] = {};
};

struct Unmap {
	void operator()(Shared *shared) const { ::munmap(shared, sizeof(Shared)); }
};

std::unique_ptr<Shared, Unmap> make_shared_memory()
{
	void *const at = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return std::unique_ptr<Shared, Unmap>(new (sys::must(at, "mmap")) Shared);
}

/// A kernel that signals such faults: the call goes on to its result. A fault of the child's own
/// comes again, and is a call that does not return.
void take_signals()
{
	struct sigaction nothing = {};
	nothing.sa_handler = [](int) {};
	for (const int number : {SIGSEGV, SIGBUS})
		::sigaction(number, &nothing, nullptr);
}

/// The child's ends of two pipes.
struct Ends {
	int orders, answers;
};

/// In the child of fork(): block after block, each when it is asked for.
[[noreturn]] void issue_all(const Walk &what, const Pass &pass, std::span<const Case> cases,
			    uint32_t next, Shared &shared, Ends ends)
{
	take_signals();
	if (mte::have_tags()) // without it tagged pointers are refused
		mte::set_mode(TagCheckMode::sync);
	const auto refuse = [&shared](const std::string &why) {
		shared.why[why.copy(shared.why, sizeof(shared.why) - 1)] = 0;
		_exit(1);
	};
	try {
		Workbench bench(pass, what.request.page_size);
		if (const auto why = bench.unavailable(); !why.empty())
			refuse(why);
		char byte;
		while (::read(ends.orders, &byte, 1) == 1) {
			const uint32_t first = next;
			for (; next < cases.size() && next - first < block; ++next) {
				shared.at = next;
				const Case &one = cases[next];
				shared.seen[next - first] =
					what.instead ? what.instead(one) : bench.issue(one);
			}
			if (::write(ends.answers, &byte, 1) != 1)
				break;
		}
	} catch (const std::exception &error) {
		refuse(error.what());
	}
	_exit(0);
}

class Child {
public:
	Child(const Walk &what, const Pass &pass, std::span<const Case> cases, uint32_t next,
	      Shared &shared)
	{
		int to[2], from[2];
		sys::must(::pipe2(to, O_CLOEXEC), "pipe2");
		sys::Fd theirs(to[0]);
		orders_ = sys::Fd(to[1]);
		sys::must(::pipe2(from, O_CLOEXEC), "pipe2");
		answers_ = sys::Fd(from[0]);
		const sys::Fd answer(from[1]);
		shared.at = next;
		shared.why[0] = 0;
		pid_ = sys::must(::fork(), "fork");
		if (pid_ != 0)
			return;
		::prctl(PR_SET_PDEATHSIG, SIGKILL);
		orders_.reset();
		issue_all(what, pass, cases, next, shared, {theirs.get(), answer.get()});
	}
	Child(const Child &) = delete;
	Child &operator=(const Child &) = delete;
	~Child() { end(); }

	enum class Event : uint8_t { answered, died, late };

	/// Has the next block run. Late is a child that is at the same case for `limit`.
	Event run_block(const Shared &shared, std::chrono::duration<double> limit)
	{
		char byte = 0;
		if (::write(orders_.get(), &byte, 1) != 1)
			return Event::died;
		uint32_t at = shared.at;
		auto since = Clock::now();
		for (;;) {
			pollfd ready = {answers_.get(), POLLIN, 0};
			if (::poll(&ready, 1, 100) > 0)
				return ::read(answers_.get(), &byte, 1) == 1 ? Event::answered
									     : Event::died;
			if (at != shared.at) {
				at = shared.at;
				since = Clock::now();
			} else if (Clock::now() - since > limit) {
				return Event::late;
			}
		}
	}

	/// Kills it; false: it stays.
	bool end()
	{
		if (pid_ <= 0)
			return true;
		orders_.reset();
		::kill(pid_, SIGKILL);
		for (int looks = 0; looks < 500; ++looks) {
			if (::waitpid(pid_, &status_, WNOHANG) != 0) {
				pid_ = -1;
				return true;
			}
			::usleep(10'000);
		}
		pid_ = -1; // stuck in the kernel for good
		return false;
	}

	/// What ended it, where that was a signal of somebody else.
	int status() const { return status_; }

private:
	sys::Fd orders_, answers_;
	pid_t pid_ = -1;
	int status_ = 0;
};

/// The pass from case `next` on.
class PassWalk {
public:
	PassWalk(const Walk &what, const Pass &pass, uint32_t next, Shared &shared)
		: what_(what), pass_(pass), cases_(cases_of(pass, what.request)), shared_(shared),
		  next_(next), of_(static_cast<uint32_t>(cases_.size()))
	{
	}

	bool run()
	{
		for (unsigned ends = 0; next_ < of_; ++ends) {
			if (ends == most_ends) {
				what_.say(left_event(pass_, "too many calls did not come back"));
				return true;
			}
			Child child(what_, pass_, cases_, next_, shared_);
			auto event = Child::Event::answered;
			while (next_ < of_ && event == Child::Event::answered) {
				if (what_.stop && what_.stop())
					return false;
				event = child.run_block(
					shared_, std::chrono::duration<double>(what_.limit_s));
				if (event == Child::Event::answered)
					tell(std::min(next_ + block, of_), nullptr);
			}
			if (event == Child::Event::answered)
				return true;
			const bool gone = child.end();
			if (shared_.why[0] != 0) {
				what_.say(left_event(pass_, shared_.why));
				return true;
			}
			Seen last;
			last.end = event == Child::Event::late ? End::hung : End::died;
			last.result = child.status();
			tell(shared_.at + 1, &last);
			if (!gone)
				throw sys::Problem(fmt::format(
					"{}: a call does not return, and SIGKILL does not end it: "
					"{}",
					name(pass_), describe(cases_[next_ - 1], last)));
		}
		return true;
	}

private:
	/// Judges the cases up to `end`, of which the last one may have ended as `last` says.
	void tell(uint32_t end, const Seen *last)
	{
		Tallies tallies;
		for (uint32_t i = next_; i < end; ++i) {
			const bool lost = last != nullptr && i + 1 == end;
			const Seen &seen = lost ? *last : shared_.seen[i - next_];
			const Class which = class_of(pass_, cases_[i], what_.facts.page_size);
			tallies[static_cast<size_t>(which)].add(
				judge(pass_, cases_[i], seen, what_.facts), cases_[i], seen);
		}
		what_.say(swept_event(pass_, next_, end, of_, tallies));
		next_ = end;
	}

	const Walk &what_;
	const Pass pass_;
	const std::vector<Case> cases_;
	Shared &shared_;
	uint32_t next_, of_;
};

} // namespace

bool walk(const Walk &what)
{
	const auto shared = make_shared_memory();
	for (const Pass &pass : passes()) {
		const uint32_t next = what.done.value(name(pass), 0U);
		if (next == UINT32_MAX)
			continue;
		if (pass.kind == Kind::tag && !what.tags)
			what.say(left_event(pass, "no-mte: this machine has no tags"));
		else if (!PassWalk(what, pass, next, *shared).run())
			return false;
	}
	return true;
}

} // namespace tagtrap::sweep
