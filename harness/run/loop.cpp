// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/loop.h"

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "fixtures/disk/tool.h"
#include "harness/sys/must.h"
#include "harness/sys/owned.h"
#include "harness/sys/problem.h"
#include "harness/sys/proc.h"

namespace tagtrap {

namespace {

namespace fs = std::filesystem;

struct LoopDevice {
	std::string path;
	sys::Fd fd; ///< while it is open the device stays, mounted or not
};

/// A free loop device with `image` on it. Throws std::system_error.
LoopDevice attach(const std::string &image)
{
	const sys::Fd backing(sys::must(::open(image.c_str(), O_RDWR | O_CLOEXEC), image));
	const sys::Fd control(
		sys::must(::open("/dev/loop-control", O_RDWR | O_CLOEXEC), "/dev/loop-control"));
	loop_config config = {};
	config.fd = static_cast<uint32_t>(backing.get());
	config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
	for (int tries = 0;; ++tries) {
		const int number =
			sys::must(::ioctl(control.get(), LOOP_CTL_GET_FREE), "no free loop device");
		std::string path = fmt::format("/dev/loop{}", number);
		sys::Fd fd(sys::must(::open(path.c_str(), O_RDWR | O_CLOEXEC), path));
		if (::ioctl(fd.get(), LOOP_CONFIGURE, &config) == 0)
			return {std::move(path), std::move(fd)};
		// Somebody else may have taken it since.
		if (errno != EBUSY || tries == 8)
			sys::must(-1, "LOOP_CONFIGURE " + path);
	}
}

/// Blocks that are freed keep what they hold: these two discard them unless they are told not to,
/// and a loop device would punch holes for that.
const char *options_for(const disk::Filesystem &filesystem)
{
	return filesystem.name == "btrfs" || filesystem.name == "f2fs" ? "nodiscard" : "";
}

/// Why there is no room in `directory` for an image of `mib` MiB; empty: there is.
std::string no_room(const fs::path &directory, uint64_t mib)
{
	if (fs::space(directory).available >> 20 < mib)
		return fmt::format("an image needs {} MiB", mib);
	struct statfs kind = {};
	sys::must(::statfs(directory.c_str(), &kind), directory);
	if (kind.f_type != TMPFS_MAGIC && kind.f_type != RAMFS_MAGIC)
		return "";
	const uint64_t available =
		sys::status_field(sys::slurp("/proc/meminfo"), "MemAvailable") >> 10;
	return available / 4 < mib
		       ? fmt::format("an image needs {} MiB, --out is on tmpfs, and that is more "
				     "than a quarter of the {} MiB of memory that are available",
				     mib, available)
		       : "";
}

} // namespace

std::string mount_loop_image(const disk::Filesystem &filesystem, const std::string &directory)
{
	const fs::path image = directory + ".img";
	std::error_code ignored;
	try {
		// For its message: before the image is made.
		disk::tool(filesystem.mkfs, filesystem.package);
		if (std::string why = no_room(image.parent_path(), filesystem.size_mib);
		    !why.empty())
			return why;
		disk::make(filesystem, image);
		const LoopDevice device = attach(image);
		fs::create_directories(directory);
		sys::must(::mount(device.path.c_str(), directory.c_str(),
				  std::string(filesystem.name).c_str(), 0, options_for(filesystem)),
			  fmt::format("mount {} as {}", device.path, filesystem.name));
		return "";
	} catch (const std::exception &error) {
		fs::remove(image, ignored);
		return error.what();
	}
}

} // namespace tagtrap
