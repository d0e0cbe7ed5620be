// SPDX-License-Identifier: Apache-2.0
/* The thread that reads one AF_XDP socket: joins buffers to frames, has them judged, gives buffers back. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "xsk.h"

#define BATCH 64

/* A frame's descriptors follow each other; each but the last says that the frame goes on. */
static void take(struct xsk *xsk, const struct xdp_desc *buffer)
{
	const uint8_t *data = xsk_umem__get_data(xsk->memory, buffer->addr);

	xsk->descriptors++;
	if (!xsk->parts && !(buffer->options & XDP_PKT_CONTD)) {
		account_frame(&xsk->account, xsk->books, data, buffer->len, 1);
		return;
	}
	if (buffer->len <= sizeof(xsk->frame) - xsk->length) {
		memcpy(xsk->frame + xsk->length, data, buffer->len);
		xsk->length += buffer->len;
	}
	xsk->parts++;
	if (buffer->options & XDP_PKT_CONTD)
		return;
	account_frame(&xsk->account, xsk->books, xsk->frame, xsk->length, 0);
	xsk->length = 0;
	xsk->parts = 0;
}

static void give_up(struct xsk *xsk, const char *what, int error, const char *why)
{
	pthread_mutex_lock(&xsk->lock);
	fail(&xsk->failure, what, error, "reading socket '%s': %s", xsk->name, why);
	pthread_mutex_unlock(&xsk->lock);
}

/* How many buffers it took off the receive ring. */
static uint32_t receive(struct xsk *xsk)
{
	uint32_t from, to, count = xsk_ring_cons__peek(&xsk->rx, BATCH, &from);

	if (!count)
		return 0;
	/*
	 * Never more buffers circulate than the fill ring has places, but the kernel hands out received buffers
	 * before it says that it took them from the fill ring (net/xdp/xsk.c, xsk_flush): room is there, or about
	 * to be.
	 */
	while (xsk_ring_prod__reserve(&xsk->fill, count, &to) != count) {
		if (atomic_load(&xsk->stop)) {
			xsk_ring_cons__cancel(&xsk->rx, count);
			return 0;
		}
		sched_yield();
	}
	pthread_mutex_lock(&xsk->lock);
	for (uint32_t i = 0; i < count; i++) {
		const struct xdp_desc *buffer = xsk_ring_cons__rx_desc(&xsk->rx, from + i);

		take(xsk, buffer);
		/* The address points at the data, behind the headroom; the buffer starts at a multiple. */
		*xsk_ring_prod__fill_addr(&xsk->fill, to + i) = buffer->addr & ~((uint64_t)xsk->frame_bytes - 1);
	}
	pthread_mutex_unlock(&xsk->lock);
	xsk_ring_cons__release(&xsk->rx, count);
	xsk_ring_prod__submit(&xsk->fill, count);
	return count;
}

static void *read_on(void *argument)
{
	struct xsk *xsk = argument;
	struct pollfd fds[2] = {{.fd = xsk_socket__fd(xsk->socket), .events = POLLIN},
				{.fd = xsk->wake, .events = POLLIN}};

	while (!atomic_load(&xsk->stop) && !xsk->failure.what[0]) {
		if (receive(xsk)) {
			/* A driver that has run out of buffers sleeps until it is told of new ones. */
			if (xsk_ring_prod__needs_wakeup(&xsk->fill))
				recvfrom(fds[0].fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
			continue;
		}
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			give_up(xsk, "poll", errno, strerror(errno));
		else if (fds[0].revents & (POLLERR | POLLHUP | POLLNVAL))
			give_up(xsk, "poll", ENETDOWN, "the port is gone");
	}
	return NULL;
}

int xsk_receive_start(struct xsk *xsk, int cpu, struct failure *failure)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	cpu_set_t set;
	int error;

	xsk->wake = eventfd(0, EFD_CLOEXEC);
	if (xsk->wake < 0) {
		fail(failure, "eventfd", errno, "%s", strerror(errno));
		return -1;
	}
	error = pthread_attr_init(&attributes);
	if (error) {
		fail(failure, "pthread_attr_init", error, "%s", strerror(error));
		close(xsk->wake);
		return -1;
	}
	/* Wherever the agent itself was put, beside a source that goes first for instance: a reader may run anywhere. */
	CPU_ZERO(&set);
	if (cpu >= 0)
		CPU_SET(cpu, &set);
	else
		memset(&set, 0xff, sizeof(set));
	error = pthread_attr_setaffinity_np(&attributes, sizeof(set), &set);
	/* Signals are for the main loop and for the sources. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	if (!error)
		error = pthread_create(&xsk->thread, &attributes, read_on, xsk);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (error) {
		fail(failure, "pthread_create", error, "the reader of '%s', CPU %d: %s", xsk->name, cpu, strerror(error));
		close(xsk->wake);
		return -1;
	}
	xsk->reading = 1;
	return 0;
}

void xsk_receive_stop(struct xsk *xsk)
{
	uint64_t one = 1;

	if (!xsk->reading)
		return;
	atomic_store(&xsk->stop, 1);
	if (write(xsk->wake, &one, sizeof(one)) != sizeof(one))
		perror("agent: eventfd");
	pthread_join(xsk->thread, NULL);
	close(xsk->wake);
	xsk->reading = 0;
}
