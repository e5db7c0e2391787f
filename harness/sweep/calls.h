// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <string>

#include "harness/mte/mapping.h"
#include "harness/sweep/judge.h"
#include "harness/sweep/nofault.h"
#include "harness/sys/owned.h"

namespace tagtrap::sweep {

inline constexpr unsigned char untouched = 0xee; ///< what a destination holds before the call
inline constexpr uint32_t around = 16; ///< bytes behind the buffer that are looked at as well

/// What the calls of a pass act upon, in the child that makes them.
class Workbench {
public:
	/// Throws std::system_error when something of it cannot be made.
	Workbench(const Pass &pass, uint32_t page_size);
	Workbench(const Workbench &) = delete;
	Workbench &operator=(const Workbench &) = delete;
	~Workbench();

	/// Why the routine cannot be reached here; "" where it can. Makes one call without a fault.
	std::string unavailable();
	/// Makes the call of a case and looks at what became of it.
	Seen issue(const Case &one);

private:
	void map_there();
	void prepare(const Case &one);
	int64_t call(const Case &one);
	void look(const Case &one, Seen &seen);
	void look_counted(const Case &one, Seen &seen) const;
	bool holds(const Case &one, uint64_t value) const;
	bool succeeded(const Case &one, int64_t result) const;
	bool to_user() const;
	bool arrives_there() const;
	const unsigned char *there(const Case &one) const { return there_ + page_ + one.kernel; }
	/// Bytes of the buffer that can be looked at here.
	size_t readable(const Case &one) const;

	Pass pass_;
	Shape shape_;
	uint32_t page_;
	mte::TaggedMapping user_; ///< [good pages][a page that may not be accessed][a good page]
	size_t edge_;             ///< where that page begins
	unsigned char *there_ = nullptr; ///< the kernel's side
	size_t there_size_;
	std::optional<Nofault> nofault_;
	sys::Fd file_, pipe_in_, pipe_out_;
	sys::Fd other_;    ///< a device or a file of /proc, where the routine needs one
	size_t start_ = 0; ///< of the buffer, in user_
	uint32_t word_ = 0;
};

} // namespace tagtrap::sweep
