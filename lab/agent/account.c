// SPDX-License-Identifier: Apache-2.0
/* How an account of received frames is told. */
#include "account.h"

#include "agent.h"

uint64_t books_capacity(uint64_t count)
{
	return (count + 32767) / 32768 * 32768;
}

uint64_t bucket_floor(uint32_t bucket)
{
	uint32_t power = bucket >> LAB_BUCKET_BITS;
	uint64_t within = bucket & ((1 << LAB_BUCKET_BITS) - 1);

	return power ? ((1ULL << LAB_BUCKET_BITS) + within) << (power - 1) : within;
}

/* Buckets that are not empty, as [lower bound in ns, frames]. */
static json_t *latency_json(const uint64_t *latency)
{
	json_t *buckets = json_array();

	for (uint32_t key = 0; key < LAB_BUCKETS; key++)
		if (latency[key])
			json_array_append_new(buckets, json_pack("[I, I]", (json_int_t)bucket_floor(key),
								 (json_int_t)latency[key]));
	return buckets;
}

static json_t *fault_json(const struct lab_sink_fault *fault)
{
	if (!fault->taken)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o}", "sequence", (json_int_t)fault->sequence, "length",
			 (json_int_t)fault->length, "lengthSent", (json_int_t)fault->length_sent, "offset",
			 (json_int_t)fault->offset, "expected",
			 json_sprintf("%016llx", (unsigned long long)fault->expected), "found",
			 json_sprintf("%016llx", (unsigned long long)fault->found));
}

json_t *account_json(const struct account *account)
{
	const struct lab_sink_counts *counts = &account->counts;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "frames",
			 (json_int_t)counts->frames, "bytes", (json_int_t)counts->bytes, "truncated",
			 (json_int_t)counts->truncated, "corrupted", (json_int_t)counts->corrupted, "duplicates",
			 (json_int_t)counts->duplicates, "reordered", (json_int_t)counts->reordered, "nonLinear",
			 (json_int_t)counts->non_linear, "rewritten",
			 (json_int_t)counts->rewritten, "foreign", (json_int_t)counts->foreign, "firstNs",
			 (json_int_t)counts->first_ns, "lastNs", (json_int_t)counts->last_ns, "latency",
			 latency_json(account->latency), "fault", fault_json(&account->fault));
}

int losses_asked(struct call *call, struct losses_asked *asked)
{
	if (arguments(call, "{s:I, s:I}", "from", &asked->from, "whole", &asked->whole) ||
	    within(call, "from", asked->from, 0, 1LL << 32) || within(call, "whole", asked->whole, 1, 1LL << 32))
		return -1;
	return 0;
}

json_t *losses_json(const __u64 *seen, uint64_t count, const struct losses_asked *asked)
{
	uint64_t from = asked->from, whole = asked->whole, before = 0, during = 0, later = 0, end = from;

	for (uint64_t sequence = 0; sequence < count; sequence++) {
		/* Most words are all there. */
		if (sequence % 64 == 0 && seen[sequence / 64] == UINT64_MAX) {
			sequence += 63;
			continue;
		}
		if (seen[sequence / 64] >> sequence % 64 & 1)
			continue;
		if (sequence < from) {
			before++;
		} else if (!later && sequence - end < whole) {
			during++;
			end = sequence + 1;
		} else {
			later++;
		}
	}
	return json_pack("{s:I, s:I, s:I, s:I}", "before", (json_int_t)before, "during", (json_int_t)during, "end",
			 (json_int_t)end, "later", (json_int_t)later);
}
