// SPDX-License-Identifier: Apache-2.0
/* The conversation: reads requests, finds their operation, writes answers, and ends well. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

/* A BPF object in base64 is the longest request; a few MB hold the largest. */
#define LONGEST_LINE (16 << 20)

static int job_pipe[2];
static volatile sig_atomic_t told_to_end;

static void end_soon(int number)
{
	(void)number;
	told_to_end = 1;
}

json_t *fail(struct failure *failure, const char *what, int code, const char *format, ...)
{
	va_list list;

	snprintf(failure->what, sizeof(failure->what), "%s", what);
	failure->code = code < 0 ? -code : code;
	va_start(list, format);
	vsnprintf(failure->message, sizeof(failure->message), format, list);
	va_end(list);
	return NULL;
}

int arguments(struct call *call, const char *format, ...)
{
	json_error_t error;
	va_list list;
	int result;

	va_start(list, format);
	result = json_vunpack_ex(call->args, &error, JSON_STRICT, format, list);
	va_end(list);
	if (result)
		fail(call->failure, "arguments", EINVAL, "%s", error.text);
	return result;
}

void answer(json_t *id, json_t *result, const struct failure *failure)
{
	json_t *reply;

	if (result) {
		reply = json_pack("{s:o, s:b, s:o}", "id", id, "ok", 1, "result", result);
	} else {
		json_t *error = json_pack("{s:s, s:i, s:s}", "what", failure->what, "errno", failure->code,
					  "message", failure->message);

		/* The log may hold what is not UTF-8; json_string refuses it then, and the rest still goes. */
		if (failure->log)
			json_object_set_new(error, "log", json_string(failure->log));
		reply = json_pack("{s:o, s:b, s:o}", "id", id, "ok", 0, "error", error);
	}
	if (!reply) {
		fprintf(stderr, "agent: cannot build a reply\n");
		exit(1);
	}
	json_dumpf(reply, stdout, JSON_COMPACT);
	fputc('\n', stdout);
	fflush(stdout);
	json_decref(reply);
}

void job_done(struct job *job)
{
	/* A pointer is far below PIPE_BUF: the write is whole or fails, and the pipe never fills. */
	if (write(job_pipe[1], &job, sizeof(job)) != sizeof(job))
		abort();
}

static json_t *op_hello(struct call *call)
{
	struct utsname name;

	if (arguments(call, "{}"))
		return NULL;
	if (uname(&name))
		return fail(call->failure, "uname", errno, "%s", strerror(errno));
	return json_pack("{s:s, s:s, s:i, s:i}", "kernel", name.release, "machine", name.machine, "pid",
			 (int)getpid(), "cpus", (int)sysconf(_SC_NPROCESSORS_ONLN));
}

static json_t *op_ping(struct call *call)
{
	return arguments(call, "{}") ? NULL : json_object();
}

static const struct {
	const char *name;
	operation run;
} operations[] = {
	{"hello", op_hello},
	{"ping", op_ping},
	{"load", op_load},
	{"unload", op_unload},
	{"attach", op_attach},
	{"detach", op_detach},
	{"map_set", op_map_set},
	{"map_delete", op_map_delete},
	{"map_read", op_map_read},
	{"port", op_port},
	{"counters", op_counters},
	{"kernel_log", op_kernel_log},
	{"change", op_change},
	{"undo_run", op_undo_run},
	{"source_run", op_source_run},
	{"source_stop", op_source_stop},
	{"sink_open", op_sink_open},
	{"sink_start", op_sink_start},
	{"sink_read", op_sink_read},
};

static json_t *dispatch(const char *op, struct call *call)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (!strcmp(operations[i].name, op))
			return operations[i].run(call);
	return fail(call->failure, "op", ENOSYS, "unknown operation '%s'", op);
}

static void handle(const char *line, size_t size)
{
	struct failure failure = {0};
	struct call call = {.failure = &failure};
	const char *op;
	json_error_t error;
	json_t *result, *request = json_loadb(line, size, 0, &error), *none = json_object();

	call.args = none;
	if (!request) {
		fail(&failure, "request", EINVAL, "not JSON: %s", error.text);
		answer(json_null(), NULL, &failure);
	} else if (json_unpack_ex(request, &error, JSON_STRICT, "{s:o, s:s, s?o}", "id", &call.id, "op", &op, "args",
				  &call.args)) {
		fail(&failure, "request", EINVAL, "%s", error.text);
		call.id = json_object_get(request, "id");
		answer(call.id ? json_incref(call.id) : json_null(), NULL, &failure);
	} else {
		result = dispatch(op, &call);
		if (result != ANSWER_LATER)
			answer(json_incref(call.id), result, &failure);
	}
	free(failure.log);
	json_decref(none);
	json_decref(request);
}

/* Takes whole lines out of the buffer; -1 when a line is longer than any request. */
static int take_lines(char *buffer, size_t *used)
{
	char *start = buffer, *end;

	while ((end = memchr(start, '\n', *used - (start - buffer)))) {
		handle(start, end - start);
		start = end + 1;
	}
	*used -= start - buffer;
	memmove(buffer, start, *used);
	return *used == LONGEST_LINE ? -1 : 0;
}

static void finish_jobs(void)
{
	struct job *job;

	if (read(job_pipe[0], &job, sizeof(job)) == sizeof(job))
		job->finish(job);
}

static void converse(char *buffer)
{
	struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = job_pipe[0], .events = POLLIN}};
	time_t heard = time(NULL);
	size_t used = 0;

	while (!told_to_end) {
		int tick = traffic_tick();
		int ready = poll(fds, 2, tick ? tick : 1000);

		if (ready < 0 && errno != EINTR)
			return;
		if (ready > 0 && fds[1].revents)
			finish_jobs();
		if (ready > 0 && fds[0].revents) {
			ssize_t size = read(STDIN_FILENO, buffer + used, LONGEST_LINE - used);

			if (size <= 0)
				return;
			heard = time(NULL);
			used += size;
			if (take_lines(buffer, &used)) {
				fprintf(stderr, "agent: a request is longer than %d bytes\n", LONGEST_LINE);
				return;
			}
		} else if (time(NULL) - heard > SILENCE_SECONDS) {
			fprintf(stderr, "agent: nothing heard for %d s, ending\n", SILENCE_SECONDS);
			return;
		}
	}
}

int serve(void)
{
	char *buffer = malloc(LONGEST_LINE);

	if (!buffer || pipe2(job_pipe, O_CLOEXEC)) {
		perror("agent");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, end_soon);
	signal(SIGINT, end_soon);
	converse(buffer);
	traffic_stop_all();
	undo_all(NULL);
	free(buffer);
	return 0;
}
