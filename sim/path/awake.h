/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the device's processor is awake: each packet and alarm wakes it, and it stays awake for a while after the last one.
 * What the radio sends by itself (offloaded keepalives) does not. Time awake belongs to the cause of the last of them.
 */
#ifndef NAP_PATH_AWAKE_H
#define NAP_PATH_AWAKE_H

#include "path/subscriber.h"

/* So many bytes behind the server's account of losses; none where the processor costs nothing. */
size_t nap_awake_bytes(const struct nap_line *line);
void nap_awake_init(struct nap_subscriber *s, const struct nap_line *line);

/* Is p a keepalive that goes, or an acknowledgement of one that comes, without the processor? */
bool nap_awake_offloaded(const struct nap_line *line, const struct nap_packet *p);

/* A packet of that cause goes or comes at now. */
void nap_awake_stir(struct nap_subscriber *s, struct nap_line *line, nap_time now, enum nap_cause cause);

/* Count the time awake up to now. */
void nap_awake_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* For stepping over whole cycles. */
uint64_t nap_awake_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m);
void nap_awake_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span);
extern const struct nap_fields *const nap_awake_tables[];

#endif
