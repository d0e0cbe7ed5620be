/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of the ports of this network namespace over netlink. */
#ifndef NETLINK_H
#define NETLINK_H

#include "agent.h"

/*
 * All ports as a list of {interface, ifindex, kind, mtu, up, carrier, peer, xdp, counters}; NULL with the
 * failure filled in.
 */
json_t *netlink_ports(struct failure *failure);

/* Adds `features`, the bits of NETDEV_XDP_ACT_*, to the ports. A kernel before 6.3 does not say: no error. */
void netlink_features(json_t *ports);

/* AF_XDP sockets that are bound, [{ifindex, queue}]; null where the kernel has no such list. */
json_t *netlink_sockets(void);

#endif
