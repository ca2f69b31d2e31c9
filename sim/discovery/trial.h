/* SPDX-License-Identifier: BSD-2-Clause */
/* A trial: one run of a procedure. What is to be varied, and what it came to. */
#ifndef NAP_DISCOVERY_TRIAL_H
#define NAP_DISCOVERY_TRIAL_H

#include "probe/procedure.h"

struct nap_hops;

/* What a probe (ASK), or a step that had to arrive (SEND), came to. */
struct nap_answer {
	bool done, got;           /* the step was taken; its packet arrived */
	uint32_t copies;          /* sent */
	double error;             /* got false: the chance that loss alone explains it */
	struct nap_endpoint seen; /* got: the source as the receiver saw it */
	nap_time at;              /* when it arrived, or when the last copy was sent */
	nap_time idle_min; /* got: the flow had been idle at least so long at every box when it passed */
	nap_time idle_max; /* not got: and at most so long when the last copy came */
	bool rst, icmp;    /* came back to the sender meanwhile */
	uint8_t icmp_type, icmp_code;
	struct nap_endpoint from; /* whose RST or ICMP error that was, by its source address */
	uint8_t ttl; /* got: of the packet as it arrived; else of that RST or ICMP error. 0: unknown */
};

/* What an end heard that no step asked for: the first of its kind. */
struct nap_heard {
	bool rst, icmp;
	nap_time rst_at, icmp_at; /* age of the trial */
	uint8_t rst_step;
	uint8_t icmp_type, icmp_code;
	uint8_t rst_ttl; /* as it arrived, 0: unknown */
	struct nap_endpoint rst_from;
};

enum nap_void {
	NAP_NOT_VOID,
	NAP_VOID_SETUP,  /* a SEND never arrived: answer[step] tells which */
	NAP_VOID_OUTAGE, /* the control flow did not get through either */
	NAP_VOID_FLOWS,  /* no more flows, or the prober refused to send */
	NAP_VOID_STALLED, /* this process was not running when the packet left that the idle time counts from */
	NAP_VOID_REPEATED, /* a packet of the opening had to be sent again, or the port had been another flow's, and the trial was to do without */
	NAP_VOID_DISTURBED, /* a packet meant for another flow came on this one, and may have kept it */
	NAP_VOID_STOPPED,   /* cancelled */
};

struct nap_trial_result {
	const struct nap_procedure *procedure;
	struct nap_prober *prober;   /* for the names of addresses */
	uint8_t ttl;                 /* the trial's */
	const struct nap_hops *hops; /* of the path, as far as known; NULL: not at all */
	nap_time idle, gap;          /* the trial's */
	enum nap_void why_void;
	uint32_t steps;  /* taken, the last one included */
	uint32_t rounds; /* REPEATs taken */
	bool inherits; /* its external endpoint was another flow's before: an outer box may still keep that one open; */
	bool taken; /* another flow was seen to have it, or this one, in use, another: its state is gone */
	bool used;  /* it was so at any time, if long ago: one whose timers are longer may do so */
	nap_time start, end;
	struct nap_answer answer[NAP_PROCEDURE_STEPS];
	nap_time last_alive; /* age of the trial at the latest ASK that was answered, 0 when none was */
	struct nap_endpoint local[NAP_PROCEDURE_FLOWS];
	struct nap_heard heard[2]; /* by enum nap_end, of all flows */
};

/* What may vary from trial to trial of one procedure. */
struct nap_trial_spec {
	const struct nap_procedure *procedure;
	nap_time idle, gap;
	nap_time after;     /* begin so much later */
	nap_time port_rest; /* an external endpoint that another flow had so shortly before is not its own */
	bool own_port; /* void when its external endpoint was another flow's before: an outer box may still keep that one open */
	bool clean; /* void when any packet but the first has to be sent again: boxes may tell repeats from others */
	uint16_t server_port; /* 0: as the procedure says */
	uint8_t host;         /* added to the procedure's hosts */
	uint8_t ttl;          /* of the packets whose procedure says NAP_TRIAL_TTL */
	bool patient; /* once it has been answered, an outage does not end it: it is asked anew when that is over */
	uint8_t more; /* copies of a question beyond those that the error asks for: many silences add up */
	const struct nap_hops *hops;
};

/* done is called once for each trial, when the trial ends. The result lives as long as the call. */
typedef void (*nap_trial_done_fn)(void *ctx, uint32_t trial, const struct nap_trial_result *r);

#endif
