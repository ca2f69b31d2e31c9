/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the page calls: one function, text in and JSON out, over the embedding API. The text's first line is the verb (run, schema),
 * the next the scenario's name; then come lines GROUP.KEY=VALUE, an empty one, and the scenario.
 */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "natnap_run.h"

#define EXPORT(name) __attribute__((export_name(name)))

EXPORT("room") char *nap_web_room(size_t n)
{
	return g_malloc(n + 1);
}

/* The end of a line, which is cut off there. */
static char *cut(char *line)
{
	char *end = strchr(line, '\n');

	if (!end)
		return line + strlen(line);
	*end = '\0';
	return end + 1;
}

/* Takes request; what is returned is overwritten by the next call. Its first character is the status. */
EXPORT("call") char *nap_web_call(char *request)
{
	static char *answer;
	char *name = cut(request), *line = cut(name), *out = NULL;
	struct nap_text_options o = { .size = sizeof o, .name = name };
	GPtrArray *set = g_ptr_array_new();
	bool watched = strcmp(request, "timeline") == 0;
	enum nap_text_status status;

	while (*line && *line != '\n') {
		char *next = cut(line);

		g_ptr_array_add(set, line);
		line = next;
	}
	if (*line)
		line++;
	g_ptr_array_add(set, NULL);
	o.set = (const char *const *)(void *)set->pdata;
	o.timeline = watched;
	status = strcmp(request, "schema") == 0 ? nap_text_schema(line, &o, &out)
						: nap_text_run(line, &o, &out);
	free(answer);
	answer = g_strdup_printf("%d%s", (int)status, out);
	free(out);
	g_ptr_array_unref(set);
	free(request);
	return answer;
}
