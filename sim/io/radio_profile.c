/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/radio_profile.h"

#include <string.h>

static struct nap_scenario *load(
	const char *group, const char *name, const struct nap_override *overrides, size_t n, GError **error)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 1h\n[%s]\nprofile = %s\n", group, name);
	struct nap_document *document = nap_document_new(name, ".", text, strlen(text), error);
	struct nap_scenario *scenario = NULL;

	if (document)
		scenario = nap_scenario_new(document, overrides, n, error);
	nap_document_free(document);
	return scenario;
}

struct nap_scenario *nap_radio_profile_load(
	const char *name, const struct nap_override *overrides, size_t n, GError **error)
{
	return load("radio", name, overrides, n, error);
}

struct nap_scenario *nap_battery_profile_load(const char *name, GError **error)
{
	return load("battery", name, NULL, 0, error);
}
