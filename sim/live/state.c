/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/state.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "text/input_error.h"
#include "io/outfile.h"
#include "io/textfile.h"

#define SCHEMA        "natnap-probe-state/1"
#define MOST_BYTES    (4u << 20)        /* all tests, each with the longest of texts, take a tenth of it */
#define LONGEST       (36500 * NAP_DAY) /* no time is longer, and sums of such are times */
#define MOST_BRACKETS 4096              /* a finding has one pair, and some addresses within its text */

/* One table for both directions: the fields of a finding by name. */
enum field_type { WHOLE32, WHOLE64, TIME, REAL, TRUTH, TEXT };

static const struct field {
	const char *name;
	enum field_type type;
	size_t offset, size; /* TEXT: of its array */
} fields[] = {
#define FIELD(name, type, member)                                                                            \
	{                                                                                                    \
		name, type, offsetof(struct nap_finding, member), sizeof(((struct nap_finding *)0)->member)  \
	}
	FIELD("alive_ns", TIME, bracket.alive),
	FIELD("dead_ns", TIME, bracket.dead),
	FIELD("bindings", WHOLE64, bindings),
	FIELD("answer", TEXT, word),
	FIELD("detail", TEXT, detail),
	FIELD("after_server", TEXT, after_server),
	FIELD("after_client", TEXT, after_client),
	FIELD("hops", WHOLE32, hops),
	FIELD("rst_hop", WHOLE32, rst_hop),
	FIELD("server_answer_hop", WHOLE32, server_answer_hop),
	FIELD("client_answer_hop", WHOLE32, client_answer_hop),
	FIELD("least_ttl", WHOLE32, least_ttl),
	FIELD("recreated", TRUTH, recreated),
	FIELD("error", REAL, error),
	FIELD("trials", WHOLE32, trials),
	FIELD("silences", WHOLE32, silences),
	FIELD("voids", WHOLE32, voids),
	FIELD("contradictions", WHOLE32, contradictions),
	FIELD("repeats", WHOLE32, repeats),
	FIELD("elapsed_ns", TIME, elapsed),
#undef FIELD
};

static void write_field(JsonBuilder *b, const struct field *f, const void *at)
{
	json_builder_set_member_name(b, f->name);
	switch (f->type) {
	case WHOLE32:
		json_builder_add_int_value(b, *(const uint32_t *)at);
		break;
	case WHOLE64:
		json_builder_add_int_value(b, (gint64) * (const uint64_t *)at);
		break;
	case TIME:
		if (*(const nap_time *)at == NAP_NEVER)
			json_builder_add_null_value(b);
		else
			json_builder_add_int_value(b, *(const nap_time *)at);
		break;
	case REAL:
		json_builder_add_double_value(b, *(const double *)at);
		break;
	case TRUTH:
		json_builder_add_boolean_value(b, *(const bool *)at);
		break;
	case TEXT:
		json_builder_add_string_value(b, at);
		break;
	}
}

static void write_finding(JsonBuilder *b, const struct nap_finding *f)
{
	json_builder_begin_object(b);
	json_builder_set_member_name(b, "test");
	json_builder_add_string_value(b, f->test->name);
	json_builder_set_member_name(b, "port");
	json_builder_add_int_value(b, f->port);
	json_builder_set_member_name(b, "state");
	json_builder_add_int_value(b, f->state);
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
		write_field(b, &fields[i], (const char *)f + fields[i].offset);
	json_builder_end_object(b);
}

bool nap_state_save(const char *path, const char *origin, const struct nap_discovery *d, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autoptr(JsonGenerator) generator = json_generator_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *text = NULL;
	gsize n;

	json_builder_begin_object(b);
	json_builder_set_member_name(b, "schema");
	json_builder_add_string_value(b, SCHEMA);
	json_builder_set_member_name(b, "origin");
	json_builder_add_string_value(b, origin);
	json_builder_set_member_name(b, "findings");
	json_builder_begin_array(b);
	for (uint32_t i = 0; i < nap_discovery_count(d); i++)
		write_finding(b, nap_discovery_finding(d, i));
	json_builder_end_array(b);
	json_builder_end_object(b);
	root = json_builder_get_root(b);
	json_generator_set_root(generator, root);
	json_generator_set_pretty(generator, TRUE);
	text = json_generator_to_data(generator, &n);
	return nap_write_file(path, text, n, error);
}

static bool whole(JsonNode *n, gint64 most, gint64 *out)
{
	if (!JSON_NODE_HOLDS_VALUE(n) || json_node_get_value_type(n) != G_TYPE_INT64)
		return false;
	*out = json_node_get_int(n);
	return *out >= 0 && *out <= most;
}

/* Texts go to terminals and into profiles: they are one line of characters that can be seen. */
static bool printable(const char *text)
{
	for (; *text; text = g_utf8_next_char(text))
		if (g_unichar_iscntrl(g_utf8_get_char(text)))
			return false;
	return true;
}

static const char *text_of(JsonNode *n)
{
	return n && JSON_NODE_HOLDS_VALUE(n) && json_node_get_value_type(n) == G_TYPE_STRING
		       ? json_node_get_string(n)
		       : NULL;
}

/* The text of a member; NULL when it has none. */
static const char *member_text(JsonObject *o, const char *name)
{
	return text_of(json_object_get_member(o, name));
}

static bool read_text(JsonNode *n, char *out, size_t size)
{
	const char *text = text_of(n);

	return text && g_utf8_validate(text, -1, NULL) && printable(text) &&
	       g_strlcpy(out, text, size) < size;
}

