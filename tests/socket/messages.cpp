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

constexpr Situation sends = {.full = 1024, .offsets = half, .submits = true, .fill = put_fresh};
constexpr Situation receives = {.full = 1024, .offsets = half, .opaque = false, .submits = true};
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

using Datagram = std::array<unsigned char, 2048>;

/// The next one's size, or -errno.
int64_t take(const Ends &ends, Datagram &into)
{
	return sys::raw(SYS_recvfrom, sys::arg(ends.to.get()), sys::arg(into.data()), into.size(),
			0, 0, 0);
}

/// Whether the next datagram is this one.
bool arrives(const Ends &ends, const unsigned char *bytes, size_t size)
{
	Datagram seen;
	return take(ends, seen) == static_cast<int64_t>(size) &&
	       std::memcmp(seen.data(), bytes, size) == 0;
}

bool none_is_left(const Ends &ends)
{
	Datagram seen;
	return take(ends, seen) == -EAGAIN;
}

/// Of the others: the first one arrives always, the third one only behind the second.
unsigned others_due(int64_t result)
{
	return result < 0 ? 1 : 2;
}

int64_t send_all(const ProbeArgs &args)
{
	const Ends ends;
	const Messages messages(args);
	unsigned char *const third = spare_bytes(args) + args.page_size;
	std::memset(spare_bytes(args), 'a', spare_size);
	std::memset(third, 'c', spare_size);
	*args.submit_result = sys::raw(SYS_sendmmsg, sys::arg(ends.from.get()), messages.headers(),
				       messages.count(), 0);
	const int64_t result = second(messages, *args.submit_result);
	args.seen->siblings_due = others_due(result);
	args.seen->siblings_done += arrives(ends, spare_bytes(args), spare_size) ? 1 : 0;
	if (result >= 0) {
		if (!arrives(ends, pattern(Content::fresh), args.length))
			return -EBADMSG;
		args.seen->siblings_done += arrives(ends, third, spare_size) ? 1 : 0;
	}
	return none_is_left(ends) ? result : -EBADMSG;
}

int64_t receive_all(const ProbeArgs &args)
{
	const Ends ends;
	const Messages messages(args);
	unsigned char *const third = spare_bytes(args) + args.page_size;
	std::array<unsigned char, spare_size> text;
	text.fill('a');
	std::memset(spare_bytes(args), 0, spare_size);
	std::memset(third, 0, spare_size);
	const auto send = [&](const unsigned char *bytes, uint64_t size) {
		done(sys::raw(SYS_write, sys::arg(ends.from.get()), sys::arg(bytes), size),
		     "a message");
	};
	send(text.data(), spare_size);
	send(pattern(Content::fresh), args.length);
	send(text.data(), spare_size);
	*args.submit_result = sys::raw(SYS_recvmmsg, sys::arg(ends.to.get()), messages.headers(),
				       messages.count(), 0, 0);
	const int64_t result = second(messages, *args.submit_result);
	args.seen->siblings_due = others_due(result);
	for (const unsigned char *const seen : {spare_bytes(args), third})
		args.seen->siblings_done += std::memcmp(seen, text.data(), spare_size) == 0 ? 1 : 0;
	return result;
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
