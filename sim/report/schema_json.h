/* SPDX-License-Identifier: BSD-2-Clause */
/* A key of the schema as JSON, for editors and form builders. */
#ifndef NAP_REPORT_SCHEMA_JSON_H
#define NAP_REPORT_SCHEMA_JSON_H

#include <json-glib/json-glib.h>

#include "text/groups.h"

/* As an element of an array that stands open: group, key, type, units, bounds, default, words, help. */
void nap_schema_json_row(JsonBuilder *b, const struct nap_table *table, const struct nap_param *row);

#endif
