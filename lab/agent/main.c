// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "agent.h"

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "serve"))
		return serve();
	if (argc > 3 && !strcmp(argv[1], "guard") && !strcmp(argv[2], "--"))
		return guard(argc - 3, argv + 3);
	fprintf(stderr, "usage: agent serve | agent guard -- COMMAND [ARGUMENT...]\n");
	return 2;
}
