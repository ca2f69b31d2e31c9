/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside replay/: what the boxes do to the flows of a trace. */
#ifndef NAP_REPLAY_WATCH_H
#define NAP_REPLAY_WATCH_H

#include "path/subscriber.h"
#include "replay/boxes.h"
#include "replay/flows.h"

struct nap_watch {
	struct nap_flows flows;
	uint64_t unsolicited;                /* packets of flows that the device had not opened before */
	const struct nap_observer *observer; /* or NULL: is told of bindings that lapse */
};

void nap_watch_init(struct nap_watch *w, uint32_t hops, const struct nap_observer *observer);

/* As struct nap_boxes_watch has them; ctx is the struct nap_watch. */
void nap_watch_passage(void *ctx, const struct nap_passage *p);
enum nap_comes nap_watch_comes(void *ctx, uint32_t flow, struct nap_packet *p, bool again);
void nap_watch_ended(void *ctx, uint32_t hop, nap_time died, const struct nap_box_flow *whose);

#endif
