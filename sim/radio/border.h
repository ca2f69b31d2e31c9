/* SPDX-License-Identifier: BSD-2-Clause */
/* Where one level of an inference ends and the next begins. Private to infer.c. */
#ifndef NAP_RADIO_BORDER_H
#define NAP_RADIO_BORDER_H

#include "radio/level.h"

/* A stretch of probes, in order of idle time, that one level answered. */
struct cut {
	size_t first, end; /* probes [first, end) */
	struct level level;
	double before; /* share of them that the level of the cut before (c[-1]) answered still; 0 for the first */
	bool shared;                 /* its level is that of the cut after (c[1]), but for those probes */
	bool smeared;                /* the timer that ends the cut before runs out now here, now there */
	double smear_from, smear_to; /* s: between these, when smeared */
};

/* Log density of a probe in the cut: of its level, or with share `before` of that of c[-1]. */
double cut_density(const struct cut *c, const struct nap_rrc_probe *p);

/*
 * The border of c[0] and c[1] by the likelihood of each place where it may lie. Value: the first idle time that finds the
 * later level. Interval: the places that are not less likely by a factor of e^9.2 (10,000), each from the idle time before. Of a timer
 * that is smeared: the first that three quarters of the probes find, and at least from its first end to its last. s.
 */
struct nap_estimate border_find(const struct nap_rrc_probe *p, const struct cut *c);

/*
 * What lies between two levels A (c[0]) and B (c[1]) whose answers are found by turns over a stretch.
 */
enum mixing {
	MIXING_NONE, /* one border explains it */
	MIXING_SMEAR, /* the share of B grows, or the stretch is too short to tell: one timer that is not sharp */
	MIXING_STATE, /* the share stays, with a sharp step at both ends: a state */
};

struct mixed {
	enum mixing kind;
	size_t first, end; /* the probes of the stretch */
	double before;     /* a state's: share that A answers */
};

struct mixed border_mixed(const struct nap_rrc_probe *p, const struct cut *c);

#endif
