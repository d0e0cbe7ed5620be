// SPDX-License-Identifier: Apache-2.0
/* Judges frames that reached user space, in the same order and by the same rules as bpf/sink.bpf.c. */
#include <string.h>

#include "account.h"
#include "agent.h"
#include "bpf/rules.h"

static void take_fault(struct account *account, const struct lab_sink_fault *found)
{
	if (account->fault.taken)
		return;
	account->fault = *found;
	account->fault.taken = 1;
}

/* 0 when every byte from 60 on is as sent. */
static int fill_differs(struct account *account, const struct books *books, const uint8_t *frame,
			struct lab_sink_fault *found)
{
	__u64 words[LAB_CHUNK / 8] = {0}, seed = lab_fill_seed(books->trial.signature, found->sequence);

	for (uint32_t at = LAB_SMALLEST; at < found->length; at += LAB_CHUNK) {
		uint32_t size = found->length - at < LAB_CHUNK ? found->length - at : LAB_CHUNK;

		/* The fill starts at byte 60, where no word of this machine may start. */
		memcpy(words, frame + at, size);
		if (!lab_fill_differs(words, size, seed, (at - LAB_SMALLEST) / 8, found))
			continue;
		take_fault(account, found);
		return 1;
	}
	return 0;
}

static void book_latency(struct account *account, uint64_t sent_ns)
{
	uint64_t now = monotonic_ns();

	account->latency[lab_bucket(now > sent_ns ? now - sent_ns : 0)]++;
	if (!account->counts.first_ns)
		account->counts.first_ns = now;
	account->counts.last_ns = now;
}

void account_frame(struct account *account, const struct books *books, const uint8_t *frame, uint32_t length,
		   int linear)
{
	struct lab_sink_counts *count = &account->counts;
	struct lab_sink_fault found = {0};
	enum lab_judgement judgement;
	struct lab_mark mark;

	if (length >= sizeof(struct lab_frame))
		mark = lab_mark_of(frame);
	if (length < sizeof(struct lab_frame) || !lab_is_test_frame(frame) || !books->trial.signature ||
	    mark.signature != books->trial.signature) {
		count->foreign++;
		return;
	}
	judgement = lab_judge(frame, &mark, length, books->trial.capacity, &found);
	count->frames++;
	count->bytes += length;
	count->non_linear += !linear;
	count->rewritten += lab_is_rewritten(frame);
	if (judgement == LAB_UNBELIEVABLE) {
		count->corrupted++;
		take_fault(account, &found);
		return;
	}
	if (judgement == LAB_TRUNCATED) {
		count->truncated++;
		take_fault(account, &found);
	} else if (books->trial.verify && length > LAB_SMALLEST && fill_differs(account, books, frame, &found)) {
		count->corrupted++;
	}
	/* A truncated frame's mark is not checked: its number may be anything. */
	if (mark.sequence < books->trial.capacity) {
		if (lab_seen_before(&books->seen[mark.sequence >> 6], mark.sequence)) {
			count->duplicates++;
			return;
		}
	}
	if (lab_reordered(&books->highest[lab_flow_of(frame)], mark.sequence))
		count->reordered++;
	if (!(mark.sequence & books->trial.stamp_mask))
		book_latency(account, mark.sent_ns);
}
