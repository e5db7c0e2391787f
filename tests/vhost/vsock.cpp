// SPDX-License-Identifier: GPL-2.0-only
#define VIRTIO_RING_NO_LEGACY // what it leaves out is not C++

#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_ring.h>
#include <linux/virtio_vsock.h>
#include <sys/ioctl.h>

#include "harness/sys/owned.h"
#include "tests/situation.h"

namespace tagtrap {

// F9: a thread of vhost loads a packet from the memory of the process that owns the device. Two are
// in the queue, the buffer is the first one; what cannot be read is dropped, and the next one sent.
namespace {

constexpr const char *device = "/dev/vhost-vsock";
constexpr unsigned long set_fork_from_owner = _IOW(VHOST_VIRTIO, 0x84, uint8_t); ///< since 6.17
constexpr uint32_t entries = 4;
constexpr uint64_t first_packet = 0x10000, rings = 0x100000; ///< as the "guest" counts addresses
constexpr uint64_t spare_packet = 512;                       ///< behind the rings of the first page
constexpr size_t header_size = sizeof(virtio_vsock_hdr);

/// A queue in a page of spare memory.
struct Queue {
	std::array<vring_desc, entries> descriptors;
	struct {
		uint16_t flags, index;
		std::array<uint16_t, entries> heads;
	} available;
	alignas(8) struct {
		uint16_t flags, index;
		std::array<vring_used_elem, entries> heads;
	} used;
};
static_assert(sizeof(Queue) <= spare_packet);

/// From nobody to nobody: it is taken out of the queue and thrown away.
virtio_vsock_hdr header(uint64_t payload)
{
	virtio_vsock_hdr made = {};
	made.len = static_cast<uint32_t>(payload);
	return made;
}

void put_packet(const ProbeArgs &args, unsigned char *bytes)
{
	const virtio_vsock_hdr made = header(args.length - header_size);
	std::memcpy(bytes, &made, header_size);
}

sys::Fd event()
{
	return sys::Fd(static_cast<int>(done(sys::raw(SYS_eventfd2, 0, O_CLOEXEC), "eventfd2")));
}

/// The device, with a queue in either page of the spare memory. Its thread is of the mode that is
/// in force now.
class Device {
public:
	explicit Device(const ProbeArgs &args)
		: fd_(static_cast<int>(done(sys::raw(SYS_openat, sys::arg(AT_FDCWD),
						     sys::arg(device), O_RDWR | O_CLOEXEC),
					    device))),
		  call_(event()), kick_(event())
	{
		std::memset(spare_bytes(args), 0, 2 * args.page_size);
		const uint8_t ours = 1; // not a kernel thread, where there is a choice
		sys::raw(SYS_ioctl, sys::arg(fd_.get()), set_fork_from_owner, sys::arg(&ours));
		set(VHOST_SET_OWNER, 0, "VHOST_SET_OWNER");
		map(args);
		for (uint32_t i = 0; i < 2; ++i)
			add_queue(i, args.spare.bits + i * args.page_size);
	}

