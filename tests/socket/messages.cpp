// SPDX-License-Identifier: GPL-2.0-only
#include <sys/socket.h>

#include "harness/sys/owned.h"
#include "tests/situation.h"

namespace tagtrap {

// F4: three messages for one call, the buffer is the second one's. The first is to arrive; by the
// manual pages, the third one's turn does not come, and the call returns how many there were.
namespace {

constexpr uint32_t half[] = {0, 512};
constexpr size_t spare_size = 64; ///< of the first and the third message

void put_text(const ProbeArgs &args, unsigned char *bytes)
{
	for (uint64_t i = 0; i < args.length; ++i)
		bytes[i] = static_cast<unsigned char>(i * 7 + 3);
}

constexpr Situation sends = {.full = 1024, .offsets = half, .submits = true, .fill = put_text};
constexpr Situation receives = {.full = 1024, .offsets = half, .submits = true};
constexpr int send_needs[] = {SYS_sendmmsg, SYS_recvfrom};
constexpr int receive_needs[] = {SYS_recvmmsg, SYS_recvfrom};

/// Datagrams from one end to the other, none of which waits.
struct Ends {
	Ends()
	{
		std::array<int, 2> made = {-1, -1};
		done(sys::raw(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			      sys::arg(made.data())),
		     "socketpair");
		from = sys::Fd(made[0]);
		to = sys::Fd(made[1]);
	}
	sys::Fd from, to;
};

/// Three messages: spare memory, the buffer, spare memory.
class Messages {
public:
	explicit Messages(const ProbeArgs &args)
	{
		const uint64_t third = args.spare.bits + args.page_size;
		parts_ = {{{reinterpret_cast<void *>(args.spare.bits), spare_size},
			   {reinterpret_cast<void *>(args.buffer.bits), args.length},
			   {reinterpret_cast<void *>(third), spare_size}}};
		for (size_t i = 0; i < parts_.size(); ++i) {
			headers_[i].msg_hdr.msg_iov = &parts_[i];
			headers_[i].msg_hdr.msg_iovlen = 1;
		}
	}
	Messages(const Messages &) = delete;
	Messages &operator=(const Messages &) = delete;

	uint64_t headers() const { return sys::arg(headers_.data()); }
	size_t count() const { return headers_.size(); }
	uint32_t moved(size_t which) const { return headers_[which].msg_len; }

private:
	std::array<iovec, 3> parts_ = {};
	std::array<mmsghdr, 3> headers_ = {};
};

/// What the second message came to: its length, if all of them went through.
int64_t second(const Messages &messages, int64_t result)
{
	if (result == static_cast<int64_t>(messages.count()))
		return messages.moved(1);
	return result == 1 ? -EFAULT : result < 0 ? result : -EBADMSG;
}

/// The next datagram's size, or -errno.
int64_t take(const Ends &ends, std::array<unsigned char, 2048> &into)
{
	return sys::raw(SYS_recvfrom, sys::arg(ends.to.get()), sys::arg(into.data()), into.size(),
			0, 0, 0);
}

int64_t send_all(const ProbeArgs &args)
{
	const Ends ends;
	const Messages messages(args);
	std::memset(spare_bytes(args), 'a', spare_size);
	std::memset(spare_bytes(args) + args.page_size, 'c', spare_size);
	const int64_t result = sys::raw(SYS_sendmmsg, sys::arg(ends.from.get()), messages.headers(),
					messages.count(), 0);
	*args.submit_result = result;

	std::array<unsigned char, 2048> seen;
	args.seen->siblings_due = 1;
	args.seen->siblings_done =
		take(ends, seen) == static_cast<int64_t>(spare_size) &&
				std::memcmp(seen.data(), spare_bytes(args), spare_size) == 0
			? 1
			: 0;
	const int64_t second_result = second(messages, result);
	std::array<unsigned char, 1024> text;
	put_text(args, text.data());
	const int64_t arrived = take(ends, seen);
	if (second_result < 0) // then nothing is to be there
		return arrived == -EAGAIN ? second_result : -EBADMSG;
	return arrived == second_result && std::memcmp(seen.data(), text.data(), args.length) == 0
		       ? second_result
		       : -EBADMSG;
}

int64_t receive_all(const ProbeArgs &args)
{
	const Ends ends;
	const Messages messages(args);
	std::array<unsigned char, 1024> text;
	std::memset(spare_bytes(args), 0, spare_size);
	text.fill('a');
	for (const uint64_t size : {uint64_t{spare_size}, args.length, uint64_t{spare_size}})
		done(sys::raw(SYS_write, sys::arg(ends.from.get()), sys::arg(text.data()), size),
		     "a message");
	const int64_t result = sys::raw(SYS_recvmmsg, sys::arg(ends.to.get()), messages.headers(),
					messages.count(), 0, 0);
	*args.submit_result = result;
	args.seen->siblings_due = 1;
	args.seen->siblings_done =
		std::memcmp(spare_bytes(args), text.data(), spare_size) == 0 ? 1 : 0;
	return second(messages, result);
}

constexpr Case three(std::string_view name, std::string_view man, std::string_view kernel,
		     Direction direction, const Situation &situation, std::span<const int> needs,
		     int64_t (*probe)(const ProbeArgs &))
{
	return {.name = name,
		.man = man,
		.kernel = kernel,
		.direction = direction,
		.on = itself,
		.situation = &situation,
		.needs = needs,
		.probe = probe,
		.promise = whole};
}

} // namespace

static const Case send_row = three("sendmmsg", "sendmmsg(2)", "unix_dgram_sendmsg",
				   Direction::loads, sends, send_needs, send_all);
static const Case receive_row = three("recvmmsg", "recvmmsg(2)", "unix_dgram_recvmsg",
				      Direction::stores, receives, receive_needs, receive_all);
static const Registered send_registered(send_row);
static const Registered receive_registered(receive_row);

} // namespace tagtrap
