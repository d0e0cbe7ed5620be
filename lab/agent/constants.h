/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSTANTS_H
#define CONSTANTS_H

#include <bpf/libbpf.h>

#include "agent.h"

int has_constant(const struct bpf_object *object, const char *name);

/* Sets a `const volatile` integer of an object that is not loaded yet; 0, or not with the failure filled in. */
int set_constant(struct bpf_object *object, const char *name, json_int_t value, struct failure *failure);

#endif
