// SPDX-License-Identifier: Apache-2.0
/* Making and closing an AF_XDP socket with a umem of its own. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "xsk.h"

/*
 * A queue whose socket has closed is let go of by a worker of the kernel (net/xdp/xsk_buff_pool.c,
 * xp_put_pool), so it may be busy for a moment that is over soon.
 */
#define ATTEMPTS 25
#define PAUSE_MS 20

static int fill(struct xsk *xsk, uint32_t frames)
{
	uint32_t at;

	if (!frames)
		return 0;
	if (xsk_ring_prod__reserve(&xsk->fill, frames, &at) != frames)
		return -ENOSPC;
	for (uint32_t i = 0; i < frames; i++)
		*xsk_ring_prod__fill_addr(&xsk->fill, at + i) = (uint64_t)i * xsk->frame_bytes;
	xsk_ring_prod__submit(&xsk->fill, frames);
	return 0;
}

/* 0, or a negative errno and the call that failed. */
static int attempt(struct xsk *xsk, const struct xsk_shape *shape, const char **failed)
{
	/* The completion ring is never used, but there is no umem without one. */
	struct xsk_umem_config umem = {.fill_size = shape->fill_size,
				       .comp_size = 64,
				       .frame_size = shape->frame_bytes};
	struct xsk_socket_config config = {.rx_size = shape->rx_size,
					   .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
					   .bind_flags = shape->bind_flags};
	int error;

	/* libxdp sets most fields of a ring, not all: what a failed attempt has left there would count. */
	memset(&xsk->fill, 0, sizeof(xsk->fill));
	memset(&xsk->done, 0, sizeof(xsk->done));
	memset(&xsk->rx, 0, sizeof(xsk->rx));
	*failed = "xsk_umem__create";
	error = xsk_umem__create(&xsk->umem, xsk->memory, xsk->memory_bytes, &xsk->fill, &xsk->done, &umem);
	if (error) {
		xsk->umem = NULL;
		return error;
	}
	/* Before the socket is bound, so that no frame meets a ring that was meant to be full. */
	*failed = "fill ring";
	error = fill(xsk, shape->filled);
	if (error)
		return error;
	*failed = "xsk_socket__create";
	error = xsk_socket__create(&xsk->socket, shape->interface, shape->queue, xsk->umem, &xsk->rx, NULL, &config);
	if (error)
		xsk->socket = NULL;
	return error;
}

int xsk_fd(const struct xsk *xsk)
{
	return xsk->socket ? xsk_socket__fd(xsk->socket) : xsk->bare;
}

static void release(struct xsk *xsk)
{
	if (xsk->socket)
		xsk_socket__delete(xsk->socket);
	if (xsk->umem)
		xsk_umem__delete(xsk->umem);
	xsk->socket = NULL;
	xsk->umem = NULL;
}

void xsk_socket_close(struct xsk *xsk)
{
	release(xsk);
	if (xsk->bare >= 0)
		close(xsk->bare);
	xsk->bare = -1;
	if (xsk->memory)
		munmap(xsk->memory, xsk->memory_bytes);
	xsk->memory = NULL;
}

int xsk_socket_open(struct xsk *xsk, const struct xsk_shape *shape, struct failure *failure)
{
	const char *failed = "";
	int error = 0;
	void *memory;

	xsk->bare = -1;
	if (!shape->bound) {
		xsk->bare = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
		if (xsk->bare < 0)
			fail(failure, "socket", errno, "AF_XDP: %s", strerror(errno));
		return xsk->bare < 0 ? -1 : 0;
	}
	xsk->frame_bytes = shape->frame_bytes;
	xsk->memory_bytes = (size_t)shape->frames * shape->frame_bytes;
	memory = mmap(NULL, xsk->memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		fail(failure, "mmap", errno, "a umem of %zu bytes: %s", xsk->memory_bytes, strerror(errno));
		return -1;
	}
	xsk->memory = memory;
	for (int i = 0; i < ATTEMPTS; i++) {
		error = attempt(xsk, shape, &failed);
		if (!error)
			return 0;
		release(xsk);
		if (error != -EBUSY)
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	fail(failure, failed, error, "%s, queue %u: %s", shape->interface, shape->queue, strerror(-error));
	xsk_socket_close(xsk);
	return -1;
}
