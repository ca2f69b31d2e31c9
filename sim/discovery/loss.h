/* SPDX-License-Identifier: BSD-2-Clause */
/* What a control flow says about loss, and what that makes of silence. */
#ifndef NAP_DISCOVERY_LOSS_H
#define NAP_DISCOVERY_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"

#define NAP_LOSS_KEPT  1024 /* fates remembered: what a path was like long ago does not matter */
#define NAP_LOSS_BREAK (-1) /* among them: the packets before and behind did not follow one another */

/*
 * Packets of a control flow in one direction: how many were sent and lost in all, and the fates of the last ones, which are
 * their one-way times, NAP_NEVER when lost.
 */
struct nap_loss {
	uint64_t sent, lost;
	uint64_t kept; /* fates taken up so far; the last NAP_LOSS_KEPT are in */
	nap_time took[NAP_LOSS_KEPT];
};

/* The fates of consecutive control packets join the counts. */
void nap_loss_add(struct nap_loss *l, const nap_time *took, uint32_t n);

/*
 * The shortest time, from the median on, such that of the packets whose predecessor needed no longer all but a hundredth
 * arrive within it too: a stall, in which many are late, counts once, like a burst of losses. 0 when none arrived.
 */
nap_time nap_loss_in_time(const struct nap_loss *l);

/*
 * Of the packets whose predecessor arrived in time: how many there were, and how many of them were lost or late. Bursts of
 * losses, and stalls in which all are late, do not raise that ratio.
 */
void nap_loss_after(const struct nap_loss *l, nap_time in_time, uint64_t *after, uint64_t *failed);

/* Share of packets lost, 0 when none was sent. */
double nap_loss_share(const struct nap_loss *l);

/*
 * Upper bound of the chance that a packet is lost, or takes longer than in_time, right behind one that did not; it is too low
 * with probability at most delta (Chernoff's bound in its relative-entropy form). 1 when nothing is known.
 */
double nap_loss_bound(const struct nap_loss *l, nap_time in_time, double delta);

/*
 * How many probes, each right behind a control packet that arrived in time, must be lost or late before silence means expiry with
 * an error of at most error each: the least k with bound^k <= error, at least 1; 0 when no k will do.
 */
uint32_t nap_loss_copies(double bound, double error);

#endif
