/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second port that finds out whether a silence is survived, at no risk to
 * the flow (RFC 4380 5.2.7): it makes a binding of its own, learns from the
 * server how it is mapped, and is silent; then the server, asked over the
 * flow, sends to that mapping. What arrives proves the binding.
 */
#ifndef NAP_CLIENT_PROBE_H
#define NAP_CLIENT_PROBE_H

#include "client/outbox.h"

enum nap_probe_phase { NAP_PROBE_NONE, NAP_PROBE_LEARNING, NAP_PROBE_SILENT, NAP_PROBE_ASKING };
enum nap_probe_outcome { NAP_PROBE_OPEN, NAP_PROBE_HELD, NAP_PROBE_FAILED, NAP_PROBE_GIVEN_UP };

struct nap_probe {
	nap_time at;                /* when nap_probe_timer wants to be called */
	nap_time silence;           /* under trial */
	struct nap_endpoint self;   /* the second port */
	struct nap_endpoint mapped; /* and how the server sees it */
	uint32_t trials;            /* so far: each uses a port of its own */
	uint8_t phase, tries;
};

/* Begins a trial from endpoint self to the server; waits first for the answer to a packet, then silence. */
void nap_probe_begin(struct nap_probe *t, nap_time now, nap_time silence, struct nap_endpoint self,
	struct nap_endpoint server, struct nap_outbox *out);

/* Takes what is due: asks over the flow whose end is flow, or finds that no answer has come. */
enum nap_probe_outcome nap_probe_timer(struct nap_probe *t, nap_time now, struct nap_endpoint flow,
	struct nap_endpoint server, struct nap_outbox *out);

/* A packet reached the second port. */
enum nap_probe_outcome nap_probe_input(struct nap_probe *t, nap_time now, const struct nap_packet *p);

#endif
