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

/* Judge a box by all requirements: appends a struct nap_judgement for each to out. */
void nap_check_box(const struct nap_middlebox *m, GArray *out);

/* Judge it by one of them; the aggregate of RFC 6888 REQ-1 cannot be asked for alone. */
void nap_check_one(const struct nap_middlebox *m, const struct nap_requirement *r, struct nap_judgement *out);

/* The requirement of that id, NULL when there is none. */
const struct nap_requirement *nap_requirement_find(const char *id);

/* Judgements of one verdict and level. */
uint32_t nap_judgements_count(const GArray *judgements, enum nap_check_verdict verdict, enum nap_level level);

#endif
