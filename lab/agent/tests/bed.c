// SPDX-License-Identifier: Apache-2.0
/*
 * The bed: t0-d0 and t1-d1 in a network namespace of this process alone, which ends with it, ports, programs
 * and all.
 */
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"
#include "bpf/frame.h"
#include "checks.h"

int64_t now_ms(void)
{
	return monotonic_ns() / 1000000;
}

void run(const char *command)
{
	char *argv[] = {"sh", "-c", (char *)command, NULL}, message[600];

	if (run_command(argv, message, sizeof(message)))
		errx(1, "%s: %s", command, message);
}

void bed_make(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS))
		err(1, "unshare (the checks make namespaces: they want to be root)");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL) ||
	    mount("tmpfs", "/mnt", "tmpfs", 0, NULL))
		err(1, "mount");
	run("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 && "
	    "ip link add t0 index 1000 mtu 9216 numtxqueues 2 numrxqueues 2 type veth "
	    "peer name d0 index 1001 mtu 9216 numtxqueues 2 numrxqueues 2 && "
	    "ip link add t1 index 1002 type veth peer name d1 index 1003 && "
	    "for port in t0 t1 d0 d1; do ip link set $port up || exit 1; done");
}

uint32_t program_on(const char *port)
{
	uint32_t id = 0;

	if (bpf_xdp_query_id(if_nametoindex(port), 0, &id))
		err(1, "bpf_xdp_query_id");
	return id;
}

void frame_make(uint8_t *frame, uint32_t length, uint32_t signature, uint32_t sequence, uint32_t flow)
{
	static const uint8_t start[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45};
	struct lab_mark mark = {.signature = signature, .sequence = sequence, .sent_ns = monotonic_ns()};
	uint64_t word = 0, seed = lab_fill_seed(signature, sequence);

	memset(frame, 0, LAB_HEADERS);
	memcpy(frame, start, sizeof(start));
	frame[16] = (length - 14) >> 8;
	frame[17] = length - 14;
	frame[23] = 17;
	memcpy(frame + 30, (uint8_t[]){198, 19, 0, 1}, 4);
	frame[34] = (LAB_FIRST_PORT + flow) >> 8;
	frame[35] = LAB_FIRST_PORT + flow;
	frame[37] = LAB_UDP_PORT;
	mark.check = lab_check(&mark, flow, length);
	memcpy(frame + LAB_HEADERS, &mark, sizeof(mark));
	for (uint32_t at = LAB_SMALLEST; at < length; at++) {
		if ((at - LAB_SMALLEST) % 8 == 0)
			word = lab_fill_word(seed, (at - LAB_SMALLEST) / 8);
		frame[at] = word;
		word >>= 8;
	}
}

void frame_send(const char *port, const void *frame, size_t size)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(port)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || sendto(fd, frame, size, 0, (struct sockaddr *)&to, sizeof(to)) != (ssize_t)size)
		err(1, "sending %zu bytes on %s", size, port);
	close(fd);
}
