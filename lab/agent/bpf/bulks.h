/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the observer of bulks and the agent share. */
#ifndef BULKS_H
#define BULKS_H

#include <linux/types.h>

#define BULKS_PORTS 64

/* The arguments of xdp_devmap_xmit: ports by ifindex, frames sent and dropped, errno below zero or 0. */
struct bulk {
	__u32 from, to;
	__s32 sent, drops, err;
};

#endif
