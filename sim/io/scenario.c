/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/scenario.h"

struct nap_scenario *nap_scenario_load(const char *path, GError **error)
{
	struct nap_document *document = nap_document_load(path, error);
	struct nap_scenario *scenario = document ? nap_scenario_new(document, NULL, 0, error) : NULL;

	nap_document_free(document);
	return scenario;
}
