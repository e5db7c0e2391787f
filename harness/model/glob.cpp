// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/glob.h"

#include <fnmatch.h>
#include <string>

namespace tagtrap {

bool covers(std::string_view pattern, std::string_view text)
{
	std::string escaped; // brackets in an id's pattern are brackets
	for (const char c : pattern) {
		if (c == '?' || c == '[' || c == '\\')
			escaped += '\\';
		escaped += c;
	}
	return fnmatch(escaped.c_str(), std::string(text).c_str(), 0) == 0;
}

} // namespace tagtrap
