// SPDX-License-Identifier: Apache-2.0
/* What one agent says of programs and maps that another has made. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "checks.h"

/* The item of a list of the answer with that name, or that number; NULL when there is none. */
static json_t *item(json_t *reply, const char *list, const char *field, const char *name, json_int_t number)
{
	json_t *items = json_object_get(json_object_get(reply, "result"), list), *one;
	size_t i;

	json_array_foreach (items, i, one) {
		json_t *value = json_object_get(one, field);

		if (name ? json_is_string(value) && !strcmp(json_string_value(value), name) :
			   json_is_integer(value) && json_integer_value(value) == number)
			return one;
	}
	return NULL;
}

static void set_up(struct agent *owner)
{
	load(owner, "redirects", 1, NULL);
	ask(owner, "map_set", "{s:s, s:s, s:i, s:s, s:{s:s, s:s}}", "object", "redirects", "map", "targets", "key",
	    70000, "interface", "d1", "program", "object", "redirects", "name", "on_the_way");
	ask(owner, "attach", "{s:s, s:s, s:s, s:s}", "object", "redirects", "program", "to_port", "interface", "d0",
	    "mode", "native");
	ask(owner, "attach", "{s:s, s:s, s:s, s:s}", "object", "redirects", "program", "to_socket", "interface",
	    "d1", "mode", "generic");
}

static void check_found(struct agent *agent)
{
	json_t *reply = ask(agent, "survey", "{}"), *port, *map;
	json_int_t to_port = program_on("d0"), on_the_way;

	port = item(reply, "ports", "interface", "d0", 0);
	CHECK(number_at(port, "ifindex") == 1001 && number_at(port, "mtu") == 9216 && number_at(port, "up") == 1 &&
	      number_at(port, "carrier") == 1 && number_at(port, "peer") == 1000 &&
	      !strcmp(text_at(port, "kind"), "veth"), "the survey tells what a port is");
	CHECK(!strcmp(text_at(port, "xdp.0.mode"), "native") && number_at(port, "xdp.0.program") == to_port,
	      "and which program is attached, and how");
	CHECK((number_at(port, "features") & 3) == 3, "and what it can do of XDP (Linux 6.3)");
	CHECK(text_at(port, "counters.rx_dropped")[0], "and its counters");
	port = item(reply, "ports", "interface", "d1", 0);
	CHECK(!strcmp(text_at(port, "xdp.0.mode"), "generic"), "a generic program is told from a native one");
	port = item(reply, "ports", "interface", "t0", 0);
	CHECK(port && number_at(port, "xdp.0.program") == -1, "a port without a program is listed too");

	map = item(reply, "maps", "name", "targets", 0);
	on_the_way = number_at(map, "entries.0.program");
	CHECK(number_at(map, "type") == 25 && number_at(map, "entries.0.key") == 70000 &&
	      number_at(map, "entries.0.ifindex") == 1003 && number_at(map, "entries.1.key") == -1 &&
	      number_at(map, "more") == 0, "the entries of a devmap are read");
	CHECK(number_at(item(reply, "programs", "id", NULL, to_port), "maps.0") == number_at(map, "id"),
	      "a program names the maps that it redirects through, and no others");
	CHECK(!strcmp(text_at(item(reply, "programs", "id", NULL, on_the_way), "name"), "on_the_way"),
	      "a program on an entry is found");
	map = item(reply, "maps", "name", "sockets", 0);
	CHECK(map && json_is_null(json_object_get(map, "entries")), "an xskmap does not show its entries");
	CHECK(!item(reply, "maps", "name", "counted", 0), "a map that leads nowhere is left out");
}

static void check_chosen(struct agent *agent)
{
	json_t *reply = ask(agent, "survey", "{s:[s]}", "interfaces", "d1");

	CHECK(item(reply, "programs", "name", "to_socket", 0) && !item(reply, "programs", "name", "to_port", 0) &&
	      item(reply, "ports", "interface", "d0", 0), "of programs, only those behind the ports asked about");
	reply = ask(agent, "survey", "{s:[s]}", "interfaces", "d9");
	CHECK(number_at(reply, "error.errno") == ENODEV, "a port that is not there is refused");
}

