/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The workload that natnap is measured with beside other programs (scripts/bench-peers): each subscriber has one UDP flow, a
 * keepalive every so often at a random phase, pushes Poisson 4/h that get through while the binding lives and are answered by one
 * packet, and a radio in two states. W1: keepalives every 55 s, bindings are private. W2: every 90 s, and one table for half the
 * subscribers that throws out the least recently used. Peers draw as natnap does, so that their counts must be equal.
 */
#ifndef NAP_PEERS_WORKLOAD_H
#define NAP_PEERS_WORKLOAD_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "kernel/dist.h"

#define IDLE      (60 * NAP_S) /* the NAT's timer, which outbound packets alone refresh */
#define PROMOTION (260 * NAP_MS)
#define TAIL      (11576 * NAP_MS)
#define PUSH_GAP  (3600.0 / 4 * NAP_S)

struct workload {
	uint32_t n;
	nap_time duration, interval;
	uint32_t capacity; /* 0: bindings are private */
};

struct counts {
	uint64_t keepalives, offered, delivered, promotions, evicted;
};

/* usage: PROGRAM w1|w2 SUBSCRIBERS HOURS */
static inline struct workload workload_read(int argc, char **argv)
{
	struct workload w = { 0 };

	if (argc != 4 || (strcmp(argv[1], "w1") && strcmp(argv[1], "w2"))) {
		fprintf(stderr, "usage: %s w1|w2 SUBSCRIBERS HOURS\n", argv[0]);
		exit(2);
	}
	w.n = (uint32_t)strtoul(argv[2], NULL, 10);
	w.duration = (nap_time)(strtod(argv[3], NULL) * 3600 * NAP_S);
	w.interval = (argv[1][1] == '1' ? 55 : 90) * NAP_S;
	w.capacity = argv[1][1] == '1' ? 0 : w.n / 2;
	return w;
}

static inline nap_time workload_phase(const struct workload *w, uint32_t id)
{
	struct nap_rng r = nap_rng_stream(1, 0, id, NAP_RNG_PHASE);
	struct nap_dist d = { NAP_DIST_UNIFORM, 0, 0.0, (double)w->interval, NULL };

	return nap_dist_draw_time(&d, &r);
}

static inline struct nap_rng workload_pushes(uint32_t id)
{
	return nap_rng_stream(1, 0, id, NAP_RNG_PUSH);
}

static inline void workload_print(const struct counts *c)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("{\"keepalives\": %" PRIu64 ", \"offered\": %" PRIu64 ", \"delivered\": %" PRIu64
	       ", \"promotions\": %" PRIu64 ", \"evicted\": %" PRIu64
	       ", \"cpu_s\": %.3f, \"rss_kib\": %ld}\n",
		c->keepalives, c->offered, c->delivered, c->promotions, c->evicted,
		(double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec, u.ru_maxrss);
}

#endif
