// SPDX-License-Identifier: Apache-2.0
/* The sink: one program a port that counts and checks the test frames arriving there. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent.h"
#include "bpf/frame.h"
#include "bpf/sink.h"
#include "sink.skel.h"

struct sink {
	struct sink *next;
	char *port;
	struct sink_bpf *bpf;
	int link;
	uint64_t *seen;
	uint64_t *highest;
	uint64_t capacity; /* sequence numbers */
};

static struct sink *sinks;

static size_t seen_bytes(const struct sink *sink)
{
	return sink->capacity / 8;
}

static void close_sink(struct sink *sink)
{
	if (sink->seen)
		munmap(sink->seen, seen_bytes(sink));
	if (sink->highest)
		munmap(sink->highest, LAB_FLOWS * sizeof(*sink->highest));
	if (sink->link >= 0)
		close(sink->link);
	sink_bpf__destroy(sink->bpf);
	free(sink->port);
	free(sink);
}

static uint64_t *map_pages(const struct bpf_map *map, size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	return pages == MAP_FAILED ? NULL : pages;
}

static struct sink *open_sink(const char *port, uint64_t capacity, struct failure *failure)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
	unsigned int ifindex = port_index(port, failure);
	struct sink *sink = ifindex ? calloc(1, sizeof(*sink)) : NULL;

	if (!sink)
		return NULL;
	sink->link = -1;
	/* Whole pages of bits: 4096 bytes hold 32,768. */
	sink->capacity = (capacity + 32767) / 32768 * 32768;
	sink->port = strdup(port);
	sink->bpf = sink_bpf__open();
	if (!sink->port || !sink->bpf) {
		fail(failure, "sink", errno, "opening the sink program: %s", strerror(errno));
		goto failed;
	}
	bpf_map__set_max_entries(sink->bpf->maps.seen, sink->capacity / 64);
	if (sink_bpf__load(sink->bpf)) {
		fail(failure, "bpf_object__load", errno, "the sink program: %s", strerror(errno));
		goto failed;
	}
	sink->seen = map_pages(sink->bpf->maps.seen, seen_bytes(sink));
	sink->highest = map_pages(sink->bpf->maps.highest, LAB_FLOWS * sizeof(*sink->highest));
	if (!sink->seen || !sink->highest) {
		fail(failure, "mmap", errno, "maps of the sink: %s", strerror(errno));
		goto failed;
	}
	sink->link = bpf_link_create(bpf_program__fd(sink->bpf->progs.sink), ifindex, BPF_XDP, &options);
	if (sink->link < 0 && errno == EOPNOTSUPP) {
		/* A generator's port need not be fast at receiving, only right. */
		options.flags = XDP_FLAGS_SKB_MODE;
		sink->link = bpf_link_create(bpf_program__fd(sink->bpf->progs.sink), ifindex, BPF_XDP, &options);
	}
	if (sink->link < 0) {
		fail(failure, "bpf_link_create", errno, "attaching the sink to %s: %s", port, strerror(errno));
		goto failed;
	}
	return sink;
failed:
	close_sink(sink);
	return NULL;
}

static void close_all(void)
{
	while (sinks) {
		struct sink *sink = sinks;

		sinks = sink->next;
		close_sink(sink);
	}
}

/* Opens a sink on each port for that many sequence numbers, in place of any that were open. */
json_t *op_sink_open(struct call *call)
{
	json_t *ports, *port;
	json_int_t capacity;
	size_t i;

	if (arguments(call, "{s:o, s:I}", "ports", &ports, "capacity", &capacity))
		return NULL;
	if (capacity < 1 || capacity > 1LL << 32)
		return fail(call->failure, "arguments", EINVAL, "capacity is 1 to 2^32 sequence numbers");
	close_all();
	json_array_foreach (ports, i, port) {
		struct sink *sink = open_sink(json_is_string(port) ? json_string_value(port) : "", capacity,
					      call->failure);

		if (!sink) {
			close_all();
			return NULL;
		}
		sink->next = sinks;
		sinks = sink;
	}
	return json_object();
}

static int zero_per_cpu(const struct bpf_map *map, size_t value_bytes)
{
	void *zeros = calloc(libbpf_num_possible_cpus(), value_bytes);
	int result = zeros ? 0 : -1;

	for (uint32_t key = 0; !result && key < bpf_map__max_entries(map); key++)
		result = bpf_map_update_elem(bpf_map__fd(map), &key, zeros, BPF_ANY);
	free(zeros);
	return result;
}

