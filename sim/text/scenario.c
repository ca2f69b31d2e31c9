/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/scenario.h"

#include <string.h>

#include "path/subscriber.h"
#include "text/box_text.h"
#include "text/groups.h"
#include "text/input_error.h"
#include "text/load_kinds.h"
#include "text/loader.h"

/* A scenario and what it points to. The scenario is first, so that a pointer to it finds the rest. */
struct owned {
	struct nap_scenario scenario;
	struct nap_radio_rows radio;
	struct nap_arena *arena;
	GPtrArray *profiles; /* struct nap_profile */
	GPtrArray *kinds;    /* struct nap_scenario */
};

bool nap_key_split(const char *name, char **group, char **key, GError **error)
{
	const char *dot = strchr(name, '.'), *last = strrchr(name, '.');
	g_autofree char *head = dot ? g_strndup(name, (size_t)(dot - name)) : NULL;
	g_autofree char *shown = nap_shown(name);
	bool named = head && nap_group_is_named(head);

	if (!dot || dot == name || !last[1] || (named && last == dot))
		return nap_fail(error,
			"%s is not GROUP.KEY, for instance client.interval or middlebox.home.udp", shown);
	if (!named) {
		*group = g_steal_pointer(&head);
		*key = g_strdup(dot + 1);
		return true;
	}
	*group = g_strdup_printf("%s %.*s", head, (int)(last - dot - 1), dot + 1);
	*key = g_strdup(last + 1);
	return true;
}

const char *nap_scenario_where(const struct nap_document *document, const struct nap_override *overrides,
	size_t n, const char *group, const char *key)
{
	const struct nap_group *written = nap_document_group(document, group);
	const struct nap_entry *entry = nap_group_entry(written, key);

	while (n-- > 0) /* the last one is the strongest */
		if (!strcmp(overrides[n].group, group) && !strcmp(overrides[n].key, key))
			return overrides[n].where;
	return entry ? entry->where : written ? written->where : document->path;
}

bool nap_override_parse(const char *assignment, struct nap_override *out, GError **error)
{
	const char *equals = strchr(assignment, '=');
	g_autofree char *name = NULL, *group = NULL, *key = NULL, *value = NULL;

	if (!equals) {
		g_autofree char *shown = nap_shown(assignment);

		return nap_fail(error, "--set: %s is not GROUP.KEY=VALUE", shown);
	}
	name = g_strstrip(g_strndup(assignment, (size_t)(equals - assignment)));
	if (!nap_key_split(name, &group, &key, error)) {
		g_prefix_error(error, "--set: ");
		return false;
	}
	value = g_strstrip(g_strdup(equals + 1));
	if (!g_utf8_validate(value, -1, NULL))
		return nap_fail(error, "--set: %s: not UTF-8 text", name);
	*out = (struct nap_override){ g_steal_pointer(&group), g_steal_pointer(&key), g_steal_pointer(&value),
		"--set", "." };
	return true;
}

void nap_override_clear(struct nap_override *o)
{
	g_free((char *)o->group);
	g_free((char *)o->key);
	g_free((char *)o->text);
	*o = (struct nap_override){ 0 };
}

