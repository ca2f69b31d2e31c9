/* SPDX-License-Identifier: BSD-2-Clause */
/* [client]: an application's keys and the chosen policy's, in one group. */
#include <string.h>

#include "text/input_error.h"
#include "text/loader.h"
#include "text/quantity.h"
#include "text/random_text.h"
#include "text/value.h"

#define DEFAULT_POLICY "none"
#define N_BINDINGS     4 /* the application's rows, the host's, the policy's, the system's */

/* The policy, and the layer that chose it: weaker layers may hold other policies' keys. */
struct choice {
	const struct nap_policy *policy;
	unsigned layer;
};

/* Names of the policies that have this key, separated by commas; NULL when none has. Free with g_free. */
static char *policies_of_key(const char *key)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		if (nap_row_find((*p)->params, key))
			g_ptr_array_add(names, (char *)(*p)->name);
	if (!names->len)
		return NULL;
	g_ptr_array_add(names, NULL);
	return g_strjoinv(", ", (char **)names->pdata);
}

/* A key of another policy: right where a stronger layer changed the policy, else a mistake. */
static bool excuse(void *ctx, unsigned layer, const struct nap_entry *entry, GError **error)
{
	const struct choice *choice = ctx;
	g_autofree char *others = policies_of_key(entry->key);

	if (!others)
		return false;
	if (layer < choice->layer)
		return true;
	return nap_fail(error, "the policy is %s, and this is a key of %s", choice->policy->name, others);
}

static bool choose_policy(const struct nap_schema *schema, struct choice *out, GError **error)
{
	static const struct nap_entry by_default = { "policy", DEFAULT_POLICY, "", NULL };
	const struct nap_entry *entry = nap_layers_find(&schema->layers, "policy", &out->layer);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *near = NULL, *shown = NULL, *all = NULL;

	if (!entry) {
		out->layer = 0;
		entry = &by_default;
	}
	out->policy = nap_policy_find(entry->text);
	if (out->policy)
		return true;
	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		g_ptr_array_add(names, (char *)(*p)->name);
	g_ptr_array_add(names, NULL);
	shown = nap_shown(entry->text);
	near = nap_did_you_mean(entry->text, (const char *const *)names->pdata);
	all = g_strjoinv(", ", (char **)names->pdata);
	return nap_fail_key(error, entry->where, schema->group, "policy",
		"there is no policy %s%s; there are %s", shown, near, all);
}

/* The interval of keepalives that a client of this policy tells its server: the longest where it varies. */
static nap_time told_interval(const struct nap_policy *policy, const void *config, const char **key)
{
	static const char *const keys[] = { "interval", "max-interval" };

	*key = NULL;
	if (policy->told)
		return policy->told(config, key);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const struct nap_param *row = nap_row_find(policy->params, keys[i]);

		if (row && row->type == NAP_P_TIME) {
			*key = keys[i];
			return *(const nap_time *)(const void *)((const char *)config + row->offset);
		}
	}
	return NAP_NEVER;
}

/*
 * A time that the profile derives from the interval and the scenario fixes at another value: the text of a warning, NULL
 * when there is nothing to say: a profile that fixes what its base derives knows its protocol. Free with g_free.
 */
static char *contradiction(
	const struct nap_schema *schema, const struct nap_param *row, const char *key, nap_time interval)
{
	unsigned layer = 0;
	const struct nap_entry *fixed = nap_layers_find(&schema->layers, row->key, &layer), *derived;
	struct nap_layers below = { schema->layers.group, layer };
	struct nap_wait has = { 0 }, would = { 0 };
	g_autofree char *value = NULL, *every = NULL;

	if (fixed && strcmp(schema->layers.group[layer]->name, nap_profile_kinds[NAP_APPLICATION]) == 0)
		return NULL;
	derived = fixed ? nap_layers_find(&below, row->key, NULL) : NULL;
	if (!derived || interval == NAP_NEVER || nap_is_dist(fixed->text) || nap_is_dist(derived->text) ||
		!nap_value_parse(row, fixed->text, NULL, NULL, &has, NULL) || has.span.of > 0.0 ||
		!nap_value_parse(row, derived->text, NULL, NULL, &would, NULL) || would.span.of <= 0.0)
		return NULL;
	would.span.time = (nap_time)(would.span.of * (double)interval);
	if (has.span.time == would.span.time)
		return NULL;
	value = nap_time_format(would.span.time);
	every = nap_time_format(interval);
	return g_strdup_printf("%s: [%s] %s = %s contradicts %s = %s, of which the protocol makes it %s (%s)",
		fixed->where, schema->group, row->key, fixed->text, key, every, derived->text, value);
}

