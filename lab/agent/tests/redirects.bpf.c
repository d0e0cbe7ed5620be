// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Programs for the checks: one that answers as it is told and counts, one redirect through each map. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 verdict = XDP_PASS;
const volatile __u8 small = 1;
const volatile __u32 key;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} counted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} plain SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} targets SEC(".maps");

static __always_inline void count(void)
{
	__u32 slot = small & 1;
	__u64 *frames = bpf_map_lookup_elem(&counted, &slot);

	if (frames)
		++*frames;
}

SEC("xdp")
int answer(struct xdp_md *ctx)
{
	(void)ctx;
	count();
	return verdict;
}

SEC("xdp")
int to_socket(struct xdp_md *ctx)
{
	count();
	return bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_DROP);
}

SEC("xdp")
int to_port(struct xdp_md *ctx)
{
	(void)ctx;
	count();
	return bpf_redirect_map(&targets, key, XDP_DROP);
}

SEC("xdp/devmap")
int on_the_way(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
