/* SPDX-License-Identifier: BSD-2-Clause */
/* How many UDP flows a path keeps alive at once: twice as many each round, until some are not there. */
#ifndef NAP_DISCOVERY_BINDINGS_H
#define NAP_DISCOVERY_BINDINGS_H

#include "probe/prober.h"

struct nap_bindings;

struct nap_bindings_result {
	uint64_t alive;   /* most flows found alive at once */
	uint64_t opened;  /* flows opened then */
	bool limit;       /* fewer were alive than opened: the path's limit; else the test's own */
	nap_time emptied; /* how long its flows stayed in the boxes afterwards, about; 0: not waited for */
};

/* Tries up to `most` flows; a packet without trace is repeated until it was sent `copies` times, grace apart. */
struct nap_bindings *nap_bindings_new(
	struct nap_prober *prober, uint64_t most, uint32_t copies, nap_time grace);

/* From now on: once a limit is met, also wait until the boxes have forgotten the flows, but no longer than `most`. */
void nap_bindings_wait(struct nap_bindings *b, nap_time most);

void nap_bindings_free(struct nap_bindings *b);

/* Done, without a limit: close all flows but the first n. */
void nap_bindings_keep(struct nap_bindings *b, uint32_t n);

/* Those that are open are asked, one after another, until the boxes have forgotten them (nap_bindings_wait): it is not done any more. */
void nap_bindings_empty(struct nap_bindings *b, nap_time now);

/* A state machine: what the prober tells goes to event, advance is called when the deadline has come, until it is done. */
bool nap_bindings_done(const struct nap_bindings *b);
nap_time nap_bindings_deadline(const struct nap_bindings *b);
void nap_bindings_event(struct nap_bindings *b, const struct nap_probe_event *ev);
void nap_bindings_advance(struct nap_bindings *b, nap_time now);
/* What was found so far; all of it once done. */
void nap_bindings_result(const struct nap_bindings *b, struct nap_bindings_result *out);

#endif
