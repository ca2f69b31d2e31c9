/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reflector: what the cooperating server does with each record, without a
 * socket in sight. Datagrams and stream bytes come in as arguments with their
 * time, answers go out through a struct of functions; so tests can play every
 * attack against it.
 *
 * Rules it keeps, whatever arrives:
 * - A record is answered only if its cookie proves its address; HELLO, which
 *   asks for one, is answered by one record of the same size to where it came from.
 * - Every record sent was paid for by a record received from the same client:
 *   one over UDP, NAP_TCP_PRICE over TCP (the kernel may repeat a segment that often).
 * - It sends only in answer or on order, to endpoints that it heard the client from;
 *   it holds no order for later. Crafted segments too go only to endpoints that a flow's own segments came from.
 * - Memory is taken once, at the start. In a full table the largest holder gives way; a site that has its share is refused.
 * - What proves nothing costs nobody else: only records with a good cookie count against their address.
 */
#ifndef NAP_LIVE_REFLECTOR_H
#define NAP_LIVE_REFLECTOR_H

#include "kernel/time.h"
#include "live/cookie.h"
#include "live/flows.h"
#include "live/frame.h"
#include "live/limiter.h"
#include "live/association.h"
#include "live/record.h"

/* Copies the kernel may send of one TCP segment before TCP_USER_TIMEOUT (NAP_TCP_PATIENCE_MS) ends it: RTO 0.2 s, doubling, and one tail probe. */
#define NAP_TCP_PRICE       6
#define NAP_TCP_PATIENCE_MS 3000

struct nap_reflector_config {
	uint16_t port[NAP_RECORD_PORTS]; /* as in struct nap_record_welcome */
	uint16_t raw_port;
	struct nap_inet other[2]; /* second address, IPv4 and IPv6; family 0: none */
	uint8_t features;
	nap_time rotate; /* life of a key; a cookie is good for one to two of them */
	struct nap_rate host_rate,
		total_rate; /* records with a cookie; apart from these, of what proves nothing */
	struct nap_rate hello_rate, hello_total; /* records that ask for one */
	uint32_t associations, flows, flows_per_association, conns, slots;
	uint32_t association_share[NAP_SHARE_LEVELS], flow_share[NAP_SHARE_LEVELS],
		conn_share[NAP_SHARE_LEVELS]; /* of one site */
};

/* Numbers that are safe for a public server; ports, addresses and features are left zero. */
extern const struct nap_reflector_config nap_reflector_defaults;

struct nap_reflector_out {
	bool (*datagram)(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n);
	bool (*stream)(void *ctx, int32_t conn, const uint8_t *data, size_t n);
	bool (*finish)(void *ctx, int32_t conn);                 /* send FIN, keep receiving */
	void (*drop)(void *ctx, int32_t conn, bool reset);       /* close for good */
	bool (*segment)(void *ctx, const struct nap_segment *s); /* NULL without the privilege */
};

/* What went in and out, for the operator and for tests of the accounting. */
struct nap_reflector_counts {
	uint64_t received, bytes_received;
	uint64_t sent, bytes_sent;
	uint64_t malformed, unproven, replayed, limited, refused;
};

#define NAP_REFLECTOR_KEYS (NAP_COOKIE_KEY + 16) /* secret bytes: cookies, limiter */

struct nap_reflector;

/* keys: fresh secret bytes for cookies and limiter. Free with nap_reflector_free, which accepts NULL. */
struct nap_reflector *nap_reflector_new(const struct nap_reflector_config *config,
	const struct nap_reflector_out *out, void *ctx, const uint8_t keys[NAP_REFLECTOR_KEYS], nap_time now);
void nap_reflector_free(struct nap_reflector *r);

/* When nap_reflector_rotate is due; it wants fresh secret bytes. */
nap_time nap_reflector_deadline(const struct nap_reflector *r);
void nap_reflector_rotate(struct nap_reflector *r, nap_time now, const uint8_t *key);

/* A datagram came; what it asks for is done and answered before this returns. */
void nap_reflector_datagram(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from,
	const uint8_t *data, size_t n);

/* An ICMP error came back for a datagram sent from here. */
void nap_reflector_icmp(struct nap_reflector *r, nap_time now, const struct nap_icmp_error *about);

/* TCP: a connection's number, or -1: close it at once. */
int32_t nap_reflector_accept(struct nap_reflector *r, nap_time now, const struct nap_reflect_path *from);
/* Bytes of a connection; false: close it. */
bool nap_reflector_stream(struct nap_reflector *r, nap_time now, int32_t conn, const uint8_t *data, size_t n);
/* The far side closed, reset or never acknowledged: what is one of NAP_RECORD_GOT_FIN, _RST, _TIMEOUT. True: keep it (half-closed). */
bool nap_reflector_ended(struct nap_reflector *r, nap_time now, int32_t conn, enum nap_record_what what);
/* A connection is gone, and its client knows why. */
void nap_reflector_closed(struct nap_reflector *r, int32_t conn);
/* To be called now and then: what is of clients that have gone ends. */
void nap_reflector_tick(struct nap_reflector *r, nap_time now);
/* Should a connection that has been silent since `since` still be kept? */
bool nap_reflector_keeps(const struct nap_reflector *r, nap_time now, int32_t conn, nap_time since);

/* A raw segment to one of the raw ports, an ICMP error about one sent from there, or an echo request. */
void nap_reflector_frame(struct nap_reflector *r, nap_time now, const struct nap_frame *frame);

/* All since the start. */
void nap_reflector_counts(const struct nap_reflector *r, struct nap_reflector_counts *out);

#endif