static void check_runs(struct agent *agent)
{
	json_t *reply = ask(agent, "runs", "{s:[i, i]}", "programs", (int)program_on("d0"), 2147483647);

	CHECK(!strcmp(text_at(reply, "result.programs.0.name"), "to_port") &&
	      text_at(reply, "result.programs.0.runs")[0] && number_at(reply, "result.programs.1.id") == -1,
	      "runs of programs are told, and those that are gone left out");
}

static struct bpf_object *open_object(const char *name)
{
	char path[512];
	struct bpf_object *object;

	snprintf(path, sizeof(path), "%s/%s.bpf.o", objects_path, name);
	object = bpf_object__open(path);
	if (!object)
		err(1, "%s", path);
	return object;
}

static int descriptor(struct bpf_object *object, const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

static int attach_here(int program, const char *port)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_SKB_MODE);

	return bpf_link_create(program, if_nametoindex(port), BPF_XDP, &options);
}

static void check_tail_call(struct agent *agent)
{
	json_t *reply = ask(agent, "survey", "{s:[s]}", "interfaces", "t0");
	json_t *jumps = item(reply, "maps", "name", "jumps", 0);
	json_t *last = item(reply, "programs", "name", "last", 0);

	CHECK(last && number_at(jumps, "entries.0.key") == 2 &&
	      number_at(jumps, "entries.0.program") == number_at(last, "id") && item(reply, "maps", "name", "deep", 0),
	      "what a tail call leads to is found");
	CHECK(!item(reply, "programs", "name", "dispatcher", 0), "and nothing that another port leads to");
}

static void check_extension(struct agent *agent, int dispatcher)
{
	struct bpf_object *object = open_object("takes-place");
	struct bpf_program *taker = bpf_object__find_program_by_name(object, "taker");
	struct bpf_link *link = NULL;
	json_t *reply;

	if (!bpf_program__set_attach_target(taker, dispatcher, "place") && !bpf_object__load(object))
		link = bpf_program__attach_freplace(taker, 0, NULL);
	if (link) {
		reply = ask(agent, "survey", "{s:[s]}", "interfaces", "t1");
		CHECK(number_at(item(reply, "programs", "name", "taker", 0), "extends") == program_on("t1") &&
		      item(reply, "maps", "name", "taken", 0), "what takes the place of a function is found");
	} else {
		/* Some virtual machines do not let root do it. */
		printf("# freplace: %s; its check is left out\n", strerror(errno));
	}
	bpf_link__destroy(link);
	bpf_object__close(object);
}

/* What is attached to no port is found from what is. */
static void check_handed_over(struct agent *agent)
{
	struct bpf_object *object = open_object("handed-over");
	__u32 key = 2, value;
	int links[2];

	if (bpf_object__load(object))
		err(1, "handed-over");
	value = descriptor(object, "last");
	links[0] = attach_here(descriptor(object, "first"), "t0");
	links[1] = attach_here(descriptor(object, "dispatcher"), "t1");
	if (links[0] < 0 || links[1] < 0 ||
	    bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "jumps"), &key, &value, 0))
		err(1, "handed-over");
	check_tail_call(agent);
	check_extension(agent, descriptor(object, "dispatcher"));
	close(links[0]);
	close(links[1]);
	bpf_object__close(object);
}

void check_survey(void)
{
	struct agent *owner = agent_start(), *agent = agent_start();

	set_up(owner);
	check_found(agent);
	check_chosen(agent);
	check_runs(agent);
	check_handed_over(agent);
	CHECK(agent_end(agent) == 0 && program_on("d0") && program_on("d1"),
	      "whoever looked has changed nothing, and left no memory behind");
	agent_end(owner);
}
