/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is freed all at once: everything a loaded scenario points to. */
#ifndef NAP_TEXT_ARENA_H
#define NAP_TEXT_ARENA_H

#include <stddef.h>

struct nap_arena;

struct nap_arena *nap_arena_new(void);
void nap_arena_free(struct nap_arena *arena); /* accepts NULL */

/* size zeroed bytes, aligned for any type; never NULL. */
void *nap_arena_alloc(struct nap_arena *arena, size_t size);
char *nap_arena_strdup(struct nap_arena *arena, const char *text);

#endif
