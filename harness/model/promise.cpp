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

std::string_view to_string(Arch arch)
{
	return arch == Arch::x86_64 ? "x86_64" : "arm64";
}

Promise copies_to_user(const KernelFacts &facts)
{
	if (facts.arch == Arch::x86_64)
		return {.kind = PromiseKind::exact,
			.reason = "copy_to_user: rep movsb stops at the byte that faults, and what "
				  "copies words goes on byte by byte"};
	return {.kind = PromiseKind::close,
		.bytes = 15,
		.reason = "copy_to_user: 0..15 bytes short"};
}

std::string to_string(const Promise &promise)
{
	std::string text = kind_text(promise);
	if (!promise.may_be_unchecked.empty())
		text += " or unchecked";
	return text;
}

} // namespace tagtrap
