/* SPDX-License-Identifier: BSD-2-Clause */
/* What one test of a discovery found, or why it found nothing. */
#ifndef NAP_DISCOVERY_FINDING_H
#define NAP_DISCOVERY_FINDING_H

#include "discovery/strategy.h"
#include "probe/prober.h"

struct nap_test;

enum nap_finding_state {
	NAP_FINDING_OPEN, /* not begun, or not ended */
	NAP_FINDING_DONE,
	NAP_FINDING_BEYOND,  /* the timer or limit is beyond what was tried */
	NAP_FINDING_VARIES,  /* trials contradict each other: a bracket of what was seen */
	NAP_FINDING_FAILED,  /* none of its trials could be run; detail says why */
	NAP_FINDING_SKIPPED, /* the prober cannot, or a timer it needs is not known */
	NAP_FINDING_UNSURE,  /* what was seen does not tell; detail says why, and what might help */
};

#define NAP_NOT_TRIED "not tried" /* in after_client */
#define NAP_DEPENDENT                                                                                        \
	"dependent" /* a mapping that depends on the destination, be it on its address alone or on its port too */

struct nap_finding {
	const struct nap_test *test;
	uint16_t port; /* per-port tests, else 0 */
	enum nap_finding_state state;
	struct nap_bracket bracket; /* timers: idle times. Durations: ages. ns */
	uint64_t bindings;          /* most flows seen alive at once */
	char word[32];              /* other tests: the answer, in a profile's words where it has one */
	char detail[320];
	char after_server[12], after_client[12]; /* expiry: what a packet of either end meets afterwards */
	uint32_t hops;                           /* to the server, 0: not known */
	uint32_t rst_hop, server_answer_hop,
		client_answer_hop; /* expiry: which hop sent what was heard; 0: not known, or an end itself */
	uint32_t least_ttl; /* of a keepalive that keeps the flow and does not reach the server; 0: none */
	bool recreated;     /* expiry: a client's packet opened the state anew */
	double error; /* bound of the chance that the finding is wrong: by lost packets, or by whatever disturbed trials */
	uint32_t trials, silences, voids, contradictions, repeats;
	nap_time elapsed; /* from its first trial to its end */
};

/* Set the answer. */
void nap_finding_say(struct nap_finding *f, const char *word, const char *detail);

#endif
