/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of middleboxes share: a config from keys in text, and packets in short form. They link the core alone. */
#ifndef NAP_TESTS_BOX_TEST_H
#define NAP_TESTS_BOX_TEST_H

#include <string.h>

#include <glib.h>

#include "middlebox/box.h"
#include "run/scenario.h"
#include "text/embed.h"

#define IN_A  NAP_ADDR(10, 0, 0, 2)
#define IN_B  NAP_ADDR(10, 0, 0, 3)
#define NAT_A NAP_ADDR(203, 0, 113, 1)
#define OUT_A NAP_ADDR(198, 51, 100, 7)
#define OUT_B NAP_ADDR(198, 51, 100, 8)

/* A scenario whose only middlebox has these keys ("profile = linux\nudp = 3s\n"). Free with nap_scenario_free. */
static inline struct nap_scenario *box_scenario(const char *keys)
{
	g_autofree char *text = g_strconcat(
		"[scenario]\nduration = 1h\n[path]\nmiddleboxes = box\n[middlebox box]\n", keys, NULL);
	char *why = NULL;
	struct nap_scenario *sc = nap_scenario_parse(text, &why);

	if (!sc)
		g_error("%s", why);
	return sc;
}

static inline struct nap_box *box_of(const struct nap_scenario *sc, uint64_t seed)
{
	return nap_box_new(nap_scenario_box(sc, "box"), nap_rng_stream(seed, 0, 0, NAP_RNG_PORTS), 16);
}

static inline struct nap_packet udp_packet(nap_addr src, uint16_t sport, nap_addr dst, uint16_t dport)
{
	return (struct nap_packet){
		.proto = NAP_UDP, .src = { src, sport }, .dst = { dst, dport }, .len = 8
	};
}

static inline struct nap_packet tcp_packet(nap_addr src, uint16_t sport, nap_addr dst, uint16_t dport,
	uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	return (struct nap_packet){ .proto = NAP_TCP,
		.src = { src, sport },
		.dst = { dst, dport },
		.flags = flags,
		.seq = seq,
		.ack = ack,
		.len = len,
		.win = 65535 };
}

/* An outbound UDP packet's external endpoint, { 0, 0 } when it did not pass. */
static inline struct nap_endpoint udp_out(
	struct nap_box *box, nap_time now, nap_addr src, uint16_t sport, nap_addr dst, uint16_t dport)
{
	struct nap_packet p = udp_packet(src, sport, dst, dport);
	struct nap_box_effect fx;

	return nap_box_input(box, now, NAP_INSIDE, &p, &fx) == NAP_PASS ? p.src
									: (struct nap_endpoint){ 0, 0 };
}

/* Does an inbound UDP packet get in? */
static inline bool udp_in(
	struct nap_box *box, nap_time now, nap_addr src, uint16_t sport, struct nap_endpoint to)
{
	struct nap_packet p = udp_packet(src, sport, to.addr, to.port);
	struct nap_box_effect fx;

	return nap_box_input(box, now, NAP_OUTSIDE, &p, &fx) == NAP_PASS;
}

/* Totals at now. */
static inline void counts_at(struct nap_box *box, nap_time now, struct nap_box_counts *out)
{
	nap_box_settle(box, now);
	nap_box_counts(box, now, out);
}

#endif
