/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks share: TAP, an agent at the other end of a pipe, and a bed of two veth pairs. */
#ifndef CHECKS_H
#define CHECKS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* tap.c */
#define CHECK(passed, ...) tap(!!(passed), #passed, __FILE__, __LINE__, __VA_ARGS__)
void tap(int passed, const char *expression, const char *file, int line, const char *title, ...)
	__attribute__((format(printf, 5, 6)));
int tap_end(void);

/* conversation.c */
struct agent {
	pid_t pid;
	int in;
	FILE *out;
	int last_id;
	json_t *waiting; /* answers that nobody has asked for yet, by id */
	json_t *reply; /* the last one asked for */
};
extern const char *agent_path;
struct agent *agent_start(void);
/* Sends a request; its id. The arguments are as json_pack takes them. */
int tell(struct agent *agent, const char *op, const char *format, ...);
void say(struct agent *agent, const char *bytes);
/* Waits for the answer to a request: borrowed, good until the next is waited for. id -1: to none. */
json_t *hear(struct agent *agent, int id);
json_t *ask(struct agent *agent, const char *op, const char *format, ...);
/* Closes the agent's input and returns its exit status, as waitpid tells it. */
int agent_end(struct agent *agent);
void agent_kill(struct agent *agent);
/* What is at a path of names with dots between: "result.ports.d0.frames". -1 and "" where nothing is. */
json_int_t number_at(json_t *reply, const char *path);
const char *text_at(json_t *reply, const char *path);
/* Loads build/check/NAME.bpf.o; frags as the object's programs shall be. */
json_t *load(struct agent *agent, const char *name, int frags, json_t *constants);
extern const char *objects_path;

/* bed.c */
void bed_make(void);
void run(const char *command);
uint32_t program_on(const char *port);
void frame_make(uint8_t *frame, uint32_t length, uint32_t signature, uint32_t sequence, uint32_t flow);
void frame_send(const char *port, const void *frame, size_t size);
/* Milliseconds on a clock that only goes on. */
int64_t now_ms(void);

void check_units(void);
void check_conversation(void);
void check_lease(void);
void check_guard(void);
void check_undo(void);
void check_objects(void);
void check_ports(void);
void check_survey(void);
void check_sink(void);
void check_sources(void);
void check_xsk(void);
void check_bulks(void);

#endif
