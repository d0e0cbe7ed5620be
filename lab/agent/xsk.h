/* SPDX-License-Identifier: Apache-2.0 */
/* One AF_XDP socket that receives test frames: the target of a redirect through an xskmap. */
#ifndef XSK_H
#define XSK_H

#include <pthread.h>
#include <stdatomic.h>
#include <xdp/xsk.h>

#include "account.h"
#include "agent.h"

/* uapi/linux/if_xdp.h since 6.6; older headers lack them. */
#ifndef XDP_USE_SG
#define XDP_USE_SG (1 << 4)
#endif
#ifndef XDP_PKT_CONTD
#define XDP_PKT_CONTD (1 << 0)
#endif

/* The kernel's longest: 18 buffers of a frame are a page each at the most. */
#define XSK_LONGEST (18 * 4096)

struct xsk_shape {
	const char *interface;
	uint32_t queue;
	uint32_t frame_bytes, frames, rx_size, fill_size;
	uint32_t filled; /* frames that circulate: those in the fill ring at the start */
	int bound; /* else it stays a bare socket, without memory and without a port */
	uint16_t bind_flags;
};

struct xsk {
	struct xsk *next;
	char *name;

	/* the socket and its memory */
	struct xsk_umem *umem;
	struct xsk_socket *socket;
	int bare; /* the descriptor of a socket that was never bound, -1 for others */
	struct xsk_ring_prod fill;
	struct xsk_ring_cons done, rx; /* done: for transmitting, but a umem has it always */
	uint8_t *memory;
	size_t memory_bytes;
	uint32_t frame_bytes;
	struct xdp_statistics before; /* the kernel counts from the socket's beginning, a trial from its own */

	/* the thread that reads it, if one does */
	pthread_t thread;
	int reading;
	int wake; /* eventfd */
	atomic_int stop;

	/* what arrived; the lock guards it and the books, which every thread reads */
	pthread_mutex_t lock;
	const struct books *books;
	struct account account;
	uint64_t descriptors;
	struct failure failure; /* why the thread gave up */

	/* the frame being joined, of the thread alone */
	uint8_t frame[XSK_LONGEST];
	uint32_t length, parts;
};

int xsk_socket_open(struct xsk *xsk, const struct xsk_shape *shape, struct failure *failure);
void xsk_socket_close(struct xsk *xsk);

int xsk_fd(const struct xsk *xsk);

int xsk_receive_start(struct xsk *xsk, int cpu, struct failure *failure);
void xsk_receive_stop(struct xsk *xsk);

#endif
