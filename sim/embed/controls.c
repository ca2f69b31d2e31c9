/* SPDX-License-Identifier: BSD-2-Clause */
#include "embed/controls.h"

#include <math.h>
#include <string.h>

#include "io/effective.h"
#include "io/json.h"
#include "report/said_value.h"
#include "report/schema_json.h"
#include "report/swept_number.h"
#include "text/quantity.h"

/* What people ask about first; of each middlebox also the profile and the timers that end an idle flow. */
static const char *const first_moved[] = { "client.policy", "client.interval", "radio.profile", "server.push",
	"path.loss" };
static const char *const idle_of_tcp[] = { "profile", "tcp-established", NULL };
static const char *const idle_of_udp[] = { "profile", "udp", "udp-stream", NULL };

/* What they look at first. */
static const char *const headline[] = { "average_power_mw", "battery_percent_per_day", "energy_j",
	"reachable_fraction", "push_delay_p95_s", "keepalives_sent", "bindings_expired", "radio_promotions" };

#define PERIODIC "periodic "

/* ---- numbers and the text around them ------------------------------------------------------------------------------------ */

/* A value as one number that can be moved: head, number, tail. */
struct moved {
	double number, low, high;
	const char *tail; /* the unit as written */
	char head[16];    /* "poisson " */
};

/* Units of nap_swept_number, as a scenario writes them; a share in percent. */
static const struct {
	const char *unit, *tail;
	double times, span; /* where the value is 0 it can be moved so far */
} writings[] = { { "s", "s", 1.0, 600.0 }, { "per_h", "/h", 1.0, 60.0 }, { "fraction", "%", 100.0, 20.0 },
	{ "mw", "mW", 1.0, 1000.0 }, { "ma", "mA", 1.0, 300.0 }, { "v", "V", 1.0, 5.0 },
	{ "mah", "mAh", 1.0, 5000.0 }, { "mj", "mJ", 1.0, 1000.0 }, { "bytes", "B", 1.0, 1500.0 },
	{ "bps", "bit/s", 1.0, 1e6 }, { "hz", "Hz", 1.0, 2e7 } };

/* The number of a text and its writing; false: it is no single number. */
static bool number_of(const char *name, const struct nap_param *row, const char *text, struct moved *m,
	double *times, double *span)
{
	const char *unit = NULL;
	uint64_t count;
	nap_time gap;

	*times = 1.0;
	if (row->type == NAP_P_UINT && nap_count_parse(text, UINT32_MAX, &count, NULL)) {
		m->number = (double)count;
		m->tail = "";
		*span = 10.0;
		return true;
	}
	if (row->type == NAP_P_ARRIVALS && g_str_has_prefix(text, PERIODIC)) { /* its gap, a time */
		if (!nap_time_parse(text + strlen(PERIODIC), &gap, NULL) || gap == NAP_NEVER)
			return false;
		m->number = nap_time_seconds(gap);
		m->tail = "s";
		*span = 600.0;
		return true;
	}
	m->number = nap_swept_number(name, text, &unit);
	for (size_t i = 0; unit && i < G_N_ELEMENTS(writings); i++)
		if (strcmp(writings[i].unit, unit) == 0) {
			m->tail = writings[i].tail;
			*times = writings[i].times;
			*span = writings[i].span;
			m->number *= *times;
			return isfinite(m->number);
		}
	return false;
}

/* Arrivals keep the word that says which: poisson, periodic. False: they are none of these. */
static bool head_of(const struct nap_param *row, const char *text, struct moved *m)
{
	size_t word = strcspn(text, " ");

	if (row->type != NAP_P_ARRIVALS)
		return true;
	if (strcmp(text, "none") == 0)
		text = "poisson ";
	else if (!text[word] || strchr(text + word + 1, ' ') || word + 2 > sizeof m->head)
		return false;
	g_strlcpy(m->head, text, MIN(sizeof m->head, strcspn(text, " ") + 2));
	return true;
}

/* Ends of what is swept; else twentyfold both ways, within the key's own bounds. */
static void bound(const struct nap_study *s, const char *name, const struct nap_param *row, double span,
	struct moved *m)
{
	struct moved end = { 0 };
	double times, other;

	m->low = m->number > 0.0 ? m->number / 20.0 : 0.0;
	m->high = m->number > 0.0 ? m->number * 20.0 : span;
	for (size_t a = 0; a < s->sweep->n_axes; a++)
		for (size_t k = 0; strcmp(s->sweep->axis[a].name, name) == 0 && k < s->sweep->axis[a].n; k++)
			if (number_of(name, row, s->sweep->axis[a].value[k], &end, &times, &other)) {
				m->low = k ? fmin(m->low, end.number) : end.number;
				m->high = k ? fmax(m->high, end.number) : end.number;
			}
	if (strcmp(m->tail, "%") == 0)
		m->high = fmin(m->high, 100.0);
	if (row->min && number_of(name, row, row->min, &end, &times, &other))
		m->low = fmax(m->low, end.number);
	if (row->max && number_of(name, row, row->max, &end, &times, &other))
		m->high = fmin(m->high, end.number);
}

