// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* What takes the place of a function of another program, as libxdp has it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} taken SEC(".maps");

SEC("freplace/place")
int taker(struct xdp_md *ctx)
{
	(void)ctx;
	return bpf_redirect_map(&taken, 1, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
