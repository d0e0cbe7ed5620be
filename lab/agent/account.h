/* SPDX-License-Identifier: Apache-2.0 */
/* What a receiver of test frames knows of them, whether it sits in the kernel or on an AF_XDP socket. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <jansson.h>
#include <stdint.h>

#include "bpf/sink.h"

struct account {
	struct lab_sink_counts counts;
	uint64_t latency[LAB_BUCKETS];
	struct lab_sink_fault fault;
};

/* What the receivers of one trial share: a frame is a duplicate whichever of them got it first. */
struct books {
	struct lab_sink_trial trial;
	__u64 count; /* frames of the trial */
	__u64 *seen; /* one bit a sequence number, trial.capacity of them */
	__u64 *highest; /* LAB_FLOWS of them: the highest sequence number so far, plus one */
};

/* Sequence numbers for which receivers keep books when asked for that many: whole pages of bits. */
uint64_t books_capacity(uint64_t count);

/* Books a frame that arrived whole in memory, in one buffer or in more. */
void account_frame(struct account *account, const struct books *books, const uint8_t *frame, uint32_t length,
		   int linear);

/* Lower bound of a latency bucket in nanoseconds: the inverse of lab_bucket. */
uint64_t bucket_floor(uint32_t bucket);

json_t *account_json(const struct account *account);

struct call;

/* What losses are asked for: see losses_json. */
struct losses_asked {
	json_int_t from, whole;
};

/* 0, or -1 with the call's failure told. */
int losses_asked(struct call *call, struct losses_asked *asked);

/*
 * Frames that are missing from the bits of a trial of that many: those before one, and from it on until that many
 * in a row were whole, and what is missing after these.
 */
json_t *losses_json(const __u64 *seen, uint64_t count, const struct losses_asked *asked);

#endif
