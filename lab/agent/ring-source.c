// SPDX-License-Identifier: Apache-2.0
/*
 * Frames of any length by AF_PACKET. The ring is shared with the kernel, which sends its pages without
 * copying them, and the queueing discipline is left out: one system call sends a batch.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source.h"

#define SLOTS 256
#define SETTLE_NS 1000000000ULL
#define BLOCK_BYTES 65536
#define DATA_AT (TPACKET2_HDRLEN - sizeof(struct sockaddr_ll))

struct ring {
	int fd;
	uint8_t *pages;
	size_t bytes;
	size_t slot_bytes;
};

static int ring_failed(struct source *source, const char *what)
{
	fail(&source->failure, what, errno, "ring of %u-byte frames: %s", source->length, strerror(errno));
	return -1;
}

static int open_ring(struct source *source, struct ring *ring)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = source->ifindex};
	struct tpacket_req request;
	int version = TPACKET_V2, yes = 1;

	ring->slot_bytes = 2048;
	while (ring->slot_bytes < source->length + TPACKET2_HDRLEN)
		ring->slot_bytes *= 2;
	ring->bytes = SLOTS * ring->slot_bytes;
	request = (struct tpacket_req){.tp_block_size = BLOCK_BYTES,
				       .tp_block_nr = ring->bytes / BLOCK_BYTES,
				       .tp_frame_size = ring->slot_bytes,
				       .tp_frame_nr = SLOTS};
	/* Protocol 0: this socket receives nothing. */
	ring->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (ring->fd < 0)
		return ring_failed(source, "socket");
	if (setsockopt(ring->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)))
		return ring_failed(source, "PACKET_VERSION");
	if (setsockopt(ring->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)))
		return ring_failed(source, "PACKET_QDISC_BYPASS");
	if (setsockopt(ring->fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof(request)))
		return ring_failed(source, "PACKET_TX_RING");
	if (bind(ring->fd, (struct sockaddr *)&address, sizeof(address)))
		return ring_failed(source, "bind");
	ring->pages = mmap(NULL, ring->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (ring->pages == MAP_FAILED) {
		ring->pages = NULL;
		return ring_failed(source, "mmap");
	}
	return 0;
}

static void close_ring(struct ring *ring)
{
	if (ring->pages)
		munmap(ring->pages, ring->bytes);
	if (ring->fd >= 0)
		close(ring->fd);
}

static void write_frame(const struct source *source, uint8_t *data, uint32_t sequence, uint64_t now)
{
	uint32_t flow = sequence % source->flows, left = source->length - LAB_SMALLEST, i;
	struct lab_mark mark = {.signature = source->signature, .sequence = sequence, .sent_ns = now};
	uint64_t seed = lab_fill_seed(source->signature, sequence), word;
	uint8_t *at = data + LAB_SMALLEST;

	memcpy(data, source->headers, LAB_HEADERS);
	data[34] = (LAB_FIRST_PORT + flow) >> 8;
	data[35] = LAB_FIRST_PORT + flow;
	mark.check = lab_check(&mark, flow, source->length);
	memcpy(data + LAB_HEADERS, &mark, sizeof(mark));
	if (!source->fill)
		return;
	for (i = 0; i < left / 8; i++, at += 8) {
		word = lab_fill_word(seed, i);
		memcpy(at, &word, 8);
	}
	word = lab_fill_word(seed, i);
	memcpy(at, &word, left % 8);
}

/* Hands the filled slots to the kernel; a full peer costs frames, not the run: its counters tell. */
static int flush(struct source *source, const struct ring *ring)
{
	if (send(ring->fd, NULL, 0, 0) >= 0 || errno == ENOBUFS || errno == EAGAIN || errno == EINTR)
		return 0;
	fail(&source->failure, "send", errno, "after %llu frames of %u bytes: %s", (unsigned long long)source->sent,
	     source->length, strerror(errno));
	return -1;
}

static struct tpacket2_hdr *slot_at(const struct ring *ring, uint64_t number)
{
	return (void *)(ring->pages + number % SLOTS * ring->slot_bytes);
}

/* 1 when the kernel has let go of a slot, 0 while it has not, -1 when it never will. */
static int is_free(struct source *source, const struct tpacket2_hdr *slot)
{
	uint32_t status = __atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE);

	if (!(status & TP_STATUS_WRONG_FORMAT))
		return status == TP_STATUS_AVAILABLE;
	fail(&source->failure, "PACKET_TX_RING", EMSGSIZE, "a frame of %u bytes is too long for the port's MTU",
	     source->length);
	return -1;
}

/* Waits for a slot; -1 when that failed, or when the source shall stop. */
static int await(struct source *source, const struct ring *ring, const struct tpacket2_hdr *slot)
{
	int state;

	while (!(state = is_free(source, slot)))
		if (atomic_load(&source->stop) || flush(source, ring))
			return -1;
	return state < 0 ? -1 : 0;
}

/*
 * Has the kernel take what is filled and not yet sent, a stopped source's too, and takes back from the count
 * what it would not take.
 */
static void settle(struct source *source, const struct ring *ring)
{
	uint64_t end = monotonic_ns() + SETTLE_NS;
	int state = 0, waiting;

	do {
		waiting = 0;
		for (int i = 0; i < SLOTS && state >= 0; i++) {
			state = is_free(source, slot_at(ring, i));
			waiting |= state == 0;
		}
	} while (state >= 0 && waiting && !flush(source, ring) && monotonic_ns() < end);
	for (int i = 0; i < SLOTS; i++)
		if (slot_at(ring, i)->tp_status & TP_STATUS_SEND_REQUEST)
			source->sent--;
}

static void send_all(struct source *source, const struct ring *ring)
{
	struct lab_pace pace = {.interval_ns = source->interval_ns};
	uint64_t filled = 0, now;

	source->start_ns = pace.next_ns = monotonic_ns();
	while (source->sent < source->count && !atomic_load(&source->stop)) {
		struct tpacket2_hdr *slot = slot_at(ring, source->sent);

		now = monotonic_ns();
		if (pace.interval_ns && !lab_due(&pace, now)) {
			if (filled && flush(source, ring))
				break;
			filled = 0;
			continue;
		}
		if (pace.interval_ns)
			lab_paced(&pace, now);
		if (await(source, ring, slot))
			break;
		write_frame(source, (uint8_t *)slot + DATA_AT, source->first + source->sent * source->stride, now);
		slot->tp_len = source->length;
		__atomic_store_n(&slot->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
		source->sent++;
		if (source->sent == source->then_after) {
			source->then_ns = now;
			lab_change_pace(&pace, source->then_interval_ns, now);
		}
		if (++filled == source->batch) {
			if (flush(source, ring))
				break;
			filled = 0;
		}
	}
	source->held_ns = pace.held_ns;
	settle(source, ring);
}

void ring_source_run(struct source *source)
{
	struct ring ring = {.fd = -1};

	if (!open_ring(source, &ring))
		send_all(source, &ring);
	source->end_ns = monotonic_ns();
	close_ring(&ring);
}
