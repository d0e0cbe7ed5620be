// SPDX-License-Identifier: Apache-2.0
/* What was changed on this machine, and the commands that change it back, last first. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

extern char **environ;

struct undo {
	struct undo *below;
	char *what;
	json_t *argv;
};

static struct undo *top;

int run_command(char *const argv[], char *message, size_t size)
{
	posix_spawn_file_actions_t actions;
	char text[512] = "";
	int status, pipes[2], error;
	ssize_t got;
	pid_t child;

	if (pipe(pipes)) {
		snprintf(message, size, "pipe: %s", strerror(errno));
		return -1;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 2);
	posix_spawn_file_actions_addclose(&actions, pipes[0]);
	posix_spawn_file_actions_addclose(&actions, pipes[1]);
	error = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	if (error) {
		close(pipes[0]);
		snprintf(message, size, "%s: %s", argv[0], strerror(error));
		return -1;
	}
	got = read(pipes[0], text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = 0;
	for (char drain[512]; read(pipes[0], drain, sizeof(drain)) > 0;)
		;
	close(pipes[0]);
	if (waitpid(child, &status, 0) != child) {
		snprintf(message, size, "waitpid: %s", strerror(errno));
		return -1;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	snprintf(message, size, "%s %d: %s", WIFEXITED(status) ? "exit code" : "signal",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), text);
	return -1;
}

static int run_words(json_t *words, char *message, size_t size)
{
	size_t count = json_array_size(words);
	char **argv = calloc(count + 1, sizeof(*argv));
	int result;

	if (!argv) {
		snprintf(message, size, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		argv[i] = (char *)json_string_value(json_array_get(words, i));
	result = run_command(argv, message, size);
	free(argv);
	return result;
}

/* Goes on past failures: each is reported, and what can be put back is. */
void undo_all(json_t *report)
{
	while (top) {
		struct undo *undo = top;
		char message[600] = "";
		int result = run_words(undo->argv, message, sizeof(message));

		if (report) {
			json_t *entry = json_pack("{s:s, s:b}", "what", undo->what, "ok", result == 0);

			if (result) {
				json_t *text = json_string(message);

				json_object_set_new(entry, "error", text ? text : json_string("failed"));
			}
			json_array_append_new(report, entry);
		} else if (result) {
			fprintf(stderr, "agent: undoing '%s' failed: %s\n", undo->what, message);
		}
		top = undo->below;
		free(undo->what);
		json_decref(undo->argv);
		free(undo);
	}
}

static int is_argv(const char *name, json_t *argv, struct failure *failure)
{
	json_t *word;
	size_t i;

	if (!json_is_array(argv) || !json_array_size(argv)) {
		fail(failure, "arguments", EINVAL, "%s is a list of at least one word", name);
		return 0;
	}
	json_array_foreach (argv, i, word)
		if (!json_is_string(word)) {
			fail(failure, "arguments", EINVAL, "%s[%zu] is no string", name, i);
			return 0;
		}
	return 1;
}

static int push(const char *what, json_t *argv, struct failure *failure)
{
	struct undo *undo;

	if (!is_argv("undo", argv, failure))
		return -1;
	undo = calloc(1, sizeof(*undo));
	if (!undo || !(undo->what = strdup(what))) {
		free(undo);
		fail(failure, "malloc", ENOMEM, "out of memory");
		return -1;
	}
	undo->argv = json_incref(argv);
	undo->below = top;
	top = undo;
	return 0;
}

/*
 * Runs a command that changes this machine. Its undo is noted first: it sets the old value, which is right
 * even when the change has failed half-way.
 */
json_t *op_change(struct call *call)
{
	json_t *argv, *undo;
	char message[600] = "";
	const char *what;

	if (arguments(call, "{s:s, s:o, s:o}", "what", &what, "argv", &argv, "undo", &undo) ||
	    !is_argv("argv", argv, call->failure) || push(what, undo, call->failure))
		return NULL;
	if (run_words(argv, message, sizeof(message)))
		return fail(call->failure, json_string_value(json_array_get(argv, 0)), 0, "%s: %s", what, message);
	return json_object();
}

json_t *op_undo_run(struct call *call)
{
	json_t *report;

	if (arguments(call, "{}"))
		return NULL;
	report = json_array();
	undo_all(report);
	return json_pack("{s:o}", "undone", report);
}
