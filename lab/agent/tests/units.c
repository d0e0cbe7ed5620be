// SPDX-License-Identifier: Apache-2.0
/* What can be checked without a kernel. */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "agent.h"
#include "bpf/rules.h"
#include "checks.h"

static int decodes_to(const char *text, const char *wanted)
{
	unsigned char *bytes;
	size_t size;
	int same;

	if (base64_decode(text, &bytes, &size))
		return 0;
	same = size == strlen(wanted) && !memcmp(bytes, wanted, size);
	free(bytes);
	return same;
}

static int refuses(const char *text)
{
	unsigned char *bytes;
	size_t size;

	if (base64_decode(text, &bytes, &size))
		return 1;
	free(bytes);
	return 0;
}

static void check_base64(void)
{
	CHECK(decodes_to("", "") && decodes_to("Zg==", "f") && decodes_to("Zm8=", "fo") &&
	      decodes_to("Zm9v", "foo") &&
	      decodes_to("Zm9vYmFy", "foobar"), "base64 decodes the examples of RFC 4648");
	CHECK(decodes_to("+/+/", "\xfb\xff\xbf"), "base64 knows its last two digits");
	CHECK(refuses("Zg=") && refuses("Zg") && refuses("Z===") && refuses("====") && refuses("Zg==Zg==") &&
	      refuses("Zm9\n") && refuses("Z=9v") && refuses("Zm-_"),
	      "base64 refuses wrong lengths, padding within, line breaks and other alphabets");
}

static void check_mark(void)
{
	struct lab_mark mark = {.signature = 7, .sequence = 9, .sent_ns = 123456789}, other = mark;
	uint16_t sum = lab_check(&mark, 3, 60);

	other.sequence ^= 1;
	CHECK(lab_check(&other, 3, 60) != sum && lab_check(&mark, 4, 60) != sum && lab_check(&mark, 3, 61) != sum,
	      "the mark's check covers sequence, flow and length");
	other = mark;
	other.sent_ns ^= 1 << 20;
	CHECK(lab_check(&other, 3, 60) != sum, "the mark's check covers the time of sending");
}

static void check_fill(void)
{
	__u64 words[LAB_CHUNK / 8], seed = lab_fill_seed(7, 9);
	int noticed = 0, same = 0, bytes = 0;

	for (uint32_t size = 1; size <= LAB_CHUNK; size += 7) {
		struct lab_sink_fault fault = {0};

		for (int i = 0; i < LAB_CHUNK / 8; i++)
			words[i] = lab_fill_word(seed, 5 + i);
		same += !lab_fill_differs(words, size, seed, 5, &fault);
		((uint8_t *)words)[size - 1] ^= 0x80;
		noticed += lab_fill_differs(words, size, seed, 5, &fault) &&
			   fault.offset == LAB_SMALLEST + (5 + (size - 1) / 8) * 8;
		bytes++;
	}
	CHECK(same == bytes, "a fill of any length is the same as itself");
	CHECK(noticed == bytes, "a wrong last byte is noticed at any length, and its place told");
	CHECK(lab_fill_seed(7, 9) != lab_fill_seed(7, 10) && lab_fill_seed(7, 9) != lab_fill_seed(8, 9),
	      "the fill differs between frames and between trials");
}

static void check_buckets(void)
{
	int inverse = 1, narrow = 1;

	for (uint32_t bucket = 0; bucket < LAB_BUCKETS - (5 << LAB_BUCKET_BITS); bucket++) {
		uint64_t low = bucket_floor(bucket), next = bucket_floor(bucket + 1);

		inverse &= lab_bucket(low) == bucket && lab_bucket(next - 1) == bucket;
		narrow &= next - low <= (low >> LAB_BUCKET_BITS) + 1;
	}
	CHECK(inverse, "each latency bucket begins where it says and ends before the next");
	CHECK(narrow, "no latency bucket is wider than a sixteenth of its beginning");
	CHECK(lab_bucket(UINT64_MAX) < LAB_BUCKETS, "the longest latency has a bucket");
}

