/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of a document that anybody may have written: what is not there, or of another type, is empty. */
#ifndef NAP_REPORT_HTML_JSON_H
#define NAP_REPORT_HTML_JSON_H

#include <json-glib/json-glib.h>

const char *nap_member_text(JsonObject *o, const char *name);   /* "" */
double nap_member_number(JsonObject *o, const char *name);      /* NAN */
JsonArray *nap_member_array(JsonObject *o, const char *name);   /* NULL */
JsonObject *nap_member_object(JsonObject *o, const char *name); /* NULL */
JsonObject *nap_element_object(JsonArray *a, guint i);          /* NULL */
const char *nap_element_text(JsonArray *a, guint i);            /* "" */
guint nap_array_length(JsonArray *a);                           /* 0 for NULL */

/* A member as a reader of the file sees it: a text as it is, a number with all its digits. Free with g_free. */
char *nap_member_shown(JsonObject *o, const char *name);

#endif
