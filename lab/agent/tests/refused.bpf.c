// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Reads a byte without asking whether it is there: no verifier lets that pass. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int refused(struct xdp_md *ctx)
{
	return *(__u8 *)(long)ctx->data;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
