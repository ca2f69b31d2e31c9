/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/embed.h"

#include <string.h>

#include "text/built_in.h"
#include "text/keyfile.h"

const char *nap_profile_name(const char *kind, size_t i)
{
	for (const struct nap_built_in *b = nap_built_ins; b->kind; b++)
		if (strcmp(b->kind, kind) == 0 && strcmp(b->name, "EXAMPLE") != 0 && i-- == 0)
			return b->name;
	return NULL;
}

struct nap_scenario *nap_scenario_parse(const char *text, char **why)
{
	g_autoptr(GError) error = NULL;
	struct nap_document *document = nap_document_parse("scenario", NULL, text, strlen(text), &error);
	struct nap_scenario *scenario = document ? nap_scenario_new(document, NULL, 0, &error) : NULL;

	nap_document_free(document);
	if (!scenario && why)
		*why = g_strdup(error->message);
	return scenario;
}

void nap_free(void *text)
{
	g_free(text);
}

const struct nap_box_config *nap_scenario_box(const struct nap_scenario *scenario, const char *name)
{
	for (uint32_t i = 0; i < scenario->n_middleboxes; i++)
		if (strcmp(scenario->middlebox[i].name, name) == 0)
			return &scenario->middlebox[i].box;
	return NULL;
}

const struct nap_radio_tech *nap_scenario_radio(const struct nap_scenario *scenario)
{
	return scenario->radio;
}
