// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/uio.h>
#include <tuple>

#include "fixtures/target.h"
#include "fixtures/uring.h"
#include "harness/model/case.h"
#include "harness/model/row.h"
#include "harness/model/sweep.h"
#include "harness/run/buffer.h"
#include "harness/run/channel.h"
#include "harness/run/recorder.h"
#include "harness/run/stage.h"

namespace tagtrap {

/// Where files of a place are made; empty for pipes and sockets.
using Directories = std::map<std::string, std::string, std::less<>>;

/// The worker child's workplace: one tagged buffer, the targets in use, the rings. observe() is the
/// only step of the suite that issues the call under test.
class Bench {
public:
	Bench(const Directories &directories, uint32_t page_size);

	/// Issues the point's call once and notes everything about it; then once more with a good
	/// tag (P5). Never throws: a failure of the suite's own work becomes End::setup_failed.
	void observe(const Point &point, Observation &seen, Channel &channel);

	/// Issues the point's call with a good tag, on a target of its own, for Channel::good.
	void observe_good(const Point &point, Channel &channel);

	/// The same calls, without looking at anything: what the machine could do at best.
	void bare(const Point &point);

private:
	Target &target_for(const Point &point);
	Ring &ring_for(const Point &point);
	/// Has issue()'s type.
	using Issuer = int64_t (*)(const Point &, const Errand &, Observation &);
	int64_t call(const Point &point, const ProbeArgs &args, Observation &seen, Issuer issuer);
	int64_t counted_call(const Point &point, const ProbeArgs &args, Observation &seen);
	ProbeArgs arguments(const Point &point, const BufferLayout &layout, const Target &target,
			    Observation &seen);
	void set_mode(TagCheckMode mode);
	void run(const Point &point, Observation &seen, Channel &channel);
	void observe_here(const Point &point, Observation &seen, Channel &channel);
	void look_at_caller(Observation &seen) const;
	void enter(const Point &point, const ProbeArgs &args, Observation &seen, Channel &channel);
	void good_before(const Point &point, const BufferLayout &layout, Target &target,
			 Observation &seen, Channel &channel);
	ProbeArgs prepare_again(const Point &point, const BufferLayout &layout, Target &target,
				Observation &again);
	GoodRun call_again(const Point &point, const ProbeArgs &args, Observation &again);
	void make_good(const Point &point, const BufferLayout &layout, Target &target,
		       Channel &channel, GoodRun &run);
	void repeat(const Point &point, const BufferLayout &layout, Target &target,
		    Observation &seen, Channel &channel);

	using TargetKey = std::tuple<const Place *, FileState, bool, uint32_t, Direction,
				     const rows::Setting *>;

	const Directories &directories_;
	uint32_t page_size_;
	ProbeBuffer buffer_;
	Recorder recorder_;
	std::map<TargetKey, std::unique_ptr<Target>> targets_;
	const Place *place_ = nullptr;
	std::map<Submission, std::unique_ptr<Ring>> rings_;
	std::array<iovec, most_segments> vector_ = {};
	uint64_t temporary_mask_ = 0;
	TagCheckMode mode_ = TagCheckMode::none;
	int64_t control_ = 0; ///< what PR_GET_TAGGED_ADDR_CTRL has to say
	bool mode_known_ = false;
	/// P5's repeat of the item before, if it was as it should be: the same call with a good tag
	/// right before the next item, where that differs in position and disposition only.
	std::optional<Point> repeated_ = std::nullopt;
	GoodRun repeat_ = {};
};

} // namespace tagtrap
