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

int words(struct call *call, const char *name, json_t *list)
{
	json_t *word;
	size_t i;

	if (!json_is_array(list)) {
		fail(call->failure, "arguments", EINVAL, "%s is a list of strings", name);
		return -1;
	}
	json_array_foreach (list, i, word)
		if (!json_is_string(word)) {
			fail(call->failure, "arguments", EINVAL, "%s[%zu] is no string", name, i);
			return -1;
		}
	return 0;
}

int within(struct call *call, const char *name, json_int_t value, json_int_t low, json_int_t high)
{
	if (value >= low && value <= high)
		return 0;
	fail(call->failure, "arguments", EINVAL, "%s is %lld to %lld, not %lld", name, (long long)low,
	     (long long)high, (long long)value);
	return -1;
}

json_t *text_json(const char *text)
{
	json_t *result = json_string(text);
	char *copy;

	if (result)
		return result;
	copy = strdup(text);
	for (char *at = copy; at && *at; at++)
		if (*at & 0x80)
			*at = '?';
	result = json_string(copy ? copy : "");
	free(copy);
	return result;
}

void answer(json_t *id, json_t *result, const struct failure *failure)
{
	json_t *reply;

	if (result) {
		reply = json_pack("{s:o, s:b, s:o}", "id", id, "ok", 1, "result", result);
	} else {
		/* Cut to fit, a sentence may end within a character. */
		json_t *error = json_pack("{s:o, s:i, s:o}", "what", text_json(failure->what), "errno",
					  failure->code, "message", text_json(failure->message));

		if (failure->log)
			json_object_set_new(error, "log", text_json(failure->log));
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

uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
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
	{"lease", op_lease},
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
	{"survey", op_survey},
	{"runs", op_runs},
	{"misses", op_misses},
	{"bulks_open", op_bulks_open},
	{"bulks_read", op_bulks_read},
	{"bulks_close", op_bulks_close},
	{"change", op_change},
	{"undo_run", op_undo_run},
	{"source_run", op_source_run},
	{"source_stop", op_source_stop},
	{"sink_open", op_sink_open},
	{"sink_start", op_sink_start},
	{"sink_read", op_sink_read},
	{"sink_losses", op_sink_losses},
	{"xsk_open", op_xsk_open},
	{"xsk_start", op_xsk_start},
	{"xsk_read", op_xsk_read},
	{"xsk_losses", op_xsk_losses},
	{"xsk_close", op_xsk_close},
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
		if (!result && !failure.what[0])
			fail(&failure, op, ENOMEM, "the answer cannot be built");
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
	struct pollfd fds[3] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = job_pipe[0], .events = POLLIN}};
	uint64_t heard = monotonic_ns();
	size_t used = 0;

	while (!told_to_end) {
		int tick = traffic_tick(), ready;

		fds[2] = (struct pollfd){.fd = lease_fd(), .events = POLLIN};
		ready = poll(fds, 3, tick ? tick : 1000);
		if (ready < 0 && errno != EINTR)
			return;
		if (ready > 0 && fds[2].revents)
			lease_tell();
		if (ready > 0 && fds[1].revents)
			finish_jobs();
		if (ready > 0 && fds[0].revents) {
			ssize_t size = read(STDIN_FILENO, buffer + used, LONGEST_LINE - used);

			if (size < 0 && (errno == EINTR || errno == EAGAIN))
				continue;
			if (size <= 0)
				return;
			heard = monotonic_ns();
			used += size;
			if (take_lines(buffer, &used)) {
				fprintf(stderr, "agent: a request is longer than %d bytes\n", LONGEST_LINE);
				return;
			}
		} else if (monotonic_ns() - heard > SILENCE_SECONDS * 1000000000ULL) {
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
		free(buffer);
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, end_soon);
	signal(SIGINT, end_soon);
	converse(buffer);
	traffic_stop_all();
	/* Programs go first: one that takes no multi-buffer frames would forbid a larger MTU to be put back. */
	xsks_close();
	sinks_close();
	objects_close();
	bulks_close();
	undo_to(0, NULL);
	free(buffer);
	return 0;
}
