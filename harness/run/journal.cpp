// SPDX-License-Identifier: GPL-2.0-only
#include "harness/run/journal.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "harness/sys/must.h"

namespace tagtrap {

JournalWriter::JournalWriter(std::string path)
	: path_(std::move(path)),
	  file_(sys::must(open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644),
			  "opening the journal " + path_))
{
}

void JournalWriter::write_line(std::string_view line)
{
	// A port may take a long line in parts; a file takes it at once.
	while (!line.empty()) {
		const ssize_t count = ::write(file_.get(), line.data(), line.size());
		if (count < 0 &&
		    errno == EINTR) // asked to stop: the journal's end is still to come
			continue;
		sys::must(count, "writing the journal " + path_);
		line.remove_prefix(static_cast<size_t>(count));
	}
}

void JournalWriter::sync()
{
	// A pipe or a port has no disk; a disk that fails here fails the next write as well.
	if (fdatasync(file_.get()) != 0 && errno != EINVAL && errno != EROFS && errno != EINTR)
		sys::must(-1, "writing the journal " + path_);
}

} // namespace tagtrap
