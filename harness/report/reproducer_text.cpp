// SPDX-License-Identifier: GPL-2.0-only
// What is the same in every reproducer: its head, parent and child.
#include <algorithm>
#include <fmt/format.h>

#include "harness/model/case.h"
#include "harness/model/sweep.h"
#include "harness/report/reproducer_parts.h"
#include "harness/report/words.h"

namespace tagtrap::reproducing {

namespace {

/// The mode's part of the argument of prctl(PR_SET_TAGGED_ADDR_CTRL), with its name.
struct ModeBits {
	std::string_view bits, name;
};

ModeBits mode_bits(TagCheckMode mode)
{
	switch (mode) {
	case TagCheckMode::none:
		return {"", "PR_TAGGED_ADDR_ENABLE"};
	case TagCheckMode::sync:
		return {"1UL << 1 | ", "PR_MTE_TCF_SYNC"};
	case TagCheckMode::async:
		return {"1UL << 2 | ", "PR_MTE_TCF_ASYNC"};
	case TagCheckMode::asymm:
		return {"1UL << 1 | 1UL << 2 | ", "SYNC, ASYNC"};
	case TagCheckMode::storeonly:
		return {"1UL << 1 | 1UL << 19 | ", "SYNC, STORE_ONLY"};
	}
	return {};
}

std::string_view stand_words(Stand stand, bool tagged)
{
	switch (stand) {
	case Stand::bad:
		return "has the tag 10";
	case Stand::good:
		return tagged ? "has the tag 5 as well: a control"
			      : "is as good as the rest: a control";
	case Stand::unmapped:
		return "is on a page that is unmapped";
	case Stand::protnone:
		return "is on a page that is PROT_NONE";
	case Stand::rdonly:
		return "is on a page that is read-only";
	case Stand::eof:
		return "is on a page behind the end of the file that is mapped";
	case Stand::pkey:
		return "is on a page that a protection key denies";
	case Stand::gcs:
		return "is on a page of a shadow stack";
	case Stand::pfn:
		return "is on a page of a device";
	}
	return "";
}

/// Lines of a comment behind ` * LABEL`.
std::string remark(std::string_view label, std::string_view text, size_t most = 3)
{
	std::string lines = labelled(fmt::format("{:<10} ", label), text, most), out;
	for (size_t at = lines.find("*/"); at != std::string::npos; at = lines.find("*/"))
		lines[at + 1] = '.';
	for (size_t from = 0; from < lines.size();) {
		const size_t end = lines.find('\n', from) + 1;
		out += " * " + lines.substr(from, end - from);
		from = end;
	}
	return out;
}

/// The id, in one piece where it fits.
std::string named(std::string_view id)
{
	const auto lines = labelled("", id, 2);
	return " * " + lines.substr(0, lines.find('\n') + 1) +
	       (lines.find('\n') + 1 < lines.size() ? " * " + lines.substr(lines.find('\n') + 1)
						    : std::string());
}

/// The second half of "expected ..., saw ...".
std::string_view what_was_seen(std::string_view reason)
{
	constexpr std::string_view mark = ", saw ";
	const auto at = reason.find(mark);
	return at == std::string_view::npos ? reason : reason.substr(at + mark.size());
}

std::string head(const Point &point, const Pieces &pieces, const Due &wanted,
		 const Verdict &verdict)
{
	std::string text = "/*\n" + named(id(point));
	text += remark("Call", fmt::format("{}: {}", point.call->man, pieces.object));
	text += remark("Buffer",
		       fmt::format("{} bytes{}; what is at byte {} {}", point.length,
				   pieces.tagged ? " of PROT_MTE memory with the tag 5, as the "
						   "pointer"
						 : "",
				   point.offset, stand_words(point.stand, pieces.tagged)));
	text += remark("Expected", wanted.words);
	if (!verdict.reason.empty())
		text += remark("Seen", what_was_seen(verdict.reason));
	std::string needs;
	if (point.nomops)
		needs += "; a kernel booted with arm64.nomops";
	if (point.mode == TagCheckMode::asymm)
		needs += "; `asymm` in /sys/devices/system/cpu/cpu*/mte_tcf_preferred";
	if (point.call->situation != nullptr && point.call->situation->needs_root)
		needs += "; root";
	if (!needs.empty())
		text += remark("Needs", needs.substr(2));
	text += remark("Build", fmt::format("{}gcc -O2 -static{} -o reproducer reproducer.c{}",
					    pieces.tagged ? "aarch64-linux-gnu-" : "",
					    point.caller == Caller::thread ? " -pthread" : "",
					    pieces.tagged ? "" : " (no MTE is needed)"));
	return text + remark("Exit", "0: as expected; 1: not; 2: the set-up failed") + " */\n";
}

std::string includes(const Pieces &pieces)
{
	std::vector<std::string_view> all = {"errno.h",     "fcntl.h",    "signal.h",
					     "stdio.h",     "string.h",   "sys/mman.h",
					     "sys/prctl.h", "sys/wait.h", "unistd.h"};
	all.insert(all.end(), pieces.headers.begin(), pieces.headers.end());
	std::ranges::sort(all);
	all.erase(std::ranges::unique(all).begin(), all.end());
	std::string text = "#define _GNU_SOURCE\n";
	for (const auto name : all)
		text += fmt::format("#include <{}>\n", name);
	return text;
}

/// Bytes of the mapping: the buffer, and room behind it.
uint32_t mapped(const Point &point)
{
	constexpr uint32_t unit = 65536; // the largest page
	if (breaks_page(point.stand))    // wherever in a page it starts
		return 2 * unit;
	return (point.align + point.length + unit - 1) / unit * unit;
}

constexpr std::string_view tagging = R"(
static void set_tags(unsigned long at, long bytes) /* to that of the pointer */
{
	for (at &= ~15UL; bytes > 0; at += 16, bytes -= 16)
		asm volatile(".arch armv8.5-a+memtag\n\tstg %0, [%0]"
			     : : "r"(at) : "memory");
}
)";

std::string handler(const Pieces &pieces)
{
	if (pieces.checks_info)
		return "\n/* the flag 0x800 is SA_EXPOSE_TAGBITS */\n"
		       "static void on_signal(int number, siginfo_t *info, void *frame)\n{\n"
		       "\t(void)frame;\n\tseen->number = number;\n"
		       "\tseen->code = info->si_code;\n"
		       "\tseen->address = (long)info->si_addr;\n"
		       "\tif (seen->signals++)\n\t\t_exit(3);\n}\n";
	return fmt::format("\nstatic void on_signal(int number){}\n{{\n"
			   "\tseen->number = number;\n"
			   "\tif (seen->signals++)\n"
			   "\t\t_exit(3);\n{}}}\n",
			   pieces.tagged ? " /* 0x800: SA_EXPOSE_TAGBITS */" : "", pieces.handler);
}

std::string child(const Point &point, const Pieces &pieces)
{
	std::string align = point.align != 0 ? fmt::format(" + {}", point.align) : "";
	if (breaks_page(point.stand) && point.offset != 0) // BAD begins a page
		align = " + (-BAD & 65535)";
	std::string text =
		fmt::format("\nstatic void child(void)\n{{\n"
			    "\tbuf = mmap(NULL, {}, RW{}, MAP_PRIVATE | MAP_ANON, -1, 0);\n"
			    "\tMUST(buf != MAP_FAILED);\n",
			    mapped(point), pieces.tagged ? " | PROT_MTE" : "");
	if (pieces.tagged)
		text += fmt::format("\tMUST(!prctl(PR_SET_TAGGED_ADDR_CTRL, MODE, 0, 0, 0));\n"
				    "\tbuf = (char *)((unsigned long)buf | 5UL << 56){1};\n"
				    "\tset_tags((unsigned long)buf, {0});\n",
				    mapped(point), align);
	else if (!align.empty())
		text += fmt::format("\tbuf +={};\n", align.substr(2));
	text += pieces.fill + pieces.setup + pieces.spoil + pieces.dispose;
	if (pieces.checks_info)
		text += "\tseen->bad = (long)(buf + BAD);\n";
	text += pieces.before + "\tseen->phase = 1;\n" + pieces.call;
	if (!pieces.look.empty() && pieces.tagged)
		text += "\tprctl(PR_SET_TAGGED_ADDR_CTRL, 1UL, 0, 0, 0); /* no checks */\n";
	text += pieces.look;
	return text + "\tseen->phase = 2;\n\t_exit(0);\n}\n";
}

constexpr std::string_view parent = R"(
int main(void)
{{
	int status = 0, late = 0, pid;

	seen = mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANON, -1, 0);
	MUST(seen != MAP_FAILED && (pid = fork()) >= 0);
	if (!pid)
		child();
	for (; !waitpid(pid, &status, WNOHANG) && late < 130; late++) {{
		if (late == 100) /* 10 s */
			kill(pid, SIGKILL);
		usleep(100000);
	}}
	if (late > 100) {{
		printf("HANGS, killable: %s\n", late < 130 ? "yes" : "no");
		return seen->phase ? 1 : 2;
	}}
	if (!seen->phase || (WIFEXITED(status) && WEXITSTATUS(status) == 2))
		return puts("the set-up failed"), 2;
	long r = seen->result, died = WTERMSIG(status);
	printf("result=%ld errno=%s arrived=%ld signal=%ld%s{}\n",
	       r < 0 ? -1 : r, strerrorname_np(r < 0 ? -r : 0), seen->arrived,
	       died ? died : seen->number, died ? " DIED" : ""{});
	return !({});
}}
)";