static void warn(struct nap_loader *l, const struct nap_schema *schema, const char *key, nap_time interval)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	const char **list;

	for (const struct nap_param *row = nap_app_params; row->key; row++) {
		bool may_follow = row->type == NAP_P_SPAN || row->type == NAP_P_WAIT;
		char *text = may_follow ? contradiction(schema, row, key, interval) : NULL;

		if (text)
			g_ptr_array_add(texts, text);
	}
	list = nap_arena_alloc(l->arena, (texts->len + 1) * sizeof *list);
	for (guint i = 0; i < texts->len; i++)
		list[i] = nap_arena_strdup(l->arena, g_ptr_array_index(texts, i));
	list[texts->len] = NULL;
	l->scenario->warnings = list;
}

/* Does a profile of a host say what hosts have, and no more? */
static bool check_host(const struct nap_group *g, GError **error)
{
	static const char *const others[] = { "source", "note", "verified", "unverified", "base", NULL };

	for (unsigned i = 0; i < g->n_entries; i++)
		if (!nap_row_find(nap_stack_params, g->entry[i].key) &&
			!g_strv_contains(others, g->entry[i].key))
			return nap_fail_key(error, g->entry[i].where, g->name, g->entry[i].key,
				"a stack profile has no such key (natnap help --example stack)");
	return true;
}

/* The layers of the host that `group` asks for. NULL: it cannot be had. Free with g_ptr_array_unref. */
static GPtrArray *host_of(
	struct nap_loader *l, const struct nap_stack *client, const char *group, GError **error)
{
	const struct nap_group *const own[] = { nap_document_group(l->document, group),
		nap_loader_overrides(l, group) };
	const struct nap_layers layers_of_group = { own, 2 };
	const struct nap_layers clients = { (const struct nap_group *const *)client->layers->pdata,
		client->layers->len };
	bool is_client = strcmp(group, client->group) == 0;
	const struct nap_entry *entry =
		nap_layers_find(is_client ? &clients : &layers_of_group, "stack", NULL);
	const struct nap_profile *host = NULL;
	g_autoptr(GPtrArray) layers = g_ptr_array_new();

	if (entry && *entry->text) {
		host = nap_loader_profile(l, group, entry, NAP_STACK, error);
		if (!host)
			return NULL;
	}
	for (unsigned i = 0; host && i < host->documents->len; i++) {
		const struct nap_group *g = nap_document_group(host->documents->pdata[i], "stack");

		if (!check_host(g, error))
			return NULL;
		g_ptr_array_add(layers, (void *)g);
	}
	return g_steal_pointer(&layers);
}

/* The same, with the layers of [client] over them. */
static GPtrArray *over_host(
	struct nap_loader *l, const struct nap_stack *client, const char *group, GError **error)
{
	GPtrArray *layers = host_of(l, client, group, error);

	for (unsigned i = 0; layers && i < client->layers->len; i++)
		g_ptr_array_add(layers, client->layers->pdata[i]);
	return layers;
}

static void set_layers(struct nap_schema *schema, const GPtrArray *layers)
{
	schema->layers = (struct nap_layers){ (const struct nap_group *const *)layers->pdata, layers->len };
}

/* What these layers come to in *app, and nowhere else. */
static bool apply_apart(struct nap_loader *l, const GPtrArray *layers, struct nap_schema schema,
	struct nap_app_config *app, GError **error)
{
	struct nap_binding bindings[N_BINDINGS];
	struct nap_program program;
	struct choice choice;

