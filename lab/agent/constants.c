// SPDX-License-Identifier: Apache-2.0
/* Constants of a BPF object: integers that are set before it is loaded, so that the verifier knows them. */
#include "constants.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct bpf_map *find_constants(struct bpf_object *object)
{
	struct bpf_map *map;

	/* Its name ends so, after that of the object; string literals have a section `.rodata.str1.1`. */
	bpf_object__for_each_map(map, object) {
		const char *at = strstr(bpf_map__name(map), ".rodata");

		if (at && !strcmp(at, ".rodata"))
			return map;
	}
	return NULL;
}

/* The variable's place in the section of constants; NULL where there is none of that name. */
static const struct btf_var_secinfo *find_variable(struct btf *btf, const char *name)
{
	int section = btf ? btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC) : -1;
	const struct btf_type *type = section >= 0 ? btf__type_by_id(btf, section) : NULL;
	const struct btf_var_secinfo *var = type ? btf_var_secinfos(type) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++, var++)
		if (!strcmp(btf__name_by_offset(btf, btf__type_by_id(btf, var->type)->name_off), name))
			return var;
	return NULL;
}

/* Whether a constant of that many bytes, signed or not, can hold the number. */
static int fits(json_int_t value, unsigned int bytes)
{
	return bytes >= sizeof(value) || (value >= -(1LL << (8 * bytes - 1)) && value < 1LL << 8 * bytes);
}

int has_constant(const struct bpf_object *object, const char *name)
{
	return find_variable(bpf_object__btf(object), name) != NULL;
}

int set_constant(struct bpf_object *object, const char *name, json_int_t value, struct failure *failure)
{
	const struct btf_var_secinfo *var = find_variable(bpf_object__btf(object), name);
	struct bpf_map *map = find_constants(object);
	size_t size = 0;
	const void *data = map ? bpf_map__initial_value(map, &size) : NULL;
	char *copy;
	int result;

	if (!var || !data || var->size > sizeof(value) || var->offset + var->size > size) {
		fail(failure, "constant", ENOENT, "the object has no integer constant '%s' (const volatile)", name);
		return -1;
	}
	if (!fits(value, var->size)) {
		fail(failure, "constant", ERANGE, "%s has %u bytes: %lld does not fit", name, var->size, (long long)value);
		return -1;
	}
	copy = malloc(size);
	if (!copy) {
		fail(failure, "malloc", ENOMEM, "out of memory");
		return -1;
	}
	memcpy(copy, data, size);
	/* Little-endian, as every machine with an agent: the low bytes come first. */
	memcpy(copy + var->offset, &value, var->size);
	result = bpf_map__set_initial_value(map, copy, size);
	free(copy);
	if (result)
		fail(failure, "bpf_map__set_initial_value", result, "%s: %s", name, strerror(-result));
	return result;
}
