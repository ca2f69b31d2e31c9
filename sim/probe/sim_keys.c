/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sim_keys.h"

#include <glib.h>

#include "kernel/wide.h"

#define FIRST_SIZE 64

static uint32_t home(const struct nap_sim_keys *t, uint64_t key)
{
	return (uint32_t)nap_wide_fold(key ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db)) &
	       t->mask;
}

void nap_sim_keys_init(struct nap_sim_keys *t)
{
	*t = (struct nap_sim_keys){ .slot = g_new0(struct nap_sim_key, FIRST_SIZE), .mask = FIRST_SIZE - 1 };
}

void nap_sim_keys_clear(struct nap_sim_keys *t)
{
	g_free(t->slot);
	t->slot = NULL;
}

/* Where the key is, or would be. */
static struct nap_sim_key *place(const struct nap_sim_keys *t, uint64_t key)
{
	uint32_t i = home(t, key);

	while (t->slot[i].value && t->slot[i].key != key)
		i = (i + 1) & t->mask;
	return &t->slot[i];
}

uint32_t nap_sim_keys_find(const struct nap_sim_keys *t, uint64_t key)
{
	return place(t, key)->value;
}

static void grow(struct nap_sim_keys *t)
{
	struct nap_sim_keys old = *t;

	t->mask = 2 * old.mask + 1;
	t->slot = g_new0(struct nap_sim_key, (size_t)t->mask + 1);
	for (uint32_t i = 0; i <= old.mask; i++)
		if (old.slot[i].value)
			*place(t, old.slot[i].key) = old.slot[i];
	g_free(old.slot);
}

/* Each later entry of the run that would not be found past the gap moves into it. */
static void take_out(struct nap_sim_keys *t, struct nap_sim_key *s)
{
	uint32_t gap = (uint32_t)(s - t->slot);

	for (uint32_t i = (gap + 1) & t->mask; t->slot[i].value; i = (i + 1) & t->mask)
		if (((i - home(t, t->slot[i].key)) & t->mask) >= ((i - gap) & t->mask)) {
			t->slot[gap] = t->slot[i];
			gap = i;
		}
	t->slot[gap].value = 0;
	t->used--;
}

void nap_sim_keys_set(struct nap_sim_keys *t, uint64_t key, uint32_t value)
{
	struct nap_sim_key *s = place(t, key);

	if (!value) {
		if (s->value)
			take_out(t, s);
		return;
	}
	if (!s->value && 2 * ++t->used > t->mask) {
		grow(t);
		s = place(t, key);
	}
	*s = (struct nap_sim_key){ key, value };
}
