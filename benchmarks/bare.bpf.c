// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * What the bare loop runs in the kernel: a source that marks each frame and redirects it into a port, a
 * devmap redirect, and a sink that counts. No more than it takes to send frames and to know that they came.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct frame {
	__u8 headers[42];
	__u32 sequence;
	__u64 sent_ns;
} __attribute__((packed));

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} targets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} arrived SEC(".maps");

__u64 headers[6]; /* 42 bytes of Ethernet, IPv4 and UDP */
__u32 ifindex;
__u64 count;
__u64 sent;
__u64 stamp_ns;
__u64 start_ns;
__u64 end_ns;

/* Pages are recycled with whatever was written into them, so every run writes its frame anew. */
SEC("xdp")
int source(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct frame *frame = (void *)(long)ctx->data;
	int i;

	if ((void *)(frame + 1) > end || sent >= count)
		return XDP_DROP;
	if (!start_ns)
		start_ns = bpf_ktime_get_ns();
	for (i = 0; i < 5; i++)
		((__u64 *)frame)[i] = headers[i];
	*(__u16 *)(frame->headers + 40) = headers[5];
	if (!(sent & 15))
		stamp_ns = bpf_ktime_get_ns();
	frame->sequence = sent;
	frame->sent_ns = stamp_ns;
	if (++sent == count)
		end_ns = bpf_ktime_get_ns();
	return bpf_redirect(ifindex, 0);
}

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	return bpf_redirect_map(&targets, 0, 0);
}

SEC("xdp")
int sink(struct xdp_md *ctx)
{
	__u32 zero = 0;
	__u64 *frames = bpf_map_lookup_elem(&arrived, &zero);

	if (frames)
		++*frames;
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
