// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/model/record.h"
#include "harness/sys/owned.h"

namespace tagtrap {

/// Writes events, one write(2) each, before anything else happens. Throws std::system_error naming
/// the file when that fails (a full disk): what was written so far stays.
class JournalWriter {
public:
	/// Opens for appending; a path may be a character device (the port of a VM).
	explicit JournalWriter(std::string path);

	void write(const Json &event) { write_line(to_line(event)); }
	void write(const EndRecord &end) { write_line(to_line(end)); }
	/// Waits until all that was written is on the disk, so that a machine that dies tells
	/// where.
	void sync();

private:
	void write_line(std::string_view line);

	std::string path_;
	sys::Fd file_;
};

} // namespace tagtrap
