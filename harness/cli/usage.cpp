// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include "harness/cli/options.h"
#include "version.h"

namespace tagtrap {
namespace {

constexpr std::string_view host_commands = R"(Usage: ./run.sh [run] [OPTION...] [TEST-SPEC...]
       ./run.sh COMMAND [OPTION...]

Tells what a kernel does when a system call meets a bad MTE granule in a user
buffer. Prepares what is missing, boots a Debian kernel for arm64 in QEMU (or
uses this machine where it has MTE), runs the suite and writes a report.

Commands:
  run (default)        run the suite; the report goes to DIR
  test [STEP...]       the project's own tests, on this machine and in the VM
                       (host, vm, memory, busy, chaos, frozen, reference, coverage,
                       board, boards; default: all; chaos, frozen and boards by
                       name are longer: runs that are disturbed, on machines that
                       stand still, and on boards that die)
  kernels              kernels known here: name, exact version, fetched or not
                       (--all: every version)
  preflight            what this machine (or the VM) can do, in words
  report DIR [CAUSE]   print a stored run (--format=text|html|lkml|
                       security|ktap|ktap-groups|json|junit|kcidb); lkml and security are mails,
                       --kernel-tree=DIR names whom to send them to
  judge DIR            judge a stored run again (--contract=NAME)
  merge DIR...         one run out of those with --shard=K/N (--out=DIR)
  reproduce DIR [CAUSE]
                       build the C programs of a run's causes and run each alone in
                       the VM (--kernel, --cmdline: on another kernel)
  compare A B          what got worse from run A to run B: causes, then points
  explain ID|RULE|CALL
                       what a point sets up, calls and expects, and why; what a rule
                       (F1) says; which pointers of a call are tried. No kernel needed
  coverage             run the suite in the VM, and tell of each place where the
                       kernel touches user memory whether it was seen to fault
  sweep                the copy routines themselves: every length, alignment and
                       place of a fault; goes on where the last one stopped
                       (--quick, --seed=N, --out=DIR, --page=FILE)
  matrix               the suite on each of several kernels, one run after the other
                       (--jobs=N: so many at a time), and one table: worst verdicts
                       by calls, place and kernel, and since when each cause is
                       there. --kernels=LIST: names, paths and `all`, with commas
                       (default: Debian's own). --out=DIR of one that was
                       interrupted goes on with it. --report DIR...: the table of
                       stored runs (--format=text|html|json), nothing is run
  bench                judged points per second, beside a bare loop of calls
  kernel build         build the reference kernel (--base=6.12|newest,
                       --config=reference|debug|kasan)
  mutants [NAME...]    the quick plan against the reference kernel and each of its
                       deliberate mistakes: which rules catch them. Words with
                       any of / [ * ~ are TEST-SPECs
  cache                what the cache holds (--prune: and remove what nothing
                       refers to)
)";

constexpr std::string_view target_commands = R"(Usage: tagtrap [run] [OPTION...] [TEST-SPEC...]
       tagtrap COMMAND [OPTION...]

Tells what this machine's kernel does when a system call meets a bad MTE
granule in a user buffer. Needs nothing but itself; writes to --out only.

Commands:
  run (default)        run the suite; the report goes to DIR
  preflight            what this machine can do, in words
  report DIR [CAUSE]   print a stored run (--format=text|html|lkml|
                       security|ktap|ktap-groups|json|junit|kcidb); lkml and security are mails,
                       --kernel-tree=DIR names whom to send them to
  judge DIR            judge a stored run again (--contract=NAME)
  merge DIR...         one run out of those with --shard=K/N (--out=DIR)
  compare A B          what got worse from run A to run B: causes, then points
  sweep                the copy routines themselves: every length, alignment and
                       place of a fault; goes on where the last one stopped
                       (--quick, --seed=N, --out=DIR, --page=FILE)
  bench                judged points per second, beside a bare loop of calls
)";

constexpr std::string_view machine_options = R"(
Which machine:
  --kernel=NAME|PATH   a Debian kernel (`kernels` lists them; default: the newest
                       of this machine's release), `reference` (the one that
                       signals such faults; it is built), or the path of an Image
                       or of a built kernel tree
  --modules=DIR        the modules of an IMAGE (the directory with lib/modules)
  --cmdline=STRING     more words for the kernel's command line
  --native, --vm       on this machine (without MTE page faults alone are judged); in
                       QEMU
  --qemu=PATH          this QEMU instead of the pinned one, which is the newest of
                       Debian 13's backports when it was first needed
  --refresh            ask the archive again for kernels and that QEMU
  --shell=ID           no run: a VM with a shell on this terminal, and in it a
                       command that runs this point
  --gdb=ID             the same, and a debugger can be attached
  --no-install         install nothing; say what is missing
  --offline            ask no archive: take what is in the cache, and say what is
                       missing
)";

constexpr std::string_view board_options = R"(
A board, a server, a phone (docs/boards.md):
  --on=ssh:[USER@]HOST[:PORT]
  --on=adb[:SERIAL|:HOST:PORT]
                       run there, follow from here, report here; also for preflight
  --ssh-option=KEY=VALUE
                       for ssh -o; may be given several times
  --boot-timeout=SECONDS
                       how long the machine is waited for when it does not answer
                       (default: 300)
  --power-cycle=COMMAND
                       what is then run here to bring it back
  --console=COMMAND    run here for as long as the run lasts; what it prints is the
                       machine's console, and goes to DIR/console.log
)";

