// SPDX-License-Identifier: GPL-2.0-only
#include "tests/process/image.h"

#include <cstddef>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>

namespace tagtrap {

namespace {

constexpr int image_status = 42;

#if defined(__x86_64__)
constexpr Elf64_Half image_machine = EM_X86_64;
constexpr std::array<uint32_t, 3> image_code = {0xbf | image_status << 8, // mov edi, image_status
						0x00e7b800,  // mov eax, 231: exit_group
						0x050f0000}; // syscall
#else
constexpr Elf64_Half image_machine = EM_AARCH64;
constexpr std::array<uint32_t, 3> image_code = {0xd2800000 | image_status
								     << 5, // mov x0, #image_status
						0xd2800bc8,  // mov x8, #94: exit_group
						0xd4000001}; // svc #0
#endif

/// A program that does nothing but leave, in one page.
struct Image {
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	std::array<uint32_t, image_code.size()> code;
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
	made.head.e_machine = image_machine;
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
	made.code = image_code;
	return made;
}

} // namespace

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

std::string no_image()
{
	try {
		image_fd();
		return "";
	} catch (const std::system_error &error) {
		return error.what();
	}
}

int64_t execute(uint64_t words)
{
	const std::array<const char *, 1> environment = {nullptr};
	return sys::raw(SYS_execveat, sys::arg(image_fd()), sys::arg(""), words,
			sys::arg(environment.data()), AT_EMPTY_PATH);
}

void execute()
{
	const std::array<const char *, 2> words = {"image", nullptr};
	execute(sys::arg(words.data()));
}

int64_t told(int status, const ProbeArgs &args, int64_t result)
{
	if (WIFSIGNALED(status))
		args.seen->image_signal = WTERMSIG(status);
	else if (WEXITSTATUS(status) != image_status)
		return -ENOEXEC;
	return result;
}

int64_t died(int status, const ProbeArgs &args)
{
	args.seen->end = End::killed;
	args.seen->death_signal = WTERMSIG(status);
	return -ECANCELED;
}

} // namespace tagtrap
