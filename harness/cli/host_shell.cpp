// SPDX-License-Identifier: GPL-2.0-only
// --shell and --gdb: a machine of ours for somebody who wants to look around in it.
#include <fmt/format.h>

#include "fixtures/debian/busybox.h"
#include "fixtures/vm/shell.h"
#include "harness/cli/commands.h"
#include "harness/cli/host.h"
#include "harness/sys/say.h"

namespace tagtrap {
namespace fs = std::filesystem;

std::string vmlinux_of(const boot::Kernel &kernel)
{
	if (!kernel.symbols.empty())
		return kernel.symbols;
	if (const fs::path unpacked = "/usr/lib/debug/boot/vmlinux-" + kernel.release;
	    !kernel.release.empty() && fs::exists(unpacked))
		return unpacked;
	return "";
}

int shell_command(const Options &said)
{
	Options options = said;
	const Point point = parse_id(options.shell); // throws what is wrong with it
	options.request.specs = {id(point)};
	options.request.level = Level::quick;
	const auto kernel = debian::get_kernel(options.kernel, options.modules);
	const auto busybox = debian::get_busybox();
	auto run = describe_run(options, kernel);
	const uint16_t port = options.gdb ? vm::free_port() : uint16_t{0};
	std::string text = "tagtrap: the machine starts on this terminal; Ctrl-A x ends it\n";
	if (options.gdb) {
		const auto vmlinux = vmlinux_of(kernel);
		text += fmt::format("tagtrap: in another terminal: {}\n",
				    vm::gdb_line(vmlinux, port));
		if (vmlinux.empty())
			text += fmt::format("tagtrap: VMLINUX of a Debian kernel is in the package "
					    "linux-image-{}-dbg for arm64\n",
					    kernel.release.empty() ? "RELEASE" : kernel.release);
	}
	sys::say(text);
	vm::become_shell(run, busybox, id(point), port);
}

} // namespace tagtrap
