// SPDX-License-Identifier: Apache-2.0
/*
 * One agent at a time may use a network namespace. Whoever has bound an abstract socket there holds it: such
 * names are per network namespace and vanish with their process, however it ends, so nothing is left behind.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent.h"

#define NAME "redirect-lab-lease"
#define HOLDER_BYTES 256
/* A healthy holder looks up every few milliseconds to a second, less when it is busy. */
#define ASK_MS 500
#define ATTEMPTS 3
#define PAUSE_MS 10

static int holding = -1;
static char holder[HOLDER_BYTES];

static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0" NAME};
#define ADDRESS_BYTES (offsetof(struct sockaddr_un, sun_path) + sizeof(NAME))

int lease_fd(void)
{
	return holding;
}

/* Tells one who asks. The text is shorter than any socket buffer: this never waits for the other side. */
void lease_tell(void)
{
	int fd = accept4(holding, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (send(fd, holder, strlen(holder), MSG_NOSIGNAL) < 0)
		fprintf(stderr, "agent: telling who holds the lease: %s\n", strerror(errno));
	close(fd);
}

/* Asks who holds the lease. 0, or the errno of a holder that is not there any more. */
static int ask(char *text, size_t size)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	struct ucred peer = {0};
	socklen_t length = sizeof(peer);
	char said[HOLDER_BYTES];
	ssize_t got = 0;

	if (fd < 0) {
		snprintf(text, size, "an agent that cannot be asked (%s)", strerror(errno));
		return 0;
	}
	if (connect(fd, (const struct sockaddr *)&address, ADDRESS_BYTES)) {
		error = errno == ECONNREFUSED ? errno : 0;
		snprintf(text, size, "an agent that cannot be asked (%s)", strerror(errno));
		close(fd);
		return error;
	}
	/* The process that listens, also when it is stopped; 0 when it is in another process namespace. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length))
		peer.pid = 0;
	if (poll(&poller, 1, ASK_MS) > 0)
		got = recv(fd, said, sizeof(said), 0);
	close(fd);
	if (got > 0)
		snprintf(text, size, "%.*s (process %d)", (int)got, said, (int)peer.pid);
	else
		snprintf(text, size, "process %d, which does not answer", (int)peer.pid);
	return 0;
}

/*
 * Binds, or says who did. A name can be in use by one who listens not yet, or not any more: that is over in
 * a moment, so it is tried again.
 */
static int bind_or_ask(int fd, struct failure *failure)
{
	char who[HOLDER_BYTES + 64];

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		if (!bind(fd, (const struct sockaddr *)&address, ADDRESS_BYTES))
			return 0;
		if (errno != EADDRINUSE) {
			fail(failure, "bind", errno, "the lease: %s", strerror(errno));
			return -1;
		}
		if (!ask(who, sizeof(who)))
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	fail(failure, "lease", EADDRINUSE, "this machine is held by %s", who);
	return -1;
}

json_t *op_lease(struct call *call)
{
	const char *text;
	int fd;

	if (arguments(call, "{s:s}", "holder", &text))
		return NULL;
	if (!text[0] || strlen(text) >= sizeof(holder))
		return fail(call->failure, "arguments", EINVAL, "holder is 1 to %zu bytes", sizeof(holder) - 1);
	if (holding >= 0)
		return fail(call->failure, "lease", EALREADY, "this agent holds the lease already, for %s", holder);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(call->failure, "socket", errno, "%s", strerror(errno));
	if (bind_or_ask(fd, call->failure)) {
		close(fd);
		return NULL;
	}
	if (listen(fd, 16)) {
		fail(call->failure, "listen", errno, "the lease: %s", strerror(errno));
		close(fd);
		return NULL;
	}
	snprintf(holder, sizeof(holder), "%s", text);
	holding = fd;
	return json_object();
}
