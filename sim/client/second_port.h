/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second port that finds out whether a silence is survived, at no risk to
 * the flow (RFC 4380 5.2.7): it makes a binding of its own, learns from the
 * server how it is mapped, and is silent; then the server, asked over the
 * flow, sends to that mapping. What arrives proves the binding.
 */
#ifndef NAP_CLIENT_SECOND_PORT_H
#define NAP_CLIENT_SECOND_PORT_H

#include "client/outbox.h"

enum nap_second_port_phase { NAP_SECOND_NONE, NAP_SECOND_LEARNING, NAP_SECOND_SILENT, NAP_SECOND_ASKING };
enum nap_second_port_outcome { NAP_SECOND_OPEN, NAP_SECOND_HELD, NAP_SECOND_FAILED, NAP_SECOND_GIVEN_UP };

struct nap_second_port {
	nap_time at;                /* when nap_second_port_timer wants to be called */
	nap_time silence;           /* being tried */
	struct nap_endpoint self;   /* the second port */
	struct nap_endpoint mapped; /* and how the server sees it */
	uint32_t uses;              /* so far: each uses a port of its own */
	uint8_t phase, tries;
};

/* Begins one try from endpoint self to the server; waits first for the answer to a packet, then silence. */
void nap_second_port_begin(struct nap_second_port *t, nap_time now, nap_time silence,
	struct nap_endpoint self, struct nap_endpoint server, struct nap_outbox *out);

/* Takes what is due: asks over the flow whose end is flow, or finds that no answer has come. */
enum nap_second_port_outcome nap_second_port_timer(struct nap_second_port *t, nap_time now,
	struct nap_endpoint flow, struct nap_endpoint server, struct nap_outbox *out);

/* A packet reached the second port. */
enum nap_second_port_outcome nap_second_port_input(
	struct nap_second_port *t, nap_time now, const struct nap_packet *p);

#endif
