/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/arena.h"

#include <string.h>

#include <glib.h>

#define CHUNK 4096 /* bytes that small pieces share */
#define ALIGN 16

struct nap_arena {
	GPtrArray *blocks;
	char *chunk; /* the block that small pieces come from */
	size_t used; /* of it */
};

struct nap_arena *nap_arena_new(void)
{
	struct nap_arena *arena = g_new0(struct nap_arena, 1);

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

static void *new_block(struct nap_arena *arena, size_t size)
{
	void *block = g_malloc0(size);

	g_ptr_array_add(arena->blocks, block);
	return block;
}

static void *take(struct nap_arena *arena, size_t size, size_t align)
{
	void *piece;

	if (size > CHUNK / 4)
		return new_block(arena, size);
	arena->used = (arena->used + align - 1) / align * align;
	if (!arena->chunk || arena->used + size > CHUNK) {
		arena->chunk = new_block(arena, CHUNK);
		arena->used = 0;
	}
	piece = arena->chunk + arena->used;
	arena->used += size;
	return piece;
}

void *nap_arena_alloc(struct nap_arena *arena, size_t size)
{
	return take(arena, size ? size : 1, ALIGN);
}

char *nap_arena_strdup(struct nap_arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(take(arena, size, 1), text, size);
}
