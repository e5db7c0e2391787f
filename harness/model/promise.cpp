// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/promise.h"

#include <fmt/format.h>

namespace tagtrap {

namespace {

std::string kind_text(const Promise &promise)
{
	switch (promise.kind) {
	case PromiseKind::exact:
		return "exact";
	case PromiseKind::close:
		return fmt::format("close({})", promise.bytes);
	case PromiseKind::granular:
		return promise.unit.empty()
			       ? fmt::format("granular({})", promise.bytes)
			       : fmt::format("granular({} {})", promise.bytes, promise.unit);
	case PromiseKind::all_or_nothing:
		return "all-or-nothing";
	case PromiseKind::ignored:
		return "ignored";
	case PromiseKind::unchecked:
		return "unchecked";
	}
	return "?";
}

} // namespace

std::string to_string(const Promise &promise)
{
	std::string text = kind_text(promise);
	if (!promise.may_be_unchecked.empty())
		text += " or unchecked";
	return text;
}

} // namespace tagtrap
