// SPDX-License-Identifier: GPL-2.0-only
// What a preflight tries: tags, loads and stores of user mode, and copies of the kernel's.
#include "harness/run/preflight_trials.h"

#include <array>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/mte/mapping.h"
#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/run/recorder.h"
#include "harness/sys/must.h"
#include "harness/sys/proc.h"
#include "harness/sys/raw.h"

namespace tagtrap {

namespace {

using How = TrialEnd::How;

constexpr size_t bytes = 64;
constexpr uint64_t limit_ns = 60'000'000'000;

/// Shared with the child; what the handler of its signals and the trial itself have to say.
TrialEnd *told = nullptr;

void tell_and_leave(int, siginfo_t *info, void *)
{
	*told = {How::handler, info->si_code};
	_exit(0);
}

struct Row {
	const char *name;
	Due due;
	TrialEnd (*body)(mte::TaggedMapping &);
	TagCheckMode mode = TagCheckMode::sync;
};

[[noreturn]] void be_child(const Row &row)
{
	Recorder::reset_all();
	struct sigaction action = {};
	action.sa_flags = SA_SIGINFO;
	action.sa_sigaction = tell_and_leave;
	sigaction(SIGSEGV, &action, nullptr);
	sigaction(SIGBUS, &action, nullptr);
	try {
		mte::TaggedMapping buffer(bytes);
		if (mte::set_mode(row.mode) < 0)
			_exit(1);
		*told = row.body(buffer);
	} catch (const std::exception &) {
		_exit(1);
	}
	_exit(0);
}

/// Waits for the child, for as long as it takes where a copy cannot have got stuck in the kernel.
TrialEnd end_of(pid_t child, bool bounded)
{
	const uint64_t began = sys::now_ns();
	int status = 0;
	pid_t ended = 0;
	while ((ended = waitpid(child, &status, bounded ? WNOHANG : 0)) == 0 ||
	       (ended < 0 && errno == EINTR)) {
		if (bounded && sys::now_ns() - began > limit_ns) {
			kill(child, SIGKILL);
			return {How::hung, 0};
		}
		usleep(1000);
	}
	if (ended != child)
		return {How::not_tried, 0};
	return WIFSIGNALED(status) ? TrialEnd{How::killed, WTERMSIG(status)} : *told;
}

bool copies(const Row &row)
{
	return row.due == Due::all || row.due == Due::not_all;
}

TrialEnd in_child(const Row &row)
{
	*told = {};
	const pid_t child = fork();
	if (child == 0)
		be_child(row);
	return child < 0 ? TrialEnd{} : end_of(child, copies(row));
}

volatile unsigned char *user(mte::TaggedMapping &buffer)
{
	return reinterpret_cast<volatile unsigned char *>(buffer.start().bits);
}

TrialEnd load(mte::TaggedMapping &buffer)
{
	static_cast<void>(*user(buffer));
	return {How::quiet, 0};
}

TrialEnd store(mte::TaggedMapping &buffer)
{
	*user(buffer) = 1;
	return {How::quiet, 0};
}

TrialEnd spoiled_load(mte::TaggedMapping &buffer)
{
	buffer.spoil(0);
	return load(buffer);
}

TrialEnd spoiled_store(mte::TaggedMapping &buffer)
{
	buffer.spoil(0);
	return store(buffer);
}

TrialEnd tag_read_back(mte::TaggedMapping &buffer)
{
	buffer.spoil(0);
	const bool right = mte::allocation_tag(buffer.start()) == mte::bad_tag;
	return {right ? How::quiet : How::wrong, 0};
}

/// One granule gets another tag and its own back: all others keep theirs, even and odd ones.
TrialEnd neighbours(mte::TaggedMapping &buffer)
{
	for (const size_t at : {size_t{0}, size_t{16}, buffer.size() / 2, buffer.size() - 16}) {
		buffer.spoil(at);
		const bool spoiled = buffer.tags_right(0, buffer.size(), at);
		buffer.mend(at);
		if (!spoiled || !buffer.tags_right(0, buffer.size(), mte::TaggedMapping::npos))
			return {How::wrong, 0};
	}
	return {How::quiet, 0};
}

/// One kernel copy through a pipe.
template <bool out, bool spoil> TrialEnd kernel_copy(mte::TaggedMapping &buffer)
{
	std::array<int, 2> ends;
	std::array<char, copied_bytes> data = {};
	sys::must(pipe(ends.data()), "pipe");
	if (out && write(ends[1], data.data(), data.size()) != copied_bytes)
		return {};
	if (spoil)
		buffer.spoil(0);
	const int64_t result = sys::raw(out ? SYS_read : SYS_write, sys::arg(ends[out ? 0 : 1]),
					buffer.start().bits, copied_bytes);
	return {result < 0 ? How::refused : How::moved,
		static_cast<int>(result < 0 ? -result : result)};
}

constexpr std::array trial_rows = {
	Row{"an allocation tag is read back", Due::no_fault, tag_read_back},
	Row{"a granule changes its tag, and no other", Due::no_fault, neighbours},
	Row{"user load, matching tag", Due::no_fault, load},
	Row{"user store, matching tag", Due::no_fault, store},
	Row{"user load, mismatching tag", Due::fault, spoiled_load},
	Row{"user store, mismatching tag", Due::fault, spoiled_store},
	Row{"kernel copy out, matching tag", Due::all, kernel_copy<true, false>},
	Row{"kernel copy in, matching tag", Due::all, kernel_copy<false, false>},
	Row{"kernel copy out, mismatching tag", Due::not_all, kernel_copy<true, true>},
	Row{"kernel copy in, mismatching tag", Due::not_all, kernel_copy<false, true>},
	Row{"user store, matching tag, store-only", Due::no_fault, store, TagCheckMode::storeonly},
	Row{"user load, mismatching tag, store-only", Due::no_fault, spoiled_load,
	    TagCheckMode::storeonly},
	Row{"user store, mismatching tag, store-only", Due::fault, spoiled_store,
	    TagCheckMode::storeonly},
	Row{"kernel copy out, mismatching tag, store-only", Due::not_all, kernel_copy<true, true>,
	    TagCheckMode::storeonly},
	Row{"kernel copy in, mismatching tag, store-only", Due::all, kernel_copy<false, true>,
	    TagCheckMode::storeonly},
};

} // namespace

std::vector<Trial> try_tags(bool store_only)
{
	void *const shared = sys::must(mmap(nullptr, sizeof(TrialEnd), PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0),
				       "shared memory for the preflight");
	told = new (shared) TrialEnd;
	std::vector<Trial> trials;
	for (const auto &row : trial_rows)
		if (store_only || row.mode != TagCheckMode::storeonly)
			trials.push_back({row.name, row.due, in_child(row)});
	munmap(shared, sizeof(TrialEnd));
	return trials;
}

} // namespace tagtrap
