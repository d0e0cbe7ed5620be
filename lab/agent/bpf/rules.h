/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * By what rules an arriving test frame is judged: the same ones in the kernel, where the sink receives it,
 * and in user space, where an AF_XDP socket does.
 */
#ifndef LAB_RULES_H
#define LAB_RULES_H

#include "frame.h"
#include "sink.h"

#define LAB_RULE static inline __attribute__((always_inline))

/* Bytes compared at a time; the verifier walks the comparison of one such piece once. */
#define LAB_CHUNK 512

enum lab_judgement {
	LAB_AS_SENT, /* as far as its mark tells; the fill is another question */
	LAB_TRUNCATED, /* its length is not what was sent */
	LAB_UNBELIEVABLE, /* nothing in its mark can be believed, so it is not booked as anyone's */
};

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LAB_BE16(value) __builtin_bswap16(value)
#else
#define LAB_BE16(value) (value)
#endif

/* The mark that follows the headers. */
LAB_RULE struct lab_mark lab_mark_of(const __u8 *headers)
{
	const __u8 *mark = headers + LAB_HEADERS;

	return (struct lab_mark){
		.signature = LAB_READ(__u32, mark + __builtin_offsetof(struct lab_mark, signature)),
		.sequence = LAB_READ(__u32, mark + __builtin_offsetof(struct lab_mark, sequence)),
		.sent_ns = LAB_READ(__u64, mark + __builtin_offsetof(struct lab_mark, sent_ns)),
		.check = LAB_READ(__u16, mark + __builtin_offsetof(struct lab_mark, check)),
	};
}

/* IPv4 without options, UDP, to 198.18.0.0/15, port 9. */
LAB_RULE int lab_is_test_frame(const __u8 *headers)
{
	return LAB_READ(__u16, headers + 12) == LAB_BE16(0x0800) && headers[14] == 0x45 && headers[23] == 17 &&
	       (LAB_READ(__u16, headers + 30) & LAB_BE16(0xfffe)) == LAB_BE16(198 << 8 | 18) &&
	       LAB_READ(__u16, headers + 36) == LAB_BE16(LAB_UDP_PORT);
}

/* A program on a devmap's entry that rewrites gives frames this source address: 02, "rewrt". */
LAB_RULE int lab_is_rewritten(const __u8 *headers)
{
	return headers[6] == 0x02 && headers[7] == 'r' && headers[8] == 'e' && headers[9] == 'w' &&
	       headers[10] == 'r' && headers[11] == 't';
}

LAB_RULE __u32 lab_flow_of(const __u8 *headers)
{
	return (LAB_BE16(LAB_READ(__u16, headers + 34)) - LAB_FIRST_PORT) & (LAB_FLOWS - 1);
}

/* What the IP header says of the frame's length, Ethernet header included. */
LAB_RULE __u32 lab_length_sent(const __u8 *headers)
{
	return LAB_BE16(LAB_READ(__u16, headers + 16)) + 14;
}

/* Judges length and mark; the fault is filled in for whoever wants to tell of it. */
LAB_RULE enum lab_judgement lab_judge(const __u8 *headers, const struct lab_mark *mark, __u32 length,
				      __u64 capacity, struct lab_sink_fault *fault)
{
	fault->sequence = mark->sequence;
	fault->length = length;
	fault->length_sent = lab_length_sent(headers);
	if (length != fault->length_sent)
		return LAB_TRUNCATED;
	if (mark->check != lab_check(mark, lab_flow_of(headers), length) || mark->sequence >= capacity)
		return LAB_UNBELIEVABLE;
	return LAB_AS_SENT;
}

/*
 * Compares size bytes, LAB_CHUNK at the most, with the fill of the frame from its word `first` on. The last
 * word may be cut short; words has room for all of it. 1, and where and what in the fault, if they differ.
 */
LAB_RULE int lab_fill_differs(const __u64 *words, __u32 size, __u64 seed, __u32 first,
			      struct lab_sink_fault *fault)
{
	__u64 word, want;
	__u32 cut = size & 7, i;

	for (i = 0; i < LAB_CHUNK / 8; i++) {
		if (i >= size / 8)
			break;
		word = words[i];
		want = lab_fill_word(seed, first + i);
		if (word != want)
			goto differs;
	}
	if (cut == 0 || i >= LAB_CHUNK / 8)
		return 0;
	word = words[i] << (64 - 8 * cut);
	want = lab_fill_word(seed, first + i) << (64 - 8 * cut);
	if (word == want)
		return 0;
differs:
	fault->offset = LAB_SMALLEST + (first + i) * 8;
	fault->expected = want;
	fault->found = word;
	return 1;
}

/* Enters the frame in the bitmap's word: 1 if it was there before, whoever entered it. */
LAB_RULE int lab_seen_before(__u64 *word, __u32 sequence)
{
	__u64 bit = 1ULL << (sequence & 63);

	return (__sync_fetch_and_or(word, bit) & bit) != 0;
}

/*
 * RFC 4737 section 3.3: reordered is what comes below a sequence number already seen of its flow. A flow
 * arrives on one CPU at a time, so the update need not be atomic.
 */
LAB_RULE int lab_reordered(__u64 *highest, __u32 sequence)
{
	volatile __u64 *next = highest;

	if (sequence + 1ULL < *next)
		return 1;
	*next = sequence + 1ULL;
	return 0;
}

/* The latency bucket of a time: the leading one gives the power, the bits below it the bucket within it. */
LAB_RULE __u32 lab_bucket(__u64 ns)
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
	return ((power - LAB_BUCKET_BITS + 1) << LAB_BUCKET_BITS) +
	       ((ns >> (power - LAB_BUCKET_BITS)) & ((1 << LAB_BUCKET_BITS) - 1));
}

#endif
