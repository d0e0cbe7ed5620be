/* SPDX-License-Identifier: Apache-2.0 */
/* One source of test frames: what it shall send, and what it has sent. */
#ifndef SOURCE_H
#define SOURCE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "agent.h"
#include "bpf/frame.h"

struct source_bpf;

struct source {
	struct job job; /* first: the main loop knows no more of it */
	struct source *next;
	json_t *id;
	pthread_t thread;
	struct failure failure;

	/* what it shall do */
	unsigned int ifindex;
	uint8_t headers[48]; /* LAB_HEADERS, rounded up to words */
	uint32_t length; /* bytes without FCS */
	uint32_t signature, flows, first, stride, stamp_mask;
	uint64_t count;
	uint64_t interval_ns;
	uint64_t then_after; /* frames after which the interval is another; 0: never */
	uint64_t then_interval_ns;
	uint32_t batch;
	int fill;
	int cpu; /* -1: any */
	int ahead; /* of all else on its CPU */

	/* what it did */
	uint64_t sent;
	uint64_t start_ns, end_ns;
	uint64_t then_ns; /* when the last frame before the change left */
	uint64_t held_ns; /* of the time between, lost to whoever took the CPU */
	atomic_int stop;
	atomic_int running;
	struct source_bpf *bpf; /* of a live source */
};

/* Linear frames by BPF_PROG_TEST_RUN with live frames (Linux 5.18). */
int live_source_open(struct source *source);
void live_source_run(struct source *source);
int live_source_finished(const struct source *source);
void live_source_close(struct source *source);
/* Lets go of the program that was kept for the next source. */
void live_source_forget(void);

/* Frames of any length through a ring shared with the kernel (AF_PACKET, PACKET_TX_RING). */
void ring_source_run(struct source *source);

#endif
