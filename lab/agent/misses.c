// SPDX-License-Identifier: Apache-2.0
/*
 * Events that a tracer did not see: the kernel runs no tracing program while another one is at work on the CPU
 * (kernel/trace/bpf_trace.c, trace_call_bpf), and counts that in each.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent.h"

/* The program's own count in the information about one open file; 0 for what is no program. */
static unsigned long long misses_in(const char *folder, const char *file)
{
	unsigned long long misses = 0;
	char path[320], line[256];
	FILE *info;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	info = fopen(path, "r");
	if (!info)
		return 0;
	while (fgets(line, sizeof(line), info))
		if (sscanf(line, "recursion_misses: %llu", &misses) == 1)
			break;
	fclose(info);
	return misses;
}

/* Of all BPF programs that a process holds. Kernels before 5.12 do not count. */
json_t *op_misses(struct call *call)
{
	unsigned long long misses = 0;
	struct dirent *entry;
	char folder[64];
	DIR *files;
	int pid;

	if (arguments(call, "{s:i}", "pid", &pid))
		return NULL;
	snprintf(folder, sizeof(folder), "/proc/%d/fdinfo", pid);
	files = opendir(folder);
	if (!files)
		return fail(call->failure, "opendir", errno, "%s: %s", folder, strerror(errno));
	while ((entry = readdir(files)))
		misses += misses_in(folder, entry->d_name);
	closedir(files);
	return json_pack("{s:I}", "misses", (json_int_t)misses);
}