/// Whether a piece that is written so far speaks of `macro`.
bool uses(const Pieces &pieces, std::string_view macro)
{
	return (pieces.functions + pieces.fill + pieces.setup + pieces.look).find(macro) !=
	       std::string::npos;
}

} // namespace

std::string program(const Point &point, const Pieces &pieces, const Due &wanted,
		    const Verdict &verdict)
{
	std::string text = head(point, pieces, wanted, verdict) + includes(pieces);
	text += '\n';
	if (pieces.tagged)
		text += fmt::format("#define PROT_MTE 0x20\n#define PR_SET_TAGGED_ADDR_CTRL 55\n"
				    "#define MODE ({}0xfffeUL << 3 | 1) /* {} */\n",
				    mode_bits(point.mode).bits, mode_bits(point.mode).name);
	text += fmt::format("#define RW (PROT_READ | PROT_WRITE)\n"
			    "#define MUST(x) do {{ if (!(x)) perror(#x), _exit(2); }} while (0)\n"
			    "#define LENGTH {}\n#define BAD {}\n",
			    point.length, point.offset);
	if (uses(pieces, "NEW("))
		text += "#define NEW(i) ((char)(1 + (i) % 251))\n";
	if (uses(pieces, "OLD"))
		text += "#define OLD ((char)255)\n";
	text += fmt::format(
		"\nstatic struct {{ long phase, result, arrived, {}signals, number{}; }} *seen;\n"
		"static char {};\n",
		pieces.counts_beyond ? "beyond, " : "",
		pieces.checks_info ? ",\n\t\tcode, address, bad" : "", pieces.chars);
	if (!pieces.longs.empty())
		text += fmt::format("static long {};\n", pieces.longs);
	if (!pieces.ints.empty())
		text += fmt::format("static int {};\n", pieces.ints.substr(2));
	text += pieces.globals;
	if (pieces.tagged)
		text += tagging;
	if (reproducing::has_handler(point.disposition))
		text += handler(pieces);
	text += pieces.functions + child(point, pieces);
	std::string columns = pieces.counts_beyond ? " beyond=%ld" : "";
	std::string values = pieces.counts_beyond ? ", seen->beyond" : "";
	if (pieces.checks_info) {
		columns += "\\n\"\n\t       \"code=%ld address=%#lx bad=%#lx";
		values += ",\n\t       seen->code, seen->address, seen->bad";
	}
	return text + fmt::format(fmt::runtime(parent), columns, values, wanted.test);
}

} // namespace tagtrap::reproducing
