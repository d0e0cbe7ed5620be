// SPDX-License-Identifier: Apache-2.0
/* Sources of traffic: each runs in a thread of its own and answers its request when it is done. */
#include "source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define TICK_MS 2
#define FIRST_OF_ALL -20
#define LONGEST_INTERVAL_NS 60000000000LL

static struct source *sources;

static void wake(int number)
{
	(void)number; /* its only use is to end a system call */
}

/*
 * Before all else on its CPU: first the thread within this session, then the session among the others
 * (CONFIG_SCHED_AUTOGROUP). Both end with the agent. Where it is not allowed, the source is held up more often,
 * and says so. Only for a source that has a CPU of its own: on one that it shares with the DUT, as on veth, it would
 * keep ksoftirqd from emptying the ring that it fills.
 */
static void go_first(void)
{
	FILE *session = fopen("/proc/self/autogroup", "w");

	setpriority(PRIO_PROCESS, 0, FIRST_OF_ALL);
	if (!session)
		return;
	fprintf(session, "%d", FIRST_OF_ALL);
	fclose(session);
}

static void *run(void *argument)
{
	struct source *source = argument;

	if (source->ahead)
		go_first();
	if (source->cpu >= 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(source->cpu, &set);
		errno = pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
		if (errno)
			fail(&source->failure, "sched_setaffinity", errno, "CPU %d: %s", source->cpu, strerror(errno));
	}
	if (!source->failure.what[0]) {
		if (source->bpf)
			live_source_run(source);
		else
			ring_source_run(source);
	}
	atomic_store(&source->running, 0);
	job_done(&source->job);
	return NULL;
}

static void drop(struct source *source)
{
	for (struct source **at = &sources; *at; at = &(*at)->next)
		if (*at == source) {
			*at = source->next;
			break;
		}
	live_source_close(source);
	free(source->failure.log);
	free(source);
}

static void finish(struct job *job)
{
	struct source *source = (struct source *)job;
	json_t *result = NULL;

	pthread_join(source->thread, NULL);
	if (!source->failure.what[0])
		result = json_pack("{s:I, s:I, s:I, s:I, s:I}", "sent", (json_int_t)source->sent, "startNs",
				   (json_int_t)source->start_ns, "thenNs", (json_int_t)source->then_ns, "endNs", (json_int_t)source->end_ns, "heldNs",
				   (json_int_t)source->held_ns);
	answer(source->id, result, &source->failure);
	drop(source);
}

/* Ends the system call of each source that has sent all its frames, or shall stop. */
int traffic_tick(void)
{
	for (struct source *source = sources; source; source = source->next)
		if (atomic_load(&source->running) && source->bpf &&
		    (atomic_load(&source->stop) || live_source_finished(source)))
			pthread_kill(source->thread, SIGUSR1);
	return sources ? TICK_MS : 0;
}

void traffic_stop_all(void)
{
	while (sources) {
		struct source *source = sources;

		atomic_store(&source->stop, 1);
		while (atomic_load(&source->running)) {
			struct timespec pause = {.tv_nsec = 1000000};

			pthread_kill(source->thread, SIGUSR1);
			nanosleep(&pause, NULL);
		}
		pthread_join(source->thread, NULL);
		json_decref(source->id);
		drop(source);
	}
	live_source_forget();
}

static int parse_mac(const char *text, uint8_t *mac)
{
	int end = 0;

	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4],
		      &mac[5], &end) != 6 || text[end];
}

static void write_headers(struct source *source)
{
	static const uint8_t ip[20] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, 198, 18, 0, 1, 198, 19, 0, 1};
	uint8_t *at = source->headers;
	uint16_t length = source->length - 14;
	uint32_t sum = 0;

	at[12] = 0x08;
	at[13] = 0x00;
	memcpy(at + 14, ip, sizeof(ip));
	at[16] = length >> 8;
	at[17] = length;
	for (int i = 14; i < 34; i += 2)
		sum += at[i] << 8 | at[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	at[24] = sum >> 8;
	at[25] = sum;
	at[34] = LAB_FIRST_PORT >> 8;
	at[35] = LAB_FIRST_PORT & 0xff;
	at[37] = LAB_UDP_PORT;
	at[38] = (length - 20) >> 8;
	at[39] = length - 20;
	/* UDP over IPv4 may go without a checksum (RFC 768). */
}