/* Forgets the last trial and waits for the frames of the next. */
json_t *op_sink_start(struct call *call)
{
	json_int_t signature, flows, stamp_mask, count;
	int verify;

	if (arguments(call, "{s:I, s:I, s:I, s:I, s:b}", "signature", &signature, "flows", &flows, "stampMask",
		      &stamp_mask, "count", &count, "verify", &verify))
		return NULL;
	for (struct sink *sink = sinks; sink; sink = sink->next) {
		if ((uint64_t)count > sink->capacity)
			return fail(call->failure, "arguments", E2BIG, "%lld frames, but the sink was opened for %llu",
				    (long long)count, (unsigned long long)sink->capacity);
		/* No frame counts while the books are being cleared: signature 0 is never a trial's. */
		sink->bpf->bss->trial.signature = 0;
		memset(sink->seen, 0, seen_bytes(sink));
		memset(sink->highest, 0, LAB_FLOWS * sizeof(*sink->highest));
		memset(&sink->bpf->bss->fault, 0, sizeof(sink->bpf->bss->fault));
		if (zero_per_cpu(sink->bpf->maps.counts, sizeof(struct lab_sink_counts)) ||
		    zero_per_cpu(sink->bpf->maps.latency, sizeof(uint64_t)))
			return fail(call->failure, "bpf_map_update_elem", errno, "clearing the sink: %s", strerror(errno));
		sink->bpf->bss->trial.flows = flows;
		sink->bpf->bss->trial.stamp_mask = stamp_mask;
		sink->bpf->bss->trial.verify = verify;
		sink->bpf->bss->trial.capacity = sink->capacity;
		__atomic_store_n(&sink->bpf->bss->trial.signature, (uint32_t)signature, __ATOMIC_RELEASE);
	}
	return json_object();
}

static void add_counts(struct lab_sink_counts *sum, const struct lab_sink_counts *one)
{
	sum->frames += one->frames;
	sum->bytes += one->bytes;
	sum->truncated += one->truncated;
	sum->corrupted += one->corrupted;
	sum->duplicates += one->duplicates;
	sum->reordered += one->reordered;
	sum->non_linear += one->non_linear;
	sum->foreign += one->foreign;
	if (one->first_ns && (!sum->first_ns || one->first_ns < sum->first_ns))
		sum->first_ns = one->first_ns;
	if (one->last_ns > sum->last_ns)
		sum->last_ns = one->last_ns;
}

/* Lower bound of a bucket in nanoseconds: the inverse of bucket_of in sink.bpf.c. */
static uint64_t bucket_floor(uint32_t bucket)
{
	uint32_t power = bucket >> LAB_BUCKET_BITS;
	uint64_t within = bucket & ((1 << LAB_BUCKET_BITS) - 1);

	return power ? ((1ULL << LAB_BUCKET_BITS) + within) << (power - 1) : within;
}

/* Buckets that are not empty, as [lower bound in ns, frames]. */
static json_t *read_latency(const struct sink *sink, int cpus, uint64_t *values)
{
	json_t *buckets = json_array();

	for (uint32_t key = 0; key < LAB_BUCKETS; key++) {
		uint64_t sum = 0;

		if (bpf_map_lookup_elem(bpf_map__fd(sink->bpf->maps.latency), &key, values))
			continue;
		for (int cpu = 0; cpu < cpus; cpu++)
			sum += values[cpu];
		if (sum)
			json_array_append_new(buckets, json_pack("[I, I]", (json_int_t)bucket_floor(key), (json_int_t)sum));
	}
	return buckets;
}

static json_t *read_fault(const struct sink *sink)
{
	const struct lab_sink_fault *fault = &sink->bpf->bss->fault;

	if (!fault->taken)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o}", "sequence", (json_int_t)fault->sequence, "length",
			 (json_int_t)fault->length, "lengthSent", (json_int_t)fault->length_sent, "offset",
			 (json_int_t)fault->offset, "expected",
			 json_sprintf("%016llx", (unsigned long long)fault->expected), "found",
			 json_sprintf("%016llx", (unsigned long long)fault->found));
}

static json_t *read_sink(const struct sink *sink, int cpus, struct failure *failure)
{
	struct lab_sink_counts *values = calloc(cpus, sizeof(*values)), sum = {0};
	uint64_t *buckets = calloc(cpus, sizeof(*buckets));
	json_t *result = NULL;
	uint32_t zero = 0;

	if (!values || !buckets) {
		fail(failure, "malloc", ENOMEM, "out of memory");
	} else if (bpf_map_lookup_elem(bpf_map__fd(sink->bpf->maps.counts), &zero, values)) {
		fail(failure, "bpf_map_lookup_elem", errno, "counts of the sink: %s", strerror(errno));
	} else {
		for (int cpu = 0; cpu < cpus; cpu++)
			add_counts(&sum, &values[cpu]);
		result = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "frames",
				   (json_int_t)sum.frames, "bytes", (json_int_t)sum.bytes, "truncated",
				   (json_int_t)sum.truncated, "corrupted", (json_int_t)sum.corrupted, "duplicates",
				   (json_int_t)sum.duplicates, "reordered", (json_int_t)sum.reordered, "nonLinear",
				   (json_int_t)sum.non_linear, "foreign", (json_int_t)sum.foreign, "firstNs",
				   (json_int_t)sum.first_ns, "lastNs", (json_int_t)sum.last_ns, "latency",
				   read_latency(sink, cpus, buckets), "fault", read_fault(sink));
	}
	free(values);
	free(buckets);
	return result;
}

json_t *op_sink_read(struct call *call)
{
	int cpus = libbpf_num_possible_cpus();
	json_t *ports;

	if (arguments(call, "{}"))
		return NULL;
	ports = json_object();
	for (struct sink *sink = sinks; sink; sink = sink->next) {
		json_t *one = read_sink(sink, cpus, call->failure);

		if (!one) {
			json_decref(ports);
			return NULL;
		}
		json_object_set_new(ports, sink->port, one);
	}
	return json_pack("{s:o}", "ports", ports);
}