static bool read_field(const struct field *f, JsonNode *n, void *at)
{
	gint64 v;
	GType type = n && JSON_NODE_HOLDS_VALUE(n) ? json_node_get_value_type(n) : G_TYPE_INVALID;

	if (!n)
		return false;
	switch (f->type) {
	case WHOLE32:
		return whole(n, UINT32_MAX, &v) && (*(uint32_t *)at = (uint32_t)v, true);
	case WHOLE64:
		return whole(n, G_MAXINT64, &v) && (*(uint64_t *)at = (uint64_t)v, true);
	case TIME:
		*(nap_time *)at = NAP_NEVER;
		return JSON_NODE_HOLDS_NULL(n) || whole(n, LONGEST, at);
	case REAL:
		*(double *)at = type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double(n) : -1;
		return *(double *)at >= 0 && *(double *)at <= 1;
	case TRUTH:
		*(bool *)at = type == G_TYPE_BOOLEAN && json_node_get_boolean(n);
		return type == G_TYPE_BOOLEAN;
	case TEXT:
		return read_text(n, at, f->size);
	}
	return false;
}

/* The finding of d that an object speaks of; NULL when it names none, or a field of it is not as it should be. */
static const char *read_finding(
	JsonObject *o, const struct nap_discovery *d, struct nap_finding *out, bool *skip)
{
	char name[64];
	gint64 port, state;
	const struct nap_finding *f;

	if (!json_object_has_member(o, "test") ||
		!read_text(json_object_get_member(o, "test"), name, sizeof(name)))
		return "test";
	if (!json_object_has_member(o, "port") || !whole(json_object_get_member(o, "port"), 65535, &port))
		return "port";
	if (!json_object_has_member(o, "state") ||
		!whole(json_object_get_member(o, "state"), NAP_FINDING_UNSURE, &state))
		return "state";
	f = nap_discovery_find(d, name, (uint16_t)port);
	*skip = !f || state == NAP_FINDING_SKIPPED || state == NAP_FINDING_FAILED ||
		state == NAP_FINDING_UNSURE; /* these are tried again */
	if (*skip)
		return NULL;
	*out = *f;
	out->state = (enum nap_finding_state)state;
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
		if (!read_field(&fields[i], json_object_get_member(o, fields[i].name),
			    (char *)out + fields[i].offset))
			return fields[i].name;
	return out->bracket.alive < out->bracket.dead ? NULL : "alive_ns";
}

static bool take_all(const char *path, JsonArray *all, struct nap_discovery *d, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct nap_finding));

	for (guint i = 0; i < json_array_get_length(all); i++) {
		JsonNode *n = json_array_get_element(all, i);
		struct nap_finding f;
		bool skip = false;
		const char *bad = JSON_NODE_HOLDS_OBJECT(n)
					  ? read_finding(json_node_get_object(n), d, &f, &skip)
					  : "findings";

		if (bad)
			return nap_fail(error, "%s: finding %u: %s is missing or out of range", path, i, bad);
		if (!skip)
			g_array_append_val(found, f);
	}
	for (guint i = 0; i < found->len; i++)
		nap_discovery_restore(d, &g_array_index(found, struct nap_finding, i));
	return true;
}

/*
 * The parser calls itself for every bracket within another and knows no limit: a file of nothing but brackets would
 * exhaust the stack. So they are counted first, wherever they stand: what a string or comment is, only the parser knows.
 */
static bool few_brackets(const char *text, size_t n)
{
	uint32_t brackets = 0;

	for (size_t i = 0; i < n; i++)
		brackets += text[i] == '[' || text[i] == '{';
	return brackets <= MOST_BRACKETS;
}

/* One object and nothing beside it: of several values the parser takes the last, and leaks the others. */
static bool one_object(const char *text)
{
	bool quoted = false;
	int depth = 0;

	text += strspn(text, " \t\r\n");
	if (*text != '{')
		return false;
	do {
		if (quoted && *text == '\\' && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted)
			depth += (*text == '{' || *text == '[') - (*text == '}' || *text == ']');
	} while (*text++ && depth > 0);
	return depth > 0 || !text[strspn(text, " \t\r\n")]; /* what is not closed the parser refuses */
}

bool nap_state_load(const char *path, const char *origin, struct nap_discovery *d, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) why = NULL;
	g_autofree char *data = NULL;
	size_t n;
	JsonObject *o;
	JsonNode *root, *findings;
	const char *of;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	data = nap_read_text(path, MOST_BYTES, &n, error);
	if (!data)
		return false;
	if (!few_brackets(data, n))
		return nap_fail(error, "%s: too many brackets for a probe's state", path);
	if (!one_object(data))
		return nap_fail(error, "%s: a probe's state is one JSON object", path);
	if (!json_parser_load_from_data(parser, data, (gssize)n, &why))
		return nap_fail(error, "%s: %s", path, why->message);
	root = json_parser_get_root(parser);
	o = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	if (!o || g_strcmp0(member_text(o, "schema"), SCHEMA) != 0)
		return nap_fail(error, "%s: this is no state of a probe (schema %s)", path, SCHEMA);
	of = member_text(o, "origin");
	if (g_strcmp0(of, origin) != 0) {
		g_autofree char *shown = nap_shown(of ? of : "");

		return nap_fail(
			error, "%s: this is the state of another probe, %s, not of %s", path, shown, origin);
	}
	findings = json_object_get_member(o, "findings");
	if (!findings || !JSON_NODE_HOLDS_ARRAY(findings))
		return nap_fail(error, "%s: findings are missing", path);
	return take_all(path, json_node_get_array(findings), d, error);
}
