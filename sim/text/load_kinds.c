/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of subscribers: [mix] gives shares of a key's values, [scenario] population names a table whose columns [population]
 * joins to keys. Each choice sets keys as --set would; a kind is loaded as a scenario of its own.
 */
#include <math.h>
#include <string.h>

#include "text/csv.h"
#include "text/groups.h"
#include "text/input_error.h"
#include "text/load_kinds.h"
#include "text/quantity.h"
#include "text/random_text.h"

#define WEIGHT "weight" /* what a column is joined to that says how much a row counts */

/* One choice of a trait: the keys that it sets, and its share. */
struct choice {
	double weight;
	const struct nap_override *set;
	uint32_t n;
};

struct trait {
	GArray *choices;                 /* struct choice */
	const char *where, *group, *key; /* the row that it is from */
	bool enumerated;
};

/* A key that some trait sets, or WEIGHT without a group, and where that is said. */
struct fed {
	const char *group, *key, *where;
};

struct kinds_loader {
	struct nap_loader *l;
	GArray *traits; /* struct trait */
	GArray *fed;    /* struct fed: no key has two traits */
};

static void clear_trait(void *data)
{
	g_array_unref(((struct trait *)data)->choices);
}

static const struct nap_entry *entry_of(struct nap_loader *l, const char *group, const char *key)
{
	const struct nap_layers both = { (const struct nap_group *const[]){
						 nap_document_group(l->document, group),
						 nap_loader_overrides(l, group) },
		2 };

	return nap_layers_find(&both, key, NULL);
}

/* The rows of a group, const struct nap_entry *: the document's where no override is in its place, then those. */
static GPtrArray *rows_of(struct nap_loader *l, const char *group)
{
	const struct nap_group *own = nap_document_group(l->document, group),
			       *set = nap_loader_overrides(l, group);
	GPtrArray *rows = g_ptr_array_new();

	for (unsigned i = 0; own && i < own->n_entries; i++)
		if (!nap_group_entry(set, own->entry[i].key))
			g_ptr_array_add(rows, (void *)&own->entry[i]);
	for (unsigned i = 0; set && i < set->n_entries; i++)
		g_ptr_array_add(rows, (void *)&set->entry[i]);
	return rows;
}

/* ---- which keys subscribers may differ in ------------------------------------------------------------------------------- */

static const struct nap_middlebox *middlebox_named(const struct nap_scenario *s, const char *group)
{
	for (uint32_t k = 0; k < s->n_middleboxes; k++)
		if (g_str_has_prefix(group, "middlebox ") &&
			strcmp(group + strlen("middlebox "), s->middlebox[k].name) == 0)
			return &s->middlebox[k];
	return NULL;
}

/* Split "middlebox.nat.udp" into what an override has, kept in the arena; false with a reason. */
static bool parse_key(struct nap_loader *l, const char *name, struct nap_override *o, GError **error)
{
	g_autofree char *group = NULL, *key = NULL, *shown = nap_shown(name), *near = NULL;
	const struct nap_middlebox *m;

	if (!nap_key_split(name, &group, &key, error))
		return false;
	if (!nap_tables_find(group, key)) {
		near = nap_tables_near(group, key);
		return nap_fail(error, "there is no key %s in [%s]%s", key, group, near);
	}
	m = middlebox_named(l->scenario, group);
	if (g_str_has_prefix(group, "middlebox") && !m)
		return nap_fail(error, "%s: there is no such middlebox", shown);
	if (m && nap_middlebox_is_shared(m, l->scenario->general.subscribers))
		return nap_fail(error, "%s: all subscribers share this middlebox", shown);
	if (strcmp(group, "scenario") == 0 || strcmp(key, "middleboxes") == 0)
		return nap_fail(error, "%s: is the same for all subscribers", shown);
	o->group = nap_arena_strdup(l->arena, group);
	o->key = nap_arena_strdup(l->arena, key);
	return true;
}

/* One trait alone sets a key, and no sweep sets it for all; --set does, and is meant to. */
static bool claim(
	struct kinds_loader *k, const char *group, const char *key, const char *where, GError **error)
{
	struct fed mine = { group, key, where };

	for (guint i = 0; i < k->fed->len; i++) {
		const struct fed *f = &g_array_index(k->fed, struct fed, i);

		if (strcmp(f->group, group) == 0 && strcmp(f->key, key) == 0)
			return nap_fail(error, "%s is set already, at %s", key, f->where);
	}
	for (size_t i = 0; i < k->l->n_overrides; i++) {
		const struct nap_override *o = &k->l->overrides[i];

		if (strcmp(o->group, group) == 0 && strcmp(o->key, key) == 0 &&
			strcmp(o->where, "--set") != 0)
			return nap_fail(error, "%s is set for all subscribers, at %s", key, o->where);
	}
	g_array_append_val(k->fed, mine);
	return true;
}

