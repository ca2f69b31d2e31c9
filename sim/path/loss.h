/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Losses of a flow: since when an end believes to have a flow that nothing would get through on, why, and when it
 * notices. A loss that is over before (the way is open again) was none.
 */
#ifndef NAP_PATH_LOSS_H
#define NAP_PATH_LOSS_H

#include "path/subscriber.h"

/* Can the server's end notice at all? Then so many bytes behind nap_reach_of(s) are its account; else none. */
size_t nap_loss_bytes(const struct nap_line *line);
void nap_loss_init(struct nap_subscriber *s, const struct nap_line *line);

/* Nothing gets through any more since `at`: for each end that has the flow, unless it is lost already. */
void nap_loss_begin(
	struct nap_subscriber *s, const struct nap_line *line, nap_time at, enum nap_loss_why why);

/* The same, which is known to be another reason than was thought at the moment. */
void nap_loss_blame(struct nap_subscriber *s, const struct nap_line *line, enum nap_loss_why why);

/* The flow is whole again. */
void nap_loss_over_at_server(struct nap_subscriber *s, const struct nap_line *line);
static inline void nap_loss_over(struct nap_subscriber *s, const struct nap_line *line)
{
	s->lost_at = NAP_NEVER;
	if (line->server_notices)
		nap_loss_over_at_server(s, line);
}

/* An end did something at now (enum nap_note): has it noticed? To be called before anything is looked at anew. */
void nap_loss_client_did(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t notes);
void nap_loss_server_did(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t notes);

/* For stepping over whole cycles: the server's account; the client's stands in the subscriber. */
uint64_t nap_loss_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m);
void nap_loss_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span);
extern const struct nap_fields *const nap_loss_tables[];

#endif
