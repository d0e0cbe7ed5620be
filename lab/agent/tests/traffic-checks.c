// SPDX-License-Identifier: Apache-2.0
/* Sources, sinks and AF_XDP sockets, on real frames. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/frame.h"
#include "checks.h"

#define SIGNATURE 77

struct stream {
	const char *kind;
	int length, count, interval_ns, cpu;
};

static int start_changing(struct agent *agent, struct stream stream, int then_after, int then_interval_ns)
{
	return tell(agent, "source_run",
		    "{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:b, s:i, s:i, s:i}", "kind", stream.kind,
		    "interface", "t0", "to", "02:00:00:00:00:02", "from", "02:00:00:00:00:01", "length", stream.length,
		    "count", stream.count, "intervalNs", stream.interval_ns, "signature", SIGNATURE, "flows", 4, "first", 0,
		    "stride", 1, "stampMask", 0, "batch", stream.interval_ns ? 1 : 32, "fill", 1, "cpu", stream.cpu,
		    "thenAfter", then_after, "thenIntervalNs", then_interval_ns);
}

static int start(struct agent *agent, struct stream stream)
{
	return start_changing(agent, stream, 0, 1);
}

static json_int_t stream(struct agent *agent, struct stream stream)
{
	return number_at(hear(agent, start(agent, stream)), "result.sent");
}

static void begin(struct agent *agent, const char *receiver)
{
	ask(agent, receiver, "{s:i, s:i, s:i, s:i, s:b}", "signature", SIGNATURE, "flows", 4, "stampMask", 0,
	    "count", 1 << 20, "verify", 1);
}

/* Reads until so many are counted, or it has waited long enough. */
static json_t *settled(struct agent *agent, const char *op, const char *path, json_int_t frames)
{
	json_t *reply = NULL;

	for (int i = 0; i < 100; i++) {
		reply = ask(agent, op, "{}");
		if (number_at(reply, path) >= frames)
			break;
		poll(NULL, 0, 10);
	}
	return reply;
}

static json_int_t field(json_t *reply, const char *receiver, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "result.%s.%s", receiver, name);
	return number_at(reply, path);
}

static int flawless(json_t *reply, const char *receiver, json_int_t frames, json_int_t length)
{
	return field(reply, receiver, "frames") == frames && field(reply, receiver, "bytes") == frames * length &&
	       !field(reply, receiver, "truncated") && !field(reply, receiver, "corrupted") &&
	       !field(reply, receiver, "duplicates") && !field(reply, receiver, "reordered");
}

/* Hands one handmade frame to the sink and tells by how much a count has grown. */
static json_int_t grown(struct agent *agent, const char *name, const void *frame, size_t size)
{
	json_t *reply = ask(agent, "sink_read", "{}");
	json_int_t before = field(reply, "ports.d0", name);
	json_int_t seen = field(reply, "ports.d0", "frames") + field(reply, "ports.d0", "foreign");

	frame_send("t0", frame, size);
	for (int i = 0; i < 100; i++) {
		reply = ask(agent, "sink_read", "{}");
		if (field(reply, "ports.d0", "frames") + field(reply, "ports.d0", "foreign") > seen)
			break;
		poll(NULL, 0, 5);
	}
	return field(reply, "ports.d0", name) - before;
}

