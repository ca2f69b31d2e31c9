/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random streams. Each (seed, replication, entity, purpose) has its own
 * counter-based stream, so a changed policy does not change the traffic and
 * one subscriber's draws do not depend on another's.
 */
#ifndef NAP_KERNEL_RNG_H
#define NAP_KERNEL_RNG_H

#include <stdint.h>

#include "kernel/api.h"

/* --- natnap.h --- */
/* What a stream is for: part of its name. Append only: the order is part of every seeded result. */
enum nap_purpose {
	NAP_RNG_PHASE,    /* when a subscriber starts */
	NAP_RNG_PUSH,     /* times of server pushes */
	NAP_RNG_POLICY,   /* jitter of keepalive policies */
	NAP_RNG_LOSS,     /* packet loss */
	NAP_RNG_DELAY,    /* packet delay and jitter */
	NAP_RNG_PORTS,    /* a middlebox' choice of ports and victims */
	NAP_RNG_PROFILE,  /* profile values given as distributions */
	NAP_RNG_OUTAGE,   /* radio outages and moves */
	NAP_RNG_RADIO,    /* promotion delays given as distributions */
	NAP_RNG_APP,      /* message sizes, think times */
	NAP_RNG_SEARCH,   /* discovery and tuning */
	NAP_RNG_SOCKET,   /* ephemeral ports */
	NAP_RNG_SERVER,   /* a server's service and thinking times, and ages of its connections */
	NAP_RNG_KIND,     /* of which kind a subscriber is */
	NAP_RNG_PRIORITY, /* which pushes are of high priority */
	NAP_RNG_PEER,     /* when agents check their way */
};

/* A stream: 16 bytes; copy it to save its position. */
struct nap_rng {
	uint64_t key;     /* names the stream */
	uint64_t counter; /* draws taken so far */
};

/* The stream named by its four parts. */
NAP_API struct nap_rng nap_rng_stream(
	uint64_t seed, uint32_t replication, uint64_t entity, enum nap_purpose purpose);
/* --- */

/* 64 well mixed bits; SplitMix64 (Steele, Lea, Flood 2014) started at the stream's key. */
static inline uint64_t nap_rng_next(struct nap_rng *r)
{
	uint64_t z = r->key + ++r->counter * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Uniform in the open interval (0, 1): never 0, so its logarithm exists. */
static inline double nap_rng_unit(struct nap_rng *r)
{
	return ((double)(nap_rng_next(r) >> 12) + 0.5) * 0x1p-52;
}

/* Uniform integer in [0, n), n > 0, without modulo bias to speak of (n below 2^32: bias under 2^-32). */
static inline uint32_t nap_rng_below(struct nap_rng *r, uint32_t n)
{
	return (uint32_t)(((nap_rng_next(r) >> 32) * (uint64_t)n) >> 32);
}

#endif
