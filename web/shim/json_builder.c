/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents as json-glib's generator prints them, indented. */
#include <json-glib/json-glib.h>

#define DEPTH 32

struct nap_shim_builder {
	GString *text;
	guint depth;
	bool any[DEPTH]; /* has something in it */
	bool named;      /* the next value has a name before it */
};

JsonBuilder *json_builder_new(void)
{
	JsonBuilder *b = g_new0(JsonBuilder, 1);

	b->text = g_string_new(NULL);
	return b;
}

void json_builder_free(JsonBuilder *b)
{
	g_string_free(b->text, TRUE);
	free(b);
}

static void line(JsonBuilder *b)
{
	g_string_append_c(b->text, '\n');
	for (guint i = 0; i < b->depth; i++)
		g_string_append(b->text, "  ");
}

/* Before a value, or a name. */
static void next(JsonBuilder *b)
{
	if (b->named || b->depth == 0) {
		b->named = false;
		return;
	}
	if (b->any[b->depth])
		g_string_append_c(b->text, ',');
	b->any[b->depth] = true;
	line(b);
}

static void begin(JsonBuilder *b, char c)
{
	next(b);
	g_string_append_c(b->text, c);
	g_assert(b->depth + 1 < DEPTH);
	b->any[++b->depth] = false;
}

static void end(JsonBuilder *b, char c)
{
	bool any = b->any[b->depth--];

	if (any)
		line(b);
	for (guint i = 0; !any && c == '}' && i < b->depth;
		i++) /* json-glib indents the end of an empty object, too */
		g_string_append(b->text, "  ");
	g_string_append_c(b->text, c);
}

void json_builder_begin_object(JsonBuilder *b)
{
	begin(b, '{');
}

void json_builder_end_object(JsonBuilder *b)
{
	end(b, '}');
}

void json_builder_begin_array(JsonBuilder *b)
{
	begin(b, '[');
}

void json_builder_end_array(JsonBuilder *b)
{
	end(b, ']');
}

/* What JSON writes otherwise than it is. */
static bool special(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

static void quote(GString *to, const char *s)
{
	static const char from[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";

	g_string_append_c(to, '"');
	for (const char *plain = s;; plain = ++s) {
		const char *at;

		while (!special(*s))
			s++;
		g_string_append_len(to, plain, s - plain);
		if (!*s)
			break;
		at = strchr(from, *s);
		if (at) {
			g_string_append_c(to, '\\');
			g_string_append_c(to, letters[at - from]);
		} else {
			g_string_append_printf(to, "\\u%04x", (unsigned)*s);
		}
	}
	g_string_append_c(to, '"');
}

void json_builder_set_member_name(JsonBuilder *b, const char *name)
{
	next(b);
	quote(b->text, name);
	g_string_append(b->text, " : ");
	b->named = true;
}

void json_builder_add_string_value(JsonBuilder *b, const char *s)
{
	next(b);
	quote(b->text, s);
}

void json_builder_add_double_value(JsonBuilder *b, double v)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	next(b);
	snprintf(number, sizeof number, "%.17g", v);
	g_string_append(b->text, number);
	if (!strpbrk(number, ".eE"))
		g_string_append(b->text, ".0");
}

void json_builder_add_int_value(JsonBuilder *b, gint64 v)
{
	next(b);
	g_string_append_printf(b->text, "%" G_GINT64_FORMAT, v);
}

void json_builder_add_boolean_value(JsonBuilder *b, gboolean v)
{
	next(b);
	g_string_append(b->text, v ? "true" : "false");
}

void json_builder_add_null_value(JsonBuilder *b)
{
	next(b);
	g_string_append(b->text, "null");
}

JsonNode *json_builder_get_root(JsonBuilder *b)
{
	JsonNode *n = g_new(JsonNode, 1);

	n->text = g_strdup(b->text->str);
	return n;
}

void json_node_unref(JsonNode *n)
{
	free(n->text);
	free(n);
}

JsonGenerator *json_generator_new(void)
{
	return g_new0(JsonGenerator, 1);
}

char *json_generator_to_data(JsonGenerator *g, gsize *n)
{
	if (n)
		*n = strlen(g->root->text);
	return g_strdup(g->root->text);
}