void check_sink(void)
{
	struct agent *agent = agent_start();
	uint8_t frame[9000];

	ask(agent, "sink_open", "{s:[s], s:i}", "ports", "d0", "capacity", 1 << 20);
	begin(agent, "sink_start");
	frame_make(frame, 9000, SIGNATURE, 10, 0);
	CHECK(grown(agent, "nonLinear", frame, 9000) == 1, "a long frame arrives in more than one buffer");
	CHECK(grown(agent, "duplicates", frame, 9000) == 1, "a frame sent twice is a duplicate");
	frame_make(frame, 60, SIGNATURE, 9, 0);
	CHECK(grown(agent, "reordered", frame, 60) == 1, "a frame that comes late is reordered");
	frame_make(frame, 60, SIGNATURE + 1, 11, 0);
	CHECK(grown(agent, "foreign", frame, 60) == 1, "another trial's frame is foreign");
	frame_make(frame, 60, SIGNATURE, 11, 0);
	CHECK(grown(agent, "corrupted", frame, 60) == 0 && grown(agent, "truncated", frame, 60) == 0,
	      "a frame as it was sent is neither corrupted nor truncated");
	CHECK(json_is_null(json_object_get(json_object_get(json_object_get(json_object_get(agent->reply, "result"),
		"ports"), "d0"), "fault")), "no fault is told while there is none");
	frame_make(frame, 1000, SIGNATURE, 12, 0);
	CHECK(grown(agent, "truncated", frame, 900) == 1, "a shortened frame is truncated");
	CHECK(field(agent->reply, "ports.d0", "fault.length") == 900 &&
	      field(agent->reply, "ports.d0", "fault.lengthSent") == 1000, "and the fault tells both lengths");
	begin(agent, "sink_start");
	for (int at = 60; at < 9000; at += 1117) {
		frame_make(frame, 9000, SIGNATURE, at, 0);
		frame[at] ^= 1;
		CHECK(grown(agent, "corrupted", frame, 9000) == 1, "a wrong bit in byte %d is noticed", at);
		if (at == 60)
			CHECK(field(agent->reply, "ports.d0", "fault.offset") == 60 &&
			      field(agent->reply, "ports.d0", "fault.sequence") == 60, "and the fault tells where");
	}
	frame_make(frame, 9000, SIGNATURE, 8999, 0);
	frame[8999] ^= 1;
	CHECK(grown(agent, "corrupted", frame, 9000) == 1, "a wrong bit in the very last byte is noticed");
	frame_make(frame, 60, SIGNATURE, 9500, 0);
	frame[50] ^= 1;
	CHECK(grown(agent, "corrupted", frame, 60) == 1, "a wrong bit in the mark is noticed");
	CHECK(agent_end(agent) == 0, "the agent ends with a sink open");
	CHECK(!program_on("d0"), "and its sink is gone");
}

static void check_lengths(struct agent *agent)
{
	static const struct stream streams[] = {
		{"live", 60, 20000, 0, 0}, {"live", 61, 5000, 0, 0}, {"live", 67, 5000, 0, 0}, {"live", 124, 5000, 0, 0},
		{"live", 1514, 20000, 0, 0}, {"live", 3000, 2000, 0, 0}, {"ring", 60, 5000, 0, 0},
		{"ring", 1514, 5000, 0, 0}, {"ring", 9000, 3000, 0, 0}, {"ring", 9212, 500, 0, 0},
	};

	for (size_t i = 0; i < sizeof(streams) / sizeof(*streams); i++) {
		json_int_t sent, count = streams[i].count;
		json_t *reply;

		begin(agent, "sink_start");
		sent = stream(agent, streams[i]);
		reply = settled(agent, "sink_read", "result.ports.d0.frames", count);
		CHECK(sent == count && flawless(reply, "ports.d0", count, streams[i].length),
		      "%lld %s frames of %d bytes arrive, each once, in order and to the last byte", (long long)count,
		      streams[i].kind, streams[i].length);
	}
	CHECK(field(agent->reply, "ports.d0", "nonLinear") == 500 && field(agent->reply, "ports.d0", "lastNs") >
	      field(agent->reply, "ports.d0", "firstNs"),
	      "the last of them in several buffers, one after the other");
}

