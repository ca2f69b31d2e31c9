/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/schema_json.h"

#include "io/json.h"
#include "text/quantity.h"

/* A member only where there is one. */
static void add_string(JsonBuilder *b, const char *name, const char *text)
{
	if (text)
		nap_json_put_text(b, name, text);
}

void nap_schema_json_row(JsonBuilder *b, const struct nap_table *table, const struct nap_param *row)
{
	json_builder_begin_object(b);
	add_string(b, "group", table->group);
	add_string(b, "key", row->key);
	add_string(b, "policy", table->policy ? table->policy->name : NULL);
	add_string(b, "type", row->words ? "one of the words" : nap_type_name(row->type));
	if (*nap_type_units(row->type))
		add_string(b, "units", nap_type_units(row->type));
	json_builder_set_member_name(b, "required");
	json_builder_add_boolean_value(b, row->def == NULL);
	add_string(b, "default", row->def);
	add_string(b, "min", row->min);
	add_string(b, "max", row->max);
	if (row->words) {
		json_builder_set_member_name(b, "words");
		json_builder_begin_array(b);
		for (const char *const *word = row->words; *word; word++)
			json_builder_add_string_value(b, *word);
		json_builder_end_array(b);
	}
	add_string(b, "help", row->help);
	json_builder_end_object(b);
}
