// SPDX-License-Identifier: GPL-2.0-only
#include "harness/sys/claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "harness/sys/must.h"

namespace tagtrap::sys {

namespace {

/// Whether `path` still leads to the open `file`, and not to one that was made since.
bool same_file(int file, const std::filesystem::path &path)
{
	struct stat ours = {}, there = {};
	return fstat(file, &ours) == 0 && stat(path.c_str(), &there) == 0 &&
	       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

bool is_empty(int file)
{
	struct stat status = {};
	return fstat(file, &status) == 0 && status.st_size == 0;
}

} // namespace

Claim::Claim(std::filesystem::path path, const Taken &otherwise, bool goes_on)
	: path_(std::move(path))
{
	while (true) {
		Fd file(must(open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
			     path_.string()));
		if (flock(file.get(), LOCK_EX | LOCK_NB) == -1) {
			if (errno == EINTR)
				continue;
			if (errno != EWOULDBLOCK)
				must(-1, "lock " + path_.string());
			throw otherwise;
		}
		// Who had it before may have removed it between our open and our lock.
		if (!same_file(file.get(), path_))
			continue;
		if (!goes_on && !is_empty(file.get()))
			throw otherwise;
		file_ = std::move(file);
		return;
	}
}

Claim::~Claim()
{
	// While we hold the lock nobody else writes or removes what stands there.
	if (is_empty(file_.get()) && same_file(file_.get(), path_))
		unlink(path_.c_str());
}

Taken taken(const std::filesystem::path &directory)
{
	return Taken(directory.string() + " holds a run already; give another --out=DIR");
}

Claim claim_results(const std::filesystem::path &directory, const std::string &file)
{
	return {directory / file, taken(directory)};
}

Taken still_at_work(const std::filesystem::path &directory)
{
	return Taken(directory.string() + ": its run is still at work");
}

Claim claim_again(const std::filesystem::path &directory)
{
	return {directory / "journal.jsonl", still_at_work(directory), true};
}

} // namespace tagtrap::sys