	set_layers(&schema, layers);
	if (!choose_policy(&schema, &choice, error))
		return false;
	memcpy(bindings, schema.bindings, sizeof bindings);
	bindings[0].base = bindings[1].base = app;
	bindings[2] = (struct nap_binding){ choice.policy->params,
		nap_arena_alloc(l->arena, choice.policy->config_size) };
	bindings[3].base = &program;
	schema.bindings = bindings;
	schema.ctx = &choice;
	schema.origins = NULL; /* they are kept of the client's */
	return nap_schema_apply(&schema, error);
}

/* How a server's host probes, where neither [server] nor the application says. */
static void set_probes(
	struct nap_loader *l, const struct nap_stack *client, const struct nap_tcp_keepalive *host)
{
	const struct nap_group *const own[] = { nap_document_group(l->document, "server"),
		nap_loader_overrides(l, "server") };
	const struct nap_layers servers = { own, 2 };
	const struct nap_layers apps = { (const struct nap_group *const *)client->layers->pdata,
		client->layers->len };
	struct nap_scenario *s = l->scenario;

	if (!nap_layers_find(&servers, "tcp-keepalive-interval", NULL))
		s->server.tcp_keepalive.interval = host->interval;
	if (!nap_layers_find(&servers, "tcp-keepalive-count", NULL))
		s->server.tcp_keepalive.count = host->count;
	if (!nap_layers_find(&apps, "server-tcp-keepalive-interval", NULL))
		s->app.server_tcp_keepalive.interval = host->interval;
	if (!nap_layers_find(&apps, "server-tcp-keepalive-count", NULL))
		s->app.server_tcp_keepalive.count = host->count;
}

/* TCP of the server's host: what [client] says of both ends, over what the server's host is. */
static bool load_servers_tcp(
	struct nap_loader *l, const struct nap_stack *client, const struct nap_schema *schema, GError **error)
{
	g_autoptr(GPtrArray) layers = over_host(l, client, "server", error);
	g_autoptr(GPtrArray) host = layers ? host_of(l, client, "server", error) : NULL;
	struct nap_app_config both, alone;

	if (!host || !apply_apart(l, layers, *schema, &both, error) ||
		!apply_apart(l, host, *schema, &alone, error))
		return false;
	nap_server_set_tcp(&l->scenario->server, &both.tcp); /* [server] has been read before */
	set_probes(l, client, &alone.tcp_keepalive);
	return true;
}

bool nap_loader_client(struct nap_loader *l, GError **error)
{
	static const char *const reserved[] = { "application", "policy", "stack", "base", NULL };
	struct nap_scenario *s = l->scenario;
	struct nap_binding bindings[N_BINDINGS];
	g_autoptr(GPtrArray) layers = NULL;
	struct nap_stack stack;
	struct nap_schema schema;
	struct choice choice;
	bool ok;

	if (!nap_loader_stack(l, "client", "application", NAP_APPLICATION, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	layers = over_host(l, &stack, "client", error);
	if (layers)
		set_layers(&schema, layers);
	ok = layers && choose_policy(&schema, &choice, error);
	if (ok) {
		s->policy = choice.policy;
		s->policy_config = nap_arena_alloc(l->arena, choice.policy->config_size);
		bindings[0] = (struct nap_binding){ nap_app_params, &s->app };
		bindings[1] = (struct nap_binding){ nap_stack_params, &s->app };
		bindings[2] = (struct nap_binding){ choice.policy->params, s->policy_config };
		bindings[3] = (struct nap_binding){ nap_program_params, &s->program };
		schema.bindings = bindings;
		schema.n_bindings = N_BINDINGS;
		schema.reserved = reserved;
		schema.excuse = excuse;
		schema.ctx = &choice;
		ok = nap_schema_apply(&schema, error) && load_servers_tcp(l, &stack, &schema, error);
	}
	if (ok) {
		const char *key;
		nap_time interval;

		if (s->policy->settle) /* before an idle-timeout that is a share of the interval */
			s->policy->settle(
				s->policy_config, s->app.idle_of > 0.0 ? NAP_NEVER : s->app.idle_timeout);
		interval = told_interval(s->policy, s->policy_config, &key);

		nap_app_set_interval(&s->app, interval);
		nap_server_settle(&s->server, &s->app, s->policy);
		warn(l, &schema, key, interval);
	}
	nap_stack_clear(&stack);
	return ok;
}