static void put_moved(JsonBuilder *b, const struct nap_study *s, const char *name,
	const struct nap_param *row, const char *text)
{
	struct moved m = { 0 };
	double times, span;

	if (!head_of(row, text, &m))
		return;
	if (row->type == NAP_P_ARRIVALS && strcmp(text, "none") == 0)
		m = (struct moved){ .tail = "/h", .head = "poisson " }, span = 60.0;
	else if (!number_of(name, row, text, &m, &times, &span))
		return;
	bound(s, name, row, span, &m);
	if (!(m.low < m.high) || m.number < m.low || m.number > m.high)
		return;
	nap_json_put_text(b, "head", m.head);
	nap_json_put_number(b, "number", m.number);
	nap_json_put_text(b, "tail", m.tail);
	nap_json_put_bool(b, "whole", row->type == NAP_P_UINT);
	nap_json_put_bool(b, "time", strcmp(m.tail, "s") == 0);
	nap_json_put_number(b, "low", m.low);
	nap_json_put_number(b, "high", m.high);
}

/* ---- choices -------------------------------------------------------------------------------------------------------------- */

static void put_words(JsonBuilder *b, const char *member, const char *const *words)
{
	json_builder_set_member_name(b, member);
	json_builder_begin_array(b);
	for (; words && *words; words++)
		json_builder_add_string_value(b, *words);
	json_builder_end_array(b);
}

/* The policies' names; free with g_free. */
static const char **policy_names(void)
{
	GPtrArray *names = g_ptr_array_new();

	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		g_ptr_array_add(names, (char *)(*p)->name);
	g_ptr_array_add(names, NULL);
	return (const char **)(void *)g_ptr_array_free(names, FALSE);
}

static void put_choices(JsonBuilder *b, const char *group, const struct nap_param *row)
{
	static const char *const yes_no[] = { "yes", "no", NULL };
	const struct nap_group_kind *kind = nap_group_kind_of(group);

	if (row->type == NAP_P_WORD) {
		put_words(b, "choices", row->words);
	} else if (row->type == NAP_P_BOOL) {
		put_words(b, "choices", yes_no);
	} else if (kind->choice && strcmp(kind->choice, row->key) == 0) {
		g_auto(GStrv) names = nap_profile_list(kind->profile, NULL);

		put_words(b, "choices", (const char *const *)names);
	} else if (strcmp(row->key, "policy") == 0) {
		g_autofree const char **names = policy_names();

		put_words(b, "choices", names);
	}
}

/* ---- values of a scenario --------------------------------------------------------------------------------------------------- */

static bool is_in(const char *const *words, size_t n, const char *word)
{
	bool found = false;

	for (size_t i = 0; i < n && !found && words[i]; i++)
		found = strcmp(words[i], word) == 0;
	return found;
}

/* Shown before a person asks for more: what is swept, and what people ask about. */
static bool is_first(const struct nap_study *s, const struct nap_effective *e, const char *key)
{
	bool tcp = s->scenario[0]->app.transport == NAP_OVER_TCP;

	return strcmp(e->origin, "sweep") == 0 || is_in(first_moved, G_N_ELEMENTS(first_moved), e->key) ||
	       (g_str_has_prefix(e->key, "middlebox.") && is_in(tcp ? idle_of_tcp : idle_of_udp, 3, key));
}

static void put_value(JsonBuilder *b, const struct nap_study *s, const struct nap_effective *e)
{
	g_autofree char *group = NULL, *key = NULL;
	const struct nap_param *row =
		nap_key_split(e->key, &group, &key, NULL) ? nap_tables_find(group, key) : NULL;

	if (!row)
		return;
	json_builder_begin_object(b);
	nap_json_put_text(b, "key", e->key);
	nap_json_put_text(b, "value", e->value);
	nap_json_put_text(b, "origin", e->origin);
	nap_json_put_text(b, "help", row->help);
	nap_json_put_bool(b, "first", is_first(s, e, key));
	put_moved(b, s, e->key, row, e->value);
	put_choices(b, group, row);
	json_builder_end_object(b);
}

static void put_values(JsonBuilder *b, const struct nap_study *s)
{
	g_autoptr(GHashTable) origins =
		nap_point_origins(s->sweep, s->document, s->overrides, s->n_overrides, 0, NULL);
	g_autoptr(GPtrArray) values = nap_effective_values(
		s->sweep, s->document, s->overrides, s->n_overrides, s->scenario[0], origins);

	json_builder_set_member_name(b, "values");
	json_builder_begin_array(b);
	for (guint i = 0; i < values->len; i++)
		put_value(b, s, values->pdata[i]);
	json_builder_end_array(b);
}

