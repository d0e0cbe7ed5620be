// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* A program that hands over: by a tail call, and by a function whose place another program takes. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} deep SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} jumps SEC(".maps");

__attribute__((noinline)) int place(struct xdp_md *ctx)
{
	volatile int answer = XDP_PASS;

	return ctx ? answer : XDP_DROP;
}

SEC("xdp")
int first(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &jumps, 2);
	return XDP_PASS;
}

/* A program of its own, for one that can be replaced in part makes no tail calls. */
SEC("xdp")
int dispatcher(struct xdp_md *ctx)
{
	return place(ctx);
}

SEC("xdp")
int last(struct xdp_md *ctx)
{
	(void)ctx;
	return bpf_redirect_map(&deep, 0, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
