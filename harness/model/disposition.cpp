// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/disposition.h"

#include <array>

namespace tagtrap {

namespace {

constexpr std::array rows = {
	DispositionRow{Disposition::handler, "handler", Outcome::caught},
	DispositionRow{Disposition::restart, "restart", Outcome::caught},
	DispositionRow{Disposition::noexpose, "noexpose", Outcome::caught, false},
	DispositionRow{Disposition::noexpose_restart, "noexpose-restart", Outcome::caught, false},
	DispositionRow{Disposition::blocked, "blocked", Outcome::dies},
	DispositionRow{Disposition::ignored, "ignored", Outcome::dies},
	DispositionRow{Disposition::fatal, "default", Outcome::dies},
	DispositionRow{Disposition::altstack, "altstack", Outcome::caught},
	DispositionRow{Disposition::nodefer, "nodefer", Outcome::caught},
	DispositionRow{Disposition::nested, "nested", Outcome::dies},
	DispositionRow{Disposition::sigwait, "sigwait", Outcome::dies},
	DispositionRow{Disposition::signalfd, "signalfd", Outcome::dies},
	DispositionRow{Disposition::pending, "pending", Outcome::dies},
	DispositionRow{Disposition::traced, "traced", Outcome::caught, true, true},
	DispositionRow{Disposition::suppressed, "suppressed", Outcome::suppressed, true, true},
	DispositionRow{Disposition::init, "init", Outcome::dies, true, true},
	DispositionRow{Disposition::thread, "thread", Outcome::caught, true, true},
	DispositionRow{Disposition::fork, "fork", Outcome::caught, true, true},
	DispositionRow{Disposition::vfork, "vfork", Outcome::caught, true, true},
	DispositionRow{Disposition::mask_open, "mask-open", Outcome::dies},
	DispositionRow{Disposition::mask_shut, "mask-shut", Outcome::either},
};

constexpr bool in_order()
{
	for (size_t i = 0; i < rows.size(); ++i)
		if (static_cast<size_t>(rows[i].disposition) != i)
			return false;
	return true;
}
static_assert(in_order());

constexpr DispositionRow nameless = {Disposition::fatal, "?", Outcome::dies};

} // namespace

std::span<const DispositionRow> dispositions()
{
	return rows;
}

const DispositionRow &row_of(Disposition disposition)
{
	const auto index = static_cast<size_t>(disposition);
	return index < rows.size() ? rows[index] : nameless;
}

std::string_view to_string(Disposition disposition)
{
	return row_of(disposition).name;
}

} // namespace tagtrap
