// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/preflight.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/mte/mapping.h"
#include "harness/mte/mode.h"
#include "harness/mte/tags.h"
#include "harness/run/recorder.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

constexpr int segv_mteserr = 9; ///< asm-generic/siginfo.h
constexpr size_t bytes = 64;

constexpr int exit_wrong_tags = 103;

/// What a child did: its exit status, or 128 + signal. 200 + si_code when its handler ran.
int in_child(int (*body)(mte::TaggedMapping &buffer))
{
	const pid_t child = fork();
	if (child == 0) {
		Recorder::reset_all();
		struct sigaction action = {};
		action.sa_flags = SA_SIGINFO;
		action.sa_sigaction = [](int, siginfo_t *info, void *) {
			_exit(200 + info->si_code);
		};
		sigaction(SIGSEGV, &action, nullptr);
		sigaction(SIGBUS, &action, nullptr);
		try {
			mte::TaggedMapping buffer(bytes);
			if (mte::set_mode(TagCheckMode::sync) < 0)
				_exit(100);
			_exit(body(buffer));
		} catch (const std::exception &) {
			_exit(101);
		}
	}
	int status = 0;
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 102;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string words(int status)
{
	if (status == 0)
		return "no fault";
	if (status == 200 + segv_mteserr)
		return "SEGV_MTESERR";
	if (status >= 200)
		return fmt::format("a fault with si_code {}", status - 200);
	if (status > 128)
		return fmt::format("death by signal {}", status - 128);
	if (status == 100)
		return "prctl refused";
	if (status == 101)
		return "no PROT_MTE memory";
	if (status == exit_wrong_tags)
		return "wrong tags";
	return fmt::format("{} bytes", status - 1);
}

volatile unsigned char *user(mte::TaggedMapping &buffer)
{
	return reinterpret_cast<volatile unsigned char *>(buffer.start().bits);
}

int load(mte::TaggedMapping &buffer)
{
	const unsigned char seen = *user(buffer);
	return seen == 255 ? 1 : 0;
}

int store(mte::TaggedMapping &buffer)
{
	*user(buffer) = 1;
	return 0;
}

int spoiled_load(mte::TaggedMapping &buffer)
{
	buffer.spoil(0);
	return load(buffer);
}

int spoiled_store(mte::TaggedMapping &buffer)
{
	buffer.spoil(0);
	return store(buffer);
}

int tag_read_back(mte::TaggedMapping &buffer)
{
	buffer.spoil(0);
	return mte::allocation_tag(buffer.start()) == mte::bad_tag ? 0 : exit_wrong_tags;
}

/// One granule gets another tag and its own back: all others keep theirs, even and odd ones.
int neighbours(mte::TaggedMapping &buffer)
{
	for (const size_t at : {size_t{0}, size_t{16}, buffer.size() / 2, buffer.size() - 16}) {
		buffer.spoil(at);
		const bool spoiled = buffer.tags_right(0, buffer.size(), at);
		buffer.mend(at);
		if (!spoiled || !buffer.tags_right(0, buffer.size(), mte::TaggedMapping::npos))
			return exit_wrong_tags;
	}
	return 0;
}

/// One kernel copy of 32 bytes through a pipe; 1 + the count it reports, at most 33; 0 for EFAULT.
int kernel_copy(mte::TaggedMapping &buffer, bool out, bool spoil)
{
	std::array<int, 2> ends;
	if (pipe(ends.data()) != 0)
		return 101;
	std::array<char, 32> data = {};
	if (out && write(ends[1], data.data(), data.size()) != 32)
		return 101;
	if (spoil)
		buffer.spoil(0);
	const int64_t result =
		out ? sys::raw(SYS_read, sys::arg(ends[0]), buffer.start().bits, 32)
		    : sys::raw(SYS_write, sys::arg(ends[1]), buffer.start().bits, 32);
	return result < 0 ? 1 : static_cast<int>(result) + 1;
}

int copy_out(mte::TaggedMapping &buffer)
{
	return kernel_copy(buffer, true, false);
}
int copy_in(mte::TaggedMapping &buffer)
{
	return kernel_copy(buffer, false, false);
}
int spoiled_copy_out(mte::TaggedMapping &buffer)
{
	return kernel_copy(buffer, true, true);
}
int spoiled_copy_in(mte::TaggedMapping &buffer)
{
	return kernel_copy(buffer, false, true);
}

/// A check and the statuses that are right; a second one for kernels that raise the signal.
struct Trial {
	const char *name;
	int (*body)(mte::TaggedMapping &);
	int right;
	int also_right;
};

constexpr std::array trials = {
	Trial{"an allocation tag is read back", tag_read_back, 0, 0},
	Trial{"a granule changes its tag, and no other", neighbours, 0, 0},
	Trial{"user load, matching tag", load, 0, 0},
	Trial{"user store, matching tag", store, 0, 0},
	Trial{"user load, mismatching tag", spoiled_load, 200 + segv_mteserr, 200 + segv_mteserr},
	Trial{"user store, mismatching tag", spoiled_store, 200 + segv_mteserr, 200 + segv_mteserr},
	Trial{"kernel copy out, matching tag", copy_out, 33, 33},
	Trial{"kernel copy in, matching tag", copy_in, 33, 33},
};

/// Copies over a bad granule: anything but moving all of it.
constexpr std::array spoiled_copies = {
	Trial{"kernel copy out, mismatching tag", spoiled_copy_out, 33, 33},
	Trial{"kernel copy in, mismatching tag", spoiled_copy_in, 33, 33},
};

Preflight without_mte()
{
	const std::string cmdline = sys::slurp("/proc/cmdline");
	if (cmdline.find("arm64.nomte") != std::string::npos)
		return {Ground::nomte,
			{},
			"the kernel was booted with arm64.nomte: boot without it"};
	const std::string model = sys::slurp("/proc/device-tree/compatible") +
				  sys::slurp("/sys/class/dmi/id/sys_vendor");
	if (model.find("linux,dummy-virt") != std::string::npos ||
	    model.find("QEMU") != std::string::npos)
		return {Ground::machine,
			{},
			"this virtual machine has MTE switched off: -M virt,mte=on -cpu max"};
	return {Ground::no_mte,
		{},
		"this CPU does not show MTE to Linux (HWCAP2_MTE); firmware may have it switched "
		"off: docs/boards.md. Without --native the suite runs in QEMU"};
}

} // namespace

