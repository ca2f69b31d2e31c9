/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/path_input.h"

#include <string.h>

#include "embed/verdicts.h"
#include "text/input_error.h"

static bool is_profile_name(const char *word)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);

	return g_strv_contains((const char *const *)names, word);
}

/* A scenario of nothing but the middlebox of a profile. */
static struct nap_document *around_profile(const char *profile, GError **error)
{
	g_autofree char *text = nap_verdicts_scenario(profile);
	struct nap_profile *p =
		nap_profile_load(NAP_MIDDLEBOX, profile, ".", error); /* for its own messages */
	struct nap_document *d = p ? nap_document_new(profile, ".", text, strlen(text), error) : NULL;

	nap_profile_free(p);
	return d;
}

static struct nap_document *fail_neither(const char *what, GError **error)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);
	g_autofree char *near = nap_did_you_mean(what, (const char *const *)names), *shown = nap_shown(what);

	nap_fail(error, "%s is neither a middlebox profile nor a file%s", shown, near);
	return NULL;
}

static struct nap_document *read_document(const char *what, bool *whole, GError **error)
{
	struct nap_document *d;

	*whole = false;
	if (is_profile_name(what))
		return around_profile(what, error);
	if (strcmp(what, "-") != 0 && !strchr(what, '/') && !g_file_test(what, G_FILE_TEST_EXISTS))
		return fail_neither(what, error);
	d = nap_document_load(what, error);
	if (d && nap_document_group(d, "middlebox")) {
		g_autofree char *path = strchr(what, '/') ? g_strdup(what) : g_strconcat("./", what, NULL);

		nap_document_free(d);
		return around_profile(path, error);
	}
	*whole = d != NULL;
	return d;
}

/* Nobody's subscriber lives for so long here: a scenario that is run says it. */
static const char *const duration = "scenario.duration=1d";

bool nap_path_input_read(struct nap_path_input *in, const char *what, char **set, GError **error)
{
	uint32_t n = set ? g_strv_length(set) : 0;

	in->document = read_document(what, &in->whole, error);
	if (!in->document)
		return false;
	in->set = g_new0(struct nap_override, n + 1);
	if (!nap_group_entry(nap_document_group(in->document, "scenario"), "duration") &&
		!nap_override_parse(duration, &in->set[in->n++], error))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!nap_override_parse(set[i], &in->set[in->n++], error))
			return false;
	return true;
}

void nap_path_input_clear(struct nap_path_input *in)
{
	for (uint32_t i = 0; i < in->n; i++)
		nap_override_clear(&in->set[i]);
	g_free(in->set);
	nap_document_free(in->document);
	*in = (struct nap_path_input){ 0 };
}
