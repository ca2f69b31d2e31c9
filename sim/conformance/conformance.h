/* SPDX-License-Identifier: BSD-2-Clause */
/* A middlebox or a client judged requirement by requirement, each from packets. */
#ifndef NAP_CONFORMANCE_CONFORMANCE_H
#define NAP_CONFORMANCE_CONFORMANCE_H

#include <glib.h>

#include "conformance/requirements.h"
#include "run/scenario.h"

struct nap_judgement {
	const struct nap_requirement *requirement;
	enum nap_check_verdict verdict;
	char observed[NAP_OBSERVED];
};

/* So many boxes of a profile are judged whose keys are drawn for each box. A requirement is violated when one of them violates it. */
#define NAP_CHECK_BOXES 8

/*
 * A check in pieces: any thread may take any of them, in any order, and the judgements are the same. m stays the caller's. seed names the
 * boxes (which values they draw, which ports they choose).
 */
struct nap_check;
struct nap_check *nap_check_new(const struct nap_middlebox *m, uint64_t seed);
void nap_check_free(struct nap_check *c);
uint32_t nap_check_pieces(const struct nap_check *c);
void nap_check_run(struct nap_check *c, uint32_t piece);

/* All pieces have been run: appends a struct nap_judgement for each requirement to out. */
void nap_check_sum(const struct nap_check *c, GArray *out);

/* All of that at once. */
void nap_check_box(const struct nap_middlebox *m, uint64_t seed, GArray *out);

/* Judge it by one requirement; the aggregate of RFC 6888 REQ-1 cannot be asked for alone. */
void nap_check_one(const struct nap_middlebox *m, uint64_t seed, const struct nap_requirement *r,
	struct nap_judgement *out);

/* The requirement of that id, NULL when there is none. */
const struct nap_requirement *nap_requirement_find(const char *id);

/* Judgements of one verdict and level. */
uint32_t nap_judgements_count(const GArray *judgements, enum nap_check_verdict verdict, enum nap_level level);

#endif
