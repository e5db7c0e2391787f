// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

#include "harness/model/contract.h"

namespace tagtrap {

/// The program of one id, as it was built.
struct BuiltReproducer {
	std::string id;
	std::string source;  ///< path of the C file; empty: there is none, see `wrong`
	std::string program; ///< path of the static binary; empty: it was not built
	std::string wrong;   ///< why there is no program, or what the compiler said
};

/// The compiler for arm64 in PATH: the machine's own there, a cross compiler elsewhere. Empty:
/// none.
std::string arm64_compiler();

/// What it is called with: every warning is an error.
std::vector<std::string> compile_command(const std::string &compiler, const std::string &source,
					 const std::string &program);

/// What a file of `id` is called, without its extension: letters, digits, `.`, `_` and `-`. No two
/// ids share a name. Pure.
std::string file_name_of(const std::string &id);

/// Writes NAME.c for `id` into `directory`, which exists, and builds it with `compiler`; `verdict`
/// is what it is to show. Throws std::system_error where the file cannot be written or the compiler
/// not be started.
BuiltReproducer build_reproducer(const std::string &directory, const std::string &id,
				 const Terms &terms, const Verdict &verdict,
				 const std::string &compiler);

/// The same for each of `ids`, in their order, without a verdict.
std::vector<BuiltReproducer> build_reproducers(const std::string &directory,
					       const std::vector<std::string> &ids,
					       const Terms &terms, const std::string &compiler);

/// About fifty ids that together have every piece of text in them: each call, state, kind of place,
/// mode, way to submit, disposition and control.
std::vector<std::string> reproduced_ids();

} // namespace tagtrap
