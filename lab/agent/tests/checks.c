// SPDX-License-Identifier: Apache-2.0
/*
 * Checks of the agent on real processes and real kernel objects: TAP on standard output.
 *   checks AGENT OBJECTS    the agent's binary, and the folder with the checks' own BPF objects
 */
#include <signal.h>
#include <stdio.h>

#include "checks.h"

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: checks AGENT OBJECTS\n");
		return 2;
	}
	agent_path = argv[1];
	objects_path = argv[2];
	signal(SIGPIPE, SIG_IGN);
	check_units();
	bed_make();
	check_conversation();
	check_lease();
	check_guard();
	check_undo();
	check_objects();
	check_ports();
	check_survey();
	check_sink();
	check_sources();
	check_xsk();
	check_bulks();
	return tap_end();
}
