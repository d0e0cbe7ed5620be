// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Sends linear test frames: run by BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES, one run a frame.
 * The pages are recycled with whatever the device under test wrote into them, so every run writes the
 * whole frame anew.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "frame.h"

/* A clock read takes 20 to 30 ns: a run waits 50 us at the most, then gives its turn back. */
#define WAIT_READS 2000
#define FILL_WORDS 440

/* Set anew for every trial, since loading a program anew costs more than its trial: see live-source.c. */
__u64 headers[6]; /* the 42 bytes, in words for speed */
__u32 signature;
__u32 ifindex;
__u32 flows;
__u32 first; /* this sender's first sequence number */
__u32 stride;
__u64 count; /* frames to send */
struct lab_pace pace; /* interval 0: as fast as it goes */
__u64 then_after; /* frames after which the interval is another; 0: never */
__u64 then_interval_ns;
__u32 stamp_mask; /* clock is read when (sequence & mask) == 0 */
__u8 fill;

__u64 sent;
__u64 start_ns;
__u64 then_ns; /* when the last frame before that left */
__u64 end_ns;
__u64 stamp_ns;
__u8 finished;

static __always_inline void write_fill(struct xdp_md *ctx, __u32 sequence)
{
	__u8 *end = (void *)(long)ctx->data_end;
	__u8 *at = (__u8 *)(long)ctx->data + LAB_SMALLEST;
	__u64 seed = lab_fill_seed(signature, sequence), word;
	int i, rest;

	for (i = 0; i < FILL_WORDS; i++) {
		word = lab_fill_word(seed, i);
		if (at + sizeof(word) > end)
			break;
		*(__u64 *)at = word;
		at += sizeof(word);
	}
	for (rest = 0; rest < 7; rest++) {
		if (at + 1 > end)
			break;
		*at++ = word;
		word >>= 8;
	}
}

static __always_inline void write_mark(__u8 *at, const struct lab_mark *mark)
{
	LAB_WRITE(__u32, at + __builtin_offsetof(struct lab_mark, signature), mark->signature);
	LAB_WRITE(__u32, at + __builtin_offsetof(struct lab_mark, sequence), mark->sequence);
	LAB_WRITE(__u64, at + __builtin_offsetof(struct lab_mark, sent_ns), mark->sent_ns);
	LAB_WRITE(__u16, at + __builtin_offsetof(struct lab_mark, check), mark->check);
}

static __always_inline int due(void)
{
	__u64 now;
	int i;

	for (i = 0; i < WAIT_READS; i++) {
		now = bpf_ktime_get_ns();
		if (!lab_due(&pace, now))
			continue;
		lab_paced(&pace, now);
		return 1;
	}
	return 0;
}

SEC("xdp")
int source(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct lab_frame *frame = (void *)(long)ctx->data;
	__u32 sequence, flow = 0, i;
	struct lab_mark mark;

	if ((void *)(frame + 1) > end)
		return XDP_ABORTED;
	if (sent >= count) {
		finished = 1;
		return XDP_DROP;
	}
	if (!start_ns) {
		start_ns = bpf_ktime_get_ns();
		pace.next_ns = start_ns;
	}
	if (pace.interval_ns && !due())
		return XDP_DROP;

	sequence = first + sent * stride;
	if (flows > 1)
		flow = sequence % flows;
	for (i = 0; i < 5; i++)
		((__u64 *)frame)[i] = headers[i];
	LAB_WRITE(__u16, frame->headers + 40, headers[5]);
	frame->headers[34] = (LAB_FIRST_PORT + flow) >> 8;
	frame->headers[35] = LAB_FIRST_PORT + flow;
	if (!(sequence & stamp_mask))
		stamp_ns = bpf_ktime_get_ns();
	mark.signature = signature;
	mark.sequence = sequence;
	mark.sent_ns = stamp_ns;
	mark.check = lab_check(&mark, flow, end - (void *)frame);
	write_mark(frame->headers + LAB_HEADERS, &mark);
	if (fill)
		write_fill(ctx, sequence);

	sent++;
	if (sent == then_after) {
		then_ns = bpf_ktime_get_ns();
		lab_change_pace(&pace, then_interval_ns, then_ns);
	}
	if (sent == count)
		end_ns = bpf_ktime_get_ns();
	return bpf_redirect(ifindex, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
