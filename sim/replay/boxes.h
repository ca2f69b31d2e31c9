/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace's packets through the boxes of a scenario: those of the first subscriber in the first replication of a run. The links
 * between have their mean delays and lose nothing: the trace has been through losses of its own. Only packets wait here, in order of time.
 */
#ifndef NAP_REPLAY_BOXES_H
#define NAP_REPLAY_BOXES_H

#include "path/chain.h"
#include "run/scenario.h"

struct nap_boxes;

/* A packet has been put into hop's box. */
struct nap_passage {
	nap_time at;
	uint32_t flow, hop;
	bool up, passed;                 /* it goes on */
	const struct nap_packet *packet; /* as it leaves */
	const struct nap_box_effect *effect;
};

/* What becomes of one that comes to the outermost box. */
enum nap_comes {
	NAP_COMES,        /* it is put in */
	NAP_COMES_NOBODY, /* nobody there knows its flow */
	NAP_COMES_LATER, /* it answers what is still on its way out: that goes first, and it is asked again */
};

/* What is told of it, in order of time for each box. */
struct nap_boxes_watch {
	void *ctx;
	void (*passage)(void *ctx, const struct nap_passage *p);
	/* A packet comes to the outermost box: give it the ends that this knows flow by. */
	enum nap_comes (*comes)(void *ctx, uint32_t flow, struct nap_packet *p, bool again);
	/* A session of hop's box has ended, at died; told when the box is next looked at. */
	void (*ended)(void *ctx, uint32_t hop, nap_time died, const struct nap_box_flow *whose);
};

/* sc must stay. Free with nap_boxes_free, which accepts NULL. */
struct nap_boxes *nap_boxes_new(const struct nap_scenario *sc, const struct nap_boxes_watch *watch);
void nap_boxes_free(struct nap_boxes *b);

uint32_t nap_boxes_hops(const struct nap_boxes *b);

/* The device's address on the path. */
nap_addr nap_boxes_device(const struct nap_boxes *b);

/*
 * A packet of the device is on the air at `at`, or one comes to the radio then. Neither comes before an earlier one of its
 * direction. flow is the caller's mark.
 */
void nap_boxes_up(struct nap_boxes *b, nap_time at, uint32_t flow, const struct nap_packet *p);
void nap_boxes_down(struct nap_boxes *b, nap_time at, uint32_t flow, const struct nap_packet *p);

/* Nothing comes to or from the radio before now any more: let pass what happens until then. */
void nap_boxes_advance(struct nap_boxes *b, nap_time now);

/* Flows that have been silent until now: have what lapsed told. */
void nap_boxes_settle(struct nap_boxes *b, nap_time now);

/* The end, at which the boxes are left. */
void nap_boxes_finish(struct nap_boxes *b, nap_time end);

/* A box at the end: counts. */
void nap_boxes_counts(const struct nap_boxes *b, uint32_t hop, struct nap_box_counts *out);

#endif
