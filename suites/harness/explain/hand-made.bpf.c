// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * A program such as anybody may have: the last byte of a frame's destination address says through which map
 * it is redirected, the byte before it under which key. What came to the CPU is counted there and dropped.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} tx_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct bpf_cpumap_val);
} workers SEC(".maps");

SEC("xdp")
int steer(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end || eth->h_dest[0] != 0x0a)
		return XDP_PASS;
	if (eth->h_dest[5] == 1)
		return bpf_redirect_map(&tx_ports, eth->h_dest[4], 0);
	if (eth->h_dest[5] == 2)
		return bpf_redirect_map(&workers, eth->h_dest[4], 0);
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