/* A group without a profile that there is once: [scenario], [path], [server]. */
static bool load_plain(struct nap_loader *l, const struct nap_group_kind *plain, GError **error)
{
	static const char *const of_server[] = { "stack", NULL }; /* read with [client] */
	const struct nap_section *section = plain->section;
	struct nap_binding binding = { section->rows, (char *)l->scenario + section->offset };
	struct nap_stack stack;
	struct nap_schema schema;
	bool ok;

	if (!nap_loader_stack(l, plain->pattern, NULL, NAP_PROFILE_KINDS, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	schema.bindings = &binding;
	schema.n_bindings = 1;
	schema.reserved = section[1].rows == nap_choice_server ? of_server : NULL;
	ok = nap_schema_apply(&schema, error);
	nap_stack_clear(&stack);
	return ok;
}

/* Without [battery] there is none: its capacity stays 0. */
static bool load_battery(struct nap_loader *l, GError **error)
{
	static const char *const reserved[] = { "profile", "base", NULL };
	struct nap_binding binding = { nap_battery_params, &l->scenario->battery };
	struct nap_stack stack;
	struct nap_schema schema;
	bool ok;

	if (!nap_document_group(l->document, "battery") && !nap_loader_overrides(l, "battery"))
		return true;
	if (!nap_loader_stack(l, "battery", "profile", NAP_BATTERY, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	schema.bindings = &binding;
	schema.n_bindings = 1;
	schema.reserved = reserved;
	ok = nap_schema_apply(&schema, error);
	nap_battery_settle(&l->scenario->battery);
	l->scenario->in_currents |= l->scenario->battery.load.per_volt > 0.0;
	nap_stack_clear(&stack);
	return ok;
}

static bool load_middlebox(struct nap_loader *l, struct nap_middlebox *m, const char *from, const char *key,
	const char *where, GError **error)
{
	g_autofree char *group = g_strconcat("middlebox ", m->name, NULL);
	g_autoptr(GArray) draws = g_array_new(FALSE, FALSE, sizeof(struct nap_param_draw));
	struct nap_stack stack;
	struct nap_schema schema;
	bool ok;

	if (!nap_document_group(l->document, group) && !nap_loader_overrides(l, group))
		return nap_fail_key(error, where, from, key, "there is no group [%s]", group);
	if (!nap_loader_stack(l, group, "profile", NAP_MIDDLEBOX, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	schema.draws = draws;
	m->box.own = l->arena;
	ok = nap_box_config_fill(&schema, &m->box, &m->hop, error);
	nap_stack_clear(&stack);
	if (draws->len) {
		struct nap_param_draw *copy = nap_arena_alloc(l->arena, draws->len * sizeof *copy);

		m->draws = memcpy(copy, draws->data, draws->len * sizeof *copy);
		m->n_draws = draws->len;
	}
	return ok;
}

/* Where the list of middleboxes was set, for messages. */
static const struct nap_entry *middleboxes_entry(const struct nap_loader *l)
{
	const struct nap_layers both = { (const struct nap_group *const[]){
						 nap_document_group(l->document, "path"),
						 nap_loader_overrides(l, "path") },
		2 };

	return nap_layers_find(&both, "middleboxes", NULL);
}

/* Names become parts of keys (middlebox.home.udp) and of file columns. */
static bool is_middlebox_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
			return false;
	return *name != '-';
}

/* The middleboxes of a list that group's key middleboxes names, put behind those there are. */
static bool load_list(struct nap_loader *l, const char *const *names, const char *group, const char *key,
	const char *where, GError **error)
{
	struct nap_scenario *s = l->scenario;

	for (; *names; names++) {
		if (!is_middlebox_name(*names))
			return nap_fail_key(error, where, group, key,
				"%s: a name has letters, digits, - and _ only%s", *names,
				strpbrk(*names, " ,\t") ? "; a list is written cgn; home" : "");
		if (s->n_middleboxes == NAP_HOPS_MAX)
			return nap_fail_key(error, where, group, key, "more than %d", NAP_HOPS_MAX);
		for (uint32_t j = 0; j < s->n_middleboxes; j++)
			if (strcmp(*names, s->middlebox[j].name) == 0)
				return nap_fail_key(error, where, group, key, "%s stands twice", *names);
		s->middlebox[s->n_middleboxes].name = *names;
		if (!load_middlebox(l, &s->middlebox[s->n_middleboxes++], group, key, where, error))
			return false;
	}
	return true;
}

static uint32_t length_of(const char *const *list)
{
	return g_strv_length((char **)(void *)list);
}

/* Which middlebox of the path the peer is behind, too. */
static bool find_joint(struct nap_loader *l, const char *where, GError **error)
{
	struct nap_peer *peer = &l->scenario->peer;

	peer->joint = NAP_HOPS_MAX;
	if (!*peer->config.behind)
		return true;
	for (peer->joint = 0; peer->joint < l->scenario->n_path_middleboxes; peer->joint++)
		if (strcmp(l->scenario->middlebox[peer->joint].name, peer->config.behind) == 0)
			return true;
	return nap_fail_key(
		error, where, "peer", "behind", "%s is not among [path] middleboxes", peer->config.behind);
}

/* [peer]: its middleboxes come last. */
static bool load_peer(struct nap_loader *l, GError **error)
{
	const struct nap_group *g = nap_document_group(l->document, "peer");
	const char *where = g ? g->where : l->document->path;
	struct nap_peer *peer = &l->scenario->peer;
	const char *key, *why;

	peer->there = g || nap_loader_overrides(l, "peer");
	if (!peer->there)
		return true;
	why = nap_peer_config_check(&peer->config, &key);
	if (why)
		return nap_fail_key(error,
			nap_scenario_where(l->document, l->overrides, l->n_overrides, "peer", key), "peer",
			key, "%s", why);
	peer->first = l->scenario->n_middleboxes;
	if (!load_list(l, peer->config.middleboxes, "peer", "middleboxes", where, error) ||
		!find_joint(l, where, error))
		return false;
	peer->n = l->scenario->n_middleboxes - peer->first;
	return nap_loader_radio_profile(l, peer->config.radio, "peer", where, &peer->radio, error);
}

/* Those before the server, from the client's side: the last one of the list comes first. */
static bool load_server_list(struct nap_loader *l, GError **error)
{
	struct nap_scenario *s = l->scenario;
	const char *where =
		nap_scenario_where(l->document, l->overrides, l->n_overrides, "path", "server-middleboxes");

	for (uint32_t i = length_of(s->path.server_middleboxes); i-- > 0;) {
		const char *const one[] = { s->path.server_middleboxes[i], NULL };

		if (!load_list(l, one, "path", "server-middleboxes", where, error))
			return false;
	}
	s->n_server_middleboxes = s->n_middleboxes - s->n_path_middleboxes;
	return true;
}

/* First the path's, then those before the server, then those of each network. */
static bool load_middleboxes(struct nap_loader *l, GError **error)
{
	struct nap_scenario *s = l->scenario;
	const struct nap_entry *entry = middleboxes_entry(l);
	uint32_t n = length_of(s->path.middleboxes) + length_of(s->path.server_middleboxes);

	for (uint32_t i = 0; i < s->n_networks; i++)
		n += length_of(s->network[i].config.middleboxes);
	n += length_of(s->peer.config.middleboxes);
	s->middlebox = nap_arena_alloc(l->arena, n * sizeof *s->middlebox);
	if (!load_list(l, s->path.middleboxes, "path", "middleboxes",
		    entry ? entry->where : l->document->path, error))
		return false;
	s->n_path_middleboxes = s->n_middleboxes;
	if (!load_server_list(l, error))
		return false;
	for (uint32_t i = 0; i < s->n_networks; i++) {
		struct nap_network *net = &s->network[i];
		g_autofree char *group = g_strconcat("network ", net->name, NULL);
		const struct nap_group *g = nap_document_group(l->document, group);

		net->first = s->n_middleboxes;
		if (!load_list(l, net->config.middleboxes, group, "middleboxes",
			    g ? g->where : l->document->path, error))
			return false;
		net->n = s->n_middleboxes - net->first;
	}
	return load_peer(l, error);
}

/* One [network NAME], and its radio. */
static bool load_network(
	struct nap_loader *l, struct nap_network *net, const struct nap_group *g, GError **error)
{
	struct nap_binding binding = { nap_network_params, &net->config };
	struct nap_stack stack;
	struct nap_schema schema;
	bool ok;

	net->name = nap_arena_strdup(l->arena, g->name + strlen("network "));
	if (!nap_loader_stack(l, g->name, NULL, NAP_PROFILE_KINDS, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	schema.bindings = &binding;
	schema.n_bindings = 1;
	ok = nap_schema_apply(&schema, error) &&
	     nap_loader_radio_profile(l, net->config.radio, g->name, g->where, &net->radio, error);
	nap_stack_clear(&stack);
	return ok;
}

/* All [network NAME] of the document, in its order. */
static bool load_networks(struct nap_loader *l, GError **error)
{
	struct nap_scenario *s = l->scenario;

	s->network = nap_arena_alloc(l->arena, (l->document->n_groups + 1) * sizeof *s->network);
	for (unsigned i = 0; i < l->document->n_groups; i++) {
		const struct nap_group *g = &l->document->group[i];

		if (g_str_has_prefix(g->name, "network ") &&
			!load_network(l, &s->network[s->n_networks++], g, error))
			return false;
	}
	return true;
}

static const char *const apart[] = { "sweep", "mix", "population" }; /* groups that are read apart */

/* Why a group is not one of a scenario's; NULL when it is. Free with g_free. */
static char *unknown_group(const struct nap_loader *l, const char *name)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *near = NULL;
	const char *const *boxes = l->scenario->path.middleboxes;
	const struct nap_entry *entry = middleboxes_entry(l);
	bool parts = nap_document_group(l->document, "radio") || nap_loader_overrides(l, "radio");

	for (const struct nap_group_kind *k = nap_group_kinds; k->pattern; k++)
		if (!strchr(k->pattern, ' '))
			g_ptr_array_add(known, g_strdup(k->pattern));
	for (size_t i = 0; i < G_N_ELEMENTS(apart); i++)
		g_ptr_array_add(known, g_strdup(apart[i]));
	for (; *boxes; boxes++)
		g_ptr_array_add(known, g_strconcat("middlebox ", *boxes, NULL));
	for (boxes = l->scenario->path.server_middleboxes; *boxes; boxes++)
		g_ptr_array_add(known, g_strconcat("middlebox ", *boxes, NULL));
	for (uint32_t i = 0; i < l->scenario->n_networks; i++) {
		const struct nap_network *net = &l->scenario->network[i];

		g_ptr_array_add(known, g_strconcat("network ", net->name, NULL));
		for (boxes = net->config.middleboxes; *boxes; boxes++)
			g_ptr_array_add(known, g_strconcat("middlebox ", *boxes, NULL));
	}
	for (boxes = l->scenario->peer.config.middleboxes; l->scenario->peer.there && *boxes; boxes++)
		g_ptr_array_add(known, g_strconcat("middlebox ", *boxes, NULL));
	if (g_ptr_array_find_with_equal_func(known, name, g_str_equal, NULL))
		return NULL;
	if (nap_group_is_part(name))
		return parts ? NULL
			     : g_strdup("states and edges belong to a [radio], and so do sleeps, levels and "
					"coverage classes; there is none");
	g_ptr_array_add(known, NULL);
	near = nap_did_you_mean(name, (const char *const *)known->pdata);
	if (!g_str_has_prefix(name, "middlebox"))
		return g_strdup_printf("unknown group%s", near);
	if (entry && strcmp(entry->where, "--set") == 0 && nap_document_group(l->document, name))
		return NULL; /* left out on purpose */
	if (strcmp(name, "middlebox") == 0)
		return g_strdup_printf("a middlebox has a name: [middlebox NAME]%s", near);
	return g_strdup_printf(
		"not used: %s is not among [path] middleboxes%s", name + strlen("middlebox "), near);
}

static bool check_groups(const struct nap_loader *l, GError **error)
{
	for (unsigned i = 0; i < l->document->n_groups; i++) {
		const struct nap_group *g = &l->document->group[i];
		g_autofree char *why = unknown_group(l, g->name);

		if (why)
			return nap_fail(error, "%s: [%s]: %s", g->where, g->name, why);
	}
	for (size_t i = 0; i < l->n_overrides; i++) {
		const struct nap_override *o = &l->overrides[i];
		g_autofree char *why = unknown_group(l, o->group);

		if (why)
			return nap_fail(error, "%s: [%s] %s: %s", o->where, o->group, o->key, why);
	}
	return true;
}

static bool load_all(struct nap_loader *l, GError **error)
{
	for (const struct nap_group_kind *k = nap_group_kinds; k->pattern; k++)
		if (k->profile == NAP_PROFILE_KINDS && !strchr(k->pattern, ' ') && !load_plain(l, k, error))
			return false;
	/* the battery before all radios: it says what their currents are worth */
	return load_battery(l, error) && load_networks(l, error) && load_middleboxes(l, error) &&
	       check_groups(l, error) && nap_loader_radio(l, error) && nap_loader_device(l, error) &&
	       nap_loader_client(l, error);
}

static struct nap_scenario *load(const struct nap_document *document, const struct nap_override *overrides,
	size_t n, struct nap_profile_cache *cache, bool kinds, GHashTable *origins, GError **error)
{
	struct owned *owned = g_new0(struct owned, 1);
	struct nap_loader l = { .document = document,
		.overrides = overrides,
		.n_overrides = n,
		.cache = cache,
		.origins = origins };

	owned->arena = l.arena = nap_arena_new();
	owned->profiles = l.profiles = g_ptr_array_new_with_free_func((GDestroyNotify)nap_profile_free);
	owned->kinds = g_ptr_array_new_with_free_func((GDestroyNotify)nap_scenario_free);
	l.scenario = &owned->scenario;
	l.radio = &owned->radio;
	if (load_all(&l, error) && (!kinds || nap_loader_kinds(&l, owned->kinds, error)))
		return &owned->scenario;
	nap_scenario_free(&owned->scenario);
	return NULL;
}

struct nap_scenario *nap_scenario_new_cached(const struct nap_document *document,
	const struct nap_override *overrides, size_t n, struct nap_profile_cache *cache, GError **error)
{
	return load(document, overrides, n, cache, true, NULL, error);
}

struct nap_scenario *nap_scenario_new_kind(const struct nap_document *document,
	const struct nap_override *overrides, size_t n, struct nap_profile_cache *cache, GError **error)
{
	return load(document, overrides, n, cache, false, NULL, error);
}

struct nap_scenario *nap_scenario_new(
	const struct nap_document *document, const struct nap_override *overrides, size_t n, GError **error)
{
	struct nap_profile_cache *cache = nap_profile_cache_new();
	struct nap_scenario *scenario = nap_scenario_new_cached(document, overrides, n, cache, error);

	nap_profile_cache_free(cache);
	return scenario;
}

struct nap_scenario *nap_scenario_new_noted(const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GHashTable *origins, GError **error)
{
	struct nap_profile_cache *cache = nap_profile_cache_new();
	struct nap_scenario *scenario = load(document, overrides, n, cache, true, origins, error);

	nap_profile_cache_free(cache);
	return scenario;
}

void nap_scenario_free(struct nap_scenario *scenario)
{
	struct owned *owned = (struct owned *)scenario;

	if (!owned)
		return;
	g_ptr_array_unref(owned->kinds);
	g_ptr_array_unref(owned->profiles);
	nap_arena_free(owned->arena);
	g_free(owned);
}

const struct nap_profile *const *nap_scenario_profiles(const struct nap_scenario *scenario, size_t *n)
{
	const struct owned *owned = (const struct owned *)scenario;

	*n = owned->profiles->len;
	return (const struct nap_profile *const *)owned->profiles->pdata;
}

const struct nap_radio_rows *nap_scenario_radio_rows(const struct nap_scenario *scenario)
{
	return &((const struct owned *)scenario)->radio;
}
