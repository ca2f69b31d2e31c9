/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON documents as all commands print them: members one after another, and null for what is not known or not finite. */
#ifndef NAP_IO_JSON_H
#define NAP_IO_JSON_H

#include <stdbool.h>

#include <json-glib/json-glib.h>

#include "kernel/time.h"

void nap_json_put_text(JsonBuilder *b, const char *name, const char *text); /* NULL: null */
void nap_json_put_number(JsonBuilder *b, const char *name, double v);
void nap_json_put_int(JsonBuilder *b, const char *name, int64_t v);
void nap_json_put_bool(JsonBuilder *b, const char *name, bool v);
void nap_json_put_count(JsonBuilder *b, const char *name, uint64_t v);
void nap_json_put_time(JsonBuilder *b, const char *name, nap_time t); /* in seconds; never: null */

/* What was built as an indented text, without a line's end; free with g_free. */
char *nap_json_built(JsonBuilder *b);

/* A document's text, indented, with a line's end; free with g_free. Takes node. */
char *nap_json_text(JsonNode *node);

#endif
