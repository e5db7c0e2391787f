// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sweep/calls.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <system_error>

#include "harness/mte/tags.h"
#include "harness/sys/must.h"

namespace tagtrap::sweep {

namespace {

constexpr size_t good_pages = 4;
constexpr uint32_t most_alignment = 63; ///< of the kernel's side

/// No byte of it is 0 or `untouched`; neighbours differ, and so do lines of 64 bytes.
unsigned char pattern_byte(size_t at)
{
	return static_cast<unsigned char>(1 + at % 199);
}

void fill_pattern(unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; ++i)
		bytes[i] = pattern_byte(i);
}

/// copy_from_user_nofault() of newer kernels (6.12) takes no tagged pointers: it asks
/// __access_ok(), which does not remove the tag.
unsigned tag_for(Routine routine)
{
	return routine == Routine::from_user_nofault ? 0 : mte::pointer_tag;
}

/// What is opened besides.
const char *other_path(Routine routine)
{
	switch (routine) {
	case Routine::to_user:
		return "/proc/self/limits";
	case Routine::from_user:
		return "/dev/urandom";
	case Routine::clear_user:
		return "/dev/zero";
	default:
		return nullptr;
	}
}

} // namespace

Workbench::Workbench(const Pass &pass, uint32_t page_size)
	: pass_(pass), shape_(trait(pass.routine).shape), page_(page_size),
	  user_((good_pages + 2) * page_size, tag_for(pass.routine)), edge_(good_pages * page_size),
	  there_size_(good_pages * page_size)
{
	const bool before = mte::set_tag_check_override(true);
	fill_pattern(user_.bytes(0), user_.size());
	mte::set_tag_check_override(before);
	if (pass.kind == Kind::page)
		user_.break_page(edge_, mte::PageFault::protnone);
	file_ = sys::Fd(sys::must(::memfd_create("sweep", MFD_CLOEXEC), "memfd_create"));
	sys::must(::ftruncate(file_.get(), static_cast<off_t>(there_size_)), "ftruncate");
	map_there();
	fill_pattern(there_, there_size_);
	if (const char *const path = other_path(pass.routine); path != nullptr) {
		const bool writes = pass.routine == Routine::from_user;
		other_ = sys::Fd(
			sys::must(::open(path, (writes ? O_WRONLY : O_RDONLY) | O_CLOEXEC), path));
	}
	if (pass.routine == Routine::to_user) // what it has is what has to come
		sys::must(::pread(other_.get(), there_ + page_, page_, 0), "/proc/self/limits");
	int ends[2];
	sys::must(::pipe2(ends, O_CLOEXEC), "pipe2");
	pipe_in_ = sys::Fd(ends[0]);
	pipe_out_ = sys::Fd(ends[1]);
}

Workbench::~Workbench()
{
	if (!nofault_)
		::munmap(there_, there_size_);
}

/// The kernel's side: a file's pages, ordinary memory, or the value of a BPF array.
void Workbench::map_there()
{
	if (takes_no_fault(pass_.routine)) {
		try {
			nofault_.emplace(pass_.routine, static_cast<uint32_t>(there_size_),
					 page_ + most_alignment);
		} catch (const std::system_error &error) {
			throw std::runtime_error(
				fmt::format("no BPF program may copy here: {}", error.what()));
		}
		there_ = nofault_->value();
		return;
	}
	const bool memory = pass_.routine == Routine::from_user_loop;
	void *const there = ::mmap(nullptr, there_size_, PROT_READ | PROT_WRITE,
				   memory ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED,
				   memory ? -1 : file_.get(), 0);
	there_ = static_cast<unsigned char *>(sys::must(there, "mmap"));
}

bool Workbench::to_user() const
{
	return pass_.routine == Routine::to_user || pass_.routine == Routine::to_user_loop ||
	       pass_.routine == Routine::clear_user || pass_.routine == Routine::put_user_4 ||
	       pass_.routine == Routine::put_user_8 || pass_.routine == Routine::to_user_nofault;
}

/// Whether the bytes are seen on the kernel's side.
bool Workbench::arrives_there() const
{
	switch (pass_.routine) {
	case Routine::from_user_loop:
	case Routine::from_user_atomic:
	case Routine::from_user_nofault:
	case Routine::strncpy_from_user_nofault:
		return true;
	default:
		return false;
	}
}

