// SPDX-License-Identifier: Apache-2.0
/*
 * The devmap path without a harness: the kernel calls that a trial makes, in one process and nothing else.
 *
 *   this namespace          the namespace of the device under test
 *   source --> t0 ========= d0 --> redirect (devmap) --> d1 ========= t1 --> sink
 *
 * Reads one line a run, `FRAMES BATCH CPU`, and answers one: frames sent, frames arrived, nanoseconds from the
 * first frame to the last. Ends with its input, and what it made with it. It calls unshare(), so it disturbs
 * nobody; it needs root.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bare.skel.h"

/* uapi/linux/bpf.h since 5.18; older headers lack it. */
#ifndef BPF_F_TEST_XDP_LIVE_FRAMES
#define BPF_F_TEST_XDP_LIVE_FRAMES (1U << 1)
#endif

#define FRAME_BYTES 60 /* 64 with the FCS */
#define SETTLED_US 10000

static void give_up(const char *what)
{
	fprintf(stderr, "bare-devmap: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void shell(const char *command)
{
	if (system(command))
		give_up(command);
}

static int this_namespace(void)
{
	int descriptor = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (descriptor < 0)
		give_up("/proc/self/ns/net");
	return descriptor;
}

static void enter(int namespace)
{
	if (setns(namespace, CLONE_NEWNET))
		give_up("setns");
}

/* Neighbour discovery and its kin would be counted among the frames. */
static void unshare_network(void)
{
	if (unshare(CLONE_NEWNET))
		give_up("unshare");
	shell("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
}

static int attach(const struct bpf_program *program, const char *port)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
	int link = bpf_link_create(bpf_program__fd(program), if_nametoindex(port), BPF_XDP, &options);

	if (link < 0)
		give_up(port);
	return link;
}

static __u64 arrived(const struct bare_bpf *bpf)
{
	__u64 frames[CPU_SETSIZE] = {0}, sum = 0;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(bpf->maps.arrived), &zero, frames))
		give_up("bpf_map_lookup_elem");
	for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++)
		sum += frames[cpu];
	return sum;
}

static void move_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("sched_setaffinity");
}

static void run(struct bare_bpf *bpf, unsigned long long count, unsigned int batch)
{
	__u8 frame[FRAME_BYTES] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = (int)count, .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = batch);
	__u64 before = arrived(bpf), now = before, last;
	int result = 0;

	bpf->bss->count = count;
	bpf->bss->sent = 0;
	bpf->bss->start_ns = 0;
	while (!result && bpf->bss->sent < count)
		result = bpf_prog_test_run_opts(bpf_program__fd(bpf->progs.source), &options);
	if (result)
		give_up("BPF_PROG_TEST_RUN");
	do {
		last = now;
		usleep(SETTLED_US);
		now = arrived(bpf);
	} while (now != last);
	printf("%llu %llu %llu\n", (unsigned long long)bpf->bss->sent, (unsigned long long)(now - before),
	       (unsigned long long)(bpf->bss->end_ns - bpf->bss->start_ns));
	fflush(stdout);
}

int main(void)
{
	static const __u8 headers[42] = {[12] = 0x08, 0x00, 0x45, 0, 0, FRAME_BYTES - 14, 0x40, 0, 64, 17, 0, 0,
					 [26] = 198, 18, 0, 1, 198, 19, 0, 1, 0x40, 0, 0, 9, 0,
					 FRAME_BYTES - 34};
	struct bpf_devmap_val target = {0};
	int generator, device_under_test, cpu;
	unsigned long long count;
	struct bare_bpf *bpf;
	unsigned int batch;
	char line[128];
	__u32 key = 0;

	unshare_network();
	device_under_test = this_namespace();
	/* Both ends are made here; the generator's move to where this process goes next. */
	shell("ip link add d0 type veth peer name t0 && ip link add d1 type veth peer name t1");
	unshare_network();
	generator = this_namespace();
	enter(device_under_test);
	snprintf(line, sizeof(line), "for p in t0 t1; do ip link set $p netns /proc/%d/fd/%d || exit 1; done", getpid(),
		 generator);
	shell(line);
	shell("for p in d0 d1; do ethtool -K $p gro on && ip link set $p up || exit 1; done");
	enter(generator);
	shell("for p in t0 t1; do ethtool -K $p gro on && ip link set $p up || exit 1; done");

	bpf = bare_bpf__open_and_load();
	if (!bpf)
		give_up("bpf_object__load");
	bpf->bss->ifindex = if_nametoindex("t0");
	memcpy(bpf->bss->headers, headers, sizeof(headers));
	attach(bpf->progs.sink, "t1");
	enter(device_under_test);
	attach(bpf->progs.redirect, "d0");
	target.ifindex = if_nametoindex("d1");
	if (bpf_map_update_elem(bpf_map__fd(bpf->maps.targets), &key, &target, BPF_ANY))
		give_up("bpf_map_update_elem");
	enter(generator);

	/* The harness's generator is given the same. */
	if (setpriority(PRIO_PROCESS, 0, -20))
		give_up("setpriority");
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%llu %u %d", &count, &batch, &cpu) != 3) {
			errno = EINVAL;
			give_up(line);
		}
		if (cpu >= 0)
			move_to(cpu);
		run(bpf, count, batch);
	}
	return 0;
}
