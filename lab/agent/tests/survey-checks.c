// SPDX-License-Identifier: Apache-2.0
/* What one agent says of programs and maps that another has made. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

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

void check_survey(void)
{
	struct agent *owner = agent_start(), *agent = agent_start();

	set_up(owner);
	check_found(agent);
	check_chosen(agent);
	check_runs(agent);
	CHECK(agent_end(agent) == 0 && program_on("d0") && program_on("d1"),
	      "whoever looked has changed nothing, and left no memory behind");
	agent_end(owner);
}
