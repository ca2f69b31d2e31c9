/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario's middleboxes and client before the RFCs' requirements. */
#ifndef NAP_EMBED_VERDICTS_H
#define NAP_EMBED_VERDICTS_H

#include "report/conformance_report.h"
#include "run/scenario.h"

/*
 * struct nap_judged of each middlebox and, whole, of the client; seed: of what the boxes draw; threads: 0 as many as processors.
 * NULL with a reason when the client cannot be run. Free with g_ptr_array_unref.
 */
GPtrArray *nap_verdicts(
	const struct nap_scenario *sc, bool whole, uint64_t seed, uint32_t threads, GError **error);

/* The text of a scenario of nothing but the middlebox of a profile. Free with g_free. */
char *nap_verdicts_scenario(const char *profile);

#endif
