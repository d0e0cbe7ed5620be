// SPDX-License-Identifier: Apache-2.0
/* The observer of bulks, on those of a source: it too redirects what it sends. */
#include <errno.h>
#include <stdio.h>

#include "checks.h"

#define FRAMES 1000

static void send_frames(struct agent *agent)
{
	int id = tell(agent, "source_run",
		      "{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:b}", "kind", "live",
		      "interface", "t0", "to", "02:00:00:00:00:02", "from", "02:00:00:00:00:01", "length", 60, "count",
		      FRAMES, "intervalNs", 0, "signature", 5, "flows", 1, "first", 0, "stride", 1, "stampMask", 0,
		      "batch", 64, "fill", 0);

	hear(agent, id);
}

struct sums {
	json_int_t sent, drops, largest, error, elsewhere;
};

/* Of all bulks to t0, and how many went elsewhere. */
static struct sums sums(struct agent *agent)
{
	json_t *reply = ask(agent, "bulks_read", "{}"), *bulks, *bulk;
	struct sums sums = {0};
	size_t i;

	bulks = json_object_get(json_object_get(reply, "result"), "bulks");
	json_array_foreach (bulks, i, bulk) {
		json_int_t from, to, error, sent, drops, count;

		if (json_unpack(bulk, "[I, I, I, I, I, I]", &from, &to, &error, &sent, &drops, &count))
			continue;
		if (to != 1000) {
			sums.elsewhere += count;
			continue;
		}
		sums.sent += sent * count;
		sums.drops += drops * count;
		if (sent + drops > sums.largest)
			sums.largest = sent + drops;
		if (drops)
			sums.error = error;
	}
	return sums;
}

void check_bulks(void)
{
	struct agent *agent = agent_start();
	struct sums before, after;

	CHECK(number_at(ask(agent, "bulks_read", "{}"), "error.errno") == ENOENT, "bulks are counted when asked to");
	CHECK(number_at(ask(agent, "bulks_open", "{s:[i]}", "ports", 0), "error.errno") == EINVAL,
	      "no port has ifindex 0");
	ask(agent, "bulks_open", "{s:[i, i]}", "ports", 77, 1000);
	ask(agent, "sink_open", "{s:[s], s:i}", "ports", "d0", "capacity", 1024);
	send_frames(agent);
	before = sums(agent);
	CHECK(before.sent == FRAMES && before.drops == 0 && before.error == 0, "the frames of all bulks are counted");
	send_frames(agent);
	after = sums(agent);
	CHECK(after.sent == 2 * FRAMES, "and the counts only grow");
	CHECK(after.largest == 16 && after.elsewhere == 0, "16 frames are the most of a bulk (DEV_MAP_BULK_SIZE)");
	CHECK(number_at(ask(agent, "bulks_read", "{}"), "result.missed") == 0, "none is missed");
	ask(agent, "bulks_open", "{s:[i]}", "ports", 77);
	send_frames(agent);
	after = sums(agent);
	CHECK(after.sent + after.elsewhere == 0, "opened anew it has forgotten, and does not count for other ports");
	ask(agent, "bulks_close", "{}");
	CHECK(number_at(ask(agent, "bulks_read", "{}"), "error.errno") == ENOENT, "closed, it counts no more");
	CHECK(agent_end(agent) == 0, "its agent ends well");
}
