// SPDX-License-Identifier: Apache-2.0
/*
 * send PORT FRAMES LENGTH KEY MAP: raw frames, one system call each, all on one CPU and with nothing of
 * ordinary priority in between, so that a queue of that CPU fills.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET};
	struct sched_param priority = {.sched_priority = 10};
	unsigned char frame[4096] = {0x0a, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 1, 0x88, 0xb5};
	cpu_set_t first;
	int fd;

	if (argc != 6)
		errx(2, "usage: send PORT FRAMES LENGTH KEY MAP");
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first) || sched_setscheduler(0, SCHED_FIFO, &priority))
		err(1, "sched");
	to.sll_ifindex = if_nametoindex(argv[1]);
	frame[4] = atoi(argv[4]);
	frame[5] = atoi(argv[5]);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		err(1, "socket");
	for (int i = 0; i < atoi(argv[2]); i++)
		if (sendto(fd, frame, atoi(argv[3]), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			err(1, "sendto");
	close(fd);
	return 0;
}
