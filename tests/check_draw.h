/* SPDX-License-Identifier: BSD-2-Clause */
/* For the random test of conformance: boxes that nobody tuned for, drawn key by key (order_draw.h tells how values are written). */
#ifndef NAP_TESTS_CHECK_DRAW_H
#define NAP_TESTS_CHECK_DRAW_H

#include "order_draw.h"

#define CHECK_GROUP "middlebox box"

/* Idle timers are log-uniform between 5 s and 3 h, or some part of 120 s; now and then each box draws its own. */
#define CHECK_TIMER "{S 5000 10800000}"
#define CHECK_TIMER_OR_DRAWN                                                                                 \
	CHECK_TIMER "|" CHECK_TIMER "|" CHECK_TIMER "|" CHECK_TIMER "|" CHECK_TIMER "|" CHECK_TIMER "|"      \
		    "uniform {S 5000 60000} {S 60000 10800000}"

static const struct order_key check_timer_keys[] = {
	{ "udp", 80, CHECK_TIMER_OR_DRAWN },
	{ "udp-stream", 80, CHECK_TIMER_OR_DRAWN },
	{ "udp-stream-after", 15, "2s|{S 100 5000}" },
	{ "tcp-syn-sent", 70, CHECK_TIMER },
	{ "tcp-syn-recv", 70, CHECK_TIMER },
	{ "tcp-established", 80, CHECK_TIMER_OR_DRAWN },
	{ "tcp-half-closed", 70, CHECK_TIMER },
	{ "tcp-closing", 70, CHECK_TIMER },
	{ "tcp-trans", 70, CHECK_TIMER },
	{ "tcp-close", 70, CHECK_TIMER },
	{ "tcp-fin-wait", 50, CHECK_TIMER },
	{ "tcp-close-wait", 50, CHECK_TIMER },
	{ "tcp-last-ack", 50, CHECK_TIMER },
	{ "tcp-time-wait", 50, CHECK_TIMER },
	{ "icmp", 70, CHECK_TIMER_OR_DRAWN },
	{ "purge-interval", 20, "{S 1000 120000}|10s" },
	{ "duration-limit", 12, "{S 60000 200000000}" },
	{ "expiry", 4, "candidate" },
	{ "on-expiry", 10, "rst|rst-inside|rst-outside" },
	{ NULL, 0, NULL },
};

#define CHECK_DEPENDENCES "endpoint-independent|address-dependent|address-and-port-dependent"

static const struct order_key check_box_keys[] = {
	{ "tracker", 100, "simple|linux|rfc7857|rfc6146" },
	{ "kind", 12, "firewall" },
	{ "shared", 40, "yes" },
	{ "mapping", 60, CHECK_DEPENDENCES },
	{ "filtering", 70, CHECK_DEPENDENCES },
	{ "tcp-mapping", 12, CHECK_DEPENDENCES },
	{ "tcp-filtering", 12, CHECK_DEPENDENCES },
	{ "refresh", 40, "outbound|inbound|both" },
	{ "reset-refresh", 12, "yes" },
	{ "reset-check", 20, "yes" },
	{ "resets", 20, "drop|drop-inbound|pass" },
	{ "checksum", 12, "no" },
	{ "filtered", 25, "ignore|refresh|destroy" },
	{ "timer-scope", 20, "session|mapping" },
	{ "mapping-hold", 6, "{S 1000 600000}" },
	{ "icmp-errors", 35, "translate|drop|kill|refresh" },
	{ "icmp-unknown", 15, "pass" },
	{ "invalid", 30, "pass|drop" },
	{ "fragments", 25, "reassemble|ordered|drop|pass" },
	{ "fragment-timeout", 12, "{S 500 60000}" },
	{ "fragments-full", 15, "refuse" },
	{ "mtu", 10, "1492" },
	{ "too-big", 20, "icmp|drop|fragment" },
	{ "fragmenting", 20, "in-order|backward|no" },
	{ "ip-id", 35, "keep|rewrite" },
	{ "alg", 20, "ftp|sip|h323|rtsp|tftp|smtp|imap|ftp; sip" },
	{ "half-closed-needs-ack", 10, "yes" },
	{ "tcp-loose", 20, "no" },
	{ "on-miss", 20, "create|drop|rst" },
	{ "input", 8, "accept" },
	{ "reject", 40, "drop|rst|icmp" },
	{ "incoming-syn-hold", 25, "6s|{S 1000 10000}" },
	{ "icmp-on-exhaustion", 50, "none|3/1|3/13|as-reject" },
	{ "blocked-ports", 15, "tcp/143|tcp/587|tcp/674|tcp/25|tcp/31337|udp/443" },
	{ "addresses", 25, "203.0.113.1; 203.0.113.2|198.51.100.0/30" },
	{ "pcp", 25, "none|pcp|nat-pmp" },
	{ "inside-network", 6, "10.0.0.0/24" },
	{ "ports", 70, "preserve|random|sequential|block 64|block 512|block {N 16 2000}" },
	{ "port-range", 30, "1024-2047|1024-5119|1-65535|2000-2999|20000-60000" },
	{ "port-classes", 15, "two|linux" },
	{ "parity", 20, "yes" },
	{ "overload", 12, "yes" },
	{ "port-clash", 15, "other|override|refuse" },
	{ "port-hold-down", 35, "120s|{S 5000 600000}" },
	{ "hold-survives", 15, "no" },
	{ "pooling", 40, "paired|arbitrary|paired-soft" },
	{ "joined-protocols", 12, "yes" },
	{ "hairpin", 20, "no" },
	{ "hairpin-source", 20, "external|internal|box" },
	{ "blocks-per-subscriber", 20, "0|{N 1 16}" },
	{ "capacity", 20, "{N 30 20000}" },
	{ "eviction", 30, "refuse|lru|random|early-drop" },
	{ "sessions-per-subscriber", 22, "{N 25 4000}" },
	{ "ports-per-subscriber", 20, "{N 25 4000}" },
	{ "sessions-per-destination", 5, "{N 40 4000}" },
	{ "session-rate", 12, "{N 5 2000}" },
	{ "log-destinations", 25, "yes" },
	{ NULL, 0, NULL },
};

/* Box n of a seed, in a scenario of its own; not all that is drawn can be loaded. */
static inline struct order_draft check_draw(guint32 seed, guint32 n)
{
	const guint32 both[] = { seed, n };
	struct order_draft draft = order_draft_new();
	struct order_dice d = { g_rand_new_with_seed_array(both, 2), 120e3, false, &draft };

	order_set(&draft, "scenario", "duration", "1h");
	order_set(&draft, "path", "middleboxes", "box");
	order_rows(&d, CHECK_GROUP, check_box_keys);
	order_rows(&d, CHECK_GROUP, check_timer_keys);
	g_rand_free(d.rand);
	return draft;
}

#endif