/* What makes of the scenario one subscriber's day: the middle of what is swept, one replication. */
static void put_one_day(JsonBuilder *b, const struct nap_study *s)
{
	json_builder_set_member_name(b, "one_day");
	json_builder_begin_array(b);
	json_builder_add_string_value(b, "scenario.replications=1");
	json_builder_add_string_value(b, "scenario.subscribers=1");
	if (s->scenario[0]->general.duration > 24 * NAP_H)
		json_builder_add_string_value(b, "scenario.duration=1d");
	for (size_t a = 0; a < s->sweep->n_axes; a++) {
		const struct nap_axis *axis = &s->sweep->axis[a];
		g_autofree char *set = g_strdup_printf("%s=%s", axis->name, axis->value[axis->n / 2]);

		json_builder_add_string_value(b, set);
	}
	json_builder_end_array(b);
}

/* ---- what numbers are said in ------------------------------------------------------------------------------------------------ */

/* A column's name in words and its units, the largest first: from `least` on, `one` of them in the unit of the name. */
static void put_said(JsonBuilder *b, const char *column)
{
	const struct nap_said_step *step = nap_said_steps(column);
	g_autofree char *words = nap_said_name(column);

	nap_json_put_text(b, "name", column);
	nap_json_put_text(b, "words", words);
	json_builder_set_member_name(b, "units");
	json_builder_begin_array(b);
	for (; step && step->unit; step++) {
		json_builder_begin_object(b);
		nap_json_put_text(b, "unit", step->unit);
		nap_json_put_number(b, "one", step->one);
		nap_json_put_number(b, "least", step->least);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* Units of times, the largest first, for those that are told in several: 2 h 4 min. */
static void put_times(JsonBuilder *b)
{
	const char *unit;
	double seconds;

	json_builder_set_member_name(b, "times");
	json_builder_begin_array(b);
	for (size_t i = 0; (unit = nap_time_unit(i, &seconds)) && seconds >= 1.0; i++) {
		json_builder_begin_object(b);
		nap_json_put_text(b, "unit", unit);
		nap_json_put_number(b, "seconds", seconds);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* The columns of a timeline that are numbers. */
static void put_timeline(JsonBuilder *b)
{
	static const char *const columns[] = { "time_s", "power_mw" };

	json_builder_set_member_name(b, "timeline");
	json_builder_begin_array(b);
	for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
		json_builder_begin_object(b);
		put_said(b, columns[i]);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* ---- all of it -------------------------------------------------------------------------------------------------------------- */

static void put_metrics(JsonBuilder *b)
{
	json_builder_set_member_name(b, "metrics");
	json_builder_begin_array(b);
	for (size_t i = 0; i < G_N_ELEMENTS(headline); i++)
		for (const struct nap_metric *m = nap_metrics; m->name; m++)
			if (strcmp(m->name, headline[i]) == 0) {
				json_builder_begin_object(b);
				put_said(b, m->name);
				nap_json_put_text(b, "help", m->help);
				nap_json_put_bool(b, "share", m->kind == NAP_METRIC_SHARE);
				json_builder_end_object(b);
			}
	json_builder_end_array(b);
}

static void put_names(JsonBuilder *b)
{
	g_autofree const char **policies = policy_names();

	put_words(b, "policies", policies);
	json_builder_set_member_name(b, "profiles");
	json_builder_begin_object(b);
	for (int k = 0; k < NAP_PROFILE_KINDS; k++) {
		g_auto(GStrv) names = nap_profile_list((enum nap_profile_kind)k, NULL);

		put_words(b, nap_profile_kinds[k], (const char *const *)names);
	}
	json_builder_end_object(b);
}

JsonNode *nap_schema_json(const struct nap_study *s)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree struct nap_table *all = nap_tables_new();

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-schema/1");
	nap_json_put_text(b, "program", "natnap " NATNAP_VERSION);
	json_builder_set_member_name(b, "keys");
	json_builder_begin_array(b);
	for (const struct nap_table *t = all; t->group; t++)
		for (const struct nap_param *row = t->rows; row->key; row++)
			nap_schema_json_row(b, t, row);
	json_builder_end_array(b);
	put_names(b);
	put_metrics(b);
	put_timeline(b);
	put_times(b);
	if (s) {
		nap_json_put_text(b, "title", s->scenario[0]->general.title);
		put_one_day(b, s);
		put_values(b, s);
	}
	json_builder_end_object(b);
	return json_builder_get_root(b);
}
