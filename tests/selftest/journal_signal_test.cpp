// SPDX-License-Identifier: GPL-2.0-only
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "harness/run/journal.h"
#include "harness/sys/proc.h"
#include "tests/selftest/scratch.h"

namespace tagtrap {

namespace {

/// A pipe with a name that holds no byte more.
struct FullPipe {
	FullPipe()
	{
		sys::must(mkfifo(path.c_str(), 0600), "mkfifo");
		reader = sys::Fd(sys::must(open(path.c_str(), O_RDONLY | O_NONBLOCK), "reader"));
		const sys::Fd writer(
			sys::must(open(path.c_str(), O_WRONLY | O_NONBLOCK), "writer"));
		const std::string page(4096, ' ');
		while (write(writer.get(), page.data(), page.size()) > 0)
			held += page.size();
	}

	selftest::Scratch scratch;
	std::string path = (scratch.path / "pipe").string();
	sys::Fd reader;
	size_t held = 0;
};

bool sleeps(pid_t thread)
{
	for (const auto &task : sys::tasks(getpid()))
		if (task.tid == thread)
			return task.state == 'S';
	return false;
}

} // namespace

TEST_CASE("a signal while the journal is written costs no line of it")
{
	FullPipe pipe;
	struct sigaction action = {}, before = {};
	action.sa_handler = [](int) {}; // and no SA_RESTART, as the session has it
	REQUIRE(sigaction(SIGUSR1, &action, &before) == 0);
	std::atomic<pid_t> writer = 0;
	std::exception_ptr wrong;
	std::thread thread([&] {
		JournalWriter journal(pipe.path);
		writer = gettid();
		try {
			journal.write(Json{{"event", "finish"}});
		} catch (...) {
			wrong = std::current_exception();
		}
	});
	for (int i = 0; i < 3; ++i) {
		while (writer == 0 || !sleeps(writer))
			std::this_thread::yield();
		pthread_kill(thread.native_handle(), SIGUSR1);
		std::this_thread::sleep_for(std::chrono::milliseconds(10));
		if (wrong)
			break;
	}
	std::string text(pipe.held + 1000, 0);
	size_t got = 0;
	while (got < pipe.held || text[got - 1] != '\n') {
		const ssize_t count = read(pipe.reader.get(), &text[got], text.size() - got);
		if (count <= 0 && wrong)
			break;
		got += count > 0 ? static_cast<size_t>(count) : 0;
	}
	thread.join();
	sigaction(SIGUSR1, &before, nullptr);
	CHECK_FALSE(wrong);
	text.resize(got);
	CHECK(text.substr(pipe.held) == "{\"event\":\"finish\"}\n");
}

} // namespace tagtrap