static bool claim_key(struct kinds_loader *k, const char *name, const struct nap_entry *row,
	struct nap_override *o, GError **error)
{
	return parse_key(k->l, name, o, error) &&
	       claim(k, o->group, o->key, nap_arena_strdup(k->l->arena, row->where), error);
}

static void add_choice(struct trait *t, double weight, const struct nap_override *set, uint32_t n)
{
	struct choice c = { weight, set, n };

	g_array_append_val(t->choices, c);
}

/* A trait without choices, of a row. */
static struct trait *add_trait(
	struct kinds_loader *k, const char *group, const struct nap_entry *row, bool enumerated)
{
	struct trait t = { g_array_new(FALSE, FALSE, sizeof(struct choice)), row->where, group, row->key,
		enumerated };

	g_array_append_val(k->traits, t);
	return &g_array_index(k->traits, struct trait, k->traits->len - 1);
}

/* ---- [mix] ---------------------------------------------------------------------------------------------------------------- */

/* "linux 60%" */
static bool parse_part(struct nap_loader *l, const char *text, const struct nap_entry *entry,
	const struct nap_override *key, struct trait *t, GError **error)
{
	const char *space = strrchr(text, ' ');
	struct nap_override *o = nap_arena_alloc(l->arena, sizeof *o);
	g_autofree char *value = NULL, *shown = nap_shown(text);
	double share;

	if (!space || !g_str_has_suffix(text, "%"))
		return nap_fail(error, "%s is no value with its share, for instance linux 60%%", shown);
	if (!nap_quantity_parse(NAP_P_SHARE, space + 1, &share, error))
		return false;
	if (share < 0.0)
		return nap_fail(error, "%s: a share is at least 0%%", shown);
	value = g_strstrip(g_strndup(text, (size_t)(space - text)));
	*o = *key;
	o->text = nap_arena_strdup(l->arena, value);
	o->where = nap_arena_strdup(l->arena, entry->where);
	o->dir = entry->dir && entry->dir->path ? nap_arena_strdup(l->arena, entry->dir->path) : NULL;
	if (share > 0.0)
		add_choice(t, share, o, 1);
	return true;
}

static bool parse_mix(struct kinds_loader *k, const struct nap_entry *entry, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(entry->text, ";", -1);
	struct trait *t = add_trait(k, "mix", entry, false);
	struct nap_override key = { 0 };
	double sum = 0.0;

	if (!claim_key(k, entry->key, entry, &key, error))
		return false;
	for (char **part = parts; *part; part++)
		if (*g_strstrip(*part) && !parse_part(k->l, *part, entry, &key, t, error))
			return false;
	for (guint i = 0; i < t->choices->len; i++)
		sum += g_array_index(t->choices, struct choice, i).weight;
	if (fabs(sum - 1.0) > 1e-6) {
		g_autofree char *shown = nap_quantity_format(NAP_P_SHARE, sum);

		return nap_fail(error, "the shares make %s, not 100%%", shown);
	}
	return true;
}

static bool load_mix(struct kinds_loader *k, GError **error)
{
	g_autoptr(GPtrArray) rows = rows_of(k->l, "mix");

	for (guint i = 0; i < rows->len; i++) {
		const struct nap_entry *entry = rows->pdata[i];
		g_autoptr(GError) why = NULL;

		if (!parse_mix(k, entry, &why))
			return nap_fail_key(error, entry->where, "mix", entry->key, "%s", why->message);
	}
	return true;
}

/* ---- a table ---------------------------------------------------------------------------------------------------------------- */

/* A column and the keys that it feeds. */
struct feed {
	int column;
	bool weighs;
	const char *name, *unit; /* of bare numbers in it */
	struct nap_override *key;
	uint32_t n;
};

/* "udp = middlebox.nat.udp; middlebox.nat.udp-stream" */
static bool parse_feed(struct kinds_loader *k, const struct nap_csv *csv, const struct nap_entry *entry,
	struct feed *f, GError **error)
{
	g_auto(GStrv) names = g_strsplit(entry->text, ";", -1);
	struct nap_arena *arena = k->l->arena;

