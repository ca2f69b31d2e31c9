/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control packets of trials, until it is known what became of them: an answer may come before the control packet that was
 * sent right before its question, and that is not lost therefore.
 */
#ifndef NAP_DISCOVERY_FATES_H
#define NAP_DISCOVERY_FATES_H

#include "discovery/trial_machine.h"

#define NAP_NO_TRIAL UINT32_MAX

struct nap_fates;

struct nap_fates *nap_fates_new(void);
void nap_fates_free(struct nap_fates *f);

/* A control packet was sent for a trial. */
void nap_fates_sent(struct nap_fates *f, uint32_t tag, uint32_t trial, nap_time at);

/* One arrived: the trial that it was sent for, NAP_NO_TRIAL when that is not known. */
uint32_t nap_fates_arrived(struct nap_fates *f, uint32_t tag, nap_time at);

/* The copies of a question, which has its answer. Their fates are known by `due`. */
void nap_fates_wait(
	struct nap_fates *f, enum nap_end from, const struct nap_copy *copies, uint32_t n, nap_time due);

/*
 * The next question whose fates are known by now: its one-way times, NAP_NEVER for a lost packet, at most NAP_TRIAL_COPIES of
 * them. Returns how many, 0: there is none.
 */
uint32_t nap_fates_settled(struct nap_fates *f, nap_time now, enum nap_end *from, nap_time *took);

#endif
