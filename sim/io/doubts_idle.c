/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that were set and that nothing reads, as far as the tables tell: a row's help begins with its condition ("TCP: ",
 * "tls = quic: "); of a key of a middlebox nap_box_reads says which trackers read it, nap_box_unmet beside which other keys.
 */
#include <string.h>

#include "io/doubts_inside.h"
#include "io/values.h"
#include "text/groups.h"
#include "text/schema.h"

/* "client" of client.interval, "middlebox home" of middlebox.home.udp, with the key's row; NULL: no such key. */
static const struct nap_param *row_of(const char *name, char **group)
{
	g_autofree char *key = NULL;

	if (!nap_key_split(name, group, &key, NULL))
		return NULL;
	return nap_tables_find(*group, key);
}

static const struct nap_middlebox *box_of(const struct nap_scenario *sc, const char *group)
{
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (g_str_has_prefix(group, "middlebox ") &&
			strcmp(group + strlen("middlebox "), sc->middlebox[k].name) == 0)
			return &sc->middlebox[k];
	return NULL;
}

/* ---- "KEY = WORD: ", "UDP: ", "TCP: " at the start --------------------------------------------------------------------------- */

/* The value of another key of the same group as it holds; NULL: there is no such key. */
static char *value_of(GPtrArray *values, const char *group, const char *key)
{
	for (guint i = 0; i < values->len; i++) {
		const struct nap_value *v = values->pdata[i];

		if (strcmp(v->group, group) == 0 && strcmp(v->key, key) == 0)
			return g_strdup(v->text);
	}
	return NULL;
}

/* Does the help begin with a condition that does not hold? Then *why has it. */
static bool misses_condition(
	const struct nap_scenario *sc, GPtrArray *values, const char *group, const char *help, char **why)
{
	const char *colon = strstr(help, ": ");
	g_autofree char *head = colon ? g_strndup(help, (size_t)(colon - help)) : NULL, *has = NULL;
	g_auto(GStrv) sides = NULL;
	bool over_tcp = sc->app.transport == NAP_OVER_TCP;

	if (!head)
		return false;
	if (strcmp(head, "TCP") == 0 || strcmp(head, "UDP") == 0 || g_str_has_prefix(head, "UDP, ")) {
		*why = g_strdup_printf("the client speaks %s", over_tcp ? "TCP" : "UDP");
		return (head[0] == 'T') != over_tcp;
	}
	sides = g_strsplit(head, " = ", 2);
	if (g_strv_length(sides) != 2 || strchr(sides[0], ' '))
		return false;
	has = value_of(values, group, sides[0]);
	if (has)
		*why = g_strdup_printf("%s is %s", sides[0], has);
	if (has && g_str_has_suffix(sides[1], " N")) /* "ports = block N" */
		return strncmp(has, sides[1], strlen(sides[1]) - 1) != 0;
	return has && strcmp(has, sides[1]) != 0;
}

/* ---- middleboxes -------------------------------------------------------------------------------------------------------------- */

/* A key that the box never reads: true, and *why has the key that its tracker reads in its place, or the one that stands against it. */
static bool box_never_reads(const struct nap_doubt_case *c, const struct nap_middlebox *m, const char *group,
	const struct nap_param *row, char **why)
{
	const struct nap_param *tracker = nap_row_find(nap_box_params, "tracker");
	const char *word = tracker->words[m->box.tracker], *instead;
	const struct nap_box_need *unmet = nap_box_unmet(&m->box, row->key);

	if (nap_box_reads(row->key, m->box.tracker, &instead)) {
		g_autoptr(GPtrArray) values = unmet ? nap_scenario_values(c->sc) : NULL;
		g_autofree char *has = unmet ? value_of(values, group, unmet->other) : NULL;

		if (unmet)
			*why = g_strdup_printf("%s is %s", unmet->other, has && *has ? has : "empty");
		return unmet;
	}
	*why = instead ? g_strdup_printf("tracker is %s, which reads %s", word, instead)
		       : g_strdup_printf("tracker is %s", word);
	return true;
}

static bool box_ignores(const struct nap_scenario *sc, const struct nap_param *row, char **why)
{
	bool over_tcp = sc->app.transport == NAP_OVER_TCP;

	if ((g_str_has_prefix(row->key, "tcp-") && !over_tcp) ||
		(g_str_has_prefix(row->key, "udp") && over_tcp)) {
		*why = g_strdup_printf("the client speaks %s", over_tcp ? "TCP" : "UDP");
		return true;
	}
	return false;
}

/* ---- all ---------------------------------------------------------------------------------------------------------------------- */

void nap_doubt_say_idle(const struct nap_doubt_case *c, const char *name, const char *why)
{
	const struct nap_origin *o = g_hash_table_lookup(c->origins, name);
	g_autofree char *about = g_strconcat("idle ", name, NULL);

	nap_doubt_say(c, about, "%s: %s has no effect here: %s", o->where, name, why);
}

static void look_at(const struct nap_doubt_case *c, GPtrArray *values, const char *name)
{
	g_autofree char *group = NULL, *unread = NULL, *why = NULL;
	const struct nap_param *row = row_of(name, &group);
	const struct nap_middlebox *m = row ? box_of(c->sc, group) : NULL;

	if (!row || (m && box_never_reads(c, m, group, row, &unread)))
		return; /* the latter nap_doubt_unread says */
	if ((m && box_ignores(c->sc, row, &why)) || misses_condition(c->sc, values, group, row->help, &why))
		nap_doubt_say_idle(c, name, why);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the keys that the scenario itself has set, in order. Free with g_ptr_array_unref. */
static GPtrArray *own_names(const struct nap_doubt_case *c)
{
	GPtrArray *names = g_ptr_array_new();
	GHashTableIter i;
	void *name;

	g_hash_table_iter_init(&i, c->origins);
	while (g_hash_table_iter_next(&i, &name, NULL))
		if (nap_doubt_is_own(c, name))
			g_ptr_array_add(names, name);
	g_ptr_array_sort(names, by_name);
	return names;
}

void nap_doubt_unread(struct nap_doubt_case *c)
{
	g_autoptr(GPtrArray) names = own_names(c);

	for (guint k = 0; k < names->len; k++) {
		g_autofree char *group = NULL, *why = NULL;
		const struct nap_param *row = row_of(names->pdata[k], &group);
		const struct nap_middlebox *m = row ? box_of(c->sc, group) : NULL;

		if (m && box_never_reads(c, m, group, row, &why))
			nap_doubt_say_idle(c, names->pdata[k], why);
	}
}

void nap_doubt_idle(struct nap_doubt_case *c)
{
	g_autoptr(GPtrArray) values = nap_scenario_values(c->sc), names = own_names(c);

	for (guint k = 0; k < names->len; k++)
		look_at(c, values, names->pdata[k]);
}
