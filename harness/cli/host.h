// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fixtures/debian/kernels.h"
#include "fixtures/vm/run.h"
#include "harness/cli/options.h"
#include "harness/cli/progress.h"
#include "harness/model/record.h"

namespace tagtrap {

/// The target binary's command line for a run on this machine. Pure.
std::vector<std::string> native_command(const Options &options,
					const std::filesystem::path &binary);

/// What the host knows of the machine, for the `run` record: kind, kernel, modules, extra_cmdline,
/// package, package_version. Pure.
Json machine_facts(const Options &options, const boot::Kernel &kernel);

/// A QEMU to use.
struct Qemu {
	std::string program;
	std::string image_tool; ///< qemu-img of the same build, or the one on PATH; may be empty
	Json facts; ///< for the `run` record: qemu_package, qemu_sha256, if it is the pinned one
};

/// --qemu, else the pinned one (fixtures/debian/emulator.h), else, with a note, the one on PATH.
/// Throws sys::Problem when there is none.
Qemu pick_qemu(const Options &options);
/// The vmlinux of a kernel with symbols, where it is on this machine; else empty.
std::string vmlinux_of(const boot::Kernel &kernel);

/// The page size of a kernel as its configuration has it, 4096 when that is not known.
uint32_t page_size_of(const boot::Kernel &kernel);

/// Places of the plan that need a disk, and swap_disk where points swap to it. The plan of the
/// machine itself, whose page size is not known here, has the same.
std::vector<std::string> disks_of(const PlanRequest &request);

/// Whether `options` mean this machine, not a VM.
bool runs_here(const Options &options);
/// --on: run and preflight on a machine that is reached.
int run_on(const Options &options);
/// Shows an event of a journal that is followed.
void show_progress(Progress &progress, const Json &event);
/// Becomes the target binary, built for this machine.
int run_natively(const Options &options);

/// What `options` ask of a machine with this kernel; `out` and `on_event` are left to be said.
/// Builds the binary for the machine if it has to be.
vm::VmRun describe_run(const Options &options, const boot::Kernel &kernel);

} // namespace tagtrap
