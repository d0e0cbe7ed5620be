// SPDX-License-Identifier: Apache-2.0
/* The AF_XDP sockets of this agent, and what they have received of one trial. */
#include "xsk.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bpf/frame.h"

static struct xsk *xsks;
static struct books books;

static struct xsk *find(const char *name, struct failure *failure)
{
	for (struct xsk *xsk = xsks; xsk; xsk = xsk->next)
		if (!strcmp(xsk->name, name))
			return xsk;
	fail(failure, "xsk", ENOENT, "no AF_XDP socket '%s' is open", name);
	return NULL;
}

int xsk_descriptor(const char *name, struct failure *failure)
{
	struct xsk *xsk = find(name, failure);

	return xsk ? xsk_fd(xsk) : -1;
}

static void free_books(void)
{
	free(books.seen);
	free(books.highest);
	memset(&books, 0, sizeof(books));
}

static void close_xsk(struct xsk *xsk)
{
	for (struct xsk **at = &xsks; *at; at = &(*at)->next)
		if (*at == xsk) {
			*at = xsk->next;
			break;
		}
	xsk_receive_stop(xsk);
	xsk_socket_close(xsk);
	pthread_mutex_destroy(&xsk->lock);
	free(xsk->name);
	free(xsk);
	if (!xsks)
		free_books();
}

void xsks_close(void)
{
	while (xsks)
		close_xsk(xsks);
}

static int read_statistics(const struct xsk *xsk, struct xdp_statistics *statistics, struct failure *failure)
{
	socklen_t size = sizeof(*statistics);

	memset(statistics, 0, sizeof(*statistics));
	if (!getsockopt(xsk_fd(xsk), SOL_XDP, XDP_STATISTICS, statistics, &size))
		return 0;
	fail(failure, "XDP_STATISTICS", errno, "socket '%s': %s", xsk->name, strerror(errno));
	return -1;
}

/* The flags of bind for a mode, -1 for a word that is none. */
static int mode_flags(const char *mode)
{
	if (!strcmp(mode, "copy"))
		return XDP_COPY;
	if (!strcmp(mode, "zerocopy"))
		return XDP_ZEROCOPY;
	return strcmp(mode, "any") ? -1 : 0;
}

json_t *op_xsk_open(struct call *call)
{
	json_int_t queue, frame_bytes = 4096, frames = 4096, rx_size = 2048, fill_size = 4096, filled = -1;
	struct failure unused = {0};
	const char *name, *mode;
	struct xsk_shape shape;
	int frags, read = 1, cpu = -1, bound = 1, flags;
	struct xsk *xsk;

	if (arguments(call, "{s:s, s:s, s:I, s:b, s:s, s?I, s?I, s?I, s?I, s?I, s?b, s?i, s?b}", "name", &name,
		      "interface",
		      &shape.interface, "queue", &queue, "frags", &frags, "mode", &mode, "frameBytes", &frame_bytes,
		      "frames", &frames, "rxSize", &rx_size, "fillSize", &fill_size, "filled", &filled, "read", &read,
		      "cpu", &cpu, "bound", &bound) ||
	    within(call, "queue", queue, 0, UINT32_MAX) || within(call, "frameBytes", frame_bytes, 2048, 65536) ||
	    within(call, "frames", frames, 1, 1 << 20) || within(call, "rxSize", rx_size, 1, 1 << 20) ||
	    within(call, "fillSize", fill_size, 1, 1 << 20) || within(call, "cpu", cpu, -1, CPU_SETSIZE - 1))
		return NULL;
	if (filled == -1)
		filled = frames < fill_size ? frames : fill_size;
	flags = mode_flags(mode);
	if (flags < 0)
		return fail(call->failure, "arguments", EINVAL, "mode is copy, zerocopy or any, not '%s'", mode);
	if (within(call, "filled", filled, 0, frames < fill_size ? frames : fill_size) ||
	    !port_index(shape.interface, call->failure))
		return NULL;
	if (find(name, &unused))
		return fail(call->failure, "xsk", EEXIST, "a socket '%s' is open already", name);
	shape.queue = queue;
	shape.frame_bytes = frame_bytes;
	shape.frames = frames;
	shape.rx_size = rx_size;
	shape.fill_size = fill_size;
	shape.filled = filled;
	shape.bound = bound;
	shape.bind_flags = flags | XDP_USE_NEED_WAKEUP | (frags ? XDP_USE_SG : 0);
	xsk = calloc(1, sizeof(*xsk));
	if (!xsk || !(xsk->name = strdup(name))) {
		free(xsk);
		return fail(call->failure, "malloc", ENOMEM, "out of memory");
	}
	xsk->books = &books;
	pthread_mutex_init(&xsk->lock, NULL);
	if (xsk_socket_open(xsk, &shape, call->failure) || (read && bound && xsk_receive_start(xsk, cpu, call->failure))) {
		close_xsk(xsk);
		return NULL;
	}
	xsk->next = xsks;
	xsks = xsk;
	return json_object();
}

static void lock_all(void)
{
	for (struct xsk *xsk = xsks; xsk; xsk = xsk->next)
		pthread_mutex_lock(&xsk->lock);
}

static void unlock_all(void)
{
	for (struct xsk *xsk = xsks; xsk; xsk = xsk->next)
		pthread_mutex_unlock(&xsk->lock);
}

