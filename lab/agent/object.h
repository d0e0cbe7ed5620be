/* SPDX-License-Identifier: Apache-2.0 */
/* The BPF objects that the agent holds, for the operations on their maps. */
#ifndef OBJECT_H
#define OBJECT_H

#include <bpf/libbpf.h>

#include "agent.h"

struct held {
	struct held *next;
	char *name;
	struct bpf_object *object;
	int elsewhere; /* a network namespace of the object's own, -1 until it is asked for */
};

/* NULL with the failure filled in when there is none of that name. */
struct held *find_object(const char *name, struct failure *failure);
struct bpf_program *find_program(struct held *held, const char *name, struct failure *failure);
struct bpf_map *find_map(const char *object, const char *name, struct failure *failure);

/* What the act returned in the object's own network namespace; -1 with the failure filled in. */
int run_elsewhere(struct held *held, int (*act)(void *argument), void *argument, struct failure *failure);

#endif
