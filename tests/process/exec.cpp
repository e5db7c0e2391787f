// SPDX-License-Identifier: GPL-2.0-only
#include <cstddef>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/situation.h"

namespace tagtrap {

namespace {

constexpr int image_status = 42;

/// A program that does nothing but leave, in one page.
struct Image {
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	std::array<uint32_t, 3> code;
};

Image image()
{
	constexpr uint64_t base = 0x400000;
	Image made = {};
	std::memcpy(made.head.e_ident, ELFMAG, SELFMAG);
	made.head.e_ident[EI_CLASS] = ELFCLASS64;
	made.head.e_ident[EI_DATA] = ELFDATA2LSB;
	made.head.e_ident[EI_VERSION] = EV_CURRENT;
	made.head.e_type = ET_EXEC;
	made.head.e_machine = EM_AARCH64;
	made.head.e_version = EV_CURRENT;
	made.head.e_entry = base + offsetof(Image, code);
	made.head.e_phoff = offsetof(Image, segment);
	made.head.e_ehsize = sizeof(Elf64_Ehdr);
	made.head.e_phentsize = sizeof(Elf64_Phdr);
	made.head.e_phnum = 1;
	made.segment = {.p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_offset = 0,
			.p_vaddr = base,
			.p_paddr = base,
			.p_filesz = sizeof(Image),
			.p_memsz = sizeof(Image),
			.p_align = 0x10000};
	made.code = {0xd2800000 | image_status << 5, // mov x0, #image_status
		     0xd2800bc8,                     // mov x8, #94: exit_group
		     0xd4000001};                    // svc #0
	return made;
}

int image_fd()
{
	static const int fd = [] {
		const Image bytes = image();
		const auto made = static_cast<int>(
			done(sys::raw(SYS_memfd_create, sys::arg("image"), MFD_CLOEXEC), "memfd"));
		done(sys::raw(SYS_write, sys::arg(made), sys::arg(&bytes), sizeof(bytes)),
		     "writing an image");
		return made;
	}();
	return fd;
}

void execute()
{
	const std::array<const char *, 2> words = {"image", nullptr};
	const std::array<const char *, 1> environment = {nullptr};
	sys::raw(SYS_execveat, sys::arg(image_fd()), sys::arg(""), sys::arg(words.data()),
		 sys::arg(environment.data()), AT_EMPTY_PATH);
}

/// What became of the image; `result` if it did what it should.
int64_t told(int status, const ProbeArgs &args, int64_t result)
{
	if (WIFSIGNALED(status))
		args.seen->image_signal = WTERMSIG(status);
	else if (WEXITSTATUS(status) != image_status)
		return -ENOEXEC;
	return result;
}

int read_and_execute(const ProbeArgs &args)
{
	args.seen->result = sys::raw(SYS_read, sys::arg(args.fd), args.buffer.bits, args.length);
	execute();
	return 0;
}

/// The head of a robust list is read from the old memory by execve(2).
int list_and_execute(const ProbeArgs &args)
{
	sys::raw(SYS_set_robust_list, args.buffer.bits, 3 * sizeof(uint64_t));
	execute();
	return 0;
}

void empty_list(const ProbeArgs &args, unsigned char *bytes)
{
	const std::array<uint64_t, 3> list = {args.buffer.bits, 0, 0};
	std::memcpy(bytes, list.data(), sizeof(list));
}

constexpr Situation after = {.full = 1024};
constexpr Situation during = {.audience = Audience::nobody, .fill = empty_list};
constexpr int needs[] = {SYS_execveat, SYS_memfd_create, SYS_set_robust_list};

} // namespace

// F9: a fault that the old image was told of is not told to the new one.
static const Case after_row = {
	.name = "read-exec",
	.man = "execve(2)",
	.kernel = "begin_new_exec",
	.direction = Direction::stores,
	.on = pipes_only,
	.situation = &after,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		image_fd();
		const int status = run_child(0, read_and_execute, args);
		return told(status, args, args.seen->result);
	},
	.promise = whole,
};
// F9: nor is one that execve(2) itself takes on the old memory.
static const Case during_row = {
	.name = "exec-robust_list",
	.man = "get_robust_list(2)",
	.kernel = "futex_exec_release",
	.direction = Direction::loads,
	.on = itself,
	.situation = &during,
	.needs = needs,
	.probe = [](const ProbeArgs &args) -> int64_t {
		image_fd();
		return told(run_child(0, list_and_execute, args), args, 0);
	},
	.promise = dropped,
};
static const Registered after_registered(after_row);
static const Registered during_registered(during_row);

} // namespace tagtrap
