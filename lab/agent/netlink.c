// SPDX-License-Identifier: Apache-2.0
/*
 * Ports with what is attached to them (rtnetlink), their xdp features (the `netdev` family), AF_XDP sockets
 * (sock_diag). By hand, for libbpf answers about one port at a time and before 1.2 not about features.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

/* uapi/linux/netdev.h (Linux 6.3), which older headers lack. */
#define NETDEV_FAMILY "netdev"
#define NETDEV_CMD_DEV_GET 1
#define NETDEV_A_DEV_IFINDEX 1
#define NETDEV_A_DEV_XDP_FEATURES 3

/* One message of a dump is at most that long (NLMSG_GOODSIZE, and what rtnetlink asks for beyond it). */
#define MESSAGE_BYTES (1 << 17)
#define ANSWER_SECONDS 5

struct request {
	struct nlmsghdr header;
	char body[256];
};

typedef void (*take)(const struct nlmsghdr *message, void *argument);

static void begin(struct request *request, int type, int flags, const void *body, size_t size)
{
	memset(request, 0, sizeof(*request));
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = NLM_F_REQUEST | flags;
	request->header.nlmsg_len = NLMSG_LENGTH(size);
	memcpy(NLMSG_DATA(&request->header), body, size);
}

static int open_netlink(int protocol)
{
	struct timeval patience = {.tv_sec = ANSWER_SECONDS};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience))) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * 1 when more is to come, 0 at the end of the answer, -errno. (Not all that is part of a dump is marked
 * NLM_F_MULTI: net/core/netdev-genl.c.)
 */
static int take_messages(const char *buffer, ssize_t size, int dump, take take, void *argument)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
	unsigned int left = size;

	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return 0;
		if (message->nlmsg_type == NLMSG_ERROR)
			return ((const struct nlmsgerr *)NLMSG_DATA(message))->error;
		take(message, argument);
	}
	return dump;
}

/* Sends a request and hands each message of the answer on; 0 or -errno. */
static int converse(int protocol, struct request *request, take take, void *argument)
{
	char *buffer = malloc(MESSAGE_BYTES);
	int fd = open_netlink(protocol), dump = request->header.nlmsg_flags & NLM_F_DUMP ? 1 : 0, result = 1;

	if (!buffer || fd < 0 || send(fd, request, request->header.nlmsg_len, 0) < 0)
		result = buffer ? -errno : -ENOMEM;
	while (result == 1) {
		ssize_t size = recv(fd, buffer, MESSAGE_BYTES, MSG_TRUNC);

		if (size < 0)
			result = -errno;
		else if (size > MESSAGE_BYTES)
			result = -EMSGSIZE;
		else
			result = take_messages(buffer, size, dump, take, argument);
	}
	if (fd >= 0)
		close(fd);
	free(buffer);
	return result;
}

/* The attributes behind a message's head of that size, by type. */
static void attributes(const struct rtattr *at, int size, const struct rtattr **found, int most)
{
	for (; RTA_OK(at, size); at = RTA_NEXT(at, size)) {
		int type = at->rta_type & NLA_TYPE_MASK;

		if (type <= most)
			found[type] = at;
	}
}

static void nested(const struct rtattr *in, const struct rtattr **found, int most)
{
	if (in)
		attributes(RTA_DATA(in), RTA_PAYLOAD(in), found, most);
}

static uint32_t number(const struct rtattr *at)
{
	uint32_t value = 0;

	if (at)
		memcpy(&value, RTA_DATA(at), RTA_PAYLOAD(at) < sizeof(value) ? RTA_PAYLOAD(at) : sizeof(value));
	return value;
}

#define COUNTER(name) {#name, offsetof(struct rtnl_link_stats64, name)}
static const struct {
	const char *name;
	size_t offset;
} counters[] = {
	COUNTER(rx_packets), COUNTER(tx_packets), COUNTER(rx_errors), COUNTER(tx_errors), COUNTER(rx_dropped),
	COUNTER(tx_dropped), COUNTER(rx_length_errors), COUNTER(rx_over_errors), COUNTER(rx_crc_errors),
	COUNTER(rx_frame_errors), COUNTER(rx_fifo_errors), COUNTER(rx_missed_errors), COUNTER(tx_aborted_errors),
	COUNTER(tx_carrier_errors), COUNTER(tx_fifo_errors), COUNTER(rx_nohandler),
};

static json_t *counters_of(const struct rtattr *at)
{
	struct rtnl_link_stats64 statistics = {0};
	json_t *result = json_object();

	if (at)
		memcpy(&statistics, RTA_DATA(at),
		       RTA_PAYLOAD(at) < sizeof(statistics) ? RTA_PAYLOAD(at) : sizeof(statistics));
	for (size_t i = 0; at && i < sizeof(counters) / sizeof(*counters); i++) {
		__u64 value;

		memcpy(&value, (char *)&statistics + counters[i].offset, sizeof(value));
		json_object_set_new(result, counters[i].name, json_sprintf("%llu", (unsigned long long)value));
	}
	return result;
}

static void add_program(json_t *programs, const char *mode, uint32_t id)
{
	if (id)
		json_array_append_new(programs, json_pack("{s:s, s:I}", "mode", mode, "program", (json_int_t)id));
}

/* More than one when a port has programs in several modes. */
static json_t *attached_to(const struct rtattr *xdp)
{
	const struct rtattr *of[IFLA_XDP_MAX + 1] = {0};
	json_t *programs = json_array();

	nested(xdp, of, IFLA_XDP_MAX);
	add_program(programs, "native", number(of[IFLA_XDP_DRV_PROG_ID]));
	add_program(programs, "generic", number(of[IFLA_XDP_SKB_PROG_ID]));
	add_program(programs, "offload", number(of[IFLA_XDP_HW_PROG_ID]));
	return programs;
}