	Queue &sent(const ProbeArgs &args) const
	{
		return *reinterpret_cast<Queue *>(args.spare.bits + args.page_size);
	}
	void run() const
	{
		const int on = 1;
		set(VHOST_VSOCK_SET_RUNNING, sys::arg(&on), "VHOST_VSOCK_SET_RUNNING");
	}
	/// Tells the device to look, and sleeps until it has something to tell.
	void kick_and_wait() const
	{
		uint64_t count = 1;
		done(sys::raw(SYS_write, sys::arg(kick_.get()), sys::arg(&count), sizeof(count)),
		     "kicking the device");
		done(sys::raw(SYS_read, sys::arg(call_.get()), sys::arg(&count), sizeof(count)),
		     "waiting for the device");
	}

private:
	void set(unsigned long request, uint64_t value, const char *step) const
	{
		done(sys::raw(SYS_ioctl, sys::arg(fd_.get()), request, value), step);
	}
	void map(const ProbeArgs &args) const
	{
		const vhost_memory head = {.nregions = 2, .padding = 0};
		const std::array<vhost_memory_region, 2> regions = {
			{{first_packet, args.page_size, args.buffer.bits, 0},
			 {rings, 2 * args.page_size, args.spare.bits, 0}}};
		alignas(8) std::array<unsigned char, sizeof(head) + sizeof(regions)> memory;
		std::memcpy(memory.data(), &head, sizeof(head));
		std::memcpy(memory.data() + sizeof(head), &regions, sizeof(regions));
		set(VHOST_SET_MEM_TABLE, sys::arg(memory.data()), "VHOST_SET_MEM_TABLE");
	}
	void add_queue(uint32_t index, uint64_t at) const
	{
		const vhost_vring_state size = {index, entries};
		set(VHOST_SET_VRING_NUM, sys::arg(&size), "VHOST_SET_VRING_NUM");
		const vhost_vring_addr addresses = {
			.index = index,
			.flags = 0,
			.desc_user_addr = at + offsetof(Queue, descriptors),
			.used_user_addr = at + offsetof(Queue, used),
			.avail_user_addr = at + offsetof(Queue, available),
			.log_guest_addr = 0};
		set(VHOST_SET_VRING_ADDR, sys::arg(&addresses), "VHOST_SET_VRING_ADDR");
		if (index == 0)
			return;
		const vhost_vring_file kick = {index, kick_.get()}, call = {index, call_.get()};
		set(VHOST_SET_VRING_KICK, sys::arg(&kick), "VHOST_SET_VRING_KICK");
		set(VHOST_SET_VRING_CALL, sys::arg(&call), "VHOST_SET_VRING_CALL");
	}

	sys::Fd fd_, call_, kick_;
};

int64_t send_two(const ProbeArgs &args)
{
	const Device vhost(args);
	const virtio_vsock_hdr empty = header(0);
	std::memcpy(spare_bytes(args) + spare_packet, &empty, header_size);
	Queue &queue = vhost.sent(args);
	queue.descriptors[0] = {first_packet, static_cast<uint32_t>(args.length), 0, 0};
	queue.descriptors[1] = {rings + spare_packet, header_size, 0, 0};
	queue.available.heads = {0, 1};
	__atomic_store_n(&queue.available.index, uint16_t{2}, __ATOMIC_RELEASE);
	vhost.run();
	vhost.kick_and_wait();

	const uint16_t used = __atomic_load_n(&queue.used.index, __ATOMIC_ACQUIRE);
	bool first = false, second = false;
	for (uint16_t i = 0; i < used && i < entries; ++i) {
		first = first || queue.used.heads[i].id == 0;
		second = second || queue.used.heads[i].id == 1;
	}
	args.seen->siblings_due = 1;
	args.seen->siblings_done = second ? 1 : 0;
	return first ? 0 : -EFAULT;
}

std::string no_device()
{
	return cannot_open(device);
}

/// Since 6.4 the thread is made like one of the owner's, with its mode; before that it was a kernel
/// thread, which has none.
Promise dropped_packet(const Point &, const KernelFacts &facts)
{
	if (facts.major < 6 || (facts.major == 6 && facts.minor < 4))
		return {.kind = PromiseKind::unchecked,
			.reason = "before 6.4 vhost has a kernel thread, which checks no tags"};
	return {.kind = PromiseKind::all_or_nothing,
		.reason = "vhost_vsock_alloc_skb: a packet that cannot be copied whole is dropped"};
}

constexpr uint32_t both_parts[] = {0, 512}; // the header, the payload
constexpr Situation situation = {.offsets = both_parts,
				 .audience = Audience::nobody,
				 .needs_root = true,
				 .fill = put_packet,
				 .lacks = no_device};
constexpr int needs[] = {SYS_eventfd2};

} // namespace

static const Case row = {
	.name = "vhost-vsock",
	.man = "include/uapi/linux/vhost.h",
	.kernel = "vhost_vsock_alloc_skb",
	.direction = Direction::loads,
	.on = itself,
	.situation = &situation,
	.needs = needs,
	.probe = send_two,
	.promise = dropped_packet,
};
static const Registered registered(row);

} // namespace tagtrap
