// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Receives test frames on one port of the generator: counts each once, checks it to its last byte, its
 * order within its flow and its latency, and drops it. Everything else goes to the stack.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "rules.h"

#define CHUNKS ((LAB_LONGEST - LAB_SMALLEST + LAB_CHUNK - 1) / LAB_CHUNK)

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_sink_counts);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LAB_BUCKETS);
	__type(key, __u32);
	__type(value, __u64);
} latency SEC(".maps");

/* One bit a sequence number; its size is set when the sink is opened. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

/* Per flow, the highest sequence number so far, plus one. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, LAB_FLOWS);
	__type(key, __u32);
	__type(value, __u64);
} highest SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[LAB_CHUNK / 8]);
} scratch SEC(".maps");

struct lab_sink_trial trial;
struct lab_sink_fault fault;

static __always_inline void take_fault(const struct lab_sink_fault *found)
{
	if (__sync_lock_test_and_set(&fault.taken, 1))
		return;
	fault.sequence = found->sequence;
	fault.length = found->length;
	fault.length_sent = found->length_sent;
	fault.offset = found->offset;
	fault.expected = found->expected;
	fault.found = found->found;
}

/*
 * Compares size bytes of the frame from offset on, LAB_CHUNK at the most; 0 when they are as sent, else 1. A
 * function of its own, not static, so that the verifier walks it once and not once for every call.
 */
__noinline int chunk_differs(struct xdp_md *ctx, __u32 offset, __u32 size, __u32 length, __u32 sequence)
{
	__u64 seed = lab_fill_seed(trial.signature, sequence);
	__u32 zero = 0;
	__u64 *words = bpf_map_lookup_elem(&scratch, &zero);
	struct lab_sink_fault found = {.sequence = sequence, .length = length, .length_sent = length};

	if (!words || size == 0 || size > LAB_CHUNK || bpf_xdp_load_bytes(ctx, offset, words, size))
		return 1;
	if (!lab_fill_differs(words, size, seed, (offset - LAB_SMALLEST) / 8, &found))
		return 0;
	take_fault(&found);
	return 1;
}

/* 0 when every byte from 60 on is as sent. */
static __always_inline int fill_differs(struct xdp_md *ctx, __u32 length, __u32 sequence)
{
	__u32 offset = LAB_SMALLEST, chunk, size;

	for (chunk = 0; chunk < CHUNKS && offset < length; chunk++) {
		size = length - offset < LAB_CHUNK ? length - offset : LAB_CHUNK;
		if (chunk_differs(ctx, offset, size, length, sequence))
			return 1;
		offset += LAB_CHUNK;
	}
	return 0;
}

SEC("xdp.frags")
int sink(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct lab_frame *frame = (void *)(long)ctx->data;
	__u32 zero = 0, flow, key, length;
	enum lab_judgement judgement;
	struct lab_sink_counts *count = bpf_map_lookup_elem(&counts, &zero);
	struct lab_sink_fault found = {};
	struct lab_mark mark;
	__u64 *word, *next, now;

	if (!count)
		return XDP_ABORTED;
	if ((void *)(frame + 1) > end || !lab_is_test_frame(frame->headers) ||
	    LAB_READ(__u32, frame->headers + LAB_HEADERS) != trial.signature) {
		count->foreign++;
		return XDP_PASS;
	}
	mark = lab_mark_of(frame->headers);
	length = bpf_xdp_get_buff_len(ctx);
	flow = lab_flow_of(frame->headers);
	judgement = lab_judge(frame->headers, &mark, length, trial.capacity, &found);

	count->frames++;
	count->bytes += length;
	if (length > end - (void *)frame)
		count->non_linear++;
	if (lab_is_rewritten(frame->headers))
		count->rewritten++;

	if (judgement == LAB_UNBELIEVABLE) {
		count->corrupted++;
		take_fault(&found);
		return XDP_DROP;
	}
	if (judgement == LAB_TRUNCATED) {
		count->truncated++;
		take_fault(&found);
	} else if (trial.verify && length > LAB_SMALLEST && fill_differs(ctx, length, mark.sequence)) {
		count->corrupted++;
	}

	key = mark.sequence >> 6;
	word = bpf_map_lookup_elem(&seen, &key);
	if (word && lab_seen_before(word, mark.sequence)) {
		count->duplicates++;
		return XDP_DROP;
	}
	next = bpf_map_lookup_elem(&highest, &flow);
	if (next && lab_reordered(next, mark.sequence))
		count->reordered++;
	if (!(mark.sequence & trial.stamp_mask)) {
		now = bpf_ktime_get_ns();
		key = lab_bucket(now > mark.sent_ns ? now - mark.sent_ns : 0);
		word = bpf_map_lookup_elem(&latency, &key);
		if (word)
			++*word;
		if (!count->first_ns)
			count->first_ns = now;
		count->last_ns = now;
	}
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
