// SPDX-License-Identifier: GPL-2.0-only
// The one call of a reproducer, and who makes it.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "harness/model/case.h"
#include "harness/model/sweep.h"
#include "harness/report/reproducer_parts.h"

namespace tagtrap::reproducing {

namespace {

/// A call of the C library that enters the kernel once, as it is.
struct Plain {
	std::string_view name, arguments;
};

constexpr std::array plain_calls = {
	Plain{"read", "read(fd, buf, LENGTH)"},
	Plain{"write", "write(fd, buf, LENGTH)"},
	Plain{"pread64", "pread(fd, buf, LENGTH, {1})"},
	Plain{"pwrite64", "pwrite(fd, buf, LENGTH, {1})"},
	Plain{"readv", "readv(fd, vec, {0})"},
	Plain{"writev", "writev(fd, vec, {0})"},
	Plain{"preadv2", "preadv2(fd, vec, {0}, -1, 0)"},
	Plain{"pwritev2", "pwritev2(fd, vec, {0}, -1, 0)"},
};

/// The iovecs, cut as the suite cuts them: at granules, the last one where the sweep says.
void add_vector(const Point &point, Pieces &pieces)
{
	const unsigned segments = std::max<unsigned>(point.segment, 1);
	if (segments > most_segments) {
		pieces.why_not = fmt::format("{} segments are too many for a mail", segments);
		return;
	}
	pieces.headers.emplace_back("sys/uio.h");
	pieces.globals += fmt::format("static struct iovec vec[{}];\n", segments);
	const uint32_t part = point.length / segments;
	const bool equal = part * segments == point.length && part % granule_size == 0;
	if (segments > 2 && equal) {
		pieces.setup +=
			fmt::format("\tfor (i = 0; i < {0}; i++)\n"
				    "\t\tvec[i] = (struct iovec){{ buf + i * {1}, {1} }};\n",
				    segments, part);
		return;
	}
	for (unsigned i = 0; i < segments; ++i) {
		const uint32_t begin = segment_start(point.length, point.segment, i);
		const uint32_t end = segment_start(point.length, point.segment, i + 1);
		pieces.setup += fmt::format("\tvec[{}] = (struct iovec){{ buf + {}, {} }};\n", i,
					    begin, end - begin);
	}
}

void add_blocking(Pieces &pieces)
{
	pieces.globals += "static sigset_t mask;\n";
	pieces.dispose = "\tsigemptyset(&mask);\n"
			 "\tsigaddset(&mask, SIGSEGV);\n"
			 "\tsigaddset(&mask, SIGBUS);\n"
			 "\tMUST(!sigprocmask(SIG_BLOCK, &mask, NULL));\n";
}

/// The first one of tagged programs is SA_EXPOSE_TAGBITS.
std::string_view flags_of(Disposition disposition)
{
	switch (disposition) {
	case Disposition::restart:
		return "0x800 | SA_RESTART";
	case Disposition::noexpose:
		return "0";
	case Disposition::noexpose_restart:
		return "SA_RESTART";
	case Disposition::altstack:
		return "0x800 | SA_ONSTACK";
	case Disposition::nodefer:
		return "0x800 | SA_NODEFER";
	default:
		return "0x800";
	}
}

void add_handler(Disposition disposition, Pieces &pieces)
{
	auto flags = flags_of(disposition);
	if (constexpr std::string_view exposing = "0x800"; !pieces.tagged && flags == exposing)
		flags = "0";
	else if (!pieces.tagged && flags.starts_with(exposing))
		flags.remove_prefix(exposing.size() + std::string_view(" | ").size());
	if (disposition == Disposition::altstack) {
		pieces.chars += ", stack[65536]";
		pieces.functions += "static stack_t other = { .ss_sp = stack, "
				    ".ss_size = sizeof(stack) };\n";
		pieces.dispose += "\tMUST(!sigaltstack(&other, NULL));\n";
	}
	const bool wide = flags.size() > std::string_view("0x800").size();
	pieces.functions +=
		pieces.checks_info
			? fmt::format(
				  "static struct sigaction how = {{ .sa_sigaction = on_signal,\n"
				  "\t\t\t\t.sa_flags = SA_SIGINFO | {} }};\n",
				  flags)
			: fmt::format("static struct sigaction how = {{ .sa_handler = on_signal,{}"
				      ".sa_flags = {} }};\n",
				      wide ? "\n\t\t\t\t" : " ", flags);
	pieces.dispose += "\tMUST(!sigaction(SIGSEGV, &how, NULL) && "
			  "!sigaction(SIGBUS, &how, NULL));\n";
}

void add_thread(Pieces &pieces)
{
	pieces.headers.emplace_back("pthread.h");
	pieces.globals += "static pthread_t thread;\n";
	pieces.functions += "\nstatic void *make_call(void *unused)\n{\n" + pieces.before +
			    pieces.call + "\treturn unused;\n}\n";
	pieces.before = {};
	pieces.call = "\tMUST(!pthread_create(&thread, NULL, make_call, NULL));\n"
		      "\tMUST(!pthread_join(thread, NULL));\n";
}

/// The opcode of a request by io_uring, or empty.
std::string_view opcode(std::string_view call)
{
	constexpr std::array<std::pair<std::string_view, std::string_view>, 6> all = {{
		{"uring-read", "READ"},
		{"uring-write", "WRITE"},
		{"uring-readv", "READV"},
		{"uring-writev", "WRITEV"},
		{"uring-read_fixed", "READ_FIXED"},
		{"uring-write_fixed", "WRITE_FIXED"},
	}};
	const auto found = std::ranges::find(all, call, &decltype(all)::value_type::first);
	return found == all.end() ? std::string_view() : found->second;
}

} // namespace

bool has_handler(Disposition disposition)
{
	switch (disposition) {
	case Disposition::handler:
	case Disposition::restart:
	case Disposition::noexpose:
	case Disposition::noexpose_restart:
	case Disposition::altstack:
	case Disposition::nodefer:
		return true;
	default:
		return false;
	}
}

void add_request(const Point &point, const Terms &terms, Pieces &pieces)
{
	const bool polls = point.submission == Submission::sqpoll;
	const bool vectored = point.call->shape.vectored;
	if (polls && std::pair(terms.kernel.major, terms.kernel.minor) < std::pair(5, 11)) {
		pieces.why_not = "an SQPOLL thread before 5.11 takes registered files only";
		return;
	}
	pieces.headers.insert(pieces.headers.end(), {"linux/io_uring.h", "sys/syscall.h"});
	if (!vectored) // an iovec comes with its own
		pieces.headers.emplace_back("sys/uio.h");
	pieces.globals += "static struct io_uring_params p;\n";
	if (polls)
		pieces.setup += "\tp.flags = IORING_SETUP_SQPOLL;\n";
	pieces.setup += "\tint ring = syscall(__NR_io_uring_setup, 4, &p);\n"
			"\tchar *rings = mmap(NULL, 4096, RW, MAP_SHARED, ring, 0);\n"
			"\tstruct io_uring_sqe *sqe = mmap(NULL, 4096, RW, MAP_SHARED, ring,\n"
			"\t\t\t\t\tIORING_OFF_SQES);\n"
			"\tunsigned *sq_tail = (unsigned *)(rings + p.sq_off.tail);\n"
			"\tunsigned *cq_tail = (unsigned *)(rings + p.cq_off.tail);\n"
			"\tMUST(ring >= 0 && rings != MAP_FAILED && sqe != MAP_FAILED);\n";
	if (point.call->shape.fixed)
		pieces.setup += "\tstruct iovec all = { buf, LENGTH };\n"
				"\tMUST(!syscall(__NR_io_uring_register, ring,\n"
				"\t\t      IORING_REGISTER_BUFFERS, &all, 1));\n";
	pieces.setup += fmt::format(
		"\t*sqe = (struct io_uring_sqe){{ .opcode = IORING_OP_{}, .fd = fd,\n"
		"\t\t.addr = (unsigned long){}, .len = {}{}{} }};\n",
		opcode(point.call->name), vectored ? "vec" : "buf",
		vectored ? fmt::format("{}", std::max<unsigned>(point.segment, 1)) : "LENGTH",
		point.from != 0 ? fmt::format(", .off = {}", point.from) : "",
		point.submission == Submission::worker ? ",\n\t\t.flags = IOSQE_ASYNC" : "");
	pieces.call = fmt::format(
		"\t__atomic_store_n(sq_tail, 1, __ATOMIC_RELEASE);\n"
		"\tfor (i = 1; !__atomic_load_n(cq_tail, __ATOMIC_ACQUIRE); i = 0)\n"
		"\t\tMUST(syscall(__NR_io_uring_enter, ring, i, 1,\n"
		"\t\t     {} errno == EINTR);\n"
		"\tseen->result = ((struct io_uring_cqe *)(rings + p.cq_off.cqes))->res;\n",
		polls ? "IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP,\n\t\t\t     NULL, 0) >= "
			"0 ||"
		      : "IORING_ENTER_GETEVENTS, NULL, 0) >= 0 ||");
}

void add_transfer(const Point &point, const Terms &terms, Pieces &pieces)
{
	const auto row = std::ranges::find(plain_calls, point.call->name, &Plain::name);
	const bool request = !opcode(point.call->name).empty();
	if (row == plain_calls.end() && !request) {
		pieces.why_not = fmt::format("{} has no C text here: ./run.sh {} shows it",
					     point.call->name, id(point));
		return;
	}
	if (point.call->shape.vectored)
		add_vector(point, pieces);
	if (request)
		return add_request(point, terms, pieces);
	pieces.call = fmt::format("\tseen->result = {};\n"
				  "\tseen->result = seen->result < 0 ? -errno : seen->result;\n",
				  fmt::format(fmt::runtime(row->arguments),
					      std::max<unsigned>(point.segment, 1), point.from));
}

void add_caller(const Point &point, Pieces &pieces)
{
	if (point.caller != Caller::leader && point.caller != Caller::thread) {
		pieces.why_not = fmt::format("the caller is {}: ./run.sh {} shows it",
					     to_string(point.caller), id(point));
		return;
	}
	if (has_handler(point.disposition)) {
		add_handler(point.disposition, pieces);
	} else if (point.disposition == Disposition::blocked) {
		add_blocking(pieces);
		pieces.look = "\tsigpending(&mask);\n"
			      "\tseen->signals = sigismember(&mask, SIGSEGV) ||\n"
			      "\t\t\tsigismember(&mask, SIGBUS);\n" +
			      pieces.look;
	} else if (point.disposition == Disposition::pending) {
		add_blocking(pieces);
		pieces.dispose += "\tkill(getpid(), SIGSEGV);\n"
				  "\traise(SIGSEGV);\n";
	} else if (point.disposition == Disposition::ignored ||
		   point.disposition == Disposition::fatal) {
		pieces.dispose = fmt::format("\tsignal(SIGSEGV, {0});\n\tsignal(SIGBUS, {0});\n",
					     point.disposition == Disposition::ignored ? "SIG_IGN"
										       : "SIG_DFL");
	} else {
		pieces.why_not = fmt::format("the signal meets '{}': ./run.sh {} shows it",
					     to_string(point.disposition), id(point));
		return;
	}
	if (point.caller == Caller::thread)
		add_thread(pieces);
}

} // namespace tagtrap::reproducing
