// SPDX-License-Identifier: GPL-2.0-only
#include <csignal>
#include <fmt/format.h>
#include <sys/mman.h>
#include <system_error>
#include <ucontext.h>

#include "tests/tracer/event.h"

namespace tagtrap {

// F8: instructions are fetched without tag checks, but those that the CPU does not know the kernel
// reads as data, by an address that has no tag. The program asked for none of it; what it gets is
// its SIGILL, and no other signal.
namespace {

constexpr int prot_mte = 0x20; ///< asm/mman.h

// What nobody does (udf), and back. A read of an ID register would not do: with FEAT_IDST the
// kernel is told what it was.
constexpr std::array<uint32_t, 2> code = {0x00000000, 0xd65f03c0};

volatile uint32_t refused = 0;

/// Behind the instruction.
void skip(int, siginfo_t *, [[maybe_unused]] void *context)
{
	refused = refused + 1;
#if defined(__aarch64__)
	static_cast<ucontext_t *>(context)->uc_mcontext.pc += sizeof(code[0]);
#endif
}

/// SIGILL is taken as long as this lives.
class Skipping {
public:
	Skipping()
	{
		refused = 0;
		struct sigaction action = {};
		action.sa_sigaction = skip;
		action.sa_flags = SA_SIGINFO;
		sigaction(SIGILL, &action, &before_);
	}
	Skipping(const Skipping &) = delete;
	Skipping &operator=(const Skipping &) = delete;
	~Skipping() { sigaction(SIGILL, &before_, nullptr); }

private:
	struct sigaction before_ = {};
};

void put_code(const ProbeArgs &, unsigned char *bytes)
{
	std::memcpy(bytes, code.data(), sizeof(code));
}

void protect(const ProbeArgs &args, uint64_t start, int protection)
{
	done(sys::raw(SYS_mprotect, start, args.page_size, arg(protection | prot_mte)), "mprotect");
}

void execute(uint64_t start)
{
	auto *const first = reinterpret_cast<char *>(start);
	__builtin___clear_cache(first, first + sizeof(code));
	reinterpret_cast<void (*)()>(start)();
}

/// The buffer's granule has a tag, which an address without one does not fit.
int64_t run(const ProbeArgs &args)
{
	const Skipping skipping;
	if (has_bad(args)) {
		const uint64_t start = untagged(args.buffer.bits);
		protect(args, start, PROT_READ | PROT_EXEC);
		execute(start);
		protect(args, start, PROT_READ | PROT_WRITE);
	} else {
		const tracer::Memory own(args.page_size, PROT_READ | PROT_WRITE | PROT_EXEC, -1);
		put_code(args, reinterpret_cast<unsigned char *>(own.start()));
		execute(own.start());
	}
	return refused == 1 ? 0 : -EBADMSG;
}

std::string no_code()
{
#if !defined(__aarch64__)
	return "the instruction is one of arm64";
#endif
	try {
		const tracer::Memory own(4096, PROT_READ | PROT_WRITE | PROT_EXEC, -1);
		return "";
	} catch (const std::system_error &error) {
		return fmt::format("memory that is not a file's cannot be executed: {}",
				   error.what());
	}
}

constexpr Situation situation = {
	.audience = Audience::uninvited, .fill = put_code, .lacks = no_code};

} // namespace

static const Case row = {
	.name = "instruction-read",
	.man = "Documentation/arch/arm64/cpu-feature-registers.rst",
	.kernel = "user_insn_read",
	.direction = Direction::loads,
	.on = itself,
	.situation = &situation,
	.probe = run,
	.promise = whole,
};
static const Registered registered(row);

} // namespace tagtrap
