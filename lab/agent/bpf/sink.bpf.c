// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Receives test frames on one port of the generator: counts each once, checks it to its last byte, its
 * order within its flow and its latency, and drops it. Everything else goes to the stack.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "frame.h"
#include "sink.h"

#define CHUNK 512
#define CHUNKS ((LAB_LONGEST - LAB_SMALLEST + CHUNK - 1) / CHUNK)

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
	__type(value, __u64[CHUNK / 8]);
} scratch SEC(".maps");

struct lab_sink_trial trial;
struct lab_sink_fault fault;

static __always_inline __u32 bucket_of(__u64 ns)
{
	__u32 power = 0;
	__u64 rest = ns;

	if (ns < (1 << LAB_BUCKET_BITS))
		return ns;
	if (rest >> 32) {
		power += 32;
		rest >>= 32;
	}
	if (rest >> 16) {
		power += 16;
		rest >>= 16;
	}
	if (rest >> 8) {
		power += 8;
		rest >>= 8;
	}
	if (rest >> 4) {
		power += 4;
		rest >>= 4;
	}
	if (rest >> 2) {
		power += 2;
		rest >>= 2;
	}
	power += rest >> 1;
	/* The leading one gives the power, the four bits below it the bucket within it. */
	return ((power - LAB_BUCKET_BITS + 1) << LAB_BUCKET_BITS) +
	       ((ns >> (power - LAB_BUCKET_BITS)) & ((1 << LAB_BUCKET_BITS) - 1));
}

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
 * Compares size bytes of the frame from offset on, 512 at the most; 0 when they are as sent, else 1. A
 * function of its own, not static, so that the verifier walks it once and not once for every call.
 */
__noinline int chunk_differs(struct xdp_md *ctx, __u32 offset, __u32 size, __u32 length, __u32 sequence)
{
	__u64 seed = lab_fill_seed(trial.signature, sequence), word = 0, want = 0;
	__u32 zero = 0, first = (offset - LAB_SMALLEST) / 8, i, cut;
	__u64 *words = bpf_map_lookup_elem(&scratch, &zero);
	struct lab_sink_fault found = {.sequence = sequence, .length = length, .length_sent = length};

	if (!words || size == 0 || size > CHUNK || bpf_xdp_load_bytes(ctx, offset, words, size))
		return 1;
	for (i = 0; i < CHUNK / 8; i++) {
		if (i >= size / 8)
			break;
		word = words[i];
		want = lab_fill_word(seed, first + i);
		if (word != want)
			goto differs;
	}
	cut = size & 7;
	if (cut == 0 || i >= CHUNK / 8)
		return 0;
	word = words[i] << (64 - 8 * cut);
	want = lab_fill_word(seed, first + i) << (64 - 8 * cut);
	if (word == want)
		return 0;
differs:
	found.offset = offset + i * 8;
	found.expected = want;
	found.found = word;
	take_fault(&found);
	return 1;
}

/* 0 when every byte from 60 on is as sent. */
static __always_inline int fill_differs(struct xdp_md *ctx, __u32 length, __u32 sequence)
{
	__u32 offset = LAB_SMALLEST, chunk, size;

	for (chunk = 0; chunk < CHUNKS && offset < length; chunk++) {
		size = length - offset < CHUNK ? length - offset : CHUNK;
		if (chunk_differs(ctx, offset, size, length, sequence))
			return 1;
		offset += CHUNK;
	}
	return 0;
}

static __always_inline int is_test_frame(const __u8 *headers)
{
	/* IPv4 without options, UDP, to 198.18.0.0/15, port 9 */
	return headers[12] == 0x08 && headers[13] == 0x00 && headers[14] == 0x45 && headers[23] == 17 &&
	       headers[30] == 198 && (headers[31] & 0xfe) == 18 && headers[36] == 0 &&
	       headers[37] == LAB_UDP_PORT;
}

SEC("xdp.frags")
int sink(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct lab_frame *frame = (void *)(long)ctx->data;
	__u32 zero = 0, flow, key, length;
	struct lab_sink_counts *count = bpf_map_lookup_elem(&counts, &zero);
	struct lab_sink_fault found = {};
	struct lab_mark mark;
	__u64 *word, *next, bit;
	__u64 now;

	if (!count)
		return XDP_ABORTED;
	if ((void *)(frame + 1) > end || !is_test_frame(frame->headers) ||
	    frame->mark.signature != trial.signature) {
		count->foreign++;
		return XDP_PASS;
	}
	mark = frame->mark;
	length = bpf_xdp_get_buff_len(ctx);
	found.sequence = mark.sequence;
	found.length = length;
	found.length_sent = (frame->headers[16] << 8) + frame->headers[17] + 14;
	flow = ((frame->headers[34] << 8) + frame->headers[35] - LAB_FIRST_PORT) & (LAB_FLOWS - 1);

	count->frames++;
	count->bytes += length;
	if (length > end - (void *)frame)
		count->non_linear++;

	if (length != found.length_sent) {
		count->truncated++;
		take_fault(&found);
	} else if (mark.check != lab_check(&mark, flow, length) || mark.sequence >= trial.capacity) {
		/* Nothing in this mark can be believed, so it is not booked as anyone's. */
		count->corrupted++;
		take_fault(&found);
		return XDP_DROP;
	} else if (trial.verify && length > LAB_SMALLEST && fill_differs(ctx, length, mark.sequence)) {
		count->corrupted++;
	}

	key = mark.sequence >> 6;
	bit = 1ULL << (mark.sequence & 63);
	word = bpf_map_lookup_elem(&seen, &key);
	if (word) {
		if (*word & bit) {
			count->duplicates++;
			return XDP_DROP;
		}
		__sync_fetch_and_or(word, bit);
	}
	next = bpf_map_lookup_elem(&highest, &flow);
	if (next) {
		if (mark.sequence + 1ULL < *next)
			count->reordered++;
		else
			*next = mark.sequence + 1ULL;
	}
	if (!(mark.sequence & trial.stamp_mask)) {
		now = bpf_ktime_get_ns();
		key = bucket_of(now > mark.sent_ns ? now - mark.sent_ns : 0);
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
