// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "harness/model/observation_fields.h"
#include "tests/selftest/sample_journal.h"

using namespace tagtrap;
using namespace tagtrap::selftest;

namespace {

std::string document()
{
	std::ifstream in("docs/journal-format.md");
	return {std::istreambuf_iterator<char>(in), {}};
}

void add_keys(std::set<std::string> &keys, const Json &json)
{
	if (json.is_object()) {
		for (const auto &[key, value] : json.items()) {
			keys.insert(key);
			add_keys(keys, value);
		}
	} else if (json.is_array()) {
		for (const auto &value : json)
			add_keys(keys, value);
	}
}

} // namespace

TEST_CASE("every field of a journal is documented", "[journal][doc]")
{
	std::set<std::string> keys;
	for (const auto &line : sample_lines()) {
		auto json = Json::parse(line);
		if (json["event"] == "finish")
			json.erase("totals"); // its keys are the verdicts
		add_keys(keys, json);
	}
	auto add = [&](const char *name, auto) { keys.insert(name); };
	each_field(static_cast<Observation *>(nullptr), add);
	each_field(static_cast<SignalSeen *>(nullptr), add);
	each_field(static_cast<Hang *>(nullptr), add);
	each_field(static_cast<HangSample *>(nullptr), add);
	each_field(static_cast<Failure *>(nullptr), add);
	CHECK(keys.size() > 100);

	const auto text = document();
	for (const auto &key : keys) {
		INFO(key);
		CHECK(text.find("`" + key + "`") != std::string::npos);
	}
}
