/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The lab's test frame, shared by what sends it and what checks it.
 *
 * Ethernet, IPv4 in the benchmarking range 198.18.0.0/15 (RFC 2544 appendix C.2.2), UDP, then the mark
 * below; a frame of 60 bytes (64 with FCS) holds exactly that. Anything longer is filled with words that
 * follow from the sequence number, so that a byte of another frame never passes for one of this frame.
 */
#ifndef LAB_FRAME_H
#define LAB_FRAME_H

#include <linux/types.h>

#define LAB_HEADERS 42
#define LAB_SMALLEST 60
#define LAB_LONGEST 9212
#define LAB_FIRST_PORT 0x4000 /* UDP source port of flow 0 */
#define LAB_FLOWS 16384
#define LAB_UDP_PORT 9 /* discard, RFC 863 */

/* Host byte order: sender and sink are one machine. */
struct lab_mark {
	__u32 signature; /* of the trial */
	__u32 sequence;
	__u64 sent_ns; /* CLOCK_MONOTONIC */
	__u16 check;
} __attribute__((packed));

struct lab_frame {
	__u8 headers[LAB_HEADERS];
	struct lab_mark mark;
} __attribute__((packed));

/*
 * One access of that type, wherever it stands. For BPF the compiler would take a packed field byte by byte,
 * which is a tenth of what a frame costs on its whole way; the kernel lets programs do this on machines that
 * do not mind.
 */
#ifdef __bpf__
#define LAB_READ(type, at) (*(const type *)(at))
#define LAB_WRITE(type, at, value) ((void)(*(type *)(at) = (value)))
#else
#define LAB_READ(type, at)                                                                                   \
	__extension__({                                                                                      \
		type lab_value;                                                                              \
		__builtin_memcpy(&lab_value, (at), sizeof(lab_value));                                       \
		lab_value;                                                                                   \
	})
#endif

/*
 * A source that was kept from its CPU makes up for it, but not in one burst: that would overflow a ring of the DUT's
 * which holds at the asked rate. Later than this it goes at twice its rate until it no longer is, and what is more
 * than the most is not made up for.
 */
#define LAB_LATE_NS 100000ULL
#define LAB_LATE_MOST_NS 10000000ULL

struct lab_pace {
	__u64 interval_ns;
	__u64 next_ns; /* when the next frame is due */
	__u64 free_ns; /* before this none leaves, however late it is */
	__u64 held_ns; /* time that was lost and not made up for */
};

static inline int lab_due(const struct lab_pace *pace, __u64 now_ns)
{
	return now_ns >= pace->next_ns && now_ns >= pace->free_ns;
}

/* A frame leaves now: when may the one after it? */
static inline void lab_paced(struct lab_pace *pace, __u64 now_ns)
{
	__u64 late_ns = now_ns - pace->next_ns;

	if (late_ns > LAB_LATE_MOST_NS) {
		pace->held_ns += late_ns - LAB_LATE_MOST_NS;
		pace->next_ns = now_ns - LAB_LATE_MOST_NS;
	}
	pace->next_ns += pace->interval_ns;
	pace->free_ns = late_ns > LAB_LATE_NS ? now_ns + pace->interval_ns / 2 : 0;
}

/* From now on frames come at another rate. What the source was late by does not count at the new one. */
static inline void lab_change_pace(struct lab_pace *pace, __u64 interval_ns, __u64 now_ns)
{
	pace->interval_ns = interval_ns;
	pace->next_ns = now_ns + interval_ns;
	pace->free_ns = 0;
}

static inline __u16 lab_check(const struct lab_mark *mark, __u32 flow, __u32 length)
{
	__u64 sum = mark->signature + ((__u64)flow << 16) + length;

	sum += mark->sequence * 0x9E3779B9ULL;
	sum ^= mark->sent_ns;
	sum ^= sum >> 32;
	sum ^= sum >> 16;
	return sum;
}

/* The fill is a row of 8-byte words from byte 60 on; the last may be cut short. */
static inline __u64 lab_fill_seed(__u32 signature, __u32 sequence)
{
	return (sequence + 1ULL) * 0x9E3779B97F4A7C15ULL ^ signature;
}

static inline __u64 lab_fill_word(__u64 seed, __u32 index)
{
	return seed + index * 0xD1B54A32D192ED03ULL;
}

#endif
