/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the sink counts, shared with the agent that reads it. */
#ifndef LAB_SINK_H
#define LAB_SINK_H

#include <linux/types.h>

/* Latency histogram: 16 buckets to each power of two of nanoseconds (6 % wide). */
#define LAB_BUCKET_BITS 4
#define LAB_BUCKETS (64 << LAB_BUCKET_BITS)

struct lab_sink_counts {
	__u64 frames; /* of this trial, duplicates among them */
	__u64 bytes; /* as the kernel counts: without FCS */
	__u64 truncated; /* length is not what was sent */
	__u64 corrupted; /* length is right, content is not */
	__u64 duplicates;
	__u64 reordered; /* RFC 4737 section 3.3: sequence below one already seen of its flow */
	__u64 non_linear; /* arrived in more than one buffer */
	__u64 rewritten; /* came with the source address that rewriting programs give */
	__u64 foreign; /* not of this trial, passed on to the stack */
	__u64 first_ns;
	__u64 last_ns;
};

/* The first frame that was not as sent, to say what is wrong with it. */
struct lab_sink_fault {
	__u32 taken;
	__u32 sequence;
	__u32 length; /* as it arrived */
	__u32 length_sent;
	__u32 offset; /* of the first wrong bytes, from the start of the frame */
	__u64 expected;
	__u64 found;
};

/* Set by the agent before each trial. */
struct lab_sink_trial {
	__u32 signature;
	__u32 flows;
	__u32 stamp_mask;
	__u32 verify; /* compare every byte */
	__u64 capacity; /* sequence numbers that the bitmap holds */
};

#endif
