// SPDX-License-Identifier: Apache-2.0
/* What the kernel has said since the last time it was asked. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

json_t *op_kernel_log(struct call *call)
{
	static int fd = -1;
	char record[8192];
	json_t *records;
	int lost = 0;
	ssize_t size;

	if (arguments(call, "{}"))
		return NULL;
	if (fd < 0) {
		fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			return fail(call->failure, "/dev/kmsg", errno, "%s", strerror(errno));
		/* The first call marks the place: what was said before belongs to nobody here. */
		if (lseek(fd, 0, SEEK_END) < 0) {
			fail(call->failure, "/dev/kmsg", errno, "going to its end: %s", strerror(errno));
			close(fd);
			fd = -1;
			return NULL;
		}
	}
	records = json_array();
	/* One read is one record: "priority,sequence,microseconds,flags;text" and lines of tags after it. */
	for (;;) {
		unsigned int priority;
		unsigned long long us;
		char *text;
		json_t *line;

		size = read(fd, record, sizeof(record) - 1);
		if (size < 0 && errno == EPIPE) {
			lost = 1; /* overwritten before it was read */
			continue;
		}
		if (size <= 0)
			break;
		record[size] = 0;
		text = strchr(record, ';');
		if (!text || sscanf(record, "%u,%*u,%llu", &priority, &us) != 2)
			continue;
		text[strcspn(text, "\n")] = 0;
		line = json_pack("{s:i, s:I, s:s}", "level", (int)(priority & 7), "us", (json_int_t)us, "text", text + 1);
		if (line)
			json_array_append_new(records, line);
	}
	return json_pack("{s:o, s:b}", "records", records, "lost", lost);
}
