/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of what discovery looks for. Names of UDP-1 ... TCP-1 follow Hatonen et al., IMC 2010. */
#ifndef NAP_DISCOVERY_TESTS_H
#define NAP_DISCOVERY_TESTS_H

#include "discovery/finding.h"
#include "discovery/trial.h"

enum nap_test_kind {
	NAP_TEST_TIMER,    /* a search for an idle timer */
	NAP_TEST_ONCE,     /* one trial, judged */
	NAP_TEST_HOPS,     /* a trial for each TTL */
	NAP_TEST_DURATION, /* one long trial of a flow that is never idle */
	NAP_TEST_BINDINGS, /* how many flows at once */
};

struct nap_test {
	const char *name; /* as in reports and --test */
	const char *title;
	enum nap_test_kind kind;
	const struct nap_procedure *procedure; /* with raw TCP where it has TCP */
	const struct nap_procedure *sockets; /* the same with ordinary sockets; NULL when they cannot do it */
	const char *timer;                   /* the timer whose value its trials need; NULL: none */
	bool first;                          /* before any search, whose flows would disturb it */
	bool per_port;                       /* repeated for each well-known port */
	/* NAP_TEST_ONCE: what the trial says; fills word and detail. */
	void (*judge)(const struct nap_trial_result *r, struct nap_finding *f);
};

extern const struct nap_test nap_tests[];
extern const uint32_t nap_n_tests;

/* Destination ports that middleboxes are known to treat in their own way. */
extern const uint16_t nap_test_ports[];
extern const uint32_t nap_n_test_ports;

/* A flow that speaks both ways again and again, NULL when this prober cannot keep one. */
const struct nap_procedure *nap_procedure_in_use(bool tcp, const struct nap_prober *p);

/* Why the test cannot be made with this prober, and what the user could do about it. */
const char *nap_test_advice(const struct nap_test *t, struct nap_prober *p);

/* The test's procedure that this prober can run, NULL when there is none. */
const struct nap_procedure *nap_test_procedure(const struct nap_test *t, const struct nap_prober *p);

#endif
