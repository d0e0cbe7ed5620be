// SPDX-License-Identifier: Apache-2.0
/* Programs, links, maps and ports. */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checks.h"

static json_t *attach(struct agent *agent, const char *program, const char *port, const char *mode)
{
	return ask(agent, "attach", "{s:s, s:s, s:s, s:s}", "object", "redirects", "program", program, "interface",
		   port, "mode", mode);
}

static int answers(struct agent *agent, json_int_t error, const char *words)
{
	return number_at(agent->reply, "ok") == 0 && number_at(agent->reply, "error.errno") == error &&
	       strstr(text_at(agent->reply, "error.message"), words);
}

static json_int_t set(struct agent *agent, const char *map, json_int_t key, json_int_t value, int flags)
{
	json_t *reply = ask(agent, "map_set", "{s:s, s:s, s:I, s:I, s:i}", "object", "redirects", "map", map, "key",
			    key, "value", value, "flags", flags);

	return number_at(reply, "ok") == 1 ? 0 : number_at(reply, "error.errno");
}

static void check_loading(struct agent *agent)
{
	json_t *reply;

	reply = ask(agent, "load", "{s:s, s:s, s:b}", "name", "x", "object", "AAAAAAAA", "frags", 0);
	CHECK(number_at(reply, "ok") == 0 && text_at(reply, "error.message")[0], "what is no ELF file is refused");
	ask(agent, "load", "{s:s, s:s, s:b}", "name", "x", "object", "not base64", "frags", 0);
	CHECK(answers(agent, EINVAL, "base64"), "what is not base64 is refused");
	reply = load(agent, "refused", 0, NULL);
	CHECK(number_at(reply, "ok") == 0 && strstr(text_at(reply, "error.log"), "invalid access to packet"),
	      "what the verifier refuses comes back with its words");
	load(agent, "redirects", 0, json_pack("{s:i}", "nothing", 1));
	CHECK(answers(agent, ENOENT, "nothing"), "a constant that the object does not have is refused");
	load(agent, "redirects", 0, json_pack("{s:i}", "small", 256));
	CHECK(answers(agent, ERANGE, "small"), "a constant that does not fit is refused");
	load(agent, "redirects", 0, json_pack("{s:s}", "small", "1"));
	CHECK(answers(agent, EINVAL, "small"), "a constant that is no number is refused");
	reply = load(agent, "redirects", 1, json_pack("{s:i}", "verdict", 1));
	CHECK(number_at(reply, "ok") == 1 && number_at(reply, "result.programs.0.id") > 0 &&
	      number_at(reply, "result.maps.1.id") > 0 && number_at(reply, "result.maps.1.type") == 25 &&
	      number_at(reply, "result.maps.1.entries") == 2 && number_at(reply, "result.maps.1.valueBytes") == 8,
	      "loading tells of programs and maps");
	load(agent, "redirects", 0, NULL);
	CHECK(answers(agent, EEXIST, "redirects"), "a name is loaded once");
}

static void check_links(struct agent *agent)
{
	struct agent *other = agent_start();
	json_int_t link;

	load(other, "redirects", 1, NULL);
	link = number_at(attach(agent, "answer", "d0", "native"), "result.link");
	CHECK(link > 0 && program_on("d0"), "a program is attached");
	attach(other, "to_port", "d0", "native");
	CHECK(answers(other, EBUSY, "'answer'") && strstr(text_at(other->reply, "error.message"), "d0"),
	      "a port with somebody's program on it is refused, and the program named");
	ask(other, "sink_open", "{s:[s], s:i}", "ports", "d0", "capacity", 1);
	CHECK(answers(other, EBUSY, "'answer'"), "a sink is refused there too");
	attach(other, "nobody", "d1", "native");
	CHECK(answers(other, ENOENT, "nobody"), "an unknown program is refused");
	attach(other, "answer", "d9", "native");
	CHECK(answers(other, ENODEV, "d9"), "an unknown port is refused");
	CHECK(number_at(ask(agent, "detach", "{s:I}", "link", link), "ok") == 1 && !program_on("d0"),
	      "a program is detached");
	CHECK(number_at(ask(agent, "detach", "{s:I}", "link", link), "error.errno") == ENOENT, "and not twice");
	attach(other, "answer", "d0", "native");
	attach(other, "answer", "d1", "generic");
	CHECK(program_on("d0") && program_on("d1"), "programs are attached in native and in generic mode");
	ask(other, "unload", "{s:s}", "object", "redirects");
	CHECK(!program_on("d0") && !program_on("d1"), "unloading detaches");
	load(other, "redirects", 1, NULL);
	attach(other, "answer", "d0", "native");
	agent_end(other);
	CHECK(!program_on("d0"), "the end of an agent detaches");
	other = agent_start();
	load(other, "redirects", 1, NULL);
	attach(other, "answer", "d0", "native");
	CHECK(program_on("d0"), "a program is attached");
	agent_kill(other);
	CHECK(!program_on("d0"), "a killed agent's programs are detached");
}

