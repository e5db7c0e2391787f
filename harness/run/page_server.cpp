// SPDX-License-Identifier: GPL-2.0-only
// Pages that a second thread of this process delivers when they are asked for.
#include "harness/run/page_server.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "harness/sys/must.h"
#include "harness/sys/raw.h"
#include "harness/sys/unreached.h"

namespace tagtrap::states {

using sys::arranged;

PageServer::PageServer(unsigned char *at, size_t bytes, size_t page, const unsigned char *content)
	: at_(at), page_(page), content_(content)
{
	faults_ = sys::Fd(static_cast<int>(
		arranged(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), "userfaultfd")));
	uffdio_api hello = {.api = UFFD_API, .features = 0, .ioctls = 0};
	arranged(ioctl(faults_.get(), UFFDIO_API, &hello), "UFFDIO_API");
	uffdio_register range = {.range = {reinterpret_cast<uintptr_t>(at), bytes},
				 .mode = UFFDIO_REGISTER_MODE_MISSING,
				 .ioctls = 0};
	arranged(ioctl(faults_.get(), UFFDIO_REGISTER, &range), "UFFDIO_REGISTER");
	std::array<int, 2> ends = {-1, -1};
	sys::must(pipe2(ends.data(), O_CLOEXEC), "pipe2");
	stopped_ = sys::Fd(ends[0]);
	stop_ = sys::Fd(ends[1]);
	thread_ = std::thread([this] { serve(); });
}

PageServer::~PageServer()
{
	stop_.reset();
	thread_.join();
}

void PageServer::serve()
{
	std::array<pollfd, 2> wait = {pollfd{faults_.get(), POLLIN, 0},
				      pollfd{stopped_.get(), POLLIN, 0}};
	for (;;) {
		if (ppoll(wait.data(), wait.size(), nullptr, nullptr) < 0 && errno != EINTR)
			return;
		if (wait[1].revents != 0)
			return;
		uffd_msg message = {};
		if (read(faults_.get(), &message, sizeof(message)) == sizeof(message) &&
		    message.event == UFFD_EVENT_PAGEFAULT)
			deliver(message.arg.pagefault.address / page_ * page_);
	}
}

void PageServer::deliver(uint64_t address)
{
	const size_t offset = address - reinterpret_cast<uintptr_t>(at_);
	if (content_ == nullptr) {
		uffdio_zeropage zero = {.range = {address, page_}, .mode = 0, .zeropage = 0};
		ioctl(faults_.get(), UFFDIO_ZEROPAGE, &zero);
		return;
	}
	uffdio_copy copy = {.dst = address,
			    .src = reinterpret_cast<uintptr_t>(content_ + offset),
			    .len = page_,
			    .mode = 0,
			    .copy = 0};
	ioctl(faults_.get(), UFFDIO_COPY, &copy);
}

} // namespace tagtrap::states
