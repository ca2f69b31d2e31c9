/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutated records, frames and STUN messages against everything that reads them:
 * the readers, the reflector, the client's control flow. Nothing may crash,
 * nothing may be sent that was not paid for. Arguments: rounds, seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <pcap/dlt.h>

#include "kernel/rng.h"
#include "live/control.h"
#include "live/reflector.h"
#include "live/stun.h"
#include "net/packet.h"

struct world {
	struct nap_rng rng;
	struct nap_reflector *r;
	struct nap_control *c;
	nap_time now;
	uint8_t last[NAP_WIRE_SIZE]; /* what the reflector sent last: mutated into its client */
	uint64_t sent;
};

static bool world_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	struct world *w = ctx;

	(void)to;
	memcpy(w->last, data, n);
	w->sent++;
	return true;
}

static bool world_stream(void *ctx, int32_t conn, const uint8_t *data, size_t n)
{
	(void)conn;
	(void)data;
	(void)n;
	((struct world *)ctx)->sent++;
	return true;
}

static bool world_finish(void *ctx, int32_t conn)
{
	(void)ctx;
	(void)conn;
	return true;
}

static void world_drop(void *ctx, int32_t conn, bool reset)
{
	(void)ctx;
	(void)conn;
	(void)reset;
}

static bool world_segment(void *ctx, const struct nap_segment *s)
{
	(void)s;
	((struct world *)ctx)->sent++;
	return true;
}

/* The client's records reach the reflector whole or mutated. */
static void world_send(void *ctx, const uint8_t *data, size_t n)
{
	struct world *w = ctx;
	struct nap_reflect_path from = { .remote = { .family = 4, .addr = { 10, 0, 0, 1 }, .port = 4000 },
		.conn = -1 };
	uint8_t buf[NAP_WIRE_SIZE + 8];

	memcpy(buf, data, n);
	while (nap_rng_below(&w->rng, 3) == 0) {
		buf[nap_rng_below(&w->rng, (uint32_t)n)] ^= (uint8_t)(1u << nap_rng_below(&w->rng, 8));
		if (nap_rng_below(&w->rng, 50) == 0)
			n = nap_rng_below(&w->rng, sizeof(buf));
	}
	from.port = (uint8_t)nap_rng_below(&w->rng, 2);
	nap_reflector_datagram(w->r, w->now, &from, buf, n);
}

static uint8_t *random_bytes(struct world *w, uint8_t *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf[i] = (uint8_t)nap_rng_next(&w->rng);
	return buf;
}

/* A plausible frame, then damaged: header lengths, protocol numbers, quoted headers. */
static void fuzz_frame(struct world *w)
{
	static const int links[] = { DLT_RAW, DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, 999 };
	uint8_t buf[200];
	size_t n = nap_rng_below(&w->rng, sizeof(buf));
	size_t head = nap_rng_below(&w->rng, 4) * 7;
	struct nap_frame f;
	/* exactly as long as it says, so that a checked build sees a read beyond */
	uint8_t *exact;

	random_bytes(w, buf, sizeof(buf));
	if (head + 60 < n) {
		buf[head] = nap_rng_below(&w->rng, 2) ? 0x45 : (uint8_t)nap_rng_next(&w->rng);
		buf[head + 2] = 0;
		buf[head + 6] = buf[head + 7] = 0;
		buf[head + 9] = nap_rng_below(&w->rng, 2) ? 6 : 1;
		buf[head + 20] = 3;
		buf[head + 28] = 0x45;
		buf[head + 37] = 6;
	}
	exact = g_memdup2(buf, n);
	if (nap_frame_read(links[nap_rng_below(&w->rng, G_N_ELEMENTS(links))], exact, n, &f))
		nap_reflector_frame(w->r, w->now, &f);
	g_free(exact);
}

/* A request with attributes, damaged, cut or stretched; what reads must be sane. */
static void fuzz_stun(struct world *w)
{
	struct nap_stun m = { .klass = (uint8_t)nap_rng_below(&w->rng, 4), .change = 6, .response_port = 9 };
	uint8_t buf[NAP_STUN_MAX];
	size_t n = nap_stun_write(&m, buf);
	uint8_t *exact;

	random_bytes(w, buf + n, 32);
	if (nap_rng_below(&w->rng, 2)) { /* one attribute more, of a kind that is read */
		static const uint16_t types[] = { 0x0001, 0x0009, 0x0020, 0x0027, 0x802b, 0x802c };
		uint16_t type = types[nap_rng_below(&w->rng, G_N_ELEMENTS(types))];

		buf[n] = (uint8_t)(type >> 8);
		buf[n + 1] = (uint8_t)type;
		buf[n + 2] = 0;
		buf[n + 3] = (uint8_t)(4 * nap_rng_below(&w->rng, 6));
		buf[n + 5] = (uint8_t)nap_rng_below(&w->rng, 4);
		n += 4 + buf[n + 3];
		buf[3] = (uint8_t)(n - 20);
	}
	while (nap_rng_below(&w->rng, 3) == 0)
		buf[nap_rng_below(&w->rng, (uint32_t)n)] = (uint8_t)nap_rng_next(&w->rng);
	exact = g_memdup2(buf, n);
	if (nap_stun_read(exact, n, &m) && m.mapped.family != 0 && m.mapped.family != 4 &&
		m.mapped.family != 6)
		g_error("a STUN message with an address of no family");
	g_free(exact);
}

