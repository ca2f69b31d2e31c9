/* SPDX-License-Identifier: BSD-2-Clause */
/* What natnap show tells of a scenario, for people and as natnap-show/1. */
#ifndef NAP_REPORT_SHOW_REPORT_H
#define NAP_REPORT_SHOW_REPORT_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "io/effective.h"
#include "parallel/forecast.h"

struct nap_shown_scenario {
	const char *path;
	const struct nap_scenario *scenario; /* of the point shown */
	const struct nap_plan *plan;         /* the same point's */
	const struct nap_sweep *sweep;
	size_t point;              /* from 0 */
	const GPtrArray *values;   /* struct nap_effective */
	const GPtrArray *warnings; /* texts */
	struct nap_forecast forecast;
};

/* all: defaults too. Free with g_string_free. */
GString *nap_show_text(const struct nap_shown_scenario *s, bool all);
JsonNode *nap_show_json(const struct nap_shown_scenario *s);

#endif
