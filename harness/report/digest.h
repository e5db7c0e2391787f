// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/model/record.h"

namespace tagtrap {

/// An id taken apart as text, so that a report needs no registry of cases.
struct IdParts {
	std::string call; ///< with the way it is submitted: "uring-read", "uring-read+worker"
	std::string place;
	std::string state; ///< "cached", "new+direct": without the way it is submitted
	std::string mode;
	uint64_t offset = 0;
	bool control = false; ///< something else than a bad granule stands there
};

IdParts id_parts(std::string_view id);

/// One finished point as the reports see it.
struct Row {
	const StoredEnd *end = nullptr;
	IdParts parts;
};

using Totals = std::array<size_t, 8>; ///< by VerdictKind

/// A TEST-SPEC excludes the point.
bool excluded(const StoredEnd &end);

/// What all writers share. Holds pointers into the journal, which has to outlive it.
struct Digest {
	const Journal *journal = nullptr;
	std::vector<Row> rows;
	std::vector<std::string> calls;  ///< in the order in which they were judged
	std::vector<std::string> places; ///< in the order of the model, unknown ones behind
	Totals totals = {};              ///< of the points that were asked for
	Totals controls = {};            ///< of the controls that these need besides
};

Digest digest(const Journal &journal);

/// FAIL, LIVELOCK, DEADLOCK or CRASH.
bool violates(VerdictKind kind);

/// A task of the point is left that SIGKILL does not end.
bool survives(const Observation &seen);

/// 0: the least bad. An order of verdicts for tables.
int badness(const StoredEnd &end);

/// The kernel ran into the bad granule: it came back short, raised a signal, hung, killed
/// or took the machine down.
bool noticed(const Row &row);

/// The row with the shortest id; null if there is none.
const Row *shortest(const std::vector<const Row *> &rows);

/// The `run` event that `end` belongs to; an empty object if the journal has none.
const Json &run_of(const Journal &journal, const StoredEnd *end);

/// A text in an event, "" where it is missing or no text. `path` names the way:
/// {"kernel","release"}.
std::string text_at(const Json &event, std::initializer_list<const char *> path);

/// The words of an array in an event, one blank between them; "" where it is missing.
std::string words_at(const Json &event, std::initializer_list<const char *> path);

/// A number in an event as text, "unknown" where it is missing.
std::string number_text_at(const Json &event, std::initializer_list<const char *> path);

/// What a kernel of this project was told to be: its switch and its mutant; empty for others.
std::string own_kernel_text(const Json &run);

/// Any value in an event, null where it is missing.
const Json &value_at(const Json &event, std::initializer_list<const char *> path);

} // namespace tagtrap
