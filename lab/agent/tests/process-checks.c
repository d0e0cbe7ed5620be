// SPDX-License-Identifier: Apache-2.0
/* The conversation, the lease, the guard and the undos: what the agent is as a process. */
#include <errno.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"
#include "checks.h"

static void check_refusals(struct agent *agent)
{
	char line[2000], *at;
	json_t *reply;

	say(agent, "this is no JSON\n");
	reply = hear(agent, -1);
	CHECK(number_at(reply, "ok") == 0 && number_at(reply, "error.errno") == EINVAL &&
	      strstr(text_at(reply, "error.message"), "not JSON"), "a line that is no JSON is answered, to nobody");
	say(agent, "{\"op\": \"ping\"}\n");
	CHECK(number_at(hear(agent, -1), "ok") == 0, "a request without an id is refused");
	say(agent, "[]\n");
	CHECK(number_at(hear(agent, -1), "ok") == 0, "a request that is no object is refused");
	reply = ask(agent, "dance", "{}");
	CHECK(number_at(reply, "error.errno") == ENOSYS && strstr(text_at(reply, "error.message"), "'dance'"),
	      "an unknown operation is refused by its name");
	reply = ask(agent, "detach", "{}");
	CHECK(number_at(reply, "error.errno") == EINVAL && strstr(text_at(reply, "error.message"), "link"),
	      "a missing argument is refused by its name");
	reply = ask(agent, "detach", "{s:i, s:i}", "link", 1, "colour", 2);
	CHECK(number_at(reply, "error.errno") == EINVAL && strstr(text_at(reply, "error.message"), "colour"),
	      "an unknown argument is refused by its name");
	CHECK(number_at(ask(agent, "detach", "{s:s}", "link", "one"), "error.errno") == EINVAL &&
	      number_at(ask(agent, "counters", "{s:s}", "ports", "d0"), "error.errno") == EINVAL &&
	      number_at(ask(agent, "sink_open", "{s:[i], s:i}", "ports", 1, "capacity", 1), "error.errno") == EINVAL,
	      "arguments of another type are refused, within lists too");
	/* An error's sentence is cut to fit; the cut falls within a character here, or one byte further on. */
	for (int shift = 0; shift < 2; shift++) {
		at = line + sprintf(line, "{\"id\": %d, \"op\": \"%s", 5000 + shift, shift ? "x" : "");
		for (int i = 0; i < 700; i++)
			at = stpcpy(at, "\xc3\xbc");
		strcpy(at, "\"}\n");
		say(agent, line);
		CHECK(number_at(hear(agent, 5000 + shift), "error.errno") == ENOSYS,
		      "an error's sentence that is cut within a character is sent all the same (%d)", shift);
	}
}

void check_conversation(void)
{
	struct agent *agent = agent_start(), *silent;
	int64_t before = now_ms();
	json_t *reply;

	silent = agent_start();
	reply = ask(agent, "hello", "{}");
	CHECK(number_at(reply, "ok") == 1 && number_at(reply, "result.pid") == agent->pid &&
	      number_at(reply, "result.cpus") > 0 && text_at(reply, "result.kernel")[0],
	      "hello tells kernel, CPUs and process");
	CHECK(number_at(ask(agent, "ping", "{}"), "ok") == 1, "ping is answered");
	say(agent, "{\"id\": 101, \"op\": \"ping\"}\n{\"id\": 102, \"op\": \"pi");
	say(agent, "ng\"}\n");
	CHECK(number_at(hear(agent, 101), "ok") == 1 && number_at(hear(agent, 102), "ok") == 1,
	      "requests come in any pieces, and arguments may be left out where there are none");
	check_refusals(agent);
	CHECK(agent_end(agent) == 0, "the agent exits with 0 when its input closes");
	agent = agent_start();
	ask(agent, "ping", "{}");
	kill(agent->pid, SIGTERM);
	CHECK(agent_end(agent) == 0, "the agent ends in good order when it is told to by a signal");
	CHECK(read(fileno(silent->out), &(char){0}, 1) == 0 && now_ms() - before > SILENCE_SECONDS * 900,
	      "an agent that hears nothing for %d s counts its controller as gone", SILENCE_SECONDS);
	CHECK(agent_end(silent) == 0, "and ends in good order");
}

/* Somebody who asks who holds the lease and then does not listen. */
static int connect_and_hang(void)
{
	static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0redirect-lab-lease"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 19))
		err(1, "connecting to the lease");
	return fd;
}

