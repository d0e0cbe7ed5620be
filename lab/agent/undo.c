// SPDX-License-Identifier: Apache-2.0
/* What was changed on this machine, and the commands that change it back, last first. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

/* A command that hangs must not keep the others from being undone. */
#ifndef COMMAND_SECONDS
#define COMMAND_SECONDS 20
#endif

extern char **environ;

struct undo {
	struct undo *below;
	unsigned int number; /* from 1, counted from the bottom */
	char *what;
	json_t *argv;
};

static struct undo *top;

/* Keeps the beginning of what the command says, until it closes its output; -1 when it takes too long. */
static int hear(int fd, char *text, size_t size)
{
	int64_t end = monotonic_ns() / 1000000 + COMMAND_SECONDS * 1000;
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	size_t used = 0;
	char rest[512];

	text[0] = 0;
	for (;;) {
		int64_t left = end - (int64_t)(monotonic_ns() / 1000000);
		int kept = used + 1 < size;
		ssize_t got;

		if (left <= 0 || poll(&poller, 1, left) == 0)
			return -1;
		got = kept ? read(fd, text + used, size - 1 - used) : read(fd, rest, sizeof(rest));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		if (kept)
			text[used += got] = 0;
	}
}

/* Starts the command with its output on a pipe, and with the signals that this process ignores as usual. */
static int start(char *const argv[], int output, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t usual;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error) {
		posix_spawn_file_actions_destroy(&actions);
		return error;
	}
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGHUP);
	error = posix_spawnattr_setsigdefault(&attributes, &usual);
	if (!error)
		error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	if (!error)
		error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, output, 1);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, output, 2);
	if (!error)
		error = posix_spawnp(child, argv[0], &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int run_command(char *const argv[], char *message, size_t size)
{
	int status, pipes[2], error, late;
	char text[512];
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC)) {
		snprintf(message, size, "pipe: %s", strerror(errno));
		return -1;
	}
	error = start(argv, pipes[1], &child);
	close(pipes[1]);
	if (error) {
		close(pipes[0]);
		snprintf(message, size, "%s: %s", argv[0], strerror(error));
		return -1;
	}
	late = hear(pipes[0], text, sizeof(text));
	close(pipes[0]);
	if (late)
		kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child) {
		snprintf(message, size, "waitpid: %s", strerror(errno));
		return -1;
	}
	if (late) {
		snprintf(message, size, "not done after %d s, killed: %s", COMMAND_SECONDS, text);
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

/* Down to so many changes. Goes on past failures: each is reported, and what can be put back is. */
void undo_to(unsigned int kept, json_t *report)
{
	while (top && top->number > kept) {
		struct undo *undo = top;
		char message[600] = "";
		int result = run_words(undo->argv, message, sizeof(message));

		if (report) {
			json_t *entry = json_pack("{s:s, s:b}", "what", undo->what, "ok", result == 0);

			if (result)
				json_object_set_new(entry, "error", text_json(message));
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

/* Every argument is looked at before anything is noted or run. */
static int not_argv(struct call *call, const char *name, json_t *argv)
{
	if (words(call, name, argv))
		return -1;
	if (!json_array_size(argv)) {
		fail(call->failure, "arguments", EINVAL, "%s is a list of at least one word", name);
		return -1;
	}
	return 0;
}

static int push(const char *what, json_t *argv, struct failure *failure)
{
	struct undo *undo = calloc(1, sizeof(*undo));

	if (!undo || !(undo->what = strdup(what))) {
		free(undo);
		fail(failure, "malloc", ENOMEM, "out of memory");
		return -1;
	}
	undo->argv = json_incref(argv);
	undo->below = top;
	undo->number = top ? top->number + 1 : 1;
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
	    not_argv(call, "argv", argv) || not_argv(call, "undo", undo) || push(what, undo, call->failure))
		return NULL;
	if (run_words(argv, message, sizeof(message)))
		return fail(call->failure, json_string_value(json_array_get(argv, 0)), 0, "%s: %s", what, message);
	return json_object();
}

json_t *op_undo_run(struct call *call)
{
	json_t *report;
	int kept = 0;

	if (arguments(call, "{s?i}", "kept", &kept))
		return NULL;
	report = json_array();
	undo_to(kept, report);
	return json_pack("{s:o}", "undone", report);
}
