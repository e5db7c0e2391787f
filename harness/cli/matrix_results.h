// SPDX-License-Identifier: GPL-2.0-only
// What `matrix` leaves: a directory with matrix.json and a run's directory for each kernel.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/record.h"
#include "harness/report/kernel_matrix.h"

namespace tagtrap {

enum class EntryState : uint8_t {
	todo,
	done,       ///< its run went through the plan
	unfinished, ///< its run has begun, and has no result for some points
	gap,        ///< it could not be run
};

/// One kernel of a matrix.
struct MatrixEntry {
	std::string name;         ///< as it was asked for: "6.12", "reference:off"
	std::string kernel;       ///< for --kernel
	std::string cmdline = {}; ///< more words for its command line
	std::string signal = {};  ///< for --signal; empty: what is asked of all
	std::string directory;    ///< below that of the matrix
	EntryState state = EntryState::todo;
	std::string why = {}; ///< of a gap
	double wall_s = 0;    ///< of its run

	bool operator==(const MatrixEntry &) const = default;
};

/// matrix.json
struct MatrixRecord {
	std::vector<std::string> arguments; ///< of each run, besides its kernel
	std::vector<MatrixEntry> entries;
	double wall_s = 0; ///< of all of it, interruptions left out

	bool operator==(const MatrixRecord &) const = default;
};

Json to_json(const MatrixRecord &record);
/// Throws std::exception for what is no such record.
MatrixRecord matrix_record(const Json &json);

bool is_matrix(const std::filesystem::path &directory);
/// Throws sys::Problem (usage) where it cannot be read.
MatrixRecord read_matrix(const std::filesystem::path &directory);

/// What the directory of a kernel's run holds: done, unfinished, or todo where no run has begun.
EntryState state_of(const std::filesystem::path &run);

/// Runs side by side, with all that they point to.
struct OpenMatrix {
	std::list<Journal> journals;
	std::vector<std::filesystem::path> directories; ///< of the runs, by column
	KernelMatrix matrix;
	std::optional<double> wall_s;
};

/// The runs in `directories`: those of a matrix, or single ones, which go by the name that
/// --kernel takes. Throws as open_results() does.
OpenMatrix open_matrix(const std::vector<std::string> &directories);

/// Prints it as text, html or json, and returns its exit status.
int print_matrix(const OpenMatrix &all, std::string_view format);

/// Writes matrix.txt and matrix.html.
void store_matrix(const std::filesystem::path &directory, const OpenMatrix &all);

} // namespace tagtrap
