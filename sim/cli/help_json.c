/* SPDX-License-Identifier: BSD-2-Clause */
/* Help as JSON, for editors and form builders. */
#include "cli/help_text.h"
#include "io/json.h"

/* A member only where there is one. */
static void add_string(JsonBuilder *b, const char *name, const char *text)
{
	if (text)
		nap_json_put_text(b, name, text);
}

void nap_help_json_begin(JsonBuilder *b)
{
	json_builder_begin_object(b);
	add_string(b, "schema", "natnap-help/1");
	json_builder_set_member_name(b, "keys");
	json_builder_begin_array(b);
}

void nap_help_json_terms(JsonBuilder *b)
{
	json_builder_end_array(b);
	json_builder_set_member_name(b, "terms");
	json_builder_begin_array(b);
}

void nap_help_json_term(JsonBuilder *b, const struct nap_term *term)
{
	json_builder_begin_object(b);
	add_string(b, "term", term->name);
	add_string(b, "other", term->other);
	add_string(b, "help", term->text);
	add_string(b, "see", term->see);
	json_builder_end_object(b);
}

char *nap_help_json_end(JsonBuilder *b)
{

	json_builder_end_array(b);
	json_builder_end_object(b);
	return nap_json_built(b);
}
