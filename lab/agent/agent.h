/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent: the helper that runs on the DUT and on the soft generator's host.
 *
 * `agent serve` reads one JSON request a line and answers one JSON line each:
 *   {"id": 7, "op": "load", "args": {…}}
 *   {"id": 7, "ok": true, "result": {…}}
 *   {"id": 7, "ok": false, "error": {"what": "bpf_link_create", "errno": 16, "message": "…", "log": "…"}}
 * Everything it makes on a machine hangs on its file descriptors or on its list of undos, and both end with
 * it. When its input closes, or falls silent, it stops the traffic, closes what it holds, undoes and exits;
 * should it be killed, the kernel still closes. `agent guard -- COMMAND` does the same for one command.
 */
#ifndef AGENT_H
#define AGENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Why an operation failed: the call, its errno (0 where there is none), a sentence, the verifier's words. */
struct failure {
	char what[64];
	int code;
	char message[1024];
	char *log;
};

/* Fills in the failure and returns NULL, so that an operation can return it. */
json_t *fail(struct failure *failure, const char *what, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* An operation returns its result, NULL with the failure filled in, or ANSWER_LATER. */
struct call {
	json_t *id;
	json_t *args;
	struct failure *failure;
};
typedef json_t *(*operation)(struct call *call);
#define ANSWER_LATER ((json_t *)-1)

/* Unpacks the arguments as json_unpack does, strictly: missing, unknown and mistyped ones fail. */
int arguments(struct call *call, const char *format, ...);

/* Whether an argument is a list of strings, or a number in a range; else they fail as arguments does. */
int words(struct call *call, const char *name, json_t *list);
int within(struct call *call, const char *name, json_int_t value, json_int_t low, json_int_t high);

/* A string of whatever bytes: those that are no UTF-8 become question marks. */
json_t *text_json(const char *text);

/* Sends the answer to a call that was put off. Takes over id and result. */
void answer(json_t *id, json_t *result, const struct failure *failure);

int serve(void);
int guard(int argc, char **argv);

/* Seconds of silence after which the controller counts as gone. */
#ifndef SILENCE_SECONDS
#define SILENCE_SECONDS 30
#endif

/* Whoever runs something in a thread hands a finished job to the main loop, which calls its finish. */
struct job {
	void (*finish)(struct job *job);
};
void job_done(struct job *job);

/* While traffic runs the loop looks after it every few milliseconds; 0 when nothing runs. */
int traffic_tick(void);
void traffic_stop_all(void);

/* CLOCK_MONOTONIC, which no one sets. */
uint64_t monotonic_ns(void);

/* The end of everything held: the observer, sockets, sinks, links and objects. */
void bulks_close(void);
void xsks_close(void);
void sinks_close(void);
void objects_close(void);

/* The socket on which other agents ask who holds this machine; -1 while this one does not. */
int lease_fd(void);
void lease_tell(void);

void undo_to(unsigned int kept, json_t *report);
/* Runs a command, waits for it; 0 or an error sentence in message. */
int run_command(char *const argv[], char *message, size_t size);

int base64_decode(const char *text, unsigned char **bytes, size_t *size);
unsigned int port_index(const char *name, struct failure *failure);
/* File descriptor of an AF_XDP socket of this agent, -1 with the failure filled in. */
int xsk_descriptor(const char *name, struct failure *failure);
/* Why a link to a port was refused; names the program that sits there. */
void attach_failed(struct failure *failure, const char *what, unsigned int ifindex, const char *port,
		   int error);

json_t *op_lease(struct call *call);
json_t *op_load(struct call *call);
json_t *op_unload(struct call *call);
json_t *op_attach(struct call *call);
json_t *op_detach(struct call *call);
json_t *op_map_set(struct call *call);
json_t *op_map_delete(struct call *call);
json_t *op_map_read(struct call *call);
json_t *op_port(struct call *call);
json_t *op_counters(struct call *call);
json_t *op_kernel_log(struct call *call);
json_t *op_survey(struct call *call);
json_t *op_runs(struct call *call);
json_t *op_misses(struct call *call);
json_t *op_bulks_open(struct call *call);
json_t *op_bulks_read(struct call *call);
json_t *op_bulks_close(struct call *call);
json_t *op_change(struct call *call);
json_t *op_undo_run(struct call *call);
json_t *op_source_run(struct call *call);
json_t *op_source_stop(struct call *call);
json_t *op_sink_open(struct call *call);
json_t *op_sink_start(struct call *call);
json_t *op_sink_read(struct call *call);
json_t *op_sink_losses(struct call *call);
json_t *op_xsk_open(struct call *call);
json_t *op_xsk_start(struct call *call);
json_t *op_xsk_read(struct call *call);
json_t *op_xsk_losses(struct call *call);
json_t *op_xsk_close(struct call *call);

#endif
