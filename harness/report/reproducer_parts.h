// SPDX-License-Identifier: GPL-2.0-only
// The pieces of which reproducer() puts a program together, for its own files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/model/judge_parts.h"
#include "harness/report/reproducer.h"

namespace tagtrap::reproducing {

/// C text: statements are indented by one tab, and every line ends with a line break. Names that
/// they share: `buf` (the buffer, by its tagged pointer), `fd`, `i`, and `seen`, whose `result` is
/// a count or a negative errno.
struct Pieces {
	std::vector<std::string_view> headers; ///< besides those of every program
	std::string object;                    ///< what the call acts upon, in words
	std::string chars = "*buf";            ///< data by type, as declarators
	std::string ints = {}, longs = "i";
	std::string globals;        ///< other data
	std::string functions;      ///< behind them: other data and functions
	std::string fill;           ///< puts into the buffer what was there before
	std::string setup;          ///< makes the object, before anything is spoiled
	std::string spoil;          ///< the granule gets its tag, or the page goes
	std::string dispose;        ///< what a signal meets
	std::string before;         ///< the last thing before the call
	std::string call;           ///< the call
	std::string look;           ///< what became of it; tag checks are off
	std::string_view handler;   ///< what the handler does besides; with its tab
	bool counts_beyond = false; ///< `look` is to set seen->beyond
	bool tagged = true;         ///< the buffer has tags; else nothing in it needs MTE
	bool checks_info = false;   ///< the handler records si_code and si_addr
	bool by_signal = false;     ///< the fault is a SIGSEGV on every kernel, and no result
	std::string why_not;        ///< not empty: there is no program
};

/// What is due, as words and as an expression of C over `r`, `died` and `seen`.
struct Due {
	std::string words, test;
};

Due due(const judging::Matter &matter, const Pieces &pieces);

/// All of it.
std::string program(const Point &point, const Pieces &pieces, const Due &wanted,
		    const Verdict &verdict);

/// Bytes of the file behind the descriptor, as the suite makes it.
uint32_t extent(const Point &point, uint32_t page_size);

/// The call and what it acts upon, if it is a plain transfer.
void add_transfer(const Point &point, const Terms &terms, Pieces &pieces);

/// A file in `state`, in words.
std::string_view state_words(FileState state);

/// The file, pipe or socket of `point`, in its state.
void add_object(const Point &point, uint32_t page_size, Pieces &pieces);

/// What is looked at after a call: how much arrived, and where pieces.counts_beyond says so also
/// what changed where nothing may, behind the result of a call that takes from the buffer, or from
/// the bad granule on.
void add_look(const Point &point, Pieces &pieces);

/// A request by io_uring.
void add_request(const Point &point, const Terms &terms, Pieces &pieces);

/// Calls with code of their own that have a program nevertheless. False: this one has none.
bool add_special(const Point &point, uint32_t page_size, Pieces &pieces);

/// A number as it is best read: small ones in tens, others as hexadecimal.
std::string number_text(uint64_t value);

/// "WHAT + N"; WHAT alone where N is 0.
std::string behind(std::string_view what, uint64_t bytes);

/// Which images of a row its call gets at: by a register, as the pointee, or by another of them.
std::vector<bool> reached_images(const rows::Row &row);

/// The call of a row, or why it has no program.
void add_row(const Point &point, Pieces &pieces);

/// Handler, mask, and the thread that makes the call.
void add_caller(const Point &point, Pieces &pieces);

/// Whether there is a handler.
bool has_handler(Disposition disposition);

/// The loop by which bytes of `array` are counted as arrived: up to `most`, each being `byte`.
std::string arrived_loop(std::string_view array, std::string_view most, std::string_view byte);

} // namespace tagtrap::reproducing