	*f = (struct feed){ .column = nap_csv_column(csv, entry->key, error),
		.name = nap_arena_strdup(arena, entry->key),
		.unit = nap_header_unit(entry->key),
		.weighs = strcmp(entry->text, WEIGHT) == 0 };
	f->key = nap_arena_alloc(arena, g_strv_length(names) * sizeof *f->key);
	if (f->column < 0)
		return false;
	if (f->weighs)
		return claim(k, "", WEIGHT, nap_arena_strdup(arena, entry->where), error);
	for (char **name = names; *name; name++)
		if (*g_strstrip(*name) && !claim_key(k, *name, entry, &f->key[f->n++], error))
			return false;
	return f->n > 0 || nap_fail(error, "feeds no key: write GROUP.KEY, or " WEIGHT);
}

/* What one row sets. */
static bool read_row(struct nap_loader *l, const struct nap_csv *csv, const struct nap_csv_row *row,
	const GArray *feeds, struct trait *t, GError **error)
{
	struct nap_override *set;
	double weight = 1.0;
	uint32_t n = 0;

	for (guint i = 0; i < feeds->len; i++)
		n += g_array_index(feeds, struct feed, i).n;
	set = nap_arena_alloc(l->arena, n * sizeof *set);
	n = 0;
	for (guint i = 0; i < feeds->len; i++) {
		const struct feed *f = &g_array_index(feeds, struct feed, i);
		const char *cell = nap_csv_field(row, f->column);
		bool bare = nap_number_length(cell) == strlen(cell);
		g_autofree char *text = g_strconcat(cell, bare ? f->unit : "", NULL),
				*where = g_strdup_printf("%s:%u", csv->path, row->line);
		g_autoptr(GError) why = NULL;

		if (!*cell)
			return nap_csv_fail(error, csv, row->line, f->name, "is empty");
		if (f->weighs && !nap_csv_number(cell, 0.0, 1e15, &weight, &why))
			return nap_csv_fail(error, csv, row->line, f->name, "%s", why->message);
		for (uint32_t j = 0; j < f->n; j++) {
			set[n] = f->key[j];
			set[n].text = nap_arena_strdup(l->arena, text);
			set[n++].where = nap_arena_strdup(l->arena, where);
		}
	}
	if (weight > 0.0)
		add_choice(t, weight, set, n);
	return true;
}

/* [population]: which columns feed which keys. from: the row that names the table. */
static bool read_feeds(struct kinds_loader *k, const struct nap_csv *csv, const struct nap_entry *from,
	GArray *feeds, GError **error)
{
	g_autoptr(GPtrArray) joins = rows_of(k->l, "population");
	uint32_t keys = 0;

	for (guint i = 0; i < joins->len; i++) {
		const struct nap_entry *entry = joins->pdata[i];
		g_autoptr(GError) why = NULL;
		struct feed f;

		if (!parse_feed(k, csv, entry, &f, &why))
			return nap_fail_key(
				error, entry->where, "population", entry->key, "%s", why->message);
		keys += f.n;
		g_array_append_val(feeds, f);
	}
	return keys > 0 || nap_fail_key(error, from->where, "scenario", "population",
				   "no column feeds a key: write [population] with rows COLUMN = GROUP.KEY");
}

static bool read_rows(
	struct kinds_loader *k, const struct nap_csv *csv, const struct nap_entry *from, GError **error)
{
	const struct nap_general_config *g = &k->l->scenario->general;
	g_autoptr(GArray) feeds = g_array_new(FALSE, FALSE, sizeof(struct feed));
	struct trait *t = add_trait(k, "scenario", from, g->population_order == NAP_POPULATION_ENUMERATED);

	if (!read_feeds(k, csv, from, feeds, error))
		return false;
	for (unsigned i = 0; i < csv->n; i++) {
		if (csv->row[i].n > csv->head->n)
			return nap_csv_fail(error, csv, csv->row[i].line, NULL, "more fields than columns");
		if (!read_row(k->l, csv, &csv->row[i], feeds, t, error))
			return false;
	}
	if (t->choices->len == 0)
		return nap_csv_fail(error, csv, csv->head->line, NULL, "no row counts");
	if (t->enumerated && t->choices->len > g->subscribers)
		return nap_fail_key(error, from->where, "scenario", "population-order",
			"%u rows are more than there are subscribers: %u", t->choices->len, g->subscribers);
	return true;
}

