/* SPDX-License-Identifier: BSD-2-Clause */
/* [radio], [state NAME] and [edge NAME]: rows from profile, scenario and overrides, then compiled. */
#include <string.h>

#include "text/input_error.h"
#include "text/loader.h"

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

/* One [state NAME] or [edge NAME] from all documents. */
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
	return nap_schema_apply(&schema, error);
}

static bool load_states(const struct nap_loader *l, GPtrArray *documents, GPtrArray *names, GError **error)
{
	for (unsigned i = 0; i < names->len; i++) {
		struct nap_radio_state_row *row = &l->radio->states[i];
		g_autofree char *group = g_strconcat("state ", names->pdata[i], NULL);

		row->name = nap_arena_strdup(l->arena, names->pdata[i]);
		if (!load_part(l, documents, group, nap_radio_state_params, row, error))
			return false;
	}
	return true;
}

static bool load_edges(const struct nap_loader *l, GPtrArray *documents, GPtrArray *names, GError **error)
{
	for (unsigned i = 0; i < names->len; i++) {
		struct nap_radio_edge_row *row = &l->radio->edges[i];
		g_autofree char *group = g_strconcat("edge ", names->pdata[i], NULL);

		row->name = nap_arena_strdup(l->arena, names->pdata[i]);
		if (!load_part(l, documents, group, nap_radio_edge_params, row, error))
			return false;
	}
	return true;
}

/* Compile; the compiler's reason starts with the group, and the place of that group goes before it. */
static bool compile(struct nap_loader *l, GPtrArray *documents, const char *where, GError **error)
{
	const struct nap_radio_rows *rows = l->radio;
	struct nap_radio_tech *tech = nap_arena_alloc(l->arena, sizeof *tech);
	g_autofree char *reason = NULL, *group = NULL;

	l->scenario->radio = tech;
	if (nap_radio_compile(
		    tech, &rows->radio, rows->states, rows->n_states, rows->edges, rows->n_edges, &reason))
		return true;
	if (reason[0] == '[' && strchr(reason, ']'))
		group = g_strndup(reason + 1, strcspn(reason + 1, "]"));
	for (unsigned i = 0; group && i < documents->len; i++) {
		const struct nap_group *g = nap_document_group(documents->pdata[i], group);

		if (g)
			where = g->where;
	}
	return nap_fail(error, "%s: %s", where, reason);
}

/* Without [radio] the client is on a wire: always connected, and the radio's energy is none. */
static bool no_radio(struct nap_loader *l, GError **error)
{
	static const struct nap_radio_row wire = { .title = "no radio",
		.source = "",
		.note = "",
		.unverified = "",
		.technology = NAP_RADIO_WIRED,
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
	*l->radio = (struct nap_radio_rows){ wire, on, NULL, 1, 0 };
	return nap_schema_apply(&schema, error) && compile(l, none, "", error);
}

/* All states and edges of the documents, compiled. */
static bool load_parts(struct nap_loader *l, GPtrArray *documents, const char *where, GError **error)
{
	g_autoptr(GPtrArray) states = g_ptr_array_new(), edges = g_ptr_array_new();
	struct nap_radio_rows *rows = l->radio;

	for (unsigned i = 0; i < documents->len; i++) {
		add_names(documents->pdata[i], "state ", NAP_RADIO_STATES_MAX, states);
		add_names(documents->pdata[i], "edge ", NAP_RADIO_EDGES_MAX, edges);
	}
	if (states->len > NAP_RADIO_STATES_MAX || edges->len > NAP_RADIO_EDGES_MAX)
		return nap_fail(error, "%s: [radio]: more than %d states or %d edges", where,
			NAP_RADIO_STATES_MAX, NAP_RADIO_EDGES_MAX);
	rows->states = nap_arena_alloc(l->arena, states->len * sizeof *rows->states);
	rows->edges = nap_arena_alloc(l->arena, edges->len * sizeof *rows->edges);
	rows->n_states = states->len;
	rows->n_edges = edges->len;
	return load_states(l, documents, states, error) && load_edges(l, documents, edges, error) &&
	       compile(l, documents, where, error);
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
	ok = nap_schema_apply(&schema, error) && load_parts(l, documents, stack.where, error);
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
	return nap_schema_apply(&schema, error);
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
