/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows that are left idle to see whether the boxes keep them while others are opened: UDP's, that nothing was answered on, as boxes
 * drop these first. A few that nobody asked before are asked now and then; where some are dead that are no older than others which
 * live, no timer has ended them.
 */
#ifndef NAP_DISCOVERY_KEPT_H
#define NAP_DISCOVERY_KEPT_H

#include "probe/prober.h"

#define NAP_KEPT_FLOWS 512 /* at most */

struct nap_kept;

/* So many flows, at most NAP_KEPT_FLOWS. A packet without trace is repeated so often, grace apart. */
struct nap_kept *nap_kept_new(struct nap_prober *prober, uint32_t flows, uint32_t copies, nap_time grace);
void nap_kept_free(struct nap_kept *k);

/* A state machine, as bindings.h. */
bool nap_kept_done(const struct nap_kept *k);
nap_time nap_kept_deadline(const struct nap_kept *k);
void nap_kept_event(struct nap_kept *k, const struct nap_probe_event *ev);
void nap_kept_advance(struct nap_kept *k, nap_time now);

/* Once done: have boxes dropped some of them for others? Else their timer has ended them, or nobody was left to be asked. */
bool nap_kept_dropped(const struct nap_kept *k);

#endif
