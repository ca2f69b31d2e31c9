/* SPDX-License-Identifier: BSD-2-Clause */
/* What a control flow says about loss, and what that makes of silence. */
#ifndef NAP_DISCOVERY_LOSS_H
#define NAP_DISCOVERY_LOSS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Packets of a control flow in one direction. `after` counts those whose
 * predecessor arrived, `after_lost` those of them that did not: their ratio is the chance that a packet is
 * lost right behind one that arrived, which bursts of losses do not raise.
 */
struct nap_loss {
	uint64_t sent, lost, after, after_lost;
};

/* The fates of consecutive control packets join the counts. */
void nap_loss_add(struct nap_loss *l, const bool *arrived, uint32_t n);

/* Share of packets lost, 0 when none was sent. */
double nap_loss_share(const struct nap_loss *l);

/*
 * Upper bound of the chance that a packet is lost right behind one that arrived; it is too low with probability
 * at most delta (Chernoff's bound in its relative-entropy form). 1 when nothing is known.
 */
double nap_loss_bound(const struct nap_loss *l, double delta);

/*
 * How many probes, each right behind a control packet that arrived, must be lost before silence means expiry with
 * an error of at most error each: the least k with bound^k <= error, at least 1; 0 when no k will do.
 */
uint32_t nap_loss_copies(double bound, double error);

#endif
