/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/json.h"

#include <math.h>

void nap_json_put_text(JsonBuilder *b, const char *name, const char *text)
{
	json_builder_set_member_name(b, name);
	if (text)
		json_builder_add_string_value(b, text);
	else
		json_builder_add_null_value(b);
}

void nap_json_put_number(JsonBuilder *b, const char *name, double v)
{
	json_builder_set_member_name(b, name);
	if (isfinite(v))
		json_builder_add_double_value(b, v);
	else
		json_builder_add_null_value(b);
}

void nap_json_put_int(JsonBuilder *b, const char *name, int64_t v)
{
	json_builder_set_member_name(b, name);
	json_builder_add_int_value(b, v);
}

void nap_json_put_bool(JsonBuilder *b, const char *name, bool v)
{
	json_builder_set_member_name(b, name);
	json_builder_add_boolean_value(b, v);
}

void nap_json_put_count(JsonBuilder *b, const char *name, uint64_t v)
{
	nap_json_put_int(b, name, (int64_t)v);
}

void nap_json_put_time(JsonBuilder *b, const char *name, nap_time t)
{
	nap_json_put_number(b, name, t == NAP_NEVER ? (double)NAN : nap_time_seconds(t));
}

static char *text_of(JsonNode *node)
{
	g_autoptr(JsonGenerator) g = json_generator_new();

	json_generator_set_pretty(g, TRUE);
	json_generator_set_root(g, node);
	return json_generator_to_data(g, NULL);
}

char *nap_json_built(JsonBuilder *b)
{
	g_autoptr(JsonNode) root = json_builder_get_root(b);

	return text_of(root);
}

char *nap_json_text(JsonNode *node)
{
	g_autofree char *text = text_of(node);

	json_node_unref(node);
	return g_strconcat(text, "\n", NULL);
}
