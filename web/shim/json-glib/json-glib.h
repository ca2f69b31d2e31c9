/* SPDX-License-Identifier: BSD-2-Clause */
/* As much of json-glib as documents are written with: the builder puts the indented text down at once. */
#ifndef NAP_SHIM_JSON_GLIB_H
#define NAP_SHIM_JSON_GLIB_H

#include <glib.h>

typedef struct nap_shim_builder JsonBuilder;
typedef struct {
	char *text;
} JsonNode;
typedef struct {
	JsonNode *root;
} JsonGenerator;
typedef void JsonObject;

JsonBuilder *json_builder_new(void);
void json_builder_free(JsonBuilder *b);
void json_builder_begin_object(JsonBuilder *b);
void json_builder_end_object(JsonBuilder *b);
void json_builder_begin_array(JsonBuilder *b);
void json_builder_end_array(JsonBuilder *b);
void json_builder_set_member_name(JsonBuilder *b, const char *name);
void json_builder_add_string_value(JsonBuilder *b, const char *s);
void json_builder_add_double_value(JsonBuilder *b, double v);
void json_builder_add_int_value(JsonBuilder *b, gint64 v);
void json_builder_add_boolean_value(JsonBuilder *b, gboolean v);
void json_builder_add_null_value(JsonBuilder *b);
JsonNode *json_builder_get_root(JsonBuilder *b);
void json_node_unref(JsonNode *n);
JsonGenerator *json_generator_new(void);
char *json_generator_to_data(JsonGenerator *g, gsize *n);
#define json_generator_set_pretty(g, yes)                ((void)(g))
#define json_generator_set_root(g, node)                 ((g)->root = (node))
#define JSON_NODE_HOLDS_OBJECT(n)                        0
#define json_node_get_object(n)                          NULL
#define json_object_get_int_member_with_default(o, n, d) ((void)(o), (d))
NAP_SHIM_AUTO(JsonBuilder, json_builder_free)
NAP_SHIM_AUTO(JsonNode, json_node_unref)
NAP_SHIM_AUTO(JsonGenerator, free)

#endif
