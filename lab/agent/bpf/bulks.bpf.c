// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Counts the bulks that devmaps hand to ndo_xdp_xmit(), at the raw tracepoint: unlike a program on the
 * tracepoint's perf event it gets the arguments as they are, no copy of them, and so costs a tenth.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "bulks.h"

struct net_device {
	int ifindex;
} __attribute__((preserve_access_index));

/* Ifindexes of the ports whose bulks are counted, ended by 0; none: everybody's. */
const volatile __u32 ports[BULKS_PORTS + 1];

/* Bulks for which there was no room. */
__u64 lost;

/* Bulks are small and ports few, so that all there is to know of one makes a good key. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct bulk);
	__type(value, __u64);
} bulks SEC(".maps");

static __always_inline int ours(const struct bulk *bulk)
{
	for (int i = 0; i < BULKS_PORTS; i++) {
		if (!ports[i])
			return !i;
		if (ports[i] == bulk->from || ports[i] == bulk->to)
			return 1;
	}
	return 0;
}

SEC("tp_btf/xdp_devmap_xmit")
int BPF_PROG(count, const struct net_device *from, const struct net_device *to, int sent, int drops, int err)
{
	struct bulk bulk = {
		.from = from->ifindex, .to = to->ifindex, .sent = sent, .drops = drops, .err = err};
	__u64 one = 1, *seen;

	if (!ours(&bulk))
		return 0;
	seen = bpf_map_lookup_elem(&bulks, &bulk);
	if (!seen) {
		if (!bpf_map_update_elem(&bulks, &bulk, &one, BPF_NOEXIST))
			return 0;
		/* Another CPU was first. */
		seen = bpf_map_lookup_elem(&bulks, &bulk);
	}
	if (seen)
		*seen += 1;
	else
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

char _license[] SEC("license") = "GPL";
