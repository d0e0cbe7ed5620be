// SPDX-License-Identifier: Apache-2.0
/*
 * What is there already, whoever made it: ports with their XDP programs, and from these on every program and
 * map that a frame can get to. Nothing is changed; all descriptors are closed again at once.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink.h"

/* Entries listed of one map, and keys looked at: an array of a million keys would cost a second. */
#define ENTRIES_SHOWN 1024
#define KEYS_LOOKED_AT 65536

struct survey {
	json_t *programs;
	json_t *maps;
	struct failure *failure;
};

static int known(json_t *list, uint32_t id)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (json_integer_value(json_object_get(item, "id")) == id)
			return 1;
	return 0;
}

static int add_program(struct survey *survey, uint32_t id, uint32_t extends);

/* What is at a key: a port, a queue, a program, or a map within. NULL where there is nothing to say. */
static json_t *entry_of(struct survey *survey, const struct bpf_map_info *map, uint32_t key, const void *value)
{
	uint32_t parts[2] = {0};
	int carries = map->value_size == sizeof(parts);
	json_t *entry;

	memcpy(parts, value, carries ? sizeof(parts) : sizeof(*parts));
	switch (map->type) {
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
		entry = json_pack("{s:I, s:I}", "key", (json_int_t)key, "ifindex", (json_int_t)parts[0]);
		break;
	case BPF_MAP_TYPE_CPUMAP:
		entry = json_pack("{s:I, s:I}", "key", (json_int_t)key, "queue", (json_int_t)parts[0]);
		break;
	case BPF_MAP_TYPE_PROG_ARRAY:
		parts[1] = parts[0];
		carries = 1;
		entry = json_pack("{s:I}", "key", (json_int_t)key);
		break;
	default:
		return NULL;
	}
	if (carries && parts[1]) {
		json_object_set_new(entry, "program", json_integer(parts[1]));
		if (add_program(survey, parts[1], 0)) {
			json_decref(entry);
			return NULL;
		}
	}
	return entry;
}

/* The entries that are there, of which `more` were not listed; null for a map that cannot be read (xskmap). */
static json_t *entries_of(struct survey *survey, int fd, const struct bpf_map_info *map, int *more)
{
	uint32_t key, next, *previous = NULL;
	unsigned char value[8] = {0};
	json_t *entries = json_array();

	*more = 0;
	for (int looked = 0; !bpf_map_get_next_key(fd, previous, &next); looked++) {
		json_t *entry;

		key = next;
		previous = &key;
		if (looked == KEYS_LOOKED_AT || json_array_size(entries) == ENTRIES_SHOWN) {
			*more = 1;
			break;
		}
		if (bpf_map_lookup_elem(fd, &key, value)) {
			if (errno == ENOENT)
				continue;
			json_decref(entries);
			return json_null();
		}
		entry = entry_of(survey, map, key, value);
		if (!entry) {
			json_decref(entries);
			return NULL;
		}
		json_array_append_new(entries, entry);
	}
	return entries;
}

static int is_way(const struct bpf_map_info *map)
{
	switch (map->type) {
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_PROG_ARRAY:
		return map->key_size == 4 && map->value_size <= 8;
	default:
		return 0;
	}
}

