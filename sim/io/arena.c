/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/arena.h"

#include <string.h>

#include <glib.h>

struct nap_arena {
	GPtrArray *blocks;
};

struct nap_arena *nap_arena_new(void)
{
	struct nap_arena *arena = g_new(struct nap_arena, 1);

	arena->blocks = g_ptr_array_new_with_free_func(g_free);
	return arena;
}

void nap_arena_free(struct nap_arena *arena)
{
	if (!arena)
		return;
	g_ptr_array_unref(arena->blocks);
	g_free(arena);
}

void *nap_arena_alloc(struct nap_arena *arena, size_t size)
{
	void *block = g_malloc0(size ? size : 1);

	g_ptr_array_add(arena->blocks, block);
	return block;
}

char *nap_arena_strdup(struct nap_arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(nap_arena_alloc(arena, size), text, size);
}
