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
