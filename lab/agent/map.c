// SPDX-License-Identifier: Apache-2.0
/* Entries of the maps of loaded objects. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"

struct entry {
	const struct bpf_map *map;
	uint32_t key;
	unsigned char value[8];
	uint64_t flags;
};

static int update(const struct entry *entry)
{
	return bpf_map_update_elem(bpf_map__fd(entry->map), &entry->key, entry->value, entry->flags) ? errno : 0;
}

static int update_elsewhere(void *entry)
{
	return update(entry);
}

static int has_program(const struct bpf_map *map)
{
	enum bpf_map_type type = bpf_map__type(map);

	return bpf_map__value_size(map) == 8 && (type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_DEVMAP_HASH ||
						 type == BPF_MAP_TYPE_CPUMAP);
}

/* A devmap's value is an ifindex, a cpumap's a queue size; both may carry a program in the second half. */
static int write_value(struct call *call, struct entry *entry, json_int_t number, const char *object,
		       const char *name)
{
	uint32_t parts[2] = {number};
	struct bpf_program *program;
	struct held *held;

	if (bpf_map__value_size(entry->map) == 8 && !has_program(entry->map) && !name) {
		memcpy(entry->value, &number, 8);
		return 0;
	}
	if (within(call, "value", number, 0, UINT32_MAX))
		return -1;
	if (name && !has_program(entry->map)) {
		fail(call->failure, "map_set", EINVAL, "entries of '%s' carry no program", bpf_map__name(entry->map));
		return -1;
	}
	if (name) {
		held = find_object(object, call->failure);
		program = held ? find_program(held, name, call->failure) : NULL;
		if (!program)
			return -1;
		parts[1] = bpf_program__fd(program);
		if (bpf_program__fd(program) < 0) {
			fail(call->failure, "program", ENOENT, "program '%s' was not loaded", name);
			return -1;
		}
	}
	memcpy(entry->value, parts, sizeof(parts));
	return 0;
}

/* What to write is given as a number, or by the name of a port or of an AF_XDP socket. */
static int number_of(struct call *call, const char *port, const char *socket, json_int_t *number)
{
	int fd;

	if ((json_object_get(call->args, "value") != NULL) + (port != NULL) + (socket != NULL) != 1) {
		fail(call->failure, "arguments", EINVAL, "give one of value, interface and xsk");
		return -1;
	}
	if (port) {
		*number = port_index(port, call->failure);
		return *number ? 0 : -1;
	}
	if (socket) {
		fd = xsk_descriptor(socket, call->failure);
		*number = fd;
		return fd < 0 ? -1 : 0;
	}
	return 0;
}

static struct bpf_map *find_plain(struct call *call, const char *object, const char *name)
{
	struct bpf_map *map = find_map(object, name, call->failure);

	if (map && bpf_map__key_size(map) != 4) {
		fail(call->failure, "map", EINVAL, "keys of '%s' are %u bytes, not 4", name, bpf_map__key_size(map));
		return NULL;
	}
	return map;
}

/*
 * One entry of a map, written as this process or, `elsewhere`, by a thread in a network namespace of its
 * own: a devmap looks its ifindex up in the namespace of whoever writes (kernel/bpf/devmap.c,
 * __dev_map_alloc_node).
 */
json_t *op_map_set(struct call *call)
{
	const char *object, *name, *port = NULL, *socket = NULL, *program_object = NULL, *program_name = NULL;
	json_int_t key, number = 0, flags = BPF_ANY;
	struct entry entry = {0};
	int elsewhere = 0, error;
	uint32_t size;

	if (arguments(call, "{s:s, s:s, s:I, s?I, s?s, s?s, s?b, s?I, s?{s:s, s:s}}", "object", &object, "map",
		      &name, "key", &key, "value", &number, "interface", &port, "xsk", &socket, "elsewhere", &elsewhere,
		      "flags", &flags, "program", "object", &program_object, "name", &program_name) ||
	    within(call, "key", key, 0, UINT32_MAX) || !(entry.map = find_plain(call, object, name)))
		return NULL;
	size = bpf_map__value_size(entry.map);
	if (size != 4 && size != 8)
		return fail(call->failure, "map_set", EINVAL, "values of '%s' are %u bytes, not 4 or 8", name, size);
	if (elsewhere && (port || socket))
		return fail(call->failure, "arguments", EINVAL, "elsewhere takes a value: names are this namespace's");
	if (number_of(call, port, socket, &number) ||
	    write_value(call, &entry, number, program_object, program_name))
		return NULL;
	entry.key = key;
	entry.flags = flags;
	if (elsewhere) {
		error = run_elsewhere(find_object(object, call->failure), update_elsewhere, &entry, call->failure);
		if (error < 0)
			return NULL;
	} else {
		error = update(&entry);
	}
	if (error)
		return fail(call->failure, "bpf_map_update_elem", error, "%s[%u] = %lld: %s", name, entry.key,
			    (long long)number, strerror(error));
	return json_object();
}

json_t *op_map_delete(struct call *call)
{
	const char *object, *name;
	struct bpf_map *map;
	json_int_t key;
	uint32_t index;

	if (arguments(call, "{s:s, s:s, s:I}", "object", &object, "map", &name, "key", &key) ||
	    within(call, "key", key, 0, UINT32_MAX) || !(map = find_plain(call, object, name)))
		return NULL;
	index = key;
	if (bpf_map_delete_elem(bpf_map__fd(map), &index))
		return fail(call->failure, "bpf_map_delete_elem", errno, "%s[%u]: %s", name, index, strerror(errno));
	return json_object();
}

static json_t *read_entries(const struct bpf_map *map, int values_each, struct failure *failure)
{
	uint64_t *values = calloc(values_each, sizeof(*values));
	json_t *entries = json_array();

	if (!values || !entries) {
		fail(failure, "malloc", ENOMEM, "out of memory");
		goto failed;
	}
	for (uint32_t key = 0; key < bpf_map__max_entries(map); key++) {
		json_t *entry;

		if (bpf_map_lookup_elem(bpf_map__fd(map), &key, values)) {
			fail(failure, "bpf_map_lookup_elem", errno, "%s[%u]: %s", bpf_map__name(map), key,
			     strerror(errno));
			goto failed;
		}
		entry = json_array();
		for (int i = 0; i < values_each; i++)
			json_array_append_new(entry, json_sprintf("%llu", (unsigned long long)values[i]));
		json_array_append_new(entries, entry);
	}
	free(values);
	return entries;
failed:
	free(values);
	json_decref(entries);
	return NULL;
}

/* An array of 64-bit counters: one list of decimal strings a key, one string a CPU, or one in all. */
json_t *op_map_read(struct call *call)
{
	int cpus = libbpf_num_possible_cpus();
	const char *object, *name;
	json_t *entries;
	struct bpf_map *map;
	int per_cpu;

	if (arguments(call, "{s:s, s:s}", "object", &object, "map", &name) ||
	    !(map = find_map(object, name, call->failure)))
		return NULL;
	if (cpus < 0)
		return fail(call->failure, "libbpf_num_possible_cpus", cpus, "%s", strerror(-cpus));
	per_cpu = bpf_map__type(map) == BPF_MAP_TYPE_PERCPU_ARRAY;
	if ((!per_cpu && bpf_map__type(map) != BPF_MAP_TYPE_ARRAY) || bpf_map__value_size(map) != sizeof(uint64_t))
		return fail(call->failure, "map_read", EINVAL, "'%s' is no array of 64-bit counters", name);
	entries = read_entries(map, per_cpu ? cpus : 1, call->failure);
	return entries ? json_pack("{s:o}", "entries", entries) : NULL;
}