static void take_port(const struct nlmsghdr *message, void *ports)
{
	const struct rtattr *of[IFLA_MAX + 1] = {0}, *info[IFLA_INFO_MAX + 1] = {0};
	const struct ifinfomsg *link = NLMSG_DATA(message);
	json_t *kind, *name;

	if (message->nlmsg_type != RTM_NEWLINK)
		return;
	attributes(IFLA_RTA(link), IFLA_PAYLOAD(message), of, IFLA_MAX);
	nested(of[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	if (!of[IFLA_IFNAME])
		return;
	name = text_json(RTA_DATA(of[IFLA_IFNAME]));
	kind = info[IFLA_INFO_KIND] ? text_json(RTA_DATA(info[IFLA_INFO_KIND])) : json_string("");
	/* The other end of a veth pair, when it is in this namespace too. */
	json_array_append_new(
		ports, json_pack("{s:o, s:i, s:o, s:I, s:b, s:b, s:I, s:I, s:o, s:o}", "interface", name, "ifindex",
				 link->ifi_index, "kind", kind, "mtu", (json_int_t)number(of[IFLA_MTU]), "up",
				 (link->ifi_flags & IFF_UP) != 0, "carrier", (link->ifi_flags & IFF_LOWER_UP) != 0, "peer",
				 (json_int_t)(of[IFLA_LINK_NETNSID] ? 0 : number(of[IFLA_LINK])), "master",
				 (json_int_t)number(of[IFLA_MASTER]), "xdp", attached_to(of[IFLA_XDP]), "counters",
				 counters_of(of[IFLA_STATS64])));
}

json_t *netlink_ports(struct failure *failure)
{
	struct ifinfomsg any = {.ifi_family = AF_UNSPEC};
	json_t *ports = json_array();
	struct request request;
	int result;

	begin(&request, RTM_GETLINK, NLM_F_DUMP, &any, sizeof(any));
	result = converse(NETLINK_ROUTE, &request, take_port, ports);
	if (!result)
		return ports;
	json_decref(ports);
	return fail(failure, "RTM_GETLINK", result, "listing the ports: %s", strerror(-result));
}

static void take_family(const struct nlmsghdr *message, void *id)
{
	const struct rtattr *of[CTRL_ATTR_MAX + 1] = {0};

	attributes((void *)((char *)NLMSG_DATA(message) + GENL_HDRLEN),
		   message->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), of, CTRL_ATTR_MAX);
	*(int *)id = number(of[CTRL_ATTR_FAMILY_ID]);
}

static int family(const char *name)
{
	struct {
		struct genlmsghdr head;
		struct rtattr at;
		char name[16];
	} body = {.head = {.cmd = CTRL_CMD_GETFAMILY, .version = 1}};
	struct request request;
	int id = 0;

	body.at = (struct rtattr){.rta_type = CTRL_ATTR_FAMILY_NAME, .rta_len = RTA_LENGTH(strlen(name) + 1)};
	strcpy(body.name, name);
	begin(&request, GENL_ID_CTRL, 0, &body, GENL_HDRLEN + RTA_ALIGN(body.at.rta_len));
	return converse(NETLINK_GENERIC, &request, take_family, &id) ? 0 : id;
}

static void take_features(const struct nlmsghdr *message, void *ports)
{
	const struct rtattr *of[NETDEV_A_DEV_XDP_FEATURES + 1] = {0};
	json_t *port;
	__u64 bits;
	size_t i;

	attributes((void *)((char *)NLMSG_DATA(message) + GENL_HDRLEN),
		   message->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), of, NETDEV_A_DEV_XDP_FEATURES);
	if (!of[NETDEV_A_DEV_XDP_FEATURES])
		return;
	memcpy(&bits, RTA_DATA(of[NETDEV_A_DEV_XDP_FEATURES]), sizeof(bits));
	json_array_foreach ((json_t *)ports, i, port)
		if (json_integer_value(json_object_get(port, "ifindex")) == number(of[NETDEV_A_DEV_IFINDEX]))
			json_object_set_new(port, "features", json_integer(bits));
}

void netlink_features(json_t *ports)
{
	struct genlmsghdr head = {.cmd = NETDEV_CMD_DEV_GET, .version = 1};
	int id = family(NETDEV_FAMILY);
	struct request request;

	if (!id)
		return;
	begin(&request, id, NLM_F_DUMP, &head, sizeof(head));
	converse(NETLINK_GENERIC, &request, take_features, ports);
}

static void take_socket(const struct nlmsghdr *message, void *sockets)
{
	const struct rtattr *of[XDP_DIAG_MAX + 1] = {0};
	const struct xdp_diag_msg *socket = NLMSG_DATA(message);
	struct xdp_diag_info info;

	attributes((void *)(socket + 1), message->nlmsg_len - NLMSG_LENGTH(sizeof(*socket)), of, XDP_DIAG_MAX);
	if (!of[XDP_DIAG_INFO])
		return;
	memcpy(&info, RTA_DATA(of[XDP_DIAG_INFO]), sizeof(info));
	if (info.ifindex)
		json_array_append_new(sockets, json_pack("{s:I, s:I}", "ifindex", (json_int_t)info.ifindex, "queue",
							 (json_int_t)info.queue_id));
}

json_t *netlink_sockets(void)
{
	struct xdp_diag_req any = {.sdiag_family = AF_XDP, .xdiag_show = XDP_SHOW_INFO};
	json_t *sockets = json_array();
	struct request request;

	begin(&request, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &any, sizeof(any));
	if (!converse(NETLINK_SOCK_DIAG, &request, take_socket, sockets))
		return sockets;
	json_decref(sockets);
	return json_null();
}
