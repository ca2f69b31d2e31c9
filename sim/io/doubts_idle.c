/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that were set and that nothing reads, as far as the tables tell: a row's help begins with its condition ("TCP: ",
 * "tls = quic: ", "eviction = early-drop: ") or ends in the trackers that read it ("Tracker linux.", "Trackers simple and RFC.").
 */
#include <string.h>

#include "io/doubts_inside.h"
#include "io/values.h"
#include "text/groups.h"

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

/* Is the word of a tracker among "linux and simple"? RFC stands for both of these. */
static bool names_tracker(const char *list, size_t n, const char *tracker)
{
	g_autofree char *own = g_strndup(list, n);

	return strstr(own, tracker) || (g_str_has_prefix(tracker, "rfc") && strstr(own, "RFC"));
}

/* Do the trackers that the help's end names leave this one out? "other than linux" names all but it. */
static bool misses_tracker(const char *help, const char *tracker)
{
	static const char other[] = "other than ";
	const char *last = NULL;

	for (const char *p = help; (p = strstr(p, "Tracker")); p++)
		if (p == help || p[-1] == ' ')
			last = p + strcspn(p, " ") + 1;
	if (!last)
		return false;
	if (g_str_has_prefix(last, other)) {
		last += strlen(other);
		return names_tracker(last, strcspn(last, ".,;"), tracker);
	}
	if (last[strcspn(last, ".,;")] == ',') /* "Tracker linux, like its connlimit, does not count ..." */
		return false;
	return !names_tracker(last, strcspn(last, ".,;"), tracker);
}

static bool box_ignores(const struct nap_scenario *sc, GPtrArray *values, const char *group,
	const struct nap_param *row, char **why)
{
	g_autofree char *tracker = value_of(values, group, "tracker");
	bool over_tcp = sc->app.transport == NAP_OVER_TCP;

	if (tracker && misses_tracker(row->help, tracker)) {
		*why = g_strdup_printf("tracker is %s", tracker);
		return true;
	}
	if ((g_str_has_prefix(row->key, "tcp-") && !over_tcp) ||
		(g_str_has_prefix(row->key, "udp") && over_tcp)) {
		*why = g_strdup_printf("the client speaks %s", over_tcp ? "TCP" : "UDP");
		return true;
	}
	return false;
}

/* ---- all ---------------------------------------------------------------------------------------------------------------------- */

static void look_at(const struct nap_doubt_case *c, GPtrArray *values, const char *name)
{
	g_autofree char *group = NULL, *why = NULL, *about = g_strconcat("idle ", name, NULL);
	const struct nap_param *row = row_of(name, &group);
	const struct nap_middlebox *m = row ? box_of(c->sc, group) : NULL;
	const struct nap_origin *o = g_hash_table_lookup(c->origins, name);
	bool idle = row && ((m && box_ignores(c->sc, values, group, row, &why)) ||
				   misses_condition(c->sc, values, group, row->help, &why));

	if (idle)
		nap_doubt_say(c, about, "%s: %s has no effect here: %s", o->where, name, why);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void nap_doubt_idle(struct nap_doubt_case *c)
{
	g_autoptr(GPtrArray) values = nap_scenario_values(c->sc), names = g_ptr_array_new();
	GHashTableIter i;
	void *name;

	g_hash_table_iter_init(&i, c->origins);
	while (g_hash_table_iter_next(&i, &name, NULL))
		if (nap_doubt_is_own(c, name))
			g_ptr_array_add(names, name);
	g_ptr_array_sort(names, by_name);
	for (guint k = 0; k < names->len; k++)
		look_at(c, values, names->pdata[k]);
}
