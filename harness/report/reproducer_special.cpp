// SPDX-License-Identifier: GPL-2.0-only
// Reproducers of cases with code of their own.
#include <fmt/format.h>

#include "harness/model/case.h"
#include "harness/report/reproducer_parts.h"

namespace tagtrap::reproducing {

namespace {

std::string result_of(std::string_view call)
{
	return fmt::format("\tseen->result = {};\n"
			   "\tseen->result = seen->result < 0 ? -errno : seen->result;\n",
			   call);
}

void add_tree_search(const Point &point, uint32_t page_size, Pieces &pieces)
{
	add_object(point, page_size, pieces);
	pieces.headers.insert(pieces.headers.end(), {"linux/btrfs.h", "sys/ioctl.h"});
	pieces.setup += "\tstruct btrfs_ioctl_search_args_v2 *all = (void *)buf;\n\n"
			"\tmemset(all, 0, sizeof(*all));\n"
			"\tall->key.max_objectid = all->key.max_offset = -1;\n"
			"\tall->key.max_transid = all->key.max_type = -1;\n"
			"\tall->key.nr_items = -1;\n"
			"\tall->buf_size = LENGTH - sizeof(*all);\n";
	pieces.call = result_of("ioctl(fd, BTRFS_IOC_TREE_SEARCH_V2, buf)");
}

/// Copies within the process: `remote`: out of the buffer, which then is the other process's side.
void add_process_vm(const Point &point, bool remote, Pieces &pieces)
{
	pieces.object = remote ? "the remote side of the copy" : "the local side of the copy";
	pieces.headers.emplace_back("sys/uio.h");
	pieces.chars += ", data[LENGTH]";
	pieces.setup += "\tstruct iovec here = { buf, LENGTH }, there = { data, LENGTH };\n\n";
	pieces.call = result_of(fmt::format("process_vm_readv(getpid(), &{}, 1, &{}, 1, 0)",
					    remote ? "there" : "here", remote ? "here" : "there"));
	if (remote) {
		pieces.look = arrived_loop("data", "LENGTH", "NEW(i)");
		return;
	}
	pieces.setup += "\tfor (i = 0; i < LENGTH; i++)\n"
			"\t\tdata[i] = NEW(i);\n";
	add_look(point, pieces);
}

/// A path of many bytes that ends before the granule, or behind it.
void add_path(bool before, Pieces &pieces)
{
	pieces.object = "a path, \"/./././.\" and a NUL";
	pieces.fill = fmt::format("\tfor (i = 0; i < {0}; i++)\n"
				  "\t\tbuf[i] = \"/.\"[i % 2];\n"
				  "\tbuf[{0}] = 0;\n",
				  before ? "BAD - 1" : "LENGTH - 1");
	pieces.call = result_of("faccessat(AT_FDCWD, buf, F_OK, 0)");
}

/// Three datagrams in one call, of which the second one is the buffer.
void add_messages(bool sends, Pieces &pieces)
{
	pieces.object = fmt::format("the second of three datagrams that one call {}",
				    sends ? "sends" : "receives");
	pieces.headers.emplace_back("sys/socket.h");
	pieces.chars += ", data[LENGTH]";
	pieces.setup += "\tint ends[2];\n"
			"\tstruct iovec vec[] = { { data, 64 }, { buf, LENGTH }, { data, 64 } };\n"
			"\tstruct mmsghdr all[3] = { 0 };\n\n"
			"\tMUST(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends));\n"
			"\tfor (i = 0; i < 3; i++)\n"
			"\t\tall[i].msg_hdr = (struct msghdr){ .msg_iov = &vec[i],\n"
			"\t\t\t\t\t\t   .msg_iovlen = 1 };\n";
	if (!sends)
		pieces.setup += "\tfor (i = 0; i < LENGTH; i++)\n"
				"\t\tdata[i] = NEW(i);\n"
				"\tMUST(write(ends[0], data, 64) == 64);\n"
				"\tMUST(write(ends[0], data, LENGTH) == LENGTH);\n"
				"\tMUST(write(ends[0], data, 64) == 64);\n";
	pieces.call = result_of(sends ? "sendmmsg(ends[0], all, 3, 0)"
				      : "recvmmsg(ends[1], all, 3, 0, NULL)") +
		      "\tif (seen->result == 3) /* what became of the second one */\n"
		      "\t\tseen->result = all[1].msg_len;\n"
		      "\telse if (seen->result == 1)\n"
		      "\t\tseen->result = -EFAULT;\n";
	pieces.look = sends ? "\tMUST(read(ends[1], data, 64) == 64);\n"
			      "\tMUST(recv(ends[1], data, LENGTH, 0) == seen->result ||\n"
			      "\t     seen->result < 0);\n" +
				      arrived_loop("data", "seen->result", "NEW(i)")
			    : arrived_loop("buf", "seen->result", "NEW(i)");
}

/// A handler that returns by a copy of its frame, which the pointer has another tag for.
void add_sigreturn(const Point &point, Pieces &pieces)
{
	pieces.object = "the frame that a handler returns by";
	pieces.headers.insert(pieces.headers.end(), {"sys/syscall.h", "ucontext.h"});
	pieces.chars += ", *copy";
	pieces.functions += "\n"
			    "static void by_copy(int n, siginfo_t *info, void *context)\n"
			    "{\n"
			    "\tregister unsigned long number asm(\"x8\") = SYS_rt_sigreturn;\n\n"
			    "\t(void)n, (void)context;\n";
	pieces.functions +=
		fmt::format("\tmemcpy(copy, info, sizeof(*info) + sizeof(ucontext_t));\n"
			    "\tasm volatile(\"mov sp, %0\\n\\tsvc #0\" : :\n"
			    "\t\t     \"r\"((unsigned long)copy{}), \"r\"(number)\n"
			    "\t\t     : \"memory\");\n"
			    "\t__builtin_unreachable();\n}}\n",
			    point.stand == Stand::bad ? " ^ 15UL << 56" : "");
	pieces.setup += "\tstruct sigaction copies = { .sa_sigaction = by_copy,\n"
			"\t\t\t\t    .sa_flags = SA_SIGINFO };\n"

			"\n\tcopy = buf + 8192;\n"
			"\tMUST(!sigaction(SIGUSR1, &copies, NULL));\n";
	pieces.spoil = " "; // the pointer of the frame is what differs
	pieces.call = result_of("raise(SIGUSR1)");
	pieces.handler = "\tseen->phase = 2;\n\t_exit(0);\n";
	pieces.by_signal = true;
}

} // namespace

bool add_special(const Point &point, uint32_t page_size, Pieces &pieces)
{
	const auto name = point.call->name;
	if (name == "tree_search_v2")
		add_tree_search(point, page_size, pieces);
	else if (name == "process_vm_readv" || name == "process_vm_readv-remote")
		add_process_vm(point, name.ends_with("-remote"), pieces);
	else if (name == "faccessat" || name == "faccessat-before")
		add_path(name.ends_with("-before"), pieces);
	else if (name == "sendmmsg" || name == "recvmmsg")
		add_messages(name == "sendmmsg", pieces);
	else if (name == "rt_sigreturn")
		add_sigreturn(point, pieces);
	else
		return false;
	return true;
}

} // namespace tagtrap::reproducing
