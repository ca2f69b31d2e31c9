/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/html_json.h"

#include <math.h>

#include "text/csv.h"

static JsonNode *member(JsonObject *o, const char *name)
{
	return o ? json_object_get_member(o, name) : NULL;
}

static const char *text_of(JsonNode *n)
{
	return n && JSON_NODE_HOLDS_VALUE(n) && json_node_get_value_type(n) == G_TYPE_STRING
		       ? json_node_get_string(n)
		       : "";
}

const char *nap_member_text(JsonObject *o, const char *name)
{
	return text_of(member(o, name));
}

double nap_member_number(JsonObject *o, const char *name)
{
	JsonNode *n = member(o, name);
	GType type = n && JSON_NODE_HOLDS_VALUE(n) ? json_node_get_value_type(n) : G_TYPE_INVALID;

	return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double(n) : (double)NAN;
}

JsonArray *nap_member_array(JsonObject *o, const char *name)
{
	JsonNode *n = member(o, name);

	return n && JSON_NODE_HOLDS_ARRAY(n) ? json_node_get_array(n) : NULL;
}

JsonObject *nap_member_object(JsonObject *o, const char *name)
{
	JsonNode *n = member(o, name);

	return n && JSON_NODE_HOLDS_OBJECT(n) ? json_node_get_object(n) : NULL;
}

JsonObject *nap_element_object(JsonArray *a, guint i)
{
	JsonNode *n = json_array_get_element(a, i);

	return JSON_NODE_HOLDS_OBJECT(n) ? json_node_get_object(n) : NULL;
}

const char *nap_element_text(JsonArray *a, guint i)
{
	return text_of(json_array_get_element(a, i));
}

guint nap_array_length(JsonArray *a)
{
	return a ? json_array_get_length(a) : 0;
}

char *nap_member_shown(JsonObject *o, const char *name)
{
	double v = nap_member_number(o, name);
	GString *s = g_string_new(NULL);

	if (isnan(v))
		g_string_append(s, nap_member_text(o, name));
	else
		nap_append_number(s, v);
	return g_string_free(s, FALSE);
}
