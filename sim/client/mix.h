/* SPDX-License-Identifier: BSD-2-Clause */
/* Fingerprints of states: how fields are mixed into one number, and how stored times move. */
#ifndef NAP_CLIENT_MIX_H
#define NAP_CLIENT_MIX_H

#include <stdint.h>

#include "kernel/time.h"

/* h with v mixed in. */
static inline uint64_t nap_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ (h >> 29);
}

/* The same for a time, relative to now; a timer that does not run is the same at any time. */
static inline uint64_t nap_mix_time(uint64_t h, nap_time t, nap_time now)
{
	return nap_mix(h, t == NAP_NEVER ? UINT64_MAX : (uint64_t)(t - now));
}

/* A stored time moved by span. */
static inline void nap_move_time(nap_time *t, nap_time span)
{
	*t = *t == NAP_NEVER ? NAP_NEVER : *t + span;
}

#endif