constexpr std::string_view suite_options = R"(
What is run, and how it is judged:
  --quick              at least a point per rule and per call x place
  --exhaustive         the full product of lengths, positions and the rest
  --contract=NAME      auto (default), mainline, forced-signal
  --signal=NAME        the signal forced-signal asks for: any, segv, bus
  --every-point        go on in groups of points that proved to hang
  --no-progress        violations and what happens to the machine only, no counts
  --allow-hangs        natively: run points that may hang for good, too
  --watch=SECONDS      watch the first hang of its kind for so long (default: 60),
                       later ones for 5 s
  --time-scale=F       multiply all time limits
  --max-time=TIME      90s, 30m, 2h: what tells most comes first, and what is left
                       when the time is over is SKIP
  --jobs=N             so many machines go through the plan side by side (in the VM)
  --shard=K/N          the K-th of N parts of the plan; `merge` puts the runs together
  --resume=DIR         on a machine itself or with --on: go on with the run in DIR,
                       which was interrupted or took the machine with it
  --yes                on a machine itself or with --on: do not ask before the run
  --rerun=DIR          of the run in DIR what failed, was skipped or is new, with
                       the same plan, kernel and contract unless they are given
  --baseline=DIR       compare with the run in DIR: status 1 only where something got
                       worse
  --bisect             with --kernel-tree=DIR and a TEST-SPEC or a CAUSE: build the
                       tree's commit, run it, answer `git bisect run` (0, 1, 125)
  --confirm            run violations again when the run is over, each alone; in a
                       VM also as an ordinary user
  --repeat=N           the same, each N times
  --out=DIR            where results go (default: results/DATE-KERNEL)
  --list               only print the ids of the plan (--page-size=N)
  --long               with --list: a table, a line per call or row, instead
  --format=json        with --list: the same for programs
  --help, --version

TEST-SPEC: an id, with * anywhere, or a tag in brackets; several are a union,
a leading ~ excludes: 'read/*' '[fs]' '~[direct]'.

Exit status: 0 all well; 1 violations; 2 usage; 3 the ground is not sound or the
suite broke; 77 nothing could be judged; 129, 130, 143 interrupted.
)";

} // namespace

std::string help_text(Program program)
{
	if (program == Program::target)
		return fmt::format("{}{}", target_commands, suite_options);
	return fmt::format("{}{}{}{}", host_commands, machine_options, board_options,
			   suite_options);
}

std::string version_text()
{
	return fmt::format("tagtrap {} ({})\n", TAGTRAP_VERSION, TAGTRAP_COMMIT);
}

} // namespace tagtrap