Preflight preflight()
{
	const mte::Features features = mte::features();
	if (!features.mte || !mte::built_for_tags())
		return without_mte();
	Preflight seen;
	const auto control = mte::current_control();
	for (const auto mode : {TagCheckMode::sync, TagCheckMode::async}) {
		const int64_t result = mte::set_mode(mode);
		seen.checks.push_back({fmt::format("prctl sets mode {}", to_string(mode)), "0",
				       fmt::format("{}", result), result == 0});
		if (result != 0)
			seen.ground = Ground::refused;
	}
	if (control >= 0)
		mte::set_mode(TagCheckMode::none);
	if (seen.ground == Ground::refused) {
		seen.advice = "prctl(PR_SET_TAGGED_ADDR_CTRL) refuses a tag check mode; look at "
			      "/proc/sys/abi/tagged_addr_disabled";
		return seen;
	}
	for (const auto &trial : trials) {
		const int status = in_child(trial.body);
		seen.checks.push_back(
			{trial.name, words(trial.right), words(status), status == trial.right});
	}
	for (const auto &trial : spoiled_copies) {
		const int status = in_child(trial.body);
		const bool ok = status != trial.right && status != 101;
		seen.checks.push_back(
			{trial.name, "EFAULT, a short count or a signal", words(status), ok});
	}
	for (const auto &check : seen.checks)
		if (!check.ok)
			seen.ground = Ground::wrong;
	if (seen.ground == Ground::wrong)
		seen.advice =
			"tag checks are wrong on this machine; QEMU before 10.0 is known for it";
	return seen;
}

} // namespace tagtrap
