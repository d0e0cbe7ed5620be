// SPDX-License-Identifier: Apache-2.0
/*
 * Another network namespace, made for one object and kept until the object is unloaded. A namespace is a
 * thread's: the one that enters it ends there, and this process stays where it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "object.h"

struct visit {
	int *namespace;
	int (*act)(void *argument);
	void *argument;
	int result;
	const char *failed;
	int error;
};

static int enter(struct visit *visit)
{
	if (*visit->namespace >= 0) {
		visit->failed = "setns";
		return setns(*visit->namespace, CLONE_NEWNET);
	}
	visit->failed = "unshare";
	if (unshare(CLONE_NEWNET))
		return -1;
	visit->failed = "/proc/thread-self/ns/net";
	*visit->namespace = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	return *visit->namespace < 0 ? -1 : 0;
}

static void *go(void *argument)
{
	struct visit *visit = argument;

	if (enter(visit)) {
		visit->error = errno;
		return NULL;
	}
	visit->failed = NULL;
	visit->result = visit->act(visit->argument);
	return NULL;
}

int run_elsewhere(struct held *held, int (*act)(void *argument), void *argument, struct failure *failure)
{
	struct visit visit = {.namespace = &held->elsewhere, .act = act, .argument = argument};
	pthread_t thread;
	int error = pthread_create(&thread, NULL, go, &visit);

	if (!error)
		error = pthread_join(thread, NULL);
	if (error)
		fail(failure, "pthread_create", error, "%s", strerror(error));
	else if (visit.failed)
		fail(failure, visit.failed, visit.error, "entering another network namespace: %s", strerror(visit.error));
	return error || visit.failed ? -1 : visit.result;
}
