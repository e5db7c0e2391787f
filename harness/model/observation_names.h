// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string_view>
#include <utility>

#include "harness/model/observation.h"

namespace tagtrap {

// The journal's names of what is one of a few.
inline constexpr std::pair<Phase, std::string_view> phase_names[] = {
	{Phase::waiting, "waiting"},   {Phase::arming, "arming"},     {Phase::entered, "entered"},
	{Phase::returned, "returned"}, {Phase::checking, "checking"}, {Phase::done, "done"},
};

inline constexpr std::pair<End, std::string_view> end_names[] = {
	{End::none, "none"}, {End::returned, "returned"}, {End::killed, "killed"},
	{End::hung, "hung"}, {End::machine_lost, "lost"}, {End::setup_failed, "setup_failed"},
};

inline constexpr std::pair<ComplaintKind, std::string_view> complaint_names[] = {
	{ComplaintKind::none, "none"},   {ComplaintKind::warning, "warning"},
	{ComplaintKind::stall, "stall"}, {ComplaintKind::report, "report"},
	{ComplaintKind::oops, "oops"},
};

inline constexpr std::pair<Doubt, std::string_view> doubt_names[] = {
	{Doubt::none, "none"},
	{Doubt::disk, "disk"},
	{Doubt::standstill, "standstill"},
	{Doubt::came_back, "came_back"},
	{Doubt::interrupted, "interrupted"},
};

inline constexpr std::pair<Made, std::string_view> made_names[] = {
	{Made::none, "none"},     {Made::ended, "ended"},   {Made::no_end, "no_end"},
	{Made::failed, "failed"}, {Made::wanted, "wanted"}, {Made::impossible, "impossible"},
};

inline constexpr std::pair<View, std::string_view> view_names[] = {
	{View::none, "none"},       {View::mapped, "mapped"}, {View::synced, "synced"},
	{View::dropped, "dropped"}, {View::device, "device"}, {View::longer, "longer"},
};

constexpr auto &names(Phase)
{
	return phase_names;
}

constexpr auto &names(End)
{
	return end_names;
}

constexpr auto &names(ComplaintKind)
{
	return complaint_names;
}

constexpr auto &names(View)
{
	return view_names;
}

constexpr auto &names(Doubt)
{
	return doubt_names;
}

constexpr auto &names(Made)
{
	return made_names;
}

} // namespace tagtrap
