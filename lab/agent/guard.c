// SPDX-License-Identifier: Apache-2.0
/*
 * Runs one command for a controller that may vanish: its standard input is the controller's word. A line
 * INT, TERM, USR1, USR2 or KILL is sent on as that signal, an empty line says that somebody is still there,
 * and the end of input, or silence, kills the command.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

static const struct {
	const char *name;
	int number;
} known[] = {{"INT", SIGINT}, {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"KILL", SIGKILL}};

static int signal_named(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, name))
			return known[i].number;
	return 0;
}

/* Obeys the whole lines of the text; what is left over of the last one is kept, for its rest may follow. */
static size_t obey(char *text, size_t size, pid_t child)
{
	char *line = text, *end;

	while ((end = memchr(line, '\n', size - (line - text)))) {
		int number;

		*end = 0;
		number = signal_named(line);
		if (number && kill(child, number))
			perror("kill");
		line = end + 1;
	}
	size -= line - text;
	memmove(text, line, size);
	return size;
}

static pid_t start(char **argv, const sigset_t *blocked)
{
	pid_t parent = getpid(), child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(125);
	sigprocmask(SIG_UNBLOCK, blocked, NULL);
	/* A shell starts what it puts in the background deaf to INT, and who inherits that may never hear it. */
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		signal(known[i].number, SIG_DFL);
	/* The controller's words are for the guard alone. */
	if (!freopen("/dev/null", "r", stdin))
		_exit(125);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int guard(int argc, char **argv)
{
	struct pollfd fds[2];
	size_t used = 0;
	char text[256];
	sigset_t set;
	pid_t child;
	int status;

	(void)argc;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL)) {
		perror("sigprocmask");
		return 125;
	}
	child = start(argv, &set);
	if (child < 0) {
		perror("fork");
		return 125;
	}
	fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = signalfd(-1, &set, SFD_CLOEXEC), .events = POLLIN};
	if (fds[1].fd < 0) {
		perror("signalfd");
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		return 125;
	}
	for (;;) {
		int ready = poll(fds, 2, SILENCE_SECONDS * 1000);

		if (waitpid(child, &status, WNOHANG) == child)
			break;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready > 0 && fds[0].revents) {
			ssize_t size = read(STDIN_FILENO, text + used, sizeof(text) - used);

			if (size > 0) {
				used = obey(text, used + size, child);
				/* No word is that long: it is no word. */
				if (used == sizeof(text))
					used = 0;
				continue;
			}
		} else if (ready > 0) {
			struct signalfd_siginfo info;

			if (read(fds[1].fd, &info, sizeof(info)) < 0)
				perror("signalfd");
			continue;
		}
		/* End of input, silence, or a broken poll: nobody is there any more. */
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		break;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
