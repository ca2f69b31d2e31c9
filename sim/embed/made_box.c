/* SPDX-License-Identifier: BSD-2-Clause */
/* Middleboxes by name, for programs of others. */
#include <string.h>

#include "kernel/rng.h"
#include "middlebox/box.h"
#include "natnap_run.h"
#include "text/box_text.h"

#define EXPECTED 64 /* sessions to begin with; the table grows */

struct nap_made_box {
	struct nap_box_config config;
	struct nap_box *box;
};

/* KEY=VALUE over what the profile says. Why not, to be freed; NULL when all is well. */
static char *set_key(struct nap_box_config *config, const char *assignment)
{
	const char *equals = strchr(assignment, '='), *wrong;
	g_autofree char *key = equals ? g_strndup(assignment, (gsize)(equals - assignment)) : NULL;

	if (!equals)
		return g_strdup_printf("%s: write it as KEY=VALUE", assignment);
	wrong = nap_box_config_set(config, key, equals + 1);
	return wrong ? g_strdup_printf("%s: %s", key, wrong) : NULL;
}

static char *fill(struct nap_made_box *made, const char *profile, const char *const *set, uint64_t seed)
{
	const char *key, *wrong;
	char *why = NULL;

	if (!nap_box_config_profile(&made->config, profile))
		return g_strdup_printf("there is no middlebox profile %s", profile);
	for (; set && *set && !why; set++)
		why = set_key(&made->config, *set);
	if (why)
		return why;
	wrong = nap_box_config_check(&made->config, &key);
	if (wrong)
		return g_strdup_printf("%s: %s", key, wrong);
	made->box = nap_box_new(&made->config, nap_rng_stream(seed, 0, 0, NAP_RNG_PORTS), EXPECTED);
	return NULL;
}

struct nap_made_box *nap_made_box_new(const char *profile, const char *const *set, uint64_t seed, char **why)
{
	struct nap_made_box *made = g_new0(struct nap_made_box, 1);
	char *wrong;

	nap_box_config_init(&made->config);
	wrong = fill(made, profile, set, seed);
	if (!wrong)
		return made;
	nap_made_box_free(made);
	if (why)
		*why = wrong;
	else
		g_free(wrong);
	return NULL;
}

struct nap_box *nap_made_box_get(const struct nap_made_box *made)
{
	return made->box;
}

void nap_made_box_free(struct nap_made_box *made)
{
	if (!made)
		return;
	nap_box_free(made->box);
	nap_box_config_clear(&made->config);
	g_free(made);
}