void check_lease(void)
{
	struct agent *first = agent_start(), *second = agent_start();
	char process[32];
	int hung[40];
	json_t *reply;
	int64_t before;

	snprintf(process, sizeof(process), "process %d", first->pid);
	CHECK(number_at(ask(first, "lease", "{s:s}", "holder", "a first run"), "ok") == 1,
	      "a free machine is leased");
	reply = ask(second, "lease", "{s:s}", "holder", "a second run");
	CHECK(number_at(reply, "error.errno") == EADDRINUSE &&
	      strstr(text_at(reply, "error.message"), "a first run") &&
	      strstr(text_at(reply, "error.message"), process), "a leased machine is refused; its holder is named");
	CHECK(number_at(ask(first, "lease", "{s:s}", "holder", "again"), "error.errno") == EALREADY,
	      "the holder's own second lease is refused at once");
	CHECK(number_at(ask(second, "lease", "{s:s}", "holder", ""), "error.errno") == EINVAL,
	      "a lease without a holder is refused");
	for (int i = 0; i < 8; i++)
		hung[i] = connect_and_hang();
	CHECK(number_at(ask(first, "ping", "{}"), "ok") == 1, "those who ask and then hang do not hang the holder");
	for (int i = 0; i < 8; i++)
		close(hung[i]);
	kill(first->pid, SIGSTOP);
	before = now_ms();
	reply = ask(second, "lease", "{s:s}", "holder", "a second run");
	CHECK(number_at(reply, "error.errno") == EADDRINUSE && strstr(text_at(reply, "error.message"), process) &&
	      strstr(text_at(reply, "error.message"), "does not answer") && now_ms() - before < 2000,
	      "a holder that hangs is named by its process, and nobody hangs with it");
	agent_kill(first);
	CHECK(number_at(ask(second, "lease", "{s:s}", "holder", "a second run"), "ok") == 1,
	      "a killed holder's lease is free");
	agent_end(second);
}

struct guarded {
	pid_t pid;
	int in, out;
};

