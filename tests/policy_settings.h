/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: a policy's parameters set by its own rows, as the loader would. */
#ifndef NAP_TESTS_POLICY_SETTINGS_H
#define NAP_TESTS_POLICY_SETTINGS_H

#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "client/policy.h"
#include "kernel/dist.h"

static inline void set_text(void *config, const struct nap_param *row, const char *text)
{
	char *at = (char *)config + row->offset;
	char unit[8] = "";
	double number = 0.0;
	nap_time t = 0;

	switch (row->type) {
	case NAP_P_TIME:
		if (strcmp(text, "never") == 0) {
			t = NAP_NEVER;
		} else {
			g_assert_cmpint(sscanf(text, "%lf%7s", &number, unit), ==, 2);
			t = (nap_time)(number * (double)(strcmp(unit, "ms") == 0    ? NAP_MS
							 : strcmp(unit, "s") == 0   ? NAP_S
							 : strcmp(unit, "min") == 0 ? NAP_MIN
							 : strcmp(unit, "h") == 0   ? NAP_H
										    : NAP_DAY));
		}
		memcpy(at, &t, sizeof t);
		break;
	case NAP_P_SHARE:
		*(double *)(void *)at = g_ascii_strtod(text, NULL) / 100.0;
		break;
	case NAP_P_UINT:
		*(uint32_t *)(void *)at = (uint32_t)g_ascii_strtoull(text, NULL, 10);
		break;
	case NAP_P_BOOL:
		*(bool *)at = strcmp(text, "yes") == 0;
		break;
	case NAP_P_WORD:
		for (uint32_t i = 0; row->words[i]; i++)
			if (strcmp(row->words[i], text) == 0)
				*(uint32_t *)(void *)at = i;
		break;
	case NAP_P_DIST_TIME: /* a constant */
		g_assert_cmpint(sscanf(text, "%lf%7s", &number, unit), ==, 2);
		*(struct nap_dist *)(void *)at = (struct nap_dist){ .kind = NAP_DIST_CONSTANT,
			.a = number * (double)(strcmp(unit, "min") == 0 ? NAP_MIN : NAP_S) };
		break;
	default:
		g_assert_not_reached();
	}
}

/* All keys of a policy at their defaults, then one by name. */
static inline void set_defaults(void *config, const struct nap_policy *policy)
{
	for (const struct nap_param *row = policy->params; row->key; row++)
		set_text(config, row, row->def);
}

static inline void set(void *config, const struct nap_policy *policy, const char *key, const char *text)
{
	for (const struct nap_param *row = policy->params; row->key; row++)
		if (strcmp(row->key, key) == 0) {
			set_text(config, row, text);
			return;
		}
	g_error("no key %s", key);
}

#endif
