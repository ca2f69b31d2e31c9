/* SPDX-License-Identifier: BSD-2-Clause */
/* A middlebox as the device under test: alone on a path without delay or loss, fresh for each experiment. */
#ifndef NAP_CONFORMANCE_DUT_H
#define NAP_CONFORMANCE_DUT_H

#include <glib.h>

#include "discovery/trials.h"
#include "conformance/requirement.h"
#include "run/scenario.h"

/* What filling the box with flows of one host, then of others, has shown. */
struct nap_fill {
	bool done;
	uint32_t opened;          /* flows of the first host that got out */
	bool any_refused;         /* one did not, now or then */
	bool refused;             /* in the end none did, a second later neither */
	bool slow;                /* so few are let out a second that no more could be held at once */
	int icmp_type, icmp_code; /* the answer to the first that did not, -1: none */
	uint32_t total;           /* flows that got out in all */
	bool full;                /* other hosts' flows were refused, too */
	uint32_t first_alive;     /* of the first 20 flows, those alive in the end */
	bool second_address;      /* the first host was seen at two addresses */
};

/* What many subscribers of one external address have got. */
struct nap_share {
	bool done;
	uint32_t served; /* flows that got out */
	uint64_t log_records;
};

struct nap_dut {
	const struct nap_middlebox *middlebox;
	uint64_t seed;               /* which box of the profile it is, and what it draws */
	struct nap_middlebox *chain; /* the boxes of the path: this one, once */
	struct nap_scenario scenario;
	struct nap_prober *prober;
	struct nap_trials *trials;
	char observed[NAP_OBSERVED];
	/* what earlier experiments on the same box have measured; 0: not yet */
	nap_time stream_life;
	struct nap_fill fill;
	struct nap_share share;
	int translates; /* 1 yes, -1 no */
};

/* For the box that a profile m, which stays the caller's, gives by that seed; none is set up yet (nap_dut_fresh). */
void nap_dut_init(struct nap_dut *b, const struct nap_middlebox *m, uint64_t seed);
void nap_dut_clear(struct nap_dut *b);

/* A new box, prober and scheduler: nothing of an earlier experiment is left. */
void nap_dut_fresh(struct nap_dut *b);

/* Run a procedure; false when a packet that had to arrive did not (what it was is in observed). */
bool nap_dut_run(struct nap_dut *b, const struct nap_procedure *s, nap_time idle, struct nap_trial_result *r);
bool nap_dut_run_port(struct nap_dut *b, const struct nap_procedure *s, nap_time idle, uint16_t port,
	struct nap_trial_result *r);

/* Run a procedure on a new box and judge by its last question: should its packet arrive? What is observed when it does, when not. */
enum nap_check_verdict nap_dut_question(
	struct nap_dut *b, const struct nap_procedure *s, bool wanted, const char *arrived, const char *lost);

/* The procedure of a test of discovery. */
const struct nap_procedure *nap_dut_procedure(const char *test);

/* Does the box translate, as the server sees it? */
bool nap_dut_translates(struct nap_dut *b);

/*
 * How long a flow that the procedure opens outlives its last packet, when it begins so long after the box: the idle time, to the
 * ms, at which the procedure's last question has no answer any more; NAP_NEVER: it lives for a day. 0: it does not open.
 */
nap_time nap_dut_life(struct nap_dut *b, const struct nap_procedure *s, uint16_t port, nap_time after);

/*
 * The least that such a flow lives, whenever it begins: boxes that look through their tables at times of their own let
 * flows live on till then, and one that begins at the right distance from such a time shows the timer itself. *after (or NULL): when to begin
 * to be given up as early as that, if idle for so long or longer.
 */
nap_time nap_dut_least_life(
	struct nap_dut *b, const struct nap_procedure *s, uint16_t port, nap_time idle, nap_time *after);

/* Let time pass; what happens meanwhile is dropped. */
void nap_dut_pass(struct nap_dut *b, nap_time span);

/* A UDP flow whose first packet is sent at once; seen is 0:0 when it did not arrive. icmp: of an error that came back, or -1. */
struct nap_opened {
	nap_flow flow;
	struct nap_endpoint local, seen;
	int icmp_type, icmp_code;
};
void nap_dut_open(
	struct nap_dut *b, uint8_t host, uint16_t local_port, uint16_t server_port, struct nap_opened *out);

/* What became of something sent. */
struct nap_exchanged {
	bool arrived, rst;            /* a RST came back */
	struct nap_probe_event event; /* its arrival */
	int icmp_type, icmp_code;     /* of an error that came back, or -1 */
	uint16_t icmp_mtu;
};

/* Send something in a flow and see what becomes of it at once. */
struct nap_exchanged nap_dut_exchange(struct nap_dut *b, nap_flow flow, struct nap_sending what);

/* Does a packet from the server's usual place reach the flow now? */
bool nap_dut_reaches(struct nap_dut *b, nap_flow flow);

/* Judgements: set what was observed. */
enum nap_check_verdict nap_meets(struct nap_dut *b, const char *format, ...) G_GNUC_PRINTF(2, 3);
enum nap_check_verdict nap_violates(struct nap_dut *b, const char *format, ...) G_GNUC_PRINTF(2, 3);
enum nap_check_verdict nap_does_not_apply(struct nap_dut *b, const char *format, ...) G_GNUC_PRINTF(2, 3);
enum nap_check_verdict nap_untested(struct nap_dut *b, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The last step's answer of a procedure that was run. */
const struct nap_answer *nap_last_answer(const struct nap_trial_result *r);

#endif
