// SPDX-License-Identifier: GPL-2.0-only
// Runs of several kernels side by side. A single run is a matrix of one kernel.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/cause.h"
#include "harness/report/matrix.h"

namespace tagtrap {

/// The run of one kernel, or the reason why there is none.
struct KernelRun {
	std::string name;                 ///< "6.12-16k", "reference:off": as it was asked for
	const Journal *journal = nullptr; ///< settled; null: there is no run
	std::string gap = {};             ///< why there is none
	/// From the start of its process to the end of it, with all that had to be fetched and
	/// built.
	std::optional<double> wall_s = std::nullopt;
};

/// A column: a run and its numbers.
struct KernelColumn {
	KernelRun run;
	Digest all;
	std::vector<Cause> causes; ///< those that may not be told as well
	std::string release;       ///< "6.12.118+deb13-arm64"
	int major = 0, minor = 0;
	bool own = false; ///< a reference kernel of this project: no part of a history
	int status = 0;   ///< exit status of its run
	double boot_s = 0, run_s = 0, watched_s = 0;
	/// Causes that the kernel's security contact hears of first, and their points: they are
	/// counted and not told.
	size_t withheld = 0, withheld_points = 0;
	/// These points, and those that were skipped since a group of these was closed.
	std::set<const Row *> untold;
};

/// What one kernel shows of a cause.
enum class Sight : uint8_t {
	none,   ///< not known: it was not run, or no point of the cause was judged
	absent, ///< points of the cause were judged, and most of them do not violate
	other,  ///< half of the points of the cause at least violate, for another cause
	seen,
};

/// A cause in all kernels.
struct MatrixCause {
	CauseKey key;
	std::string id;
	Severity severity = Severity::tool; ///< the worst of all kernels
	std::vector<Sight> sights;          ///< by column
	std::vector<size_t> points;         ///< by column
	size_t shown_in = 0;                ///< the column of the newest kernel that has it
	const Cause *shown = nullptr;       ///< as that one has it
	// By version, own kernels left out; names of columns, empty: there is none.
	std::string first;  ///< the oldest kernel that has it
	std::string before; ///< the newest one below `first` that was judged and has not
	std::string gone;   ///< the oldest one above all that have it that was judged and has not
	bool only = false;  ///< no other kernel has it, and one at least was judged
};

using FamilyPlace = std::pair<std::string, std::string>;

struct KernelMatrix {
	std::vector<KernelColumn> columns;
	std::vector<FamilyPlace> lines; ///< families as they were judged first, places as in a run
	/// By column; none: no point of it. Withheld points are in no cell.
	std::map<FamilyPlace, std::vector<std::optional<Cell>>> cells;
	std::vector<MatrixCause> causes;   ///< that may be told, the worst first
	std::vector<std::string> withheld; ///< ids of those that may not, in any of the runs
	std::vector<std::string> unlike;   ///< ways in which the runs differ, besides their kernels
};

/// Puts the runs side by side. The journals have to outlive it. A cause that is a security matter
/// in one run is withheld in all. Pure.
KernelMatrix kernel_matrix(std::span<const KernelRun> runs);

/// The family of a call in a matrix: that of a row is its system call.
std::string matrix_family(const std::string &call);

/// For people: kernels, table, causes, time. `wall_s`: from the start to the end of all of them.
std::string kernel_matrix_text(const KernelMatrix &all, std::optional<double> wall_s);

/// In words when a cause came and went; empty where nobody can tell.
std::string history_text(const KernelMatrix &all, const MatrixCause &cause);

/// The worst status of the runs: 3, 1, 0, or 77 where nothing was judged in any; 3 where no kernel
/// was to be had. One that was not is no failure of the rest.
int kernel_matrix_status(const KernelMatrix &all);

} // namespace tagtrap