/* Listed before its entries are read, for a program on an entry may use the very map. */
static int add_map(struct survey *survey, uint32_t id)
{
	/* To be read only: a map may forbid all writing from here, and a look needs none. */
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, options, .open_flags = BPF_F_RDONLY);
	struct bpf_map_info map = {0};
	__u32 size = sizeof(map);
	json_t *item, *entries;
	int fd, more;

	if (known(survey->maps, id))
		return 0;
	fd = bpf_map_get_fd_by_id_opts(id, &options);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &map, &size)) {
		fail(survey->failure, "bpf_map_get_fd_by_id", errno, "map %u: %s", id, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (!is_way(&map)) {
		close(fd);
		return 0;
	}
	item = json_pack("{s:I, s:o, s:I, s:I}", "id", (json_int_t)map.id, "name", text_json(map.name), "type",
			 (json_int_t)map.type, "maxEntries", (json_int_t)map.max_entries);
	json_array_append_new(survey->maps, item);
	entries = entries_of(survey, fd, &map, &more);
	close(fd);
	if (!entries)
		return -1;
	json_object_set_new(item, "entries", entries);
	json_object_set_new(item, "more", json_boolean(more));
	return 0;
}

/* 0 when there was such a program, -1 with the failure filled in, 1 when it is gone. */
static int describe(uint32_t id, struct bpf_prog_info *info, struct failure *failure)
{
	__u32 size = sizeof(*info);
	int fd = bpf_prog_get_fd_by_id(id), result;

	if (fd < 0 && errno == ENOENT)
		return 1;
	result = fd < 0 || bpf_obj_get_info_by_fd(fd, info, &size) ? -1 : 0;
	if (result)
		fail(failure, "bpf_prog_get_fd_by_id", errno, "program %u: %s", id, strerror(errno));
	if (fd >= 0)
		close(fd);
	return result;
}

static json_t *runs_of(const struct bpf_prog_info *info)
{
	/* Only counted while the kernel's run-time statistics are on. */
	return json_pack("{s:I, s:o, s:o, s:o}", "id", (json_int_t)info->id, "name", text_json(info->name), "runs",
			 json_sprintf("%llu", (unsigned long long)info->run_cnt), "runNs",
			 json_sprintf("%llu", (unsigned long long)info->run_time_ns));
}

/* A program and the maps that it uses, and what is to be found in them. */
static int add_program(struct survey *survey, uint32_t id, uint32_t extends)
{
	struct bpf_prog_info info = {0};
	json_t *item, *maps;
	__u32 *ids;
	int result;

	if (known(survey->programs, id))
		return 0;
	result = describe(id, &info, survey->failure);
	if (result)
		return result < 0 ? -1 : 0;
	ids = calloc(info.nr_map_ids ? info.nr_map_ids : 1, sizeof(*ids));
	if (!ids) {
		fail(survey->failure, "malloc", ENOMEM, "out of memory");
		return -1;
	}
	info = (struct bpf_prog_info){.nr_map_ids = info.nr_map_ids, .map_ids = (uintptr_t)ids};
	result = describe(id, &info, survey->failure);
	if (result) {
		free(ids);
		return result < 0 ? -1 : 0;
	}
	item = runs_of(&info);
	maps = json_array();
	json_object_set_new(item, "maps", maps);
	if (extends)
		json_object_set_new(item, "extends", json_integer(extends));
	json_array_append_new(survey->programs, item);
	for (__u32 i = 0; i < info.nr_map_ids && !result; i++) {
		result = add_map(survey, ids[i]);
		if (known(survey->maps, ids[i]))
			json_array_append_new(maps, json_integer(ids[i]));
	}
	free(ids);
	return result;
}

/* Programs put into the place of a function of one found: how libxdp runs several on a port (freplace). */
static int add_extensions(struct survey *survey)
{
	__u32 id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = {0};
		__u32 size = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id), error;

		if (fd < 0)
			continue;
		error = bpf_obj_get_info_by_fd(fd, &info, &size);
		close(fd);
		/* Unlike a program that only looks on, one that takes a place has no attach type. */
		if (error || info.type != BPF_LINK_TYPE_TRACING || info.tracing.attach_type ||
		    !known(survey->programs, info.tracing.target_obj_id))
			continue;
		if (add_program(survey, info.prog_id, info.tracing.target_obj_id))
			return -1;
	}
	return 0;
}

static int wanted(json_t *interfaces, json_t *port)
{
	json_t *name;
	size_t i;

	json_array_foreach (interfaces, i, name)
		if (json_equal(name, json_object_get(port, "interface")))
			return 1;
	return !interfaces;
}

static int add_attached(struct survey *survey, json_t *ports, json_t *interfaces)
{
	json_t *port, *at;
	size_t i, j;

	json_array_foreach (ports, i, port)
		json_array_foreach (json_object_get(port, "xdp"), j, at)
			if (wanted(interfaces, port) &&
			    add_program(survey, json_integer_value(json_object_get(at, "program")), 0))
				return -1;
	return add_extensions(survey);
}

/* `interfaces`, where given, are the ports from whose programs on it is looked. */
json_t *op_survey(struct call *call)
{
	struct survey survey = {.failure = call->failure};
	json_t *interfaces = NULL, *ports, *name;
	size_t i;

	if (arguments(call, "{s?o}", "interfaces", &interfaces) ||
	    (interfaces && words(call, "interfaces", interfaces)))
		return NULL;
	json_array_foreach (interfaces, i, name)
		if (!port_index(json_string_value(name), call->failure))
			return NULL;
	ports = netlink_ports(call->failure);
	if (!ports)
		return NULL;
	netlink_features(ports);
	survey.programs = json_array();
	survey.maps = json_array();
	if (add_attached(&survey, ports, interfaces)) {
		json_decref(ports);
		json_decref(survey.programs);
		json_decref(survey.maps);
		return NULL;
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "ports", ports, "programs", survey.programs, "maps", survey.maps,
			 "sockets", netlink_sockets());
}

/* How often programs ran and how long, by id; those that are gone are left out. */
json_t *op_runs(struct call *call)
{
	json_t *ids, *id, *programs;
	size_t i;

	if (arguments(call, "{s:o}", "programs", &ids))
		return NULL;
	programs = json_array();
	json_array_foreach (ids, i, id) {
		struct bpf_prog_info info = {0};
		int result = describe(json_integer_value(id), &info, call->failure);

		if (result < 0) {
			json_decref(programs);
			return NULL;
		}
		if (!result)
			json_array_append_new(programs, runs_of(&info));
	}
	return json_pack("{s:o}", "programs", programs);
}
