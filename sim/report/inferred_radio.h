/* SPDX-License-Identifier: BSD-2-Clause */
/* What natnap infer-radio prints: a table, JSON, and the radio as a profile. */
#ifndef NAP_REPORT_INFERRED_RADIO_H
#define NAP_REPORT_INFERRED_RADIO_H

#include <glib.h>

#include "io/probes.h"
#include "radio/infer.h"

/* All three are new texts; free with g_free. name: the probes' file. */
char *nap_inferred_table(
	const char *name, const struct nap_probe_set *set, const struct nap_inference *found);
char *nap_inferred_profile(const char *name, const struct nap_inference *found);
char *nap_inferred_json(const char *name, const struct nap_probe_set *set, const struct nap_inference *found);

#endif
