// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "source.h"
#include "source.skel.h"

/* uapi/linux/bpf.h since 5.18; older headers lack it. */
#ifndef BPF_F_TEST_XDP_LIVE_FRAMES
#define BPF_F_TEST_XDP_LIVE_FRAMES (1U << 1)
#endif

/*
 * The verifier takes 15 ms over the program, a short trial less: a program that has sent its frames is kept
 * for the next source. Only sources that run at the same time need one each.
 */
static struct source_bpf *idle;

int live_source_open(struct source *source)
{
	struct source_bpf *bpf = idle;

	idle = NULL;
	if (!bpf) {
		bpf = source_bpf__open();
		if (!bpf || source_bpf__load(bpf)) {
			int error = errno;

			fail(&source->failure, bpf ? "bpf_object__load" : "bpf_object__open", error,
			     "the source program: %s", strerror(error));
			source_bpf__destroy(bpf);
			return -1;
		}
	}
	memset(bpf->bss, 0, sizeof(*bpf->bss));
	memcpy(bpf->bss->headers, source->headers, sizeof(source->headers));
	bpf->bss->signature = source->signature;
	bpf->bss->ifindex = source->ifindex;
	bpf->bss->flows = source->flows;
	bpf->bss->first = source->first;
	bpf->bss->stride = source->stride;
	bpf->bss->count = source->count;
	bpf->bss->pace.interval_ns = source->interval_ns;
	bpf->bss->then_after = source->then_after;
	bpf->bss->then_interval_ns = source->then_interval_ns;
	bpf->bss->stamp_mask = source->stamp_mask;
	bpf->bss->fill = source->fill && source->length > LAB_SMALLEST;
	source->bpf = bpf;
	return 0;
}

void live_source_run(struct source *source)
{
	uint8_t frame[LAB_LONGEST] = {0};
	/*
	 * A paced source is run as often as it takes, since a run in which no frame is due sends none, and is
	 * ended by a signal once it has sent them all.
	 */
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = source->length,
		    .repeat = source->interval_ns ? INT_MAX : (int)source->count,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = source->batch);
	uint64_t start = monotonic_ns();
	int result = 0;

	memcpy(frame, source->headers, LAB_HEADERS);
	while (!result && source->bpf->bss->sent < source->count && !atomic_load(&source->stop)) {
		result = bpf_prog_test_run_opts(bpf_program__fd(source->bpf->progs.source), &options);
		if (result == -EINTR)
			result = 0;
	}
	source->sent = source->bpf->bss->sent;
	source->held_ns = source->bpf->bss->pace.held_ns;
	source->then_ns = source->bpf->bss->then_ns;
	source->start_ns = source->bpf->bss->start_ns ? source->bpf->bss->start_ns : start;
	source->end_ns = source->bpf->bss->end_ns ? source->bpf->bss->end_ns : monotonic_ns();
	if (result)
		fail(&source->failure, "BPF_PROG_TEST_RUN", result, "%u bytes, %llu of %llu frames sent: %s",
		     source->length,
		     (unsigned long long)source->sent, (unsigned long long)source->count, strerror(-result));
}

int live_source_finished(const struct source *source)
{
	return source->bpf->bss->sent >= source->count;
}

void live_source_close(struct source *source)
{
	if (idle)
		source_bpf__destroy(source->bpf);
	else
		idle = source->bpf;
	source->bpf = NULL;
}

void live_source_forget(void)
{
	source_bpf__destroy(idle);
	idle = NULL;
}
