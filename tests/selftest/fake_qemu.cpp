// SPDX-License-Identifier: GPL-2.0-only
#include "tests/selftest/fake_qemu.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "harness/model/ranges.h"
#include "harness/sys/file.h"

namespace tagtrap::selftest {

using namespace std::chrono_literals;

namespace {

/// What every scenario may use. fd 3: console, 4: journal, 5: control, 6: QMP.
constexpr const char *prologue = R"sh(#!/bin/sh
[ "$1" = --version ] && { echo 'QEMU emulator version 10.0.2'; exit; }
cd "${0%/*}" || exit 9
starts=$(cat starts 2>/dev/null || echo 0); starts=$((starts + 1)); echo $starts > starts
echo $$ > pid
restored() { echo '{"event":"RESUME"}' >&6; read -r go <&5; echo "$go" > go.$starts; }
ready() {
	echo '{"ready":true,"places":{}}' >&5; read -r request <&5; echo "$request" > request.$starts
	echo '{"prepared":true}' >&5; read -r go <&5; echo "$go" > go.$starts
}
index() { case $1 in ?*[0-9]) echo "${1#?}";; *) printf '%d' "'$1";; esac; } # a: 97; a12, p12: 12
begin() { echo '{"event":"begin","ids":["'"$1"'"],"indices":['"$(index $1)"']}' >&4; }
end() { echo '{"event":"end","id":"'"$1"'","index":'"$(index $1)"',"killable":'"${2:-null}"'}' >&4; }
finish() { echo '{"event":"finish","pending":{'"$1"'}}' >&4; }
leave() { echo '{"exit":'"$1"'}' >&5; exec sleep 10; }
while read -r line; do
	id=${line#*'"id":'}; id=${id%%[,\}]*}
	case $line in
	*quit*) kill -9 $$; exit;;
	*'"migrate"'*) [ ! -e no-saving ] || { echo '{"id":'$id',"error":{"desc":"no saving here"}}' >&6; continue; };;
	esac
	case $line in
	*'"cont"'*)
		# The first time it comes too early; nobody is told to go on before it worked.
		[ "$conts" ] || { conts=1; echo '{"id":'$id',"error":{"desc":"not finalized"}}' >&6; continue; }
		echo >> conts;;
	esac
	echo '{"return":{},"id":'$id'}' >&6
	case $line in *'"migrate"'*) echo '{"event":"MIGRATION","data":{"status":"completed"}}' >&6;; esac
done <&6 &
for word; do
	case $word in *arm64.nomops*) nomops=1;; -incoming) incoming=1;; esac
done
)sh";

} // namespace

World::World(const std::string &scenario)
{
	const auto script = scratch.path / "qemu";
	sys::write_file(script, prologue + scenario);
	std::filesystem::permissions(script, std::filesystem::perms::owner_all);
	run.kernel.image = "/no/kernel";
	run.guest = "/bin/true";
	run.out = scratch.path / "out";
	run.argv = {"run"};
	run.qemu = script;
	run.machine = {{"fact", 1}};
	run.on_event = [this](const Json &event) { events.push_back(event); };
}

void World::save_machines()
{
	const auto script = scratch.path / "qemu-img";
	sys::write_file(script, "#!/bin/sh\nfor file; do :; done; echo overlay > \"$file\"\n");
	std::filesystem::permissions(script, std::filesystem::perms::owner_all);
	run.image_tool = script;
	run.scratch = scratch.path;
}

std::string World::journal() const
{
	return sys::read_file(run.out / "journal.jsonl");
}

Json World::request(int start) const
{
	return parse_json(sys::read_file(scratch.path / fmt::format("request.{}", start)));
}

Json World::go(int start) const
{
	return parse_json(sys::read_file(scratch.path / fmt::format("go.{}", start)));
}

Json World::finished(std::string_view names)
{
	Ranges ranges;
	for (const char name : names)
		ranges.add(static_cast<uint32_t>(name));
	return ranges.to_json();
}

size_t World::count(const std::string &event) const
{
	return static_cast<size_t>(std::ranges::count_if(
		events, [&](const Json &line) { return line["event"] == event; }));
}

namespace {

std::vector<Json> events_of(const std::string &journal)
{
	std::vector<Json> events;
	std::istringstream lines(journal);
	for (std::string line; std::getline(lines, line);)
		events.push_back(parse_json(line));
	return events;
}

} // namespace

std::string wrong_with(const std::string &journal)
{
	if (!journal.empty() && journal.back() != '\n')
		return "the last line is cut";
	std::set<std::string> done;
	for (const Json &event : events_of(journal)) {
		if (event["event"] == "begin")
			for (const auto &id : event["ids"])
				if (done.contains(id.get<std::string>()))
					return id.get<std::string>() + " was begun after its end";
		if (event["event"] == "end" && !done.insert(event["id"].get<std::string>()).second)
			return event["id"].get<std::string>() + " has two ends";
		if (event.contains("verdict"))
			return event.dump() + " was judged by the host";
	}
	return "";
}

size_t count_of(const std::string &journal, const std::string &kind)
{
	return static_cast<size_t>(std::ranges::count(
		events_of(journal), Json(kind), [](const Json &event) { return event["event"]; }));
}

bool gone(pid_t process)
{
	for (int i = 0; i < 500; i++) {
		if (::kill(process, 0) == -1)
			return true;
		std::this_thread::sleep_for(10ms);
	}
	return false;
}

void heed_ending_signals()
{
	for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
		struct sigaction now = {};
		if (sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN)
			std::signal(number, SIG_DFL);
	}
}

pid_t started(const std::filesystem::path &directory)
{
	for (int i = 0; i < 1000; i++) {
		std::ifstream file(directory / "pid");
		if (pid_t process = 0; file >> process)
			return process;
		std::this_thread::sleep_for(10ms);
	}
	return -1;
}

} // namespace tagtrap::selftest
