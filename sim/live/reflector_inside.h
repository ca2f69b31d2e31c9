/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the reflector, shared by its files: records and associations (reflector.c), flows and orders, streams, raw flows. */
#ifndef NAP_LIVE_REFLECTOR_INSIDE_H
#define NAP_LIVE_REFLECTOR_INSIDE_H

#include <glib.h>

#include "kernel/rng.h"
#include "live/reflector.h"
#include "net/packet.h"

/* Our end of a raw flow. */
struct nap_raw_end {
	uint32_t isn; /* the client's first sequence number: a secret that names the flow */
	struct nap_tcb tcb;
};

struct nap_reflector_conn {
	struct nap_reflect_path path;
	uint8_t buf[NAP_RECORD_SIZE];
	uint32_t have; /* bytes in buf */
	uint32_t flow; /* NAP_NO_REFLOW until it has named one */
	nap_time since;
	bool used;
};

struct nap_reflector {
	struct nap_reflector_config config;
	struct nap_reflector_out out;
	void *ctx;
	struct nap_cookies cookies;
	nap_time rotated;
	struct nap_limiter *known, *strangers,
		*unproven; /* records with a cookie; HELLO; what comes without either */
	struct nap_associations associations;
	struct nap_reflows flows;
	struct nap_reflector_conn *conns;
	struct nap_shares flow_shares, conn_shares;
	nap_time ticked;
	struct nap_raw_end *raw; /* by flow: our end of raw flows */
	struct nap_rng isn;
	struct nap_reflector_counts counts;
};

/* --- records and associations: reflector.c --- */

/* The one place where records over UDP leave; what they cost was paid before. */
void nap_reflector_send(
	struct nap_reflector *r, const struct nap_reflect_path *to, const struct nap_record *w);

/* Tells a client what happened at `at`, at once when it has the credit; else it will poll. */
void nap_reflector_note(struct nap_reflector *r, nap_time now, nap_time at, uint32_t association,
	const struct nap_record_event *event);

/* A record of a client; false, and counted, when it is none. */
bool nap_reflector_read(struct nap_reflector *r, const uint8_t *data, size_t n, struct nap_record *w);

/* The association that a record with a cookie belongs to, the record counted and paid in; NAP_NO_CLIENT when it is not taken. */
uint32_t nap_reflector_admit(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from,
	const struct nap_record *w);

/* --- flows and orders: reflector_flow.c --- */

/* A flow's own record. Returns its flow, NAP_NO_REFLOW when it has no place here. */
uint32_t nap_reflector_flow(struct nap_reflector *r, nap_time now, uint32_t association,
	const struct nap_reflect_path *from, const struct nap_record *w);

/* A new flow, NAP_NO_REFLOW when there is no room. */
uint32_t nap_reflector_add_flow(struct nap_reflector *r, uint32_t association, uint32_t id, uint8_t proto);

/* Drops flow i, and closes its connection. */
void nap_reflector_forget(struct nap_reflector *r, uint32_t i);

/* Carries an order out. */
enum nap_record_result nap_reflector_obey(
	struct nap_reflector *r, uint32_t association, const struct nap_record_order *o);

/* --- streams: reflector_stream.c --- */

/* Close a connection for good; reset: by RST. */
void nap_reflector_drop(struct nap_reflector *r, int32_t conn, bool reset);

/* The connection of flow i, -1 when it has none (any more). */
int32_t nap_reflector_conn_of(const struct nap_reflector *r, uint32_t i);

/* --- raw flows: reflector_raw.c --- */

/* The orders SEGMENT and EXPECT. */
enum nap_record_result nap_reflector_segment(
	struct nap_reflector *r, uint32_t flow, const struct nap_record_order *o);
enum nap_record_result nap_reflector_expect(
	struct nap_reflector *r, uint32_t association, const struct nap_record_order *o);

#endif