static void check_counting(struct agent *agent)
{
	uint8_t frame[60] = {0};
	json_int_t sum = 0;
	json_t *reply;

	attach(agent, "answer", "d0", "native");
	for (int i = 0; i < 5; i++)
		frame_send("t0", frame, sizeof(frame));
	reply = ask(agent, "map_read", "{s:s, s:s}", "object", "redirects", "map", "counted");
	for (int cpu = 0; cpu < 64; cpu++) {
		char path[64];

		snprintf(path, sizeof(path), "result.entries.1.%d", cpu);
		sum += atoi(text_at(reply, path));
	}
	CHECK(sum == 5, "a per-CPU array is read, all CPUs of it");
	set(agent, "plain", 2, 1LL << 40, 0);
	reply = ask(agent, "map_read", "{s:s, s:s}", "object", "redirects", "map", "plain");
	CHECK(!strcmp(text_at(reply, "result.entries.2.0"), "1099511627776") &&
	      !strcmp(text_at(reply, "result.entries.0.0"), "0"), "an array of 64-bit numbers is written and read");
	ask(agent, "map_read", "{s:s, s:s}", "object", "redirects", "map", "targets");
	CHECK(answers(agent, EINVAL, "targets"), "a map of something else is not read");
}

static void check_maps(struct agent *agent)
{
	json_int_t d1 = if_nametoindex("d1");
	json_t *reply;

	CHECK(set(agent, "targets", 4294967295, d1, 0) == 0, "the largest key is written");
	CHECK(set(agent, "targets", 4294967296, d1, 0) == EINVAL && set(agent, "targets", -1, d1, 0) == EINVAL,
	      "larger and negative keys are refused, not cut");
	CHECK(set(agent, "targets", 4294967295, d1, 1) == EEXIST && set(agent, "targets", 4294967295, d1, 2) == 0 &&
	      set(agent, "targets", 4294967295, d1, 64) == EINVAL,
	      "flags are handed on, and what the kernel says of them");
	CHECK(set(agent, "targets", 6, 999999, 0) == EINVAL,
	      "an ifindex of no port is refused with the kernel's errno");
	set(agent, "targets", 7, d1, 0);
	CHECK(set(agent, "targets", 8, d1, 0) == E2BIG, "a full map is refused with the kernel's errno");
	CHECK(set(agent, "plain", 3, 1, 0) == E2BIG, "a key beyond an array is refused with the kernel's errno");
	CHECK(number_at(ask(agent, "map_delete", "{s:s, s:s, s:I}", "object", "redirects", "map", "targets", "key",
			    4294967295), "ok") == 1 && set(agent, "targets", 8, d1, 0) == 0, "an entry is deleted");
	reply = ask(agent, "map_set", "{s:s, s:s, s:i, s:s, s:{s:s, s:s}}", "object", "redirects", "map", "targets",
		    "key", 8, "interface", "d1", "program", "object", "redirects", "name", "on_the_way");
	CHECK(number_at(reply, "ok") == 1, "an entry of a devmap carries a program");
	ask(agent, "map_set", "{s:s, s:s, s:i, s:i, s:{s:s, s:s}}", "object", "redirects", "map", "plain", "key", 0,
	    "value", 1, "program", "object", "redirects", "name", "on_the_way");
	CHECK(answers(agent, EINVAL, "plain"), "an entry of another map carries none");
	ask(agent, "map_set", "{s:s, s:s, s:i}", "object", "redirects", "map", "plain", "key", 0);
	CHECK(answers(agent, EINVAL, "value"), "an entry without a value is refused");
	ask(agent, "map_set", "{s:s, s:s, s:i, s:i, s:s}", "object", "redirects", "map", "targets", "key", 0,
	    "value", 1, "interface", "d1");
	CHECK(answers(agent, EINVAL, "value"), "and one with two");
}

