/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/loader.h"

#include <string.h>

#include "text/input_error.h"

static const struct nap_folder *folder_of(const struct nap_loader *l, const struct nap_override *o)
{
	struct nap_folder *folder = nap_arena_alloc(l->arena, sizeof *folder);

	*folder = (struct nap_folder){ o->dir, l->document->folder.files };
	return folder;
}

const struct nap_group *nap_loader_overrides(const struct nap_loader *l, const char *group)
{
	struct nap_group *g = NULL;
	struct nap_entry *entries;

	for (size_t i = 0; i < l->n_overrides; i++) {
		const struct nap_override *o = &l->overrides[i];

		if (strcmp(o->group, group) != 0)
			continue;
		if (!g) {
			g = nap_arena_alloc(l->arena, sizeof *g);
			g->name = nap_arena_strdup(l->arena, group);
			g->where = o->where;
			g->entry = entries = nap_arena_alloc(l->arena, l->n_overrides * sizeof *entries);
		}
		entries = (struct nap_entry *)g->entry;
		for (unsigned j = 0; j < g->n_entries; j++)
			if (strcmp(entries[j].key, o->key) == 0) /* a later one replaces it */
				memmove(&entries[j], &entries[j + 1], (--g->n_entries - j) * sizeof *entries);
		entries[g->n_entries++] = (struct nap_entry){ o->key, o->text, o->where, folder_of(l, o) };
	}
	return g;
}

const struct nap_profile *nap_loader_profile(struct nap_loader *l, const char *group,
	const struct nap_entry *entry, enum nap_profile_kind kind, GError **error)
{
	g_autoptr(GError) why = NULL;
	struct nap_profile *profile = nap_profile_cached(l->cache, kind, entry->text, entry->dir, &why);

	if (!profile) {
		nap_fail_key(error, entry->where, group, entry->key, "%s", why->message);
		return NULL;
	}
	if (g_ptr_array_find(l->profiles, profile, NULL))
		nap_profile_free(profile); /* the reference that is held already will do */
	else
		g_ptr_array_add(l->profiles, profile);
	return profile;
}

bool nap_loader_stack(struct nap_loader *l, const char *group, const char *choice, enum nap_profile_kind kind,
	struct nap_stack *out, GError **error)
{
	const struct nap_group *own = nap_document_group(l->document, group);
	const struct nap_group *set = nap_loader_overrides(l, group);
	const struct nap_layers both = { (const struct nap_group *const[]){ own, set }, 2 };
	const struct nap_entry *entry = choice ? nap_layers_find(&both, choice, NULL) : NULL;

	*out = (struct nap_stack){ group, own ? own->where : l->document->path, g_ptr_array_new(), NULL };
	if (entry) {
		out->profile = nap_loader_profile(l, group, entry, kind, error);
		if (!out->profile) {
			nap_stack_clear(out);
			return false;
		}
		for (unsigned i = 0; i < out->profile->documents->len; i++)
			g_ptr_array_add(
				out->layers, (void *)nap_document_group(out->profile->documents->pdata[i],
						     nap_profile_kinds[kind]));
	}
	g_ptr_array_add(out->layers, (void *)own);
	g_ptr_array_add(out->layers, (void *)set);
	return true;
}

void nap_stack_clear(struct nap_stack *stack)
{
	if (stack->layers)
		g_ptr_array_unref(stack->layers);
	stack->layers = NULL;
}

struct nap_schema nap_loader_schema(const struct nap_loader *l, const struct nap_stack *stack)
{
	return (struct nap_schema){
		.group = stack->group,
		.where = stack->where,
		.layers = { (const struct nap_group *const *)stack->layers->pdata, stack->layers->len },
		.own = !stack->profile,
		.origins = l->origins,
		.arena = l->arena,
	};
}
