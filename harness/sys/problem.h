// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <stdexcept>
#include <string>

namespace tagtrap::sys {

/// An error that the user can do something about: one line that names the thing and the way out.
/// main() prints it and exits with `status` (docs/journal-format.md, exit statuses).
struct Problem : std::runtime_error {
	explicit Problem(const std::string &line, int status_ = 3)
		: std::runtime_error(line), status(status_)
	{
	}
	int status;
};

} // namespace tagtrap::sys
