// SPDX-License-Identifier: Apache-2.0
/* The observer of bulks: one program on the raw tracepoint xdp_devmap_xmit, whose counts only grow. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "bpf/bulks.h"
#include "bulks.skel.h"

static struct bulks_bpf *observer;

void bulks_close(void)
{
	bulks_bpf__destroy(observer);
	observer = NULL;
}

/* Counts the bulks from and to these ports; of all ports when the list is empty. */
json_t *op_bulks_open(struct call *call)
{
	json_t *ports, *port;
	size_t i;

	if (arguments(call, "{s:o}", "ports", &ports))
		return NULL;
	if (!json_is_array(ports) || json_array_size(ports) > BULKS_PORTS)
		return fail(call->failure, "arguments", EINVAL, "ports is a list of at most %d ifindexes", BULKS_PORTS);
	json_array_foreach (ports, i, port)
		if (within(call, "an ifindex", json_integer_value(port), 1, INT32_MAX))
			return NULL;
	bulks_close();
	observer = bulks_bpf__open();
	if (!observer)
		return fail(call->failure, "bulks", errno, "opening the observer of bulks: %s", strerror(errno));
	json_array_foreach (ports, i, port)
		observer->rodata->ports[i] = json_integer_value(port);
	if (bulks_bpf__load(observer) || bulks_bpf__attach(observer)) {
		fail(call->failure, "bulks", errno, "the observer of bulks (it needs CONFIG_DEBUG_INFO_BTF): %s",
		     strerror(errno));
		bulks_close();
		return NULL;
	}
	return json_object();
}

json_t *op_bulks_close(struct call *call)
{
	if (arguments(call, "{}"))
		return NULL;
	bulks_close();
	return json_object();
}

static json_int_t sum(const uint64_t *counts, int cpus)
{
	json_int_t total = 0;

	for (int cpu = 0; cpu < cpus; cpu++)
		total += counts[cpu];
	return total;
}

/* [from, to, errno, sent, drops, bulks] for each key. */
static json_t *bulks_json(int map, uint64_t *counts, int cpus)
{
	json_t *bulks = json_array();
	struct bulk bulk, *before = NULL;

	while (!bpf_map_get_next_key(map, before, &bulk)) {
		before = &bulk;
		if (bpf_map_lookup_elem(map, &bulk, counts))
			continue;
		json_array_append_new(bulks, json_pack("[I, I, i, i, i, I]", (json_int_t)bulk.from, (json_int_t)bulk.to,
						       -bulk.err, bulk.sent, bulk.drops, sum(counts, cpus)));
	}
	return bulks;
}

/* Events that the program was not run for, or had no room for. */
json_t *op_bulks_read(struct call *call)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);
	int cpus = libbpf_num_possible_cpus();
	uint64_t *counts;
	json_t *bulks;

	if (arguments(call, "{}"))
		return NULL;
	if (!observer)
		return fail(call->failure, "bulks", ENOENT, "no observer of bulks is open");
	if (bpf_obj_get_info_by_fd(bpf_program__fd(observer->progs.count), &info, &size))
		return fail(call->failure, "bpf_obj_get_info_by_fd", errno, "%s", strerror(errno));
	counts = calloc(cpus, sizeof(*counts));
	if (!counts)
		return fail(call->failure, "malloc", ENOMEM, "out of memory");
	bulks = bulks_json(bpf_map__fd(observer->maps.bulks), counts, cpus);
	free(counts);
	return json_pack("{s:o, s:I}", "bulks", bulks, "missed",
			 (json_int_t)(info.recursion_misses + observer->bss->lost));
}