static void check_account(void)
{
	__u64 seen[books_capacity(1) / 64], *highest = calloc(LAB_FLOWS, sizeof(*highest));
	struct books books = {.trial = {.signature = 7, .verify = 1, .capacity = books_capacity(1)},
			      .seen = memset(seen, 0, sizeof(seen)),
			      .highest = highest};
	struct account account = {0};
	uint8_t frame[2000];

	for (int i = 0; i < 3; i++) {
		frame_make(frame, 1514, 7, i, 0);
		account_frame(&account, &books, frame, 1514, i != 1);
	}
	CHECK(account.counts.frames == 3 && account.counts.bytes == 3 * 1514 && account.counts.non_linear == 1 &&
	      !account.fault.taken, "frames as they were sent are counted, by kind too");
	account_frame(&account, &books, frame, 1514, 1);
	CHECK(account.counts.duplicates == 1, "a frame that comes twice is a duplicate");
	frame_make(frame, 60, 7, 10, 5);
	account_frame(&account, &books, frame, 60, 1);
	frame_make(frame, 60, 7, 9, 6);
	account_frame(&account, &books, frame, 60, 1);
	CHECK(account.counts.reordered == 0, "another flow's order is another matter");
	frame_make(frame, 60, 7, 8, 5);
	account_frame(&account, &books, frame, 60, 1);
	CHECK(account.counts.reordered == 1, "a frame that was overtaken within its flow is reordered");
	account_frame(&account, &books, frame, 59, 1);
	frame_make(frame, 60, 8, 11, 5);
	account_frame(&account, &books, frame, 60, 1);
	CHECK(account.counts.foreign == 2, "too short and another trial's are foreign");
	frame_make(frame, 300, 7, 12, 5);
	account_frame(&account, &books, frame, 299, 1);
	CHECK(account.counts.truncated == 1 && account.fault.length == 299 && account.fault.length_sent == 300,
	      "a shortened frame is truncated, and both lengths are told");
	frame_make(frame, 60, 7, 0x7fffffff, 5);
	account_frame(&account, &books, frame, 60, 1);
	CHECK(account.counts.corrupted == 1, "a sequence number beyond the books is not believed");
	free(highest);
}

static int loses(const __u64 *seen, uint64_t from, json_int_t before, json_int_t during, json_int_t end,
		 json_int_t later)
{
	struct losses_asked asked = {.from = from, .whole = 50};
	json_t *found = losses_json(seen, 300, &asked);
	int same = number_at(found, "before") == before && number_at(found, "during") == during &&
		   number_at(found, "end") == end && number_at(found, "later") == later;

	json_decref(found);
	return same;
}

static void check_losses(void)
{
	__u64 seen[6];

	memset(seen, 0xff, sizeof(seen));
	CHECK(loses(seen, 100, 0, 0, 100, 0), "where all came, nothing is missing");
	seen[1] &= ~1ULL; /* 64 */
	seen[2] &= ~(1ULL << 12 | 1ULL << 32); /* 140, 160 */
	CHECK(loses(seen, 100, 1, 2, 161, 0), "what is missing before is told apart, and where the rest ends");
	seen[3] &= ~(1ULL << 18 | 1ULL << 19); /* 210 and 211: 49 whole ones after 160, then none */
	CHECK(loses(seen, 100, 1, 4, 212, 0), "too few whole ones in a row end nothing");
	seen[4] &= ~(1ULL << 6); /* 262: 50 whole ones after 211 */
	CHECK(loses(seen, 100, 1, 4, 212, 1), "what is missing after enough whole ones is another matter");
	seen[4] &= ~(1ULL << 44); /* 300 */
	CHECK(loses(seen, 100, 1, 4, 212, 1), "beyond the last frame nothing is missing");
	CHECK(loses(seen, 0, 0, 0, 0, 6), "a loss later than that is none of the change's");
}

void check_units(void)
{
	check_base64();
	check_mark();
	check_fill();
	check_buckets();
	check_losses();
	check_account();
}
