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
#include "live/sockets.h"
#include "live/stun.h"
#include "net/packet.h"

#define SEQ   13  /* where a record's sequence number lies */
#define SPELL 100 /* rounds of one association */

struct world {
	struct nap_rng rng;
	struct nap_reflector *r;
	struct nap_control *c;
	nap_time now;
	uint8_t last[NAP_RECORD_SIZE]; /* what the reflector sent last: mutated into its client */
	uint64_t sent;
	uint64_t frames, echoes, errors; /* taken */
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
	uint8_t buf[NAP_RECORD_SIZE + 8];

	memcpy(buf, data, n);
	while (nap_rng_below(&w->rng, 3) == 0) {
		uint32_t at = nap_rng_below(&w->rng, (uint32_t)n);

		/* a number far ahead makes replays of all that follow: now and then only */
		if (at < SEQ || at >= SEQ + 4 || nap_rng_below(&w->rng, 20) == 0)
			buf[at] ^= (uint8_t)(1u << nap_rng_below(&w->rng, 8));
		if (nap_rng_below(&w->rng, 50) == 0)
			n = nap_rng_below(&w->rng, sizeof(buf));
		if (n == 0)
			break;
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

/* Headers of a packet of either family, to its end: a segment, an ICMP error that quotes one, or an echo request with a record. */
static void plausible(struct world *w, uint8_t *p, size_t n)
{
	static const uint8_t types[2][3] = { { 3, 11, 8 }, { 1, 3, 128 } };
	bool v6 = nap_rng_below(&w->rng, 2), tcp = nap_rng_below(&w->rng, 2);
	size_t head = v6 ? 40 : 20, claimed = v6 ? n - 40 : n;
	uint8_t *body = p + head;

	p[0] = v6 ? 0x60 : 0x45;
	p[v6 ? 4 : 2] = (uint8_t)(claimed >> 8);
	p[v6 ? 5 : 3] = (uint8_t)claimed;
	if (!v6)
		p[6] = p[7] = 0;
	p[v6 ? 6 : 9] = tcp ? 6 : v6 ? 58 : 1;
	if (tcp) {
		body[12] = 0x50;
		return;
	}
	body[0] = types[v6][nap_rng_below(&w->rng, 3)];
	body[8] = v6 ? 0x60 : 0x45; /* quoted */
	body[8 + (v6 ? 6 : 9)] = 6;
	if (body[0] == types[v6][2] && n - head >= 8 + NAP_RECORD_SIZE)
		memcpy(body + 8, w->last, NAP_RECORD_SIZE);
}

/* A plausible frame, perhaps damaged: header lengths, protocol numbers, quoted headers. */
static void fuzz_frame(struct world *w)
{
	static const struct {
		int link;
		size_t header;
	} links[] = { { DLT_RAW, 0 }, { DLT_EN10MB, 14 }, { DLT_LINUX_SLL, 16 }, { DLT_LINUX_SLL2, 20 },
		{ 999, 0 } };
	uint32_t which = nap_rng_below(&w->rng, G_N_ELEMENTS(links));
	uint8_t buf[256];
	size_t n = nap_rng_below(&w->rng, sizeof(buf)), header = links[which].header;
	struct nap_frame f;
	/* exactly as long as it says, so that a checked build sees a read beyond */
	uint8_t *exact;

	random_bytes(w, buf, sizeof(buf));
	if (n > header + 80)
		plausible(w, buf + header, n - header);
	while (n && nap_rng_below(&w->rng, 2))
		buf[nap_rng_below(&w->rng, (uint32_t)n)] = (uint8_t)nap_rng_next(&w->rng);
	exact = g_memdup2(buf, n);
	if (nap_frame_read(links[which].link, exact, n, &f)) {
		w->frames++;
		w->echoes += f.echo;
		w->errors += f.icmp;
		nap_reflector_frame(w->r, w->now, &f);
	}
	g_free(exact);
}

/* What a socket hands out for an echo reply, of either family, raw or not. */
static void fuzz_echo(struct world *w)
{
	uint8_t buf[64];
	size_t n = nap_rng_below(&w->rng, sizeof(buf)), n_data = 0;
	uint8_t family = nap_rng_below(&w->rng, 2) ? 4 : 6;
	uint8_t *exact;
	const uint8_t *data;

	random_bytes(w, buf, sizeof(buf));
	buf[0] = nap_rng_below(&w->rng, 3) ? 0x45 : nap_rng_below(&w->rng, 2) ? 0 : 129;
	buf[20] = 0;
	exact = g_memdup2(buf, n);
	data = nap_echo_data(exact, n, family, nap_rng_below(&w->rng, 2), &n_data);
	if (data && (data < exact || data + n_data != exact + n))
		g_error("an echo reply's data that is not its end");
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
	uint8_t buf[3 * NAP_RECORD_SIZE];

	if (conn < 0)
		return;
	memcpy(buf, w->last, sizeof(w->last));
	random_bytes(w, buf + NAP_RECORD_SIZE, sizeof(buf) - NAP_RECORD_SIZE);
	if (nap_reflector_stream(w->r, w->now, conn, buf, nap_rng_below(&w->rng, sizeof(buf))))
		nap_reflector_ended(w->r, w->now, conn, NAP_RECORD_GOT_RST);
}

/* What the reflector answered, damaged, and free inventions with the right association. */
static void fuzz_control(struct world *w, uint64_t association)
{
	struct nap_record rec;
	struct nap_record_event e;
	nap_time at;

	if (nap_rng_below(&w->rng, 2))
		w->last[nap_rng_below(&w->rng, NAP_RECORD_SIZE)] = (uint8_t)nap_rng_next(&w->rng);
	if (nap_record_read(w->last, NAP_RECORD_SIZE, &rec))
		nap_control_input(w->c, w->now, &rec);
	rec = (struct nap_record){ .type = NAP_RECORD_EVENT, .association = association };
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
	uint64_t association = 42;
	uint8_t key[NAP_COOKIE_KEY];

	config.port[0] = 3479;
	config.raw_port = 3481;
	/* forgotten ones are kept for as long as their cookies */
	config.associations = 300;
	for (int level = 0; level < NAP_SHARE_LEVELS; level++)
		config.association_share[level] = 300;
	config.flows = 1024;
	config.conns = 16;
	w.r = nap_reflector_new(&config, &out, &w, keys, w.now);
	w.c = nap_control_new(association, w.now, world_send, NULL, &w);
	for (uint64_t i = 0; i < rounds; i++) {
		struct nap_record_order o = { .flow = nap_rng_below(&w.rng, 9),
			.act = (uint8_t)(1 + nap_rng_below(&w.rng, NAP_RECORD_ACTS - 1)),
			.place = (uint8_t)nap_rng_below(&w.rng, 4),
			.isn = 5,
			.len = 7 };

		w.now += (nap_time)nap_rng_below(&w.rng, 100) * NAP_MS;
		if (i % 4 == 0 && nap_control_welcome(w.c))
			nap_control_order(w.c, w.now, &o, 1);
		nap_control_advance(w.c, w.now);
		fuzz_control(&w, association);
		fuzz_frame(&w);
		fuzz_echo(&w);
		fuzz_stun(&w);
		if (i % 8 == 0)
			fuzz_stream(&w);
		if (i % SPELL ==
			SPELL - 1) { /* a control flow whose orders pile up is slow, not wrong: start another */
			nap_control_free(w.c);
			w.c = nap_control_new(++association, w.now, world_send, NULL, &w);
		}
		if (w.now >= nap_reflector_deadline(w.r))
			nap_reflector_rotate(w.r, w.now, random_bytes(&w, key, sizeof(key)));
		nap_reflector_counts(w.r, &n);
		if (n.bytes_sent > n.bytes_received)
			g_error("round %" G_GUINT64_FORMAT ": more sent than received", i);
	}
	printf("fuzz_record: %" G_GUINT64_FORMAT " rounds, seed %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
	       " records in (%" G_GUINT64_FORMAT " malformed, %" G_GUINT64_FORMAT
	       " unproven), %" G_GUINT64_FORMAT " out; %" G_GUINT64_FORMAT " frames (%" G_GUINT64_FORMAT
	       " echo requests, %" G_GUINT64_FORMAT " ICMP errors)\n",
		rounds, seed, n.received, n.malformed, n.unproven, w.sent, w.frames, w.echoes, w.errors);
	nap_control_free(w.c);
	nap_reflector_free(w.r);
	return 0;
}
