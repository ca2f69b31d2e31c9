/* SPDX-License-Identifier: BSD-2-Clause */
/* [client]: an application's keys and the chosen policy's, in one group. */
#include <string.h>

#include "text/input_error.h"
#include "text/loader.h"

#define DEFAULT_POLICY "none"

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

bool nap_loader_client(struct nap_loader *l, GError **error)
{
	static const char *const reserved[] = { "application", "policy", "base", NULL };
	struct nap_scenario *s = l->scenario;
	struct nap_binding bindings[2];
	struct nap_stack stack;
	struct nap_schema schema;
	struct choice choice;
	bool ok;

	if (!nap_loader_stack(l, "client", "application", NAP_APPLICATION, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	ok = choose_policy(&schema, &choice, error);
	if (ok) {
		s->policy = choice.policy;
		s->policy_config = nap_arena_alloc(l->arena, choice.policy->config_size);
		bindings[0] = (struct nap_binding){ nap_app_params, &s->app };
		bindings[1] = (struct nap_binding){ choice.policy->params, s->policy_config };
		schema.bindings = bindings;
		schema.n_bindings = 2;
		schema.reserved = reserved;
		schema.excuse = excuse;
		schema.ctx = &choice;
		ok = nap_schema_apply(&schema, error);
	}
	nap_stack_clear(&stack);
	return ok;
}
