// SPDX-License-Identifier: Apache-2.0
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checks.h"

/* An agent that does not answer ends the checks, and with them everything that they have started. */
#define ANSWER_SECONDS 20

const char *agent_path, *objects_path;

struct agent *agent_start(void)
{
	struct agent *agent = calloc(1, sizeof(*agent));
	int in[2], out[2];

	if (!agent || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		err(1, "pipe");
	agent->pid = fork();
	if (agent->pid < 0)
		err(1, "fork");
	if (!agent->pid) {
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
			_exit(126);
		execl(agent_path, agent_path, "serve", NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	agent->in = in[1];
	agent->out = fdopen(out[0], "r");
	agent->waiting = json_object();
	return agent;
}

void say(struct agent *agent, const char *bytes)
{
	size_t size = strlen(bytes);

	while (size) {
		ssize_t done = write(agent->in, bytes, size);

		if (done < 0)
			err(1, "writing to the agent");
		bytes += done;
		size -= done;
	}
}

static int request(struct agent *agent, const char *op, const char *format, va_list list)
{
	json_t *args = json_vpack_ex(NULL, 0, format, list);
	json_t *line = json_pack("{s:i, s:s, s:o}", "id", ++agent->last_id, "op", op, "args", args);
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;

	if (!text)
		errx(1, "cannot build a request for '%s'", op);
	say(agent, text);
	say(agent, "\n");
	free(text);
	json_decref(line);
	return agent->last_id;
}

int tell(struct agent *agent, const char *op, const char *format, ...)
{
	va_list list;
	int id;

	va_start(list, format);
	id = request(agent, op, format, list);
	va_end(list);
	return id;
}

static json_t *read_reply(struct agent *agent)
{
	char *line = NULL;
	size_t size = 0;
	json_t *reply;

	alarm(ANSWER_SECONDS);
	if (getline(&line, &size, agent->out) < 0)
		errx(1, "the agent has ended");
	alarm(0);
	reply = json_loads(line, 0, NULL);
	if (!reply)
		errx(1, "no JSON: %s", line);
	free(line);
	return reply;
}

static int id_of(json_t *reply)
{
	json_t *id = json_object_get(reply, "id");

	return json_is_integer(id) ? (int)json_integer_value(id) : -1;
}

json_t *hear(struct agent *agent, int id)
{
	char key[16];

	snprintf(key, sizeof(key), "%d", id);
	json_decref(agent->reply);
	agent->reply = json_incref(json_object_get(agent->waiting, key));
	json_object_del(agent->waiting, key);
	while (!agent->reply) {
		json_t *reply = read_reply(agent);

		if (id_of(reply) == id) {
			agent->reply = reply;
		} else {
			char other[16];

			snprintf(other, sizeof(other), "%d", id_of(reply));
			json_object_set_new(agent->waiting, other, reply);
		}
	}
	return agent->reply;
}

json_t *ask(struct agent *agent, const char *op, const char *format, ...)
{
	va_list list;
	int id;

	va_start(list, format);
	id = request(agent, op, format, list);
	va_end(list);
	return hear(agent, id);
}

static int finish(struct agent *agent)
{
	int status = -1;

	close(agent->in);
	alarm(ANSWER_SECONDS);
	waitpid(agent->pid, &status, 0);
	alarm(0);
	fclose(agent->out);
	json_decref(agent->waiting);
	json_decref(agent->reply);
	free(agent);
	return status;
}

int agent_end(struct agent *agent)
{
	return finish(agent);
}

void agent_kill(struct agent *agent)
{
	kill(agent->pid, SIGKILL);
	finish(agent);
}

static json_t *at(json_t *value, const char *path)
{
	char names[256], *rest = names, *name;

	snprintf(names, sizeof(names), "%s", path);
	while (value && (name = strsep(&rest, ".")))
		value = json_is_array(value) ? json_array_get(value, atoi(name)) : json_object_get(value, name);
	return value;
}

json_int_t number_at(json_t *reply, const char *path)
{
	json_t *value = at(reply, path);

	if (json_is_boolean(value))
		return json_is_true(value);
	return json_is_integer(value) ? json_integer_value(value) : -1;
}

const char *text_at(json_t *reply, const char *path)
{
	const char *text = json_string_value(at(reply, path));

	return text ? text : "";
}

static char *base64(const unsigned char *bytes, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = calloc(1, (size + 2) / 3 * 4 + 1), *out = text;

	for (size_t i = 0; i < size; i += 3) {
		unsigned int word = bytes[i] << 16 | (i + 1 < size ? bytes[i + 1] << 8 : 0) |
				    (i + 2 < size ? bytes[i + 2] : 0);

		*out++ = digits[word >> 18];
		*out++ = digits[word >> 12 & 63];
		*out++ = i + 1 < size ? digits[word >> 6 & 63] : '=';
		*out++ = i + 2 < size ? digits[word & 63] : '=';
	}
	return text;
}

json_t *load(struct agent *agent, const char *name, int frags, json_t *constants)
{
	char path[512], *text;
	unsigned char *bytes;
	json_t *reply;
	FILE *file;
	long size;

	snprintf(path, sizeof(path), "%s/%s.bpf.o", objects_path, name);
	file = fopen(path, "re");
	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0)
		err(1, "%s", path);
	rewind(file);
	bytes = malloc(size);
	if (!bytes || fread(bytes, 1, size, file) != (size_t)size)
		err(1, "%s", path);
	fclose(file);
	text = base64(bytes, size);
	free(bytes);
	reply = ask(agent, "load", "{s:s, s:s, s:b, s:o*}", "name", name, "object", text, "frags", frags,
		    "constants", constants);
	free(text);
	return reply;
}
