// SPDX-License-Identifier: Apache-2.0
/* BPF objects held by the agent: their programs, their links to ports, their maps. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "constants.h"
#include "object.h"

#define LOG_BYTES (1 << 20)
#define LOG_KEPT 6000

struct attached {
	struct attached *next;
	int id;
	int fd;
	struct held *held;
};

static struct held *objects;
static struct attached *links;
/* What libbpf said last: its sentence is better than an errno. */
static char said[512];

static int keep_said(enum libbpf_print_level level, const char *format, va_list list)
{
	if (level == LIBBPF_WARN && !said[0]) {
		vsnprintf(said, sizeof(said), format, list);
		said[strcspn(said, "\n")] = 0;
	}
	return 0;
}

static struct held *lookup(const char *name)
{
	struct held *held = objects;

	while (held && strcmp(held->name, name))
		held = held->next;
	return held;
}

struct held *find_object(const char *name, struct failure *failure)
{
	struct held *held = lookup(name);

	if (!held)
		fail(failure, "object", ENOENT, "no object '%s' is loaded", name);
	return held;
}

struct bpf_program *find_program(struct held *held, const char *name, struct failure *failure)
{
	struct bpf_program *program = bpf_object__find_program_by_name(held->object, name);

	if (!program)
		fail(failure, "program", ENOENT, "object '%s' has no program '%s'", held->name, name);
	return program;
}

struct bpf_map *find_map(const char *object, const char *name, struct failure *failure)
{
	struct held *held = find_object(object, failure);
	struct bpf_map *map = held ? bpf_object__find_map_by_name(held->object, name) : NULL;

	if (held && !map)
		fail(failure, "map", ENOENT, "object '%s' has no map '%s'", object, name);
	return map;
}

static int prepare(struct bpf_object *object, json_t *only, int frags, json_t *constants, json_t *sizes,
		   struct failure *failure)
{
	struct bpf_program *program;
	const char *key;
	json_t *value;

	bpf_object__for_each_program(program, object) {
		const char *name = bpf_program__name(program);
		size_t i;
		int wanted = !only;

		if (only)
			json_array_foreach (only, i, value)
				wanted |= json_is_string(value) && !strcmp(json_string_value(value), name);
		bpf_program__set_autoload(program, wanted);
		if (bpf_program__type(program) != BPF_PROG_TYPE_XDP)
			continue;
		if (bpf_program__set_flags(program, frags ? BPF_F_XDP_HAS_FRAGS : 0)) {
			fail(failure, "bpf_program__set_flags", errno, "%s: %s", name, strerror(errno));
			return -1;
		}
	}
	/* A program that knows that it gets no frame of several buffers need not ask at each one. */
	if (has_constant(object, "frags") && set_constant(object, "frags", frags, failure))
		return -1;
	json_object_foreach (constants, key, value)
		if (set_constant(object, key, json_integer_value(value), failure))
			return -1;
	json_object_foreach (sizes, key, value) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, key);

		if (!map) {
			fail(failure, "map", ENOENT, "the object has no map '%s'", key);
			return -1;
		}
		if (bpf_map__set_max_entries(map, json_integer_value(value))) {
			fail(failure, "bpf_map__set_max_entries", errno, "%s: %s", key, strerror(errno));
			return -1;
		}
	}
	return 0;
}

static json_t *describe(struct bpf_object *object)
{
	json_t *programs = json_array(), *maps = json_array();
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, object) {
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (bpf_program__fd(program) < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
			json_array_append_new(programs, json_pack("{s:s, s:I}", "name", bpf_program__name(program), "id",
								  (json_int_t)info.id));
	}
	bpf_object__for_each_map(map, object) {
		struct bpf_map_info info = {0};
		__u32 size = sizeof(info);

		if (!bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &size))
			json_array_append_new(maps, json_pack("{s:s, s:I, s:I, s:I, s:I}", "name", bpf_map__name(map), "id",
							      (json_int_t)info.id, "type", (json_int_t)info.type,
							      "valueBytes", (json_int_t)info.value_size, "entries",
							      (json_int_t)info.max_entries));
	}
	return json_pack("{s:o, s:o}", "programs", programs, "maps", maps);
}

/* The end of the verifier's log is where it says why. */
static char *end_of(const char *log)
{
	size_t length = strlen(log);

	return length ? strdup(length > LOG_KEPT ? log + length - LOG_KEPT : log) : NULL;
}

static json_t *load(struct call *call, const char *name, void *bytes, size_t size, json_t *only, int frags,
		    json_t *constants, json_t *sizes)
{
	char *log = calloc(1, LOG_BYTES);
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = name, .kernel_log_buf = log,
		    .kernel_log_size = LOG_BYTES);
	struct bpf_object *object;
	struct held *held = NULL;

	if (!log)
		return fail(call->failure, "malloc", ENOMEM, "out of memory");
	said[0] = 0;
	libbpf_set_print(keep_said);
	object = bpf_object__open_mem(bytes, size, &options);
	if (!object) {
		fail(call->failure, "bpf_object__open", errno, "%s", said[0] ? said : strerror(errno));
		goto out;
	}
	if (prepare(object, only, frags, constants, sizes, call->failure))
		goto close;
	if (bpf_object__load(object)) {
		fail(call->failure, "bpf_object__load", errno, "%s", said[0] ? said : strerror(errno));
		call->failure->log = end_of(log);
		goto close;
	}
	held = calloc(1, sizeof(*held));
	if (!held || !(held->name = strdup(name))) {
		free(held);
		held = NULL;
		fail(call->failure, "malloc", ENOMEM, "out of memory");
		goto close;
	}
	held->object = object;
	held->elsewhere = -1;
	held->next = objects;
	objects = held;
	goto out;