static void fuzz_stream(struct world *w)
{
	struct nap_reflect_path from = { .remote = { .family = 4, .addr = { 10, 0, 0, 1 }, .port = 9 },
		.conn = -1 };
	int32_t conn = nap_reflector_accept(w->r, w->now, &from);
	uint8_t buf[3 * NAP_WIRE_SIZE];

	if (conn < 0)
		return;
	memcpy(buf, w->last, sizeof(w->last));
	random_bytes(w, buf + NAP_WIRE_SIZE, sizeof(buf) - NAP_WIRE_SIZE);
	if (nap_reflector_stream(w->r, w->now, conn, buf, nap_rng_below(&w->rng, sizeof(buf))))
		nap_reflector_ended(w->r, w->now, conn, NAP_WIRE_GOT_RST);
}

/* What the reflector answered, damaged, and free inventions with the right session. */
static void fuzz_control(struct world *w, uint64_t session)
{
	struct nap_wire rec;
	struct nap_wire_event e;
	nap_time at;

	if (nap_rng_below(&w->rng, 2))
		w->last[nap_rng_below(&w->rng, NAP_WIRE_SIZE)] = (uint8_t)nap_rng_next(&w->rng);
	if (nap_wire_read(w->last, NAP_WIRE_SIZE, &rec))
		nap_control_input(w->c, w->now, &rec);
	rec = (struct nap_wire){ .type = NAP_WIRE_EVENT, .session = session };
	rec.event.number = nap_rng_below(&w->rng, 600);
	rec.event.newest = (uint32_t)nap_rng_next(&w->rng);
	rec.event.age_us = nap_rng_next(&w->rng);
	nap_control_input(w->c, w->now, &rec);
	while (nap_control_event(w->c, &e, &at))
		if (at > w->now)
			g_error("an event from the future");
}

int main(int argc, char **argv)
{
	uint64_t rounds = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 300000;
	uint64_t seed = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 1;
	static const struct nap_reflector_out out = { world_datagram, world_stream, world_finish, world_drop,
		world_segment };
	static const uint8_t keys[NAP_REFLECTOR_KEYS] = { 1 };
	struct nap_reflector_config config = nap_reflector_defaults;
	struct world w = { .rng = nap_rng_stream(seed, 0, 0, NAP_RNG_SEARCH), .now = NAP_H };
	struct nap_reflector_counts n;
	uint64_t session = 42;
	uint8_t key[NAP_COOKIE_KEY];

	config.port[0] = 3479;
	config.raw_port = 3481;
	config.sessions = 8;
	config.flows = 64;
	config.conns = 16;
	w.r = nap_reflector_new(&config, &out, &w, keys, w.now);
	w.c = nap_control_new(session, w.now, world_send, NULL, &w);
	for (uint64_t i = 0; i < rounds; i++) {
		struct nap_wire_order o = { .flow = nap_rng_below(&w.rng, 9),
			.act = (uint8_t)(1 + nap_rng_below(&w.rng, NAP_WIRE_ACTS - 1)),
			.place = (uint8_t)nap_rng_below(&w.rng, 4),
			.isn = 5,
			.len = 7 };

		w.now += (nap_time)nap_rng_below(&w.rng, 100) * NAP_MS;
		if (i % 4 == 0 && nap_control_welcome(w.c))
			nap_control_order(w.c, w.now, &o, 1);
		nap_control_advance(w.c, w.now);
		fuzz_control(&w, session);
		fuzz_frame(&w);
		fuzz_stun(&w);
		if (i % 8 == 0)
			fuzz_stream(&w);
		if (i % 1000 ==
			999) { /* a control flow whose orders pile up is slow, not wrong: start another */
			nap_control_free(w.c);
			w.c = nap_control_new(++session, w.now, world_send, NULL, &w);
		}
		if (w.now >= nap_reflector_deadline(w.r))
			nap_reflector_rotate(w.r, w.now, random_bytes(&w, key, sizeof(key)));
		nap_reflector_counts(w.r, &n);
		if (n.bytes_sent > n.bytes_received)
			g_error("round %" G_GUINT64_FORMAT ": more sent than received", i);
	}
	printf("fuzz_wire: %" G_GUINT64_FORMAT " rounds, seed %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
	       " records in (%" G_GUINT64_FORMAT " malformed, %" G_GUINT64_FORMAT
	       " unproven), %" G_GUINT64_FORMAT " out\n",
		rounds, seed, n.received, n.malformed, n.unproven, w.sent);
	nap_control_free(w.c);
	nap_reflector_free(w.r);
	return 0;
}