/// Lays the buffer out and fills what the call reads and what it writes to.
void Workbench::prepare(const Case &one)
{
	const bool page = pass_.kind == Kind::page;
	start_ = page ? (one.good == 0 ? edge_ + one.user : edge_ - one.good) : page_ + one.user;
	unsigned char *const bytes = user_.bytes(start_);
	// What lies in the missing page cannot be filled.
	const size_t reach = page ? one.good : one.length + around;
	const size_t both = std::min<size_t>(reach, one.length);
	if (to_user())
		std::memset(bytes, untouched, reach);
	if (shape_ == Shape::string) {
		std::memset(bytes, 'b', reach);
		std::memset(bytes, 'a', both);
		if (reach >= one.length)
			bytes[one.length - 1] = 0;
	}
	if (arrives_there())
		std::memset(there_ + page_ + one.kernel, untouched, one.length + around);
	if (pass_.routine == Routine::futex_change && both != 0)
		fill_pattern(bytes, both);
}

int64_t Workbench::call(const Case &one)
{
	using sys::arg;
	using sys::raw;
	const uint64_t buffer = user_.start().bits + start_;
	const uint64_t kernel = page_ + one.kernel;
	switch (pass_.routine) {
	case Routine::to_user:
		return raw(SYS_pread64, arg(other_.get()), buffer, one.length, one.kernel);
	case Routine::to_user_loop:
		return raw(SYS_pread64, arg(file_.get()), buffer, one.length, kernel);
	case Routine::from_user:
		return raw(SYS_write, arg(other_.get()), buffer, one.length);
	case Routine::from_user_loop: {
		const iovec here = {reinterpret_cast<void *>(buffer), one.length};
		const iovec there = {there_ + kernel, one.length};
		return raw(SYS_process_vm_writev, static_cast<uint64_t>(::getpid()), arg(&here), 1,
			   arg(&there), 1, 0);
	}
	case Routine::from_user_atomic:
		return raw(SYS_pwrite64, arg(file_.get()), buffer, one.length, kernel);
	case Routine::clear_user:
		return raw(SYS_read, arg(other_.get()), buffer, one.length);
	case Routine::strncpy_from_user:
		return raw(SYS_faccessat, arg(-1), buffer, 0);
	case Routine::strnlen_user: {
		const int64_t made = raw(SYS_memfd_create, buffer, MFD_CLOEXEC);
		if (made >= 0)
			raw(SYS_close, static_cast<uint64_t>(made));
		return made;
	}
	case Routine::get_user_4:
		return raw(SYS_ioctl, arg(pipe_in_.get()), FIONBIO, buffer);
	case Routine::put_user_4:
		return raw(SYS_ioctl, arg(pipe_in_.get()), FIONREAD, buffer);
	case Routine::get_user_8: // *buffer is not 0: nothing is set up
		return raw(SYS_io_setup, 1, buffer);
	case Routine::put_user_8: {
		uint64_t head = 0;
		return raw(SYS_get_robust_list, 0, arg(&head), buffer);
	}
	case Routine::futex_load: // does not hold this value: it does not wait
		return raw(SYS_futex, buffer, FUTEX_WAIT_PRIVATE, 0xffffffff, 0);
	case Routine::futex_change:
		word_ = 0;
		return raw(
			SYS_futex, arg(&word_), FUTEX_WAKE_OP_PRIVATE, 1, 1, buffer,
			static_cast<uint32_t>(FUTEX_OP(FUTEX_OP_SET, 0x321, FUTEX_OP_CMP_EQ, 0)));
	case Routine::from_user_nofault:
	case Routine::to_user_nofault:
		return nofault_->run(buffer, one.length, kernel);
	case Routine::strncpy_from_user_nofault: // has more room than it needs
		return nofault_->run(buffer, one.length + around, kernel);
	}
	return -ENOSYS;
}

Seen Workbench::issue(const Case &one)
{
	Seen seen;
	const bool before = mte::set_tag_check_override(true);
	prepare(one);
	const size_t bad = (start_ + one.good) / mte::granule * mte::granule;
	if (pass_.kind == Kind::tag)
		user_.spoil(bad);
	mte::set_tag_check_override(false);
	seen.result = call(one);
	mte::set_tag_check_override(true);
	look(one, seen);
	if (pass_.kind == Kind::tag)
		user_.mend(bad);
	mte::set_tag_check_override(before);
	return seen;
}

std::string Workbench::unavailable()
{
	const Trait &what = trait(pass_.routine);
	const uint32_t length = what.word != 0 ? what.word : 64;
	const Case plain = {.length = length, .good = length == 64 ? 64u : 16u};
	const Seen seen = issue(plain);
	const bool works = shape_ == Shape::counted ? seen.result == length : seen.done;
	if (!works)
		return fmt::format("{} gives {} without any fault", what.call, seen.result);
	// Older kernels take all of a block or nothing.
	if (pass_.routine == Routine::from_user &&
	    issue({.length = 64, .good = 32}).result == -EFAULT)
		return fmt::format("{} does not tell how far its copy came", what.call);
	return "";
}

} // namespace tagtrap::sweep
