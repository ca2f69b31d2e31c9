/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/device.h"

#include <string.h>

struct nap_scenario *nap_device_load(const char *radio, const char *battery, const char *dir,
	const struct nap_override *overrides, size_t n, GError **error)
{
	/* a scenario must last for some time */
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 1h\n[radio]\nprofile = %s\n%s%s\n",
		radio, battery ? "[battery]\nprofile = " : "", battery ? battery : "");
	struct nap_document *document = nap_document_new(radio, dir, text, strlen(text), error);
	struct nap_scenario *scenario = NULL;

	if (document)
		scenario = nap_scenario_new(document, overrides, n, error);
	nap_document_free(document);
	return scenario;
}
