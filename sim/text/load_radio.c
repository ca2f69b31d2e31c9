/* SPDX-License-Identifier: BSD-2-Clause */
/* [radio], [state NAME], [edge NAME] and what else describes a radio: rows from profile, scenario and overrides, then compiled. */
#include <string.h>

#include "text/input_error.h"
#include "text/loader.h"
#include "text/quantity.h"

/* Names NAME of the groups "PREFIX NAME" of a document, in order, each once; one more than max is enough to refuse. */
static void add_names(const struct nap_document *document, const char *prefix, unsigned max, GPtrArray *names)
{
	size_t n = strlen(prefix);

	for (unsigned i = 0; i < document->n_groups && names->len <= max; i++) {
		const char *group = document->group[i].name;

		if (strncmp(group, prefix, n) == 0 &&
			!g_ptr_array_find_with_equal_func(names, group + n, g_str_equal, NULL))
			g_ptr_array_add(names, (void *)(group + n));
	}
}

/* The documents that describe the radio: the profile's, weakest first, then the scenario. */
static GPtrArray *radio_documents(const struct nap_loader *l, const struct nap_profile *profile)
{
	GPtrArray *documents = g_ptr_array_new();

	for (unsigned i = 0; profile && i < profile->documents->len; i++)
		g_ptr_array_add(documents, profile->documents->pdata[i]);
	g_ptr_array_add(documents, (void *)l->document);
	return documents;
}