static void check_pace(struct agent *agent)
{
	static const struct stream streams[] = {{"live", 60, 25000, 20000, 0}, {"ring", 60, 25000, 20000, 0}};

	for (size_t i = 0; i < 2; i++) {
		double best = 1e9;

		/* Another process may take the CPU once, not thrice. */
		for (int attempt = 0; attempt < 3 && best > 1.04; attempt++) {
			json_t *reply = hear(agent, start(agent, streams[i]));
			double took = number_at(reply, "result.endNs") - number_at(reply, "result.startNs");

			if (took / 5e8 < best)
				best = took / 5e8;
		}
		CHECK(best > 0.98 && best < 1.04, "a paced %s source keeps its rate (%.3f of its time)", streams[i].kind,
		      best);
	}
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

static void check_change(struct agent *agent)
{
	static const char *const kinds[] = {"live", "ring"};

	for (size_t i = 0; i < 2; i++) {
		struct stream slower = {kinds[i], 60, 30000, 5000, 0};
		double first = 1e9, second = 1e9;

		for (int attempt = 0; attempt < 5 && (first > 1.05 || second > 1.05); attempt++) {
			json_t *reply;
			double then;

			begin(agent, "sink_start");
			reply = hear(agent, start_changing(agent, slower, 20000, 40000));
			then = number_at(reply, "result.thenNs");
			first = smaller(first, (then - number_at(reply, "result.startNs")) / 1e8);
			second = smaller(second, (number_at(reply, "result.endNs") - then) / 4e8);
		}
		CHECK(first > 0.95 && first < 1.05 && second > 0.95 && second < 1.05,
		      "a %s source changes its rate after as many frames as it is told (%.3f and %.3f of its time)",
		      kinds[i], first, second);
		settled(agent, "sink_read", "result.ports.d0.frames", slower.count);
		ask(agent, "sink_losses", "{s:i, s:i}", "from", slower.count - 10, "whole", 1 << 20);
		CHECK(field(agent->reply, "ports.d0", "before") == 0 &&
		      field(agent->reply, "ports.d0", "during") == (1 << 20) - slower.count &&
		      field(agent->reply, "ports.d0", "end") == 1 << 20,
		      "a sink tells which frames of the trial it has not got");
	}
}

static void check_stop(struct agent *agent)
{
	static const char *const kinds[] = {"live", "ring"};

	for (int i = 0; i < 4; i++) {
		struct stream endless = {kinds[i % 2], 60, 1 << 20, i < 2 ? 5000 : 0, 0};
		json_int_t sent;
		json_t *reply;
		int id;

		begin(agent, "sink_start");
		id = start(agent, endless);
		poll(NULL, 0, 60);
		ask(agent, "source_stop", "{}");
		sent = number_at(hear(agent, id), "result.sent");
		reply = settled(agent, "sink_read", "result.ports.d0.frames", sent);
		CHECK(sent > 0 && sent < endless.count && flawless(reply, "ports.d0", sent, 60),
		      "a stopped %s %s source has sent what it says: %lld frames", i < 2 ? "paced" : "hasty", endless.kind,
		      (long long)sent);
	}
}

void check_sources(void)
{
	struct agent *agent = agent_start();
	json_t *reply;

	ask(agent, "sink_open", "{s:[s], s:i}", "ports", "d0", "capacity", 1 << 20);
	check_lengths(agent);
	check_pace(agent);
	check_change(agent);
	check_stop(agent);
	reply = hear(agent, start(agent, (struct stream){"live", 59, 1, 0, 0}));
	CHECK(number_at(reply, "error.errno") == EINVAL && strstr(text_at(reply, "error.message"), "length"),
	      "a frame too short for its mark is refused");
	reply = hear(agent, start(agent, (struct stream){"live", 9000, 1, 0, 0}));
	CHECK(number_at(reply, "ok") == 0 && number_at(reply, "error.errno") == EINVAL,
	      "a live frame longer than a page is the kernel's to refuse");
	reply = hear(agent, start(agent, (struct stream){"live", 60, 1, 0, 900}));
	CHECK(number_at(reply, "error.errno") == EINVAL && strstr(text_at(reply, "error.message"), "900"),
	      "a CPU that is not there is refused by its number");
	start(agent, (struct stream){"live", 60, 1 << 30, 0, 0});
	start(agent, (struct stream){"ring", 60, 1 << 30, 1000000, 0});
	poll(NULL, 0, 50);
	CHECK(agent_end(agent) == 0, "an agent ends in the middle of its traffic");
}

static json_t *open_socket(struct agent *agent, const char *name, int queue, int filled, int read,
			   int rx_size)
{
	return ask(agent, "xsk_open", "{s:s, s:s, s:i, s:b, s:s, s:i, s:i, s:i, s:i, s:b}", "name", name,
		   "interface", "d0",
		   "queue", queue, "frags", 1, "mode", "copy", "frames", 16384, "rxSize", rx_size, "fillSize", 16384,
		   "filled", filled, "read", read);
}

static void enter(struct agent *agent, const char *name, int queue)
{
	ask(agent, "map_set", "{s:s, s:s, s:i, s:s}", "object", "redirects", "map", "sockets", "key", queue, "xsk",
	    name);
}

static json_int_t both(json_t *reply, const char *name)
{
	return field(reply, "sockets.s0", name) + field(reply, "sockets.s1", name);
}

static void check_counts(struct agent *agent)
{
	json_t *reply;
	json_int_t sent;

	begin(agent, "xsk_start");
	sent = stream(agent, (struct stream){"live", 60, 100000, 8000, 0});
	reply = settled(agent, "xsk_read", "result.sockets.s0.frames", 100000);
	CHECK(sent == 100000 && flawless(reply, "sockets.s0", 100000, 60) &&
	      field(reply, "sockets.s0", "descriptors") == 100000 && field(reply, "sockets.s1", "frames") == 0,
	      "100,000 frames arrive on the socket of their queue, each once, in order");
	CHECK(field(reply, "sockets.s0", "statistics.rxDropped") == 0 &&
	      field(reply, "sockets.s0", "zeroCopy") == 0 &&
	      field(reply, "sockets.s0", "lastNs") > field(reply, "sockets.s0", "firstNs"),
	      "none is dropped, the mode is told");
	stream(agent, (struct stream){"live", 60, 1000, 8000, 1});
	reply = settled(agent, "xsk_read", "result.sockets.s1.frames", 1000);
	CHECK(field(reply, "sockets.s1", "frames") == 1000 && field(reply, "sockets.s1", "duplicates") == 1000,
	      "what one socket has received is a duplicate on another");
	begin(agent, "xsk_start");
	CHECK(both(ask(agent, "xsk_read", "{}"), "frames") == 0, "a new trial begins at zero");
	sent = stream(agent, (struct stream){"ring", 9000, 2000, 20000, 0});
	for (int i = 0; i < 100 && both(ask(agent, "xsk_read", "{}"), "frames") < 2000; i++)
		poll(NULL, 0, 10);
	reply = agent->reply;
	CHECK(sent == 2000 && both(reply, "frames") == 2000 && both(reply, "bytes") == 2000 * 9000 &&
	      both(reply, "nonLinear") == 2000 && both(reply, "descriptors") == 3 * 2000 &&
	      !both(reply, "corrupted") &&
	      !both(reply, "truncated") && !both(reply, "duplicates") && !both(reply, "reordered"),
	      "2,000 frames of 9000 bytes arrive in three buffers each, joined in order and to the last byte");
}

static void check_faults(struct agent *agent)
{
	uint8_t frame[9000];

	begin(agent, "xsk_start");
	frame_make(frame, 9000, SIGNATURE, 3, 0);
	frame[8999] ^= 1;
	frame_send("t0", frame, 9000);
	frame_make(frame, 500, SIGNATURE, 4, 0);
	frame_send("t0", frame, 400);
	for (int i = 0; i < 100 && both(ask(agent, "xsk_read", "{}"), "frames") < 2; i++)
		poll(NULL, 0, 10);
	CHECK(both(agent->reply, "corrupted") == 1 && both(agent->reply, "truncated") == 1,
	      "a socket notices a wrong last byte and a shortened frame");
}

/* Sockets that are not looked after: where the kernel books what it cannot deliver. */
static void check_starved(struct agent *agent)
{
	int reopened = 0;
	json_t *reply;

	ask(agent, "xsk_close", "{s:s}", "name", "s0");
	for (int i = 0; i < 20; i++) {
		open_socket(agent, "s0", 0, 16384, 1, 2048);
		reopened += number_at(agent->reply, "ok") == 1;
		ask(agent, "xsk_close", "{s:s}", "name", "s0");
	}
	CHECK(reopened == 20, "a queue is free again as soon as its socket is closed");
	open_socket(agent, "s0", 0, 0, 1, 2048);
	enter(agent, "s0", 0);
	begin(agent, "xsk_start");
	stream(agent, (struct stream){"live", 60, 100, 1000, 0});
	reply = settled(agent, "xsk_read", "result.sockets.s0.statistics.fillRingEmpty", 100);
	CHECK(field(reply, "sockets.s0", "frames") == 0 &&
	      field(reply, "sockets.s0", "statistics.fillRingEmpty") >= 100,
	      "an empty fill ring loses all frames, and the kernel says so");
	ask(agent, "xsk_close", "{s:s}", "name", "s0");
	open_socket(agent, "s0", 0, 16384, 0, 64);
	enter(agent, "s0", 0);
	begin(agent, "xsk_start");
	stream(agent, (struct stream){"live", 60, 100, 1000, 0});
	reply = settled(agent, "xsk_read", "result.sockets.s0.statistics.rxRingFull", 36);
	CHECK(field(reply, "sockets.s0", "frames") == 0 && field(reply, "sockets.s0", "statistics.rxRingFull") == 36,
	      "a receive ring of 64 that is not read loses 36 of 100 frames, and the kernel says so");
}

void check_xsk(void)
{
	struct agent *agent = agent_start();
	json_t *reply;

	load(agent, "redirects", 1, NULL);
	ask(agent, "attach", "{s:s, s:s, s:s, s:s}", "object", "redirects", "program", "to_socket", "interface",
	    "d0", "mode", "native");
	CHECK(number_at(ask(agent, "xsk_start", "{s:i, s:i, s:i, s:i, s:b}", "signature", 1, "flows", 1, "stampMask",
			    0, "count", 1, "verify", 1), "error.errno") == ENOENT, "a trial without a socket is refused");
	open_socket(agent, "s0", 0, 16384, 1, 16384);
	open_socket(agent, "s1", 1, 16384, 1, 16384);
	CHECK(number_at(agent->reply, "ok") == 1, "a socket is opened on each of two queues");
	CHECK(number_at(open_socket(agent, "s1", 0, 1, 1, 64), "error.errno") == EEXIST, "a name is opened once");
	reply = open_socket(agent, "s2", 7, 1, 1, 64);
	CHECK(number_at(reply, "ok") == 0 && strstr(text_at(reply, "error.message"), "queue 7"),
	      "a queue that is not there is refused by its number");
	CHECK(number_at(open_socket(agent, "s2", 0, 1, 1, 64), "error.errno") == EBUSY, "a queue has one socket");
	CHECK(number_at(open_socket(agent, "s2", 0, 16385, 1, 64), "error.errno") == EINVAL,
	      "more frames than the fill ring has places are refused");
	CHECK(number_at(ask(agent, "xsk_open", "{s:s, s:s, s:i, s:b, s:s}", "name", "s2", "interface", "d1", "queue",
			    0, "frags", 0, "mode", "zerocopy"), "error.errno") == EOPNOTSUPP,
	      "zero copy is refused by a driver that has none");
	CHECK(number_at(ask(agent, "map_set", "{s:s, s:s, s:i, s:s}", "object", "redirects", "map", "sockets", "key",
			    0, "xsk", "s9"), "error.errno") == ENOENT, "a socket that is not open cannot be entered");
	ask(agent, "xsk_open", "{s:s, s:s, s:i, s:b, s:s, s:b}", "name", "bare", "interface", "d0", "queue", 0, "frags",
	    0, "mode", "copy", "bound", 0);
	CHECK(number_at(agent->reply, "ok") == 1, "a socket that is bound to nothing needs no queue to be free");
	enter(agent, "bare", 0);
	CHECK(number_at(agent->reply, "ok") == 1, "and is entered in an xskmap");
	ask(agent, "xsk_close", "{s:s}", "name", "bare");
	CHECK(number_at(agent->reply, "ok") == 1, "and closed like any other");
	enter(agent, "s0", 0);
	CHECK(number_at(agent->reply, "ok") == 1, "a socket is entered in an xskmap");
	enter(agent, "s1", 1);
	check_counts(agent);
	check_faults(agent);
	check_starved(agent);
	ask(agent, "xsk_close", "{s:s}", "name", "s1");
	CHECK(number_at(ask(agent, "xsk_close", "{s:s}", "name", "s1"), "error.errno") == ENOENT,
	      "a socket is closed once");
	CHECK(agent_end(agent) == 0, "the agent ends with a socket open");
	CHECK(!program_on("d0"), "and its program is gone");
}
