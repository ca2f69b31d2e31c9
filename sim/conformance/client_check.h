/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client judged by the packets it sends while nothing is pushed to it: the
 * rules of RFC 5383, 8085, 2177 and 1122 that an idle client must keep.
 */
#ifndef NAP_CONFORMANCE_CLIENT_CHECK_H
#define NAP_CONFORMANCE_CLIENT_CHECK_H

#include <glib.h>

#include "conformance/conformance.h"
#include "net/packet.h"

/* What was seen of a client. Feed it every packet that either end sends, in time order. */
struct nap_client_trace;

/* Nothing seen yet. Free with nap_client_trace_free, which accepts NULL. */
struct nap_client_trace *nap_client_trace_new(void);
void nap_client_trace_free(struct nap_client_trace *t);

/* up: the client sent it. */
void nap_client_trace_packet(struct nap_client_trace *t, nap_time now, bool up, const struct nap_packet *p);

/* Judge what was seen until `end`: appends a struct nap_judgement for each rule. */
void nap_client_trace_judge(const struct nap_client_trace *t, nap_time end, GArray *out);

/* How long a client has to be watched for that. */
#define NAP_CLIENT_WATCH (9 * NAP_H)

#endif