close:
	bpf_object__close(object);
out:
	free(log);
	return held ? describe(held->object) : NULL;
}

/* The named numbers of an argument that may be left out. */
static int numbers(struct call *call, const char *name, json_t *list, json_int_t low, json_int_t high)
{
	const char *key;
	json_t *value;

	if (list && !json_is_object(list)) {
		fail(call->failure, "arguments", EINVAL, "%s is an object of integers", name);
		return -1;
	}
	json_object_foreach (list, key, value) {
		if (!json_is_integer(value)) {
			fail(call->failure, "arguments", EINVAL, "%s.%s is no integer", name, key);
			return -1;
		}
		if (within(call, key, json_integer_value(value), low, high))
			return -1;
	}
	return 0;
}

json_t *op_load(struct call *call)
{
	json_t *only = NULL, *constants = NULL, *sizes = NULL, *result;
	unsigned char *bytes;
	const char *name, *text;
	size_t size;
	int frags;

	if (arguments(call, "{s:s, s:s, s:b, s?o, s?o, s?o}", "name", &name, "object", &text, "frags", &frags,
		      "programs", &only, "constants", &constants, "entries", &sizes) ||
	    (only && words(call, "programs", only)) || numbers(call, "constants", constants, INT64_MIN, INT64_MAX) ||
	    numbers(call, "entries", sizes, 1, UINT32_MAX))
		return NULL;
	if (lookup(name))
		return fail(call->failure, "load", EEXIST, "an object '%s' is loaded already", name);
	if (base64_decode(text, &bytes, &size))
		return fail(call->failure, "load", EINVAL, "the object is not base64");
	result = load(call, name, bytes, size, only, frags, constants, sizes);
	free(bytes);
	return result;
}

static void drop_link(struct attached **at)
{
	struct attached *attached = *at;

	*at = attached->next;
	close(attached->fd);
	free(attached);
}

static void close_object(struct held *held)
{
	for (struct attached **at = &links; *at;)
		if ((*at)->held == held)
			drop_link(at);
		else
			at = &(*at)->next;
	for (struct held **at = &objects; *at; at = &(*at)->next)
		if (*at == held) {
			*at = held->next;
			break;
		}
	bpf_object__close(held->object);
	if (held->elsewhere >= 0)
		close(held->elsewhere);
	free(held->name);
	free(held);
}

void objects_close(void)
{
	while (objects)
		close_object(objects);
}

json_t *op_unload(struct call *call)
{
	const char *name;
	struct held *held;

	if (arguments(call, "{s:s}", "object", &name) || !(held = find_object(name, call->failure)))
		return NULL;
	close_object(held);
	return json_object();
}

/* Whose program sits on the port: "program 12 'name'". */
static void name_holder(unsigned int ifindex, char *text, size_t size)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);
	int fd;

	snprintf(text, size, "another program");
	if (bpf_xdp_query(ifindex, 0, &query) || !query.prog_id)
		return;
	snprintf(text, size, "program %u", query.prog_id);
	fd = bpf_prog_get_fd_by_id(query.prog_id);
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &length))
		snprintf(text, size, "program %u '%s'", query.prog_id, info.name);
	close(fd);
}

void attach_failed(struct failure *failure, const char *what, unsigned int ifindex, const char *port,
		   int error)
{
	char holder[128];

	if (error != EBUSY && error != EEXIST) {
		fail(failure, "bpf_link_create", error, "attaching %s to %s: %s", what, port, strerror(error));
		return;
	}
	name_holder(ifindex, holder, sizeof(holder));
	fail(failure, "bpf_link_create", error, "attaching %s to %s: %s is attached there already", what, port,
	     holder);
}

json_t *op_attach(struct call *call)
{
	LIBBPF_OPTS(bpf_link_create_opts, options);
	const char *name, *program_name, *port, *mode;
	struct bpf_program *program;
	struct attached *attached;
	unsigned int ifindex;
	struct held *held;
	static int last;
	int fd, error;

	if (arguments(call, "{s:s, s:s, s:s, s:s}", "object", &name, "program", &program_name, "interface", &port,
		      "mode", &mode))
		return NULL;
	held = find_object(name, call->failure);
	program = held ? find_program(held, program_name, call->failure) : NULL;
	if (!program || !(ifindex = port_index(port, call->failure)))
		return NULL;
	if (strcmp(mode, "native") && strcmp(mode, "generic"))
		return fail(call->failure, "arguments", EINVAL, "mode is native or generic, not '%s'", mode);
	options.flags = strcmp(mode, "native") ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
	fd = bpf_link_create(bpf_program__fd(program), ifindex, BPF_XDP, &options);
	if (fd < 0) {
		char what[128];

		error = errno;
		snprintf(what, sizeof(what), "%s in %s mode", program_name, mode);
		attach_failed(call->failure, what, ifindex, port, error);
		return NULL;
	}
	attached = calloc(1, sizeof(*attached));
	if (!attached) {
		close(fd);
		return fail(call->failure, "malloc", ENOMEM, "out of memory");
	}
	*attached = (struct attached){.next = links, .id = ++last, .fd = fd, .held = held};
	links = attached;
	return json_pack("{s:i}", "link", attached->id);
}

json_t *op_detach(struct call *call)
{
	int id;

	if (arguments(call, "{s:i}", "link", &id))
		return NULL;
	for (struct attached **at = &links; *at; at = &(*at)->next)
		if ((*at)->id == id) {
			drop_link(at);
			return json_object();
		}
	return fail(call->failure, "detach", ENOENT, "no link %d", id);
}