static json_int_t set_elsewhere(struct agent *agent, json_int_t key, json_int_t value, int flags)
{
	json_t *reply = ask(agent, "map_set", "{s:s, s:s, s:I, s:I, s:i, s:b}", "object", "redirects", "map",
			    "targets", "key", key, "value", value, "flags", flags, "elsewhere", 1);

	return number_at(reply, "ok") == 1 ? 0 : number_at(reply, "error.errno");
}

static void check_elsewhere(struct agent *agent)
{
	json_int_t d1 = if_nametoindex("d1");

	for (int key = 0; key < 10; key++)
		ask(agent, "map_delete", "{s:s, s:s, s:i}", "object", "redirects", "map", "targets", "key", key);
	CHECK(set(agent, "targets", 1, d1, 0) == 0 && set_elsewhere(agent, 2, d1, 0) == EINVAL,
	      "another network namespace has not got this one's ports");
	CHECK(set_elsewhere(agent, 2, 1, 0) == 0, "but a port 1 of its own");
	/* A namespace that nobody keeps is taken down by a worker of the kernel, within some 100 ms. */
	poll(NULL, 0, 700);
	CHECK(set_elsewhere(agent, 2, 1, 1) == EEXIST, "which stays there after the thread that wrote it has ended");
	CHECK(number_at(ask(agent, "port", "{s:s}", "interface", "d1"), "ok") == 1,
	      "while the agent has stayed here");
}

void check_objects(void)
{
	struct agent *agent = agent_start();

	check_loading(agent);
	check_links(agent);
	check_counting(agent);
	check_maps(agent);
	check_elsewhere(agent);
	CHECK(agent_end(agent) == 0, "the agent leaves no memory behind after all that");
}

/* -1 where there is no such counter. Its name may have a dot. */
static json_int_t counter(json_t *reply, const char *port, const char *name)
{
	json_t *ports = json_object_get(json_object_get(reply, "result"), "ports");
	const char *text = json_string_value(json_object_get(json_object_get(ports, port), name));

	return text ? atoll(text) : -1;
}

void check_ports(void)
{
	struct agent *agent = agent_start();
	uint8_t frame[60] = {0};
	json_int_t before;
	json_t *reply;

	reply = ask(agent, "port", "{s:s}", "interface", "d0");
	CHECK(number_at(reply, "result.ifindex") == 1001 && number_at(reply, "result.mtu") == 9216 &&
	      number_at(reply, "result.up") == 1 && number_at(reply, "result.carrier") == 1 &&
	      number_at(reply, "result.rxQueues") == 2 && !strcmp(text_at(reply, "result.driver"), "veth") &&
	      strlen(text_at(reply, "result.mac")) == 17, "a port tells what it is");
	ask(agent, "port", "{s:s}", "interface", "d9");
	CHECK(answers(agent, ENODEV, "d9"), "a port that is not there is refused by its name");
	ask(agent, "port", "{}");
	CHECK(answers(agent, EINVAL, "either"), "a port is asked for by one name");
	ask(agent, "port", "{s:s}", "pci", "0000:ff:1f.7");
	CHECK(answers(agent, ENODEV, "0000:ff:1f.7"), "a PCI address without a port is refused");
	reply = ask(agent, "counters", "{s:[s,s]}", "ports", "t0", "d0");
	CHECK(counter(reply, "d0", "rx_queue_1_xdp_packets") >= 0, "a driver's own counters are read");
	before = counter(reply, "t0", "link.tx_packets");
	frame_send("t0", frame, sizeof(frame));
	reply = ask(agent, "counters", "{s:[s]}", "ports", "t0");
	CHECK(before >= 0 && counter(reply, "t0", "link.tx_packets") == before + 1,
	      "a frame shows in the kernel's counters");
	ask(agent, "counters", "{s:[s]}", "ports", "d9");
	CHECK(answers(agent, ENODEV, "d9"), "counters of no port are refused by its name");
	reply = ask(agent, "kernel_log", "{}");
	CHECK(number_at(reply, "ok") == 1, "the kernel's log is read from now on");
	reply = ask(agent, "misses", "{s:i}", "pid", (int)getpid());
	CHECK(number_at(reply, "result.misses") == 0, "a process without programs has missed no events");
	ask(agent, "misses", "{s:i}", "pid", 0x7fffffff);
	CHECK(answers(agent, ENOENT, "fdinfo"), "a process that is not there is refused");
	agent_end(agent);
}
