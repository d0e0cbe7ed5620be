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

#include "account.h"
#include "agent.h"
#include "bpf/frame.h"
#include "sink.skel.h"

struct sink {
	struct sink *next;
	char *port;
	struct sink_bpf *bpf;
	int link;
	uint64_t *seen;
	uint64_t *highest;
	uint64_t capacity; /* sequence numbers */
	uint64_t count; /* frames of the trial */
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
	struct sink *sink;

	if (!ifindex)
		return NULL;
	sink = calloc(1, sizeof(*sink));
	if (!sink) {
		fail(failure, "malloc", ENOMEM, "out of memory");
		return NULL;
	}
	sink->link = -1;
	sink->capacity = books_capacity(capacity);
	sink->port = strdup(port);
	sink->bpf = sink_bpf__open();
	if (!sink->port || !sink->bpf) {
		fail(failure, "sink", errno, "opening the sink program: %s", strerror(errno));
		goto failed;
	}
	if (bpf_map__set_max_entries(sink->bpf->maps.seen, sink->capacity / 64)) {
		fail(failure, "bpf_map__set_max_entries", errno, "the sink's bitmap: %s", strerror(errno));
		goto failed;
	}
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
		attach_failed(failure, "the sink", ifindex, port, errno);
		goto failed;
	}
	return sink;
failed:
	close_sink(sink);
	return NULL;
}

void sinks_close(void)
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

	if (arguments(call, "{s:o, s:I}", "ports", &ports, "capacity", &capacity) ||
	    words(call, "ports", ports) || within(call, "capacity", capacity, 1, 1LL << 32))
		return NULL;
	sinks_close();
	json_array_foreach (ports, i, port) {
		struct sink *sink = open_sink(json_string_value(port), capacity, call->failure);

		if (!sink) {
			sinks_close();
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
		      &stamp_mask, "count", &count, "verify", &verify) ||
	    within(call, "signature", signature, 1, UINT32_MAX) || within(call, "flows", flows, 1, LAB_FLOWS) ||
	    within(call, "stampMask", stamp_mask, 0, UINT32_MAX) || within(call, "count", count, 1, 1LL << 32))
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
		sink->count = count;
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
	sum->rewritten += one->rewritten;
	sum->foreign += one->foreign;
	if (one->first_ns && (!sum->first_ns || one->first_ns < sum->first_ns))
		sum->first_ns = one->first_ns;
	if (one->last_ns > sum->last_ns)
		sum->last_ns = one->last_ns;
}

static json_t *read_sink(const struct sink *sink, int cpus, struct failure *failure)
{
	struct lab_sink_counts *values = calloc(cpus, sizeof(*values));
	uint64_t *buckets = calloc(cpus, sizeof(*buckets));
	struct account account = {.fault = sink->bpf->bss->fault};
	json_t *result = NULL;
	uint32_t zero = 0;

	if (!values || !buckets) {
		fail(failure, "malloc", ENOMEM, "out of memory");
		goto out;
	}
	if (bpf_map_lookup_elem(bpf_map__fd(sink->bpf->maps.counts), &zero, values)) {
		fail(failure, "bpf_map_lookup_elem", errno, "counts of the sink: %s", strerror(errno));
		goto out;
	}
	for (int cpu = 0; cpu < cpus; cpu++)
		add_counts(&account.counts, &values[cpu]);
	for (uint32_t key = 0; key < LAB_BUCKETS; key++) {
		if (bpf_map_lookup_elem(bpf_map__fd(sink->bpf->maps.latency), &key, buckets)) {
			fail(failure, "bpf_map_lookup_elem", errno, "latency of the sink: %s", strerror(errno));
			goto out;
		}
		for (int cpu = 0; cpu < cpus; cpu++)
			account.latency[key] += buckets[cpu];
	}
	result = account_json(&account);
out:
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

/* Which frames of the trial did not come, port by port. */
json_t *op_sink_losses(struct call *call)
{
	struct losses_asked asked;
	json_t *ports;

	if (losses_asked(call, &asked))
		return NULL;
	ports = json_object();
	for (struct sink *sink = sinks; sink; sink = sink->next)
		json_object_set_new(ports, sink->port, losses_json((const __u64 *)sink->seen, sink->count, &asked));
	return json_pack("{s:o}", "ports", ports);
}