static struct guarded guard_start(const char *command)
{
	struct guarded guarded;
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		err(1, "pipe");
	guarded.pid = fork();
	if (guarded.pid < 0)
		err(1, "fork");
	if (!guarded.pid) {
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
			_exit(126);
		/* As a shell does to what it puts in the background. */
		signal(SIGINT, SIG_IGN);
		execl(agent_path, agent_path, "guard", "--", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	guarded.in = in[1];
	guarded.out = out[0];
	return guarded;
}

static void send_word(const struct guarded *guarded, const char *word)
{
	if (write(guarded->in, word, strlen(word)) < 0)
		err(1, "writing to the guard");
}

/* A line of the command's output as a number: its process, when it says `echo $$`. */
static pid_t hear_number(const struct guarded *guarded)
{
	char text[32] = "";
	size_t used = 0;

	alarm(20);
	while (used < sizeof(text) - 1 && read(guarded->out, text + used, 1) == 1 && text[used] != '\n')
		used++;
	alarm(0);
	return atoi(text);
}

static int guard_exit(struct guarded *guarded)
{
	int status = -1;

	alarm(20);
	waitpid(guarded->pid, &status, 0);
	alarm(0);
	if (guarded->in >= 0)
		close(guarded->in);
	close(guarded->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Ended, whether or not its parent has been told. */
static int is_gone(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 1;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(file);
	return state == 'Z' || state == 'X';
}

void check_guard(void)
{
	static const char *patient = "trap 'exit 42' INT; trap 'exit 43' USR1; echo $$; while :; do sleep 0.02; done";
	struct guarded guarded = guard_start("exit 7");
	pid_t child;

	CHECK(guard_exit(&guarded) == 7, "the guard passes on the exit code of its command");
	guarded = guard_start("kill -TERM $$");
	CHECK(guard_exit(&guarded) == 128 + SIGTERM, "a command killed by a signal exits as a shell would tell it");
	guarded = guard_start("echo $$; exec sleep 60");
	child = hear_number(&guarded);
	close(guarded.in);
	guarded.in = -1;
	CHECK(guard_exit(&guarded) == 128 + SIGKILL && is_gone(child), "the end of its input kills the command");
	if (!is_gone(child))
		kill(child, SIGKILL);
	guarded = guard_start(patient);
	hear_number(&guarded);
	send_word(&guarded, "\n\nINT\n");
	CHECK(guard_exit(&guarded) == 42, "INT is forwarded");
	guarded = guard_start(patient);
	hear_number(&guarded);
	send_word(&guarded, "US");
	poll(NULL, 0, 50);
	send_word(&guarded, "R1\n");
	CHECK(guard_exit(&guarded) == 43, "USR1 is forwarded, though the word came in two pieces");
	guarded = guard_start(patient);
	child = hear_number(&guarded);
	kill(guarded.pid, SIGKILL);
	guard_exit(&guarded);
	for (int i = 0; i < 100 && !is_gone(child); i++)
		poll(NULL, 0, 10);
	CHECK(is_gone(child), "a killed guard takes its command with it");
	if (!is_gone(child))
		kill(child, SIGKILL);
}

static void change(struct agent *agent, const char *what, const char *command, const char *undo)
{
	ask(agent, "change", "{s:s, s:[s,s,s], s:[s,s,s]}", "what", what, "argv", "sh", "-c", command, "undo", "sh",
	    "-c", undo);
}

static int file_says(const char *path, const char *wanted)
{
	char text[256] = "";
	FILE *file = fopen(path, "re");
	size_t size;

	if (!file)
		return 0;
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	return size == strlen(wanted) && !strcmp(text, wanted);
}

void check_undo(void)
{
	struct agent *agent = agent_start();
	json_t *reply;

	change(agent, "a", "echo did a >>/mnt/log", "echo undid a >>/mnt/log");
	change(agent, "b", "echo did b >>/mnt/log", "echo undid b >>/mnt/log; echo no b >&2; exit 3");
	change(agent, "c", "echo did c >>/mnt/log", "exec sleep 30");
	reply = ask(agent, "undo_run", "{}");
	CHECK(file_says("/mnt/log", "did a\ndid b\ndid c\nundid b\nundid a\n"),
	      "changes are undone last first, past those that fail");
	CHECK(!strcmp(text_at(reply, "result.undone.0.what"), "c") && number_at(reply, "result.undone.0.ok") == 0 &&
	      strstr(text_at(reply, "result.undone.0.error"), "killed"),
	      "an undo that hangs is killed and reported");
	CHECK(!strcmp(text_at(reply, "result.undone.1.what"), "b") && number_at(reply, "result.undone.1.ok") == 0 &&
	      strstr(text_at(reply, "result.undone.1.error"), "exit code 3: no b"),
	      "an undo that failed is reported with its exit code and its words");
	CHECK(!strcmp(text_at(reply, "result.undone.2.what"), "a") && number_at(reply, "result.undone.2.ok") == 1,
	      "and those that worked are reported too");
	CHECK(json_array_size(json_object_get(json_object_get(ask(agent, "undo_run", "{}"), "result"),
					      "undone")) == 0,
	      "nothing is undone twice");
	reply = ask(agent, "change", "{s:s, s:[s], s:[s,s]}", "what", "d", "argv", "false", "undo", "touch",
		    "/mnt/d");
	CHECK(number_at(reply, "ok") == 0 && strstr(text_at(reply, "error.message"), "exit code 1"),
	      "a change that fails is told");
	CHECK(number_at(ask(agent, "change", "{s:s, s:[s], s:[]}", "what", "e", "argv", "true", "undo"),
			"error.errno") ==
	      EINVAL, "a change without an undo is refused");
	ask(agent, "undo_run", "{}");
	CHECK(access("/mnt/d", F_OK) == 0, "and undone all the same, for it may have got half-way");
	/* A program for linear frames on one end of a veth pair limits the MTU of the other. */
	change(agent, "the MTU of t1", "ip link set t1 mtu 1400", "ip link set t1 mtu 9216");
	load(agent, "redirects", 0, NULL);
	reply = ask(agent, "attach", "{s:s, s:s, s:s, s:s}", "object", "redirects", "program", "answer", "interface",
		    "d1", "mode", "native");
	CHECK(number_at(reply, "ok") == 1, "a program is attached after the change");
	agent_end(agent);
	reply = ask(agent = agent_start(), "port", "{s:s}", "interface", "t1");
	CHECK(number_at(reply, "result.mtu") == 9216,
	      "at the end of input changes are undone, and after the programs that would forbid it are gone");
	agent_end(agent);
	run("ip link set t1 mtu 1500");
}
