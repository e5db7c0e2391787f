// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/contract.h"
#include "harness/model/plan.h"
#include "harness/run/watch_clock.h"

namespace tagtrap {

/// Which binary reads its command line: run.sh's host program, or `tagtrap` on the machine itself.
enum class Program : uint8_t { host, target };

enum class Action : uint8_t {
	run,
	test,
	kernels,
	preflight,
	report,
	judge,
	compare,
	bench,
	kernel_build,
	mutants,
	cache,
	reproduce,
	explain,
	coverage,
	sweep,
	matrix,
	merge,
	programs, ///< in a VM of ours only
	remote,   ///< on a board, asked by its host
};

/// --native, --vm; by default the machine itself where it has MTE.
enum class Where : uint8_t { automatic, native, vm };

/// Everything that a command line can say. Plain data, shared by host and target.
struct Options {
	Action action = Action::run;
	// Which machine.
	std::string kernel;  ///< NAME or IMAGE; empty: the release's own
	std::string modules; ///< --modules=DIR, with an IMAGE
	std::string cmdline;
	Where where = Where::automatic;
	std::string qemu;     ///< --qemu=PATH; empty: the pinned one
	bool offline = false; ///< ask no archive
	bool refresh = false; ///< ask the archive again for kernels and QEMU
	std::string shell;    ///< --shell=ID, --gdb=ID: no run, but a shell that can run this point
	bool gdb = false;     ///< and a debugger can be attached
	// A board: a machine that is reached, not started.
	std::string on;                            ///< --on=ssh:...; empty: none
	std::vector<std::string> ssh_options = {}; ///< --ssh-option=KEY=VALUE: for ssh -o
	double boot_timeout_s = 300;               ///< --boot-timeout: how long it is waited for
	std::string power_cycle;                   ///< --power-cycle=COMMAND; empty: none
	std::string console;                       ///< --console=COMMAND; empty: none
	bool yes = false;                          ///< --yes: nothing is asked
	// What is asked of it.
	std::optional<Contract> contract = std::nullopt; ///< none: auto
	SignalPin pin = SignalPin::any;
	PlanRequest request = {}; ///< --quick, --exhaustive, --page-size, TEST-SPECs
	bool list = false;
	bool long_list = false; ///< --long: a table instead of ids
	bool allow_hangs = false;
	bool every_point = false;
	bool no_progress = false;
	bool probe = false; ///< note where the kernel faults: `coverage` asks for it
	double time_scale = 1.0;
	double watch_s =
		default_watch_s; ///< --watch: how long the first hang of a heart is watched
	std::optional<std::chrono::seconds> max_time = std::nullopt;
	std::string rerun;    ///< --rerun=DIR; empty: none
	bool bisect = false;  ///< --bisect: build the tree, run, answer git-bisect-run(1)
	std::string resume;   ///< --resume=DIR: go on with that run; empty: none
	std::string baseline; ///< --baseline=DIR; empty: none
	bool confirm = false; ///< run each violation again alone
	unsigned repeat = 1;  ///< --repeat: so many times
	std::string out;      ///< --out=DIR; empty: the default
	// report, judge, --list.
	std::string format = "text"; ///< --format
	std::string kernel_tree;     ///< --kernel-tree=DIR; empty: none
	std::string cause;           ///< an id; empty: all
	std::string directory;       ///< DIR
	std::string earlier;         ///< compare: DIR of the run before
	std::string subject;         ///< explain: an id, a rule, a row or a call
	// test.
	std::vector<std::string> steps = {}; ///< which of its steps; empty: all
	// mutants.
	std::vector<std::string> mutants = {}; ///< which of them; empty: all
	// sweep.
	std::optional<uint64_t> seed = std::nullopt; ///< --seed; none: one is picked
	std::string page;                            ///< --page=FILE gets the table, too
	unsigned jobs = 1;                           ///< run, matrix: machines at a time
	// matrix.
	std::string kernels;                       ///< --kernels=LIST; empty: Debian's own
	bool stored = false;                       ///< --report: only make the table of stored runs
	std::vector<std::string> directories = {}; ///< of which; merge: the parts
	// remote.
	std::vector<std::string> words = {};
	// cache.
	bool prune = false; ///< remove what nothing refers to
	// kernels, kernel build.
	bool all = false;                 ///< kernels: every version, not only the newest
	std::string base = "";            ///< MAJOR.MINOR, `newest`; empty: the stable one
	std::string config = "reference"; ///< reference, debug, kasan
	std::set<std::string, std::less<>> given = {}; ///< names of options that were said
	// The session inside a VM of ours (docs/vm-protocol.md); not for people.
	std::string journal, session_request, work;
	int host = -1; ///< the descriptor that leads to PID 1
};

/// What a command line comes to: options, or a text to print and a status to end with.
struct Parsed {
	Options options;
	std::optional<int> status = std::nullopt; ///< set: print `text` and end with it
	std::string text; ///< help, version, or the one line on what is wrong
};

/// Reads the words behind the program's name. Pure: prints nothing, ends nothing.
Parsed parse_options(const std::vector<std::string> &words, Program program);

/// The words that make the target binary in the VM do what `options` asks for. Pure.
std::vector<std::string> guest_arguments(const Options &options);

/// The text of --help and --version. Pure.
std::string help_text(Program program);
std::string version_text();

} // namespace tagtrap