/* The kinds of groups that a radio is described by besides [radio]: where their rows go. All begin with their name. */
static const struct part {
	const char *prefix, *plural;
	const struct nap_param *params;
	size_t size, rows, n; /* of a row; where in struct nap_radio_rows they and their number are */
	unsigned max;
} parts[] = {
#define PART(prefix, plural, params, type, rows, max)                                                        \
	{                                                                                                    \
		prefix, plural, params, sizeof(type), offsetof(struct nap_radio_rows, rows),                 \
			offsetof(struct nap_radio_rows, n_##rows), max                                       \
	}
	PART("state ", "states", nap_radio_state_params, struct nap_radio_state_row, states,
		NAP_RADIO_STATES_MAX),
	PART("edge ", "edges", nap_radio_edge_params, struct nap_radio_edge_row, edges, NAP_RADIO_EDGES_MAX),
	PART("sleep ", "sleeps", nap_radio_sleep_params, struct nap_radio_sleep_row, sleeps,
		NAP_RADIO_CHOICES_MAX),
	PART("level ", "levels", nap_radio_level_params, struct nap_radio_level_row, levels,
		NAP_RADIO_CHOICES_MAX),
	PART("coverage ", "coverage classes", nap_radio_coverage_params, struct nap_radio_coverage_row,
		coverages, NAP_RADIO_CHOICES_MAX),
#undef PART
};

bool nap_loader_volts(const struct nap_loader *l, const struct nap_layers *layers, const char *group,
	const struct nap_param *rows, void *base, GError **error)
{
	for (const struct nap_param *row = rows; row->key; row++) {
		struct nap_electric *e = (void *)((char *)base + row->offset);

		if (!nap_type_is_electric(row->type) || e->per_volt <= 0.0)
			continue;
		if (l->voltage_v <= 0.0) {
			const struct nap_entry *entry = nap_layers_find(layers, row->key, NULL);

			return nap_fail_key(error, entry->where, group, row->key,
				"%s is %s, and there is no voltage: [battery] voltage makes it %s, or "
				"[radio] "
				"voltage where there is no battery",
				entry->text, nap_type_name(nap_type_of_text(row->type, entry->text)),
				nap_type_name(nap_type_of_text(row->type, "")));
		}
		e->value = e->per_volt * l->voltage_v;
		l->scenario->in_currents = true;
	}
	return true;
}

/* One group of a part from all documents. */
static bool load_part(const struct nap_loader *l, GPtrArray *documents, const char *group,
	const struct nap_param *rows, void *base, GError **error)
{
	g_autoptr(GPtrArray) layers = g_ptr_array_new();
	struct nap_binding binding = { rows, base };
	struct nap_schema schema = { .group = group,
		.bindings = &binding,
		.n_bindings = 1,
		.arena = l->arena,
		.origins = l->origins };

	schema.where = l->document->path;
	for (unsigned i = 0; i < documents->len; i++) {
		const struct nap_group *g = nap_document_group(documents->pdata[i], group);

		g_ptr_array_add(layers, (void *)g);
		if (g)
			schema.where = g->where;
	}
	g_ptr_array_add(layers, (void *)nap_loader_overrides(l, group));
	schema.layers = (struct nap_layers){ (const struct nap_group *const *)layers->pdata, layers->len };
	return nap_schema_apply(&schema, error) &&
	       nap_loader_volts(l, &schema.layers, group, rows, base, error);
}

/* All groups of a part, each once, in order. */
static bool load_rows(
	struct nap_loader *l, GPtrArray *documents, const struct part *p, const char *where, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	char *rows;

	for (unsigned i = 0; i < documents->len; i++)
		add_names(documents->pdata[i], p->prefix, p->max, names);
	if (names->len > p->max)
		return nap_fail(error, "%s: [radio]: more than %u %s", where, p->max, p->plural);
	rows = nap_arena_alloc(l->arena, names->len * p->size);
	*(void **)(void *)((char *)l->radio + p->rows) = rows;
	*(unsigned *)(void *)((char *)l->radio + p->n) = names->len;
	for (unsigned i = 0; i < names->len; i++) {
		char *row = rows + i * p->size;
		g_autofree char *group = g_strconcat(p->prefix, names->pdata[i], NULL);

		*(const char **)(void *)row = nap_arena_strdup(l->arena, names->pdata[i]);
		if (!load_part(l, documents, group, p->params, row, error))
			return false;
	}
	return true;
}

/* Where the key is set that a reason "[group] key: why" is about, or its group, in the strongest of the documents; else where. */
static const char *place_of(
	const struct nap_loader *l, GPtrArray *documents, const char *reason, const char *where)
{
	g_autofree char *group = g_strndup(reason + 1, strcspn(reason + 1, "]"));
	const char *rest = reason + 1 + strlen(group);
	g_autofree char *key = *rest && rest[1] == ' ' ? g_strndup(rest + 2, strcspn(rest + 2, ":")) : NULL;
	const struct nap_group *overrides = nap_loader_overrides(l, group);
	const struct nap_entry *entry = overrides && key ? nap_group_entry(overrides, key) : NULL;
	const char *of_key = entry ? entry->where : NULL, *of_group = NULL;

	for (unsigned i = documents->len; i-- > 0 && !of_key;) {
		const struct nap_group *g = nap_document_group(documents->pdata[i], group);

		entry = g && key ? nap_group_entry(g, key) : NULL;
		of_key = entry ? entry->where : NULL;
		of_group = g && !of_group ? g->where : of_group;
	}
	return of_key ? of_key : of_group ? of_group : where;
}

/* Compile; the compiler's reason starts with the group and often the key, and their place goes before it. */
static bool compile(struct nap_loader *l, GPtrArray *documents, const char *where, GError **error)
{
	const struct nap_radio_rows *rows = l->radio;
	struct nap_radio_tech *tech = nap_arena_alloc(l->arena, sizeof *tech);
	g_autofree char *reason = NULL;

	l->scenario->radio = tech;
	if (nap_radio_compile(
		    tech, &rows->radio, rows->states, rows->n_states, rows->edges, rows->n_edges, &reason))
		return true;
	return nap_fail(error, "%s: %s", place_of(l, documents, reason, where), reason);
}

/* Without [radio] the client is on a wire: always connected, and the radio's energy is none. */
static bool no_radio(struct nap_loader *l, GError **error)
{
	static const struct nap_radio_row wire = { .title = "no radio",
		.source = "",
		.note = "",
		.unverified = "",
		.technology = NAP_RADIO_WIRED,
		.release_assistance = NAP_NEVER,
		.coverage = "",
		.bandwidth_floor = 1.0,
		.antenna_halving = 1.0,
		.start = "on" };
	static const struct nap_entry keys[] = { { "power", "0mW", "", NULL },
		{ "connected", "yes", "", NULL } };
	static const struct nap_group group = { "state on", "", keys, G_N_ELEMENTS(keys) };
	struct nap_radio_state_row *on = nap_arena_alloc(l->arena, sizeof *on);
	struct nap_binding binding = { nap_radio_state_params, on };
	struct nap_schema schema = { .group = "state on",
		.where = "",
		.bindings = &binding,
		.n_bindings = 1,
		.layers = { (const struct nap_group *const[]){ &group }, 1 },
		.arena = l->arena };
	g_autoptr(GPtrArray) none = g_ptr_array_new();

	on->name = "on";
	*l->radio = (struct nap_radio_rows){ .radio = wire, .states = on, .n_states = 1 };
	return nap_schema_apply(&schema, error) && compile(l, none, "", error);
}

/* All parts in the documents, compiled. */
static bool load_parts(struct nap_loader *l, GPtrArray *documents, const char *where, GError **error)
{
	struct nap_radio_rows *rows = l->radio;

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		if (!load_rows(l, documents, &parts[i], where, error))
			return false;
	rows->radio.sleeps = rows->sleeps;
	rows->radio.n_sleeps = rows->n_sleeps;
	rows->radio.levels = rows->levels;
	rows->radio.n_levels = rows->n_levels;
	rows->radio.coverages = rows->coverages;
	rows->radio.n_coverages = rows->n_coverages;
	return compile(l, documents, where, error);
}

/* A battery's voltage is that of the device; without one the radio's own counts. */
static bool settle_volts(struct nap_loader *l, const struct nap_layers *layers, GError **error)
{
	if (l->scenario->battery.capacity_mah > 0.0)
		l->voltage_v = l->scenario->battery.voltage_v;
	else
		l->voltage_v = l->radio->radio.voltage_v;
	if (l->voltage_v > 0.0)
		l->scenario->voltage_v = l->voltage_v;
	return nap_loader_volts(l, layers, "radio", nap_radio_params, &l->radio->radio, error);
}

bool nap_loader_radio(struct nap_loader *l, GError **error)
{
	static const char *const reserved[] = { "profile", "base", NULL };
	struct nap_binding binding = { nap_radio_params, &l->radio->radio };
	g_autoptr(GPtrArray) documents = NULL;
	struct nap_stack stack;
	struct nap_schema schema;
	bool ok;

	if (!nap_document_group(l->document, "radio") && !nap_loader_overrides(l, "radio"))
		return no_radio(l, error);
	if (!nap_loader_stack(l, "radio", "profile", NAP_RADIO, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	schema.bindings = &binding;
	schema.n_bindings = 1;
	schema.reserved = reserved;
	documents = radio_documents(l, stack.profile);
	ok = nap_schema_apply(&schema, error) && settle_volts(l, &schema.layers, error) &&
	     load_parts(l, documents, stack.where, error);
	nap_stack_clear(&stack);
	return ok;
}

/* The profile's own [radio] group, those it is based on first. */
static bool load_profile_rows(struct nap_loader *l, GPtrArray *documents, GError **error)
{
	static const char *const reserved[] = { "profile", "base", NULL };
	struct nap_binding binding = { nap_radio_params, &l->radio->radio };
	g_autoptr(GPtrArray) layers = g_ptr_array_new();
	struct nap_schema schema = { .group = "radio",
		.where = l->document->path,
		.bindings = &binding,
		.n_bindings = 1,
		.arena = l->arena,
		.reserved = reserved };

	for (unsigned i = 0; i < documents->len; i++)
		g_ptr_array_add(layers, (void *)nap_document_group(documents->pdata[i], "radio"));
	schema.layers = (struct nap_layers){ (const struct nap_group *const *)layers->pdata, layers->len };
	return nap_schema_apply(&schema, error) && settle_volts(l, &schema.layers, error);
}

bool nap_loader_radio_profile(struct nap_loader *l, const char *name, const char *group, const char *where,
	struct nap_radio_tech **out, GError **error)
{
	struct nap_profile *profile = nap_profile_open(NAP_RADIO, name, &l->document->folder, error);
	struct nap_radio_rows *own_rows = l->radio;
	struct nap_radio_tech *own = l->scenario->radio;
	bool ok;

	if (!profile) {
		g_prefix_error(error, "%s: [%s] radio: ", where, group);
		return false;
	}
	g_ptr_array_add(l->profiles, profile);
	l->radio = nap_arena_alloc(
		l->arena, sizeof *l->radio); /* the parts are read as if they were the path's */
	ok = load_profile_rows(l, profile->documents, error) &&
	     load_parts(l, profile->documents, where, error);
	*out = l->scenario->radio;
	l->scenario->radio = own;
	l->radio = own_rows;
	return ok;
}