static bool load_table(struct kinds_loader *k, GError **error)
{
	g_autoptr(GPtrArray) joins = rows_of(k->l, "population");
	const struct nap_entry *entry = entry_of(k->l, "scenario", "population");
	g_autofree char *path = NULL, *text = NULL;
	g_autoptr(GError) why = NULL;
	struct nap_csv *csv;
	bool ok;

	if (!*k->l->scenario->general.population) {
		if (joins->len == 0)
			return true;
		entry = joins->pdata[0];
		return nap_fail_key(error, entry->where, "population", entry->key,
			"there is no [scenario] population to read");
	}
	text = nap_folder_read(entry->dir, entry->text, &path, &why);
	if (!text)
		return nap_fail_key(error, entry->where, "scenario", "population", "%s", why->message);
	csv = nap_csv_parse(path, text, error);
	ok = csv && read_rows(k, csv, entry, error);
	nap_csv_free(csv);
	return ok;
}

/* ---- kinds ------------------------------------------------------------------------------------------------------------------- */

/* Shares, each with those before it. */
static struct nap_trait core_trait(struct nap_arena *arena, const struct trait *t)
{
	uint32_t n = t->choices->len;
	double *up_to = nap_arena_alloc(arena, n * sizeof *up_to), all = 0.0, sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		all += g_array_index(t->choices, struct choice, i).weight;
	for (uint32_t i = 0; i < n; i++) {
		sum += g_array_index(t->choices, struct choice, i).weight;
		up_to[i] = i + 1 == n ? 1.0 : sum / all;
	}
	return (struct nap_trait){ n, up_to, t->enumerated };
}

/* What kind number i sets: the choice of each trait, the first turning slowest. */
static GArray *settings_of(const struct kinds_loader *k, uint32_t i)
{
	GArray *set = g_array_new(FALSE, FALSE, sizeof(struct nap_override));

	for (guint t = k->traits->len; t-- > 0;) {
		const GArray *choices = g_array_index(k->traits, struct trait, t).choices;
		const struct choice *c = &g_array_index(choices, struct choice, i % choices->len);

		g_array_prepend_vals(set, c->set, c->n);
		i /= choices->len;
	}
	return set;
}

static bool load_kind(const struct kinds_loader *k, uint32_t i, GPtrArray *kinds, GError **error)
{
	const struct nap_loader *l = k->l;
	g_autoptr(GArray) set = settings_of(k, i);
	struct nap_override *o;
	struct nap_scenario *kind;

	for (guint j = 0; j < set->len; j++) { /* files in cells are relative to the scenario */
		o = &g_array_index(set, struct nap_override, j);
		o->dir = o->dir ? o->dir : l->document->folder.path;
	}
	g_array_append_vals(set, l->overrides, (guint)l->n_overrides); /* the stronger ones */
	kind = nap_scenario_new_kind(
		l->document, (const struct nap_override *)(void *)set->data, set->len, l->cache, error);
	if (kind)
		g_ptr_array_add(kinds, kind);
	return kind != NULL;
}

static bool load_all_kinds(struct kinds_loader *k, GPtrArray *kinds, GError **error)
{
	struct nap_loader *l = k->l;
	struct nap_trait *traits = nap_arena_alloc(l->arena, k->traits->len * sizeof *traits);
	const struct nap_scenario **all;
	uint64_t n = 1;

	for (guint i = 0; i < k->traits->len; i++) {
		const struct trait *t = &g_array_index(k->traits, struct trait, i);

		traits[i] = core_trait(l->arena, t);
		n *= traits[i].n;
		if (n > NAP_KINDS_MAX)
			return nap_fail_key(error, t->where, t->group, t->key,
				"more than %d kinds of subscribers: all choices of one key with all of the "
				"others",
				NAP_KINDS_MAX);
	}
	for (uint32_t i = 0; i < n; i++)
		if (!load_kind(k, i, kinds, error))
			return false;
	all = nap_arena_alloc(l->arena, n * sizeof *all);
	memcpy(all, kinds->pdata, n * sizeof *all);
	l->scenario->kinds = (struct nap_kinds){ traits, k->traits->len, all, (uint32_t)n };
	return true;
}

bool nap_loader_kinds(struct nap_loader *l, GPtrArray *kinds, GError **error)
{
	struct kinds_loader k = { l, g_array_new(FALSE, FALSE, sizeof(struct trait)),
		g_array_new(FALSE, FALSE, sizeof(struct fed)) };
	bool ok;

	g_array_set_clear_func(k.traits, clear_trait);
	ok = load_table(&k, error) && load_mix(&k, error) &&
	     (k.traits->len == 0 || load_all_kinds(&k, kinds, error));
	g_array_unref(k.traits);
	g_array_unref(k.fed);
	return ok;
}