/* New books for a trial; the sockets are locked. */
static int open_books(const struct lab_sink_trial *trial, uint64_t count, struct failure *failure)
{
	__u64 *seen = calloc(trial->capacity / 64, sizeof(*seen));
	__u64 *highest = calloc(LAB_FLOWS, sizeof(*highest));

	if (!seen || !highest) {
		free(seen);
		free(highest);
		fail(failure, "malloc", ENOMEM, "out of memory for %llu frames", (unsigned long long)trial->capacity);
		return -1;
	}
	free_books();
	books = (struct books){.trial = *trial, .count = count, .seen = seen, .highest = highest};
	return 0;
}

/* Forgets the last trial on every socket and waits for the frames of the next. */
json_t *op_xsk_start(struct call *call)
{
	json_int_t signature, flows, stamp_mask, count;
	struct lab_sink_trial trial;
	int verify, failed;

	if (arguments(call, "{s:I, s:I, s:I, s:I, s:b}", "signature", &signature, "flows", &flows, "stampMask",
		      &stamp_mask, "count", &count, "verify", &verify) ||
	    within(call, "signature", signature, 1, UINT32_MAX) || within(call, "flows", flows, 1, LAB_FLOWS) ||
	    within(call, "stampMask", stamp_mask, 0, UINT32_MAX) || within(call, "count", count, 1, 1LL << 32))
		return NULL;
	if (!xsks)
		return fail(call->failure, "xsk", ENOENT, "no AF_XDP socket is open");
	trial = (struct lab_sink_trial){.signature = signature,
					.flows = flows,
					.stamp_mask = stamp_mask,
					.verify = verify,
					.capacity = books_capacity(count)};
	lock_all();
	failed = open_books(&trial, count, call->failure);
	for (struct xsk *xsk = xsks; xsk && !failed; xsk = xsk->next) {
		memset(&xsk->account, 0, sizeof(xsk->account));
		xsk->descriptors = 0;
		failed = read_statistics(xsk, &xsk->before, call->failure);
	}
	unlock_all();
	return failed ? NULL : json_object();
}

static json_t *statistics_json(const struct xdp_statistics *now, const struct xdp_statistics *before)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "rxDropped",
			 (json_int_t)(now->rx_dropped - before->rx_dropped), "rxInvalid",
			 (json_int_t)(now->rx_invalid_descs - before->rx_invalid_descs), "rxRingFull",
			 (json_int_t)(now->rx_ring_full - before->rx_ring_full), "fillRingEmpty",
			 (json_int_t)(now->rx_fill_ring_empty_descs - before->rx_fill_ring_empty_descs), "txInvalid",
			 (json_int_t)(now->tx_invalid_descs - before->tx_invalid_descs), "txRingEmpty",
			 (json_int_t)(now->tx_ring_empty_descs - before->tx_ring_empty_descs));
}

static json_t *read_xsk(struct xsk *xsk, struct failure *failure)
{
	struct xdp_options options = {0};
	socklen_t size = sizeof(options);
	struct xdp_statistics now;
	json_t *result = NULL;

	if (read_statistics(xsk, &now, failure))
		return NULL;
	if (getsockopt(xsk_fd(xsk), SOL_XDP, XDP_OPTIONS, &options, &size)) {
		fail(failure, "XDP_OPTIONS", errno, "socket '%s': %s", xsk->name, strerror(errno));
		return NULL;
	}
	pthread_mutex_lock(&xsk->lock);
	if (xsk->failure.what[0])
		*failure = xsk->failure;
	else
		result = account_json(&xsk->account);
	if (result) {
		json_object_set_new(result, "descriptors", json_integer(xsk->descriptors));
		json_object_set_new(result, "statistics", statistics_json(&now, &xsk->before));
		json_object_set_new(result, "zeroCopy", json_boolean(options.flags & XDP_OPTIONS_ZEROCOPY));
	}
	pthread_mutex_unlock(&xsk->lock);
	return result;
}

json_t *op_xsk_read(struct call *call)
{
	json_t *sockets;

	if (arguments(call, "{}"))
		return NULL;
	sockets = json_object();
	for (struct xsk *xsk = xsks; xsk; xsk = xsk->next) {
		json_t *one = read_xsk(xsk, call->failure);

		if (!one) {
			json_decref(sockets);
			return NULL;
		}
		json_object_set_new(sockets, xsk->name, one);
	}
	return json_pack("{s:o}", "sockets", sockets);
}

/* Which frames of the trial came to no socket. */
json_t *op_xsk_losses(struct call *call)
{
	struct losses_asked asked;
	json_t *result;

	if (losses_asked(call, &asked))
		return NULL;
	if (!books.seen)
		return fail(call->failure, "xsk", ENOENT, "no AF_XDP socket waits for frames");
	lock_all();
	result = losses_json(books.seen, books.count, &asked);
	unlock_all();
	return result;
}

json_t *op_xsk_close(struct call *call)
{
	const char *name;
	struct xsk *xsk;
	json_t *last;

	if (arguments(call, "{s:s}", "name", &name) || !(xsk = find(name, call->failure)))
		return NULL;
	last = read_xsk(xsk, call->failure);
	close_xsk(xsk);
	return last;
}