static struct source *describe(struct call *call, const char **kind)
{
	json_int_t count, interval, signature, flows, first, stride, stamp_mask, length, batch;
	json_int_t then_after = 0, then_interval = 1;
	struct source *source = calloc(1, sizeof(*source));
	const char *port, *to, *from;

	if (!source) {
		fail(call->failure, "malloc", ENOMEM, "out of memory");
		return NULL;
	}
	source->cpu = -1;
	if (arguments(call, "{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s?i, s?b, s?I, s?I}", "kind",
		      kind, "interface", &port, "to", &to, "from", &from, "length", &length, "count", &count, "intervalNs",
		      &interval, "signature", &signature, "flows", &flows, "first", &first, "stride", &stride,
		      "stampMask", &stamp_mask, "batch", &batch, "fill", &source->fill, "cpu", &source->cpu,
		      "ahead", &source->ahead, "thenAfter", &then_after, "thenIntervalNs", &then_interval) ||
	    within(call, "length", length, LAB_SMALLEST, LAB_LONGEST) ||
	    within(call, "count", count, 1, INT32_MAX) ||
	    within(call, "intervalNs", interval, 0, LONGEST_INTERVAL_NS) ||
	    within(call, "thenAfter", then_after, 0, INT32_MAX) ||
	    within(call, "thenIntervalNs", then_interval, 1, LONGEST_INTERVAL_NS) ||
	    within(call, "signature", signature, 1, UINT32_MAX) || within(call, "flows", flows, 1, LAB_FLOWS) ||
	    within(call, "first", first, 0, UINT32_MAX) || within(call, "stride", stride, 0, UINT32_MAX) ||
	    within(call, "stampMask", stamp_mask, 0, UINT32_MAX) || within(call, "batch", batch, 1, 256))
		goto failed;
	source->ifindex = port_index(port, call->failure);
	if (!source->ifindex)
		goto failed;
	if (parse_mac(to, source->headers) || parse_mac(from, source->headers + 6)) {
		fail(call->failure, "arguments", EINVAL, "to and from are MAC addresses, not '%s' and '%s'", to, from);
		goto failed;
	}
	source->length = length;
	source->count = count;
	source->interval_ns = interval;
	source->then_after = then_after;
	source->then_interval_ns = then_interval;
	source->signature = signature;
	source->flows = flows;
	source->first = first;
	source->stride = stride;
	source->stamp_mask = stamp_mask;
	source->batch = batch;
	write_headers(source);
	return source;
failed:
	free(source);
	return NULL;
}

json_t *op_source_run(struct call *call)
{
	struct sigaction action = {.sa_handler = wake};
	struct source *source;
	const char *kind;

	source = describe(call, &kind);
	if (!source)
		return NULL;
	sigaction(SIGUSR1, &action, NULL);
	if (strcmp(kind, "live") && strcmp(kind, "ring")) {
		fail(call->failure, "arguments", EINVAL, "kind is live or ring, not '%s'", kind);
		free(source);
		return NULL;
	}
	if (!strcmp(kind, "live") && live_source_open(source)) {
		*call->failure = source->failure;
		free(source);
		return NULL;
	}
	source->job.finish = finish;
	source->id = json_incref(call->id);
	source->next = sources;
	sources = source;
	atomic_store(&source->running, 1);
	errno = pthread_create(&source->thread, NULL, run, source);
	if (errno) {
		fail(call->failure, "pthread_create", errno, "%s", strerror(errno));
		json_decref(source->id);
		drop(source);
		return NULL;
	}
	return ANSWER_LATER;
}

/* Every running source ends early and answers with what it has sent. */
json_t *op_source_stop(struct call *call)
{
	if (arguments(call, "{}"))
		return NULL;
	for (struct source *source = sources; source; source = source->next)
		atomic_store(&source->stop, 1);
	return json_object();
}
