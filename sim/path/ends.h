/* SPDX-License-Identifier: BSD-2-Clause */
/* A subscriber's two ends, for who calls them beside subscriber.c: what they are told of the world, and what they want done. */
#ifndef NAP_PATH_ENDS_H
#define NAP_PATH_ENDS_H

#include "path/subscriber.h"

struct nap_client_world nap_ends_world(struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* Carries out what the client at hand wants done. */
void nap_ends_client_did(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_outbox *out);

/* The server's end at hand has one more push for the client, offered then or before. */
void nap_ends_push(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_push_offer *offer);

#endif
