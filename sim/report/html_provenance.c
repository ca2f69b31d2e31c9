/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_text.h"

/* ---- the texts ------------------------------------------------------------------------------------------------------- */

/* The lines of a profile that say where its facts come from. */
static void sources_of(GString *html, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **l = lines; *l; l++) {
		const char *equals = strchr(*l, '=');
		g_autofree char *key = equals ? g_strstrip(g_strndup(*l, (gsize)(equals - *l))) : NULL;

		if (!key || !g_str_equal(key, "source"))
			continue;
		nap_html_format(html, "<li>%s</li>\n", equals + 1 + strspn(equals + 1, " \t"));
	}
}

static void profile(GString *html, const char *name, const char *text)
{
	g_autoptr(GString) sources = g_string_new(NULL);

	sources_of(sources, text);
	nap_html_format(html, "<h3>%s</h3>\n", name);
	if (sources->len > 0)
		g_string_append_printf(html, "<p class=\"soft\">Sources</p>\n<ul>\n%s</ul>\n", sources->str);
	nap_html_format(html,
		"<details><summary>%s, the whole text</summary>\n<pre tabindex=\"0\">%s</pre>\n</details>\n",
		name, text);
}

void nap_html_sources(GString *html, JsonObject *run)
{
	JsonObject *scenario = nap_member_object(run, "scenario"),
		   *profiles = nap_member_object(run, "profiles");
	g_autoptr(GList) names = profiles ? json_object_get_members(profiles) : NULL;

	const char *text = nap_member_text(scenario ? scenario : run, "text");

	if (*text)
		nap_html_format(
			html, "<h2 id=\"scenario\">Scenario</h2>\n<pre tabindex=\"0\">%s</pre>\n", text);
	if (names)
		g_string_append(html, "<h2 id=\"profiles\">Profiles</h2>\n");
	for (GList *l = names; l; l = l->next)
		profile(html, l->data, nap_member_text(profiles, l->data));
}

/* ---- where the numbers come from ------------------------------------------------------------------------------------- */

static void fact(GString *html, JsonObject *o, const char *name, const char *head)
{
	g_autofree char *shown = nap_member_shown(o, name);

	if (*shown)
		nap_html_format(html, "<dt>%s</dt><dd>%s</dd>\n", head, shown);
}

static void argument(GString *command, const char *option, const char *value)
{
	g_autofree char *quoted = NULL;

	if (!*value)
		return;
	quoted = g_shell_quote(value);
	g_string_append_printf(command, " %s%s%s", option, *option ? " " : "",
		strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_=-") ==
				strlen(value)
			? value
			: quoted);
}

/* What is swept is the scenario's own. */
static void setting(GString *command, JsonObject *run, const char *name)
{
	JsonArray *swept = nap_member_array(run, "swept");
	g_autofree char *key = g_strconcat("scenario.", name, NULL), *option = g_strconcat("--", name, NULL),
			*value = nap_member_shown(run, name);

	for (guint i = 0; i < nap_array_length(swept); i++)
		if (g_str_equal(nap_element_text(swept, i), key))
			return;
	argument(command, option, value);
}

void nap_html_run_command(GString *command, JsonObject *run)
{
	JsonObject *scenario = nap_member_object(run, "scenario");
	JsonArray *overrides = nap_member_array(scenario, "overrides");

	g_string_append(command, "natnap run");
	argument(command, "", nap_member_text(scenario, "file"));

	for (guint i = 0; i < nap_array_length(overrides); i++)
		argument(command, "--set", nap_element_text(overrides, i));
	setting(command, run, "seed");
	setting(command, run, "replications");
}

static GString *command_of(const struct nap_html_source *from)
{
	const char *typed = nap_member_text(from->document, "command");
	GString *command = g_string_new(typed);

	if (!*typed && !from->kind->command)
		return command;
	if (!*typed)
		from->kind->command(command, from->document);
	argument(command, "--out", from->folder);
	if (!*typed)
		g_string_append_printf(command, "%s%s", from->timeline ? " --timeline" : "",
			from->exchange ? " --exchange" : "");
	return command;
}

void nap_html_provenance(GString *html, const struct nap_html_source *from)
{
	JsonObject *scenario = nap_member_object(from->document, "scenario");
	g_autoptr(GString) command = command_of(from);
	g_autofree char *folder = g_shell_quote(from->folder);

	g_string_append(
		html, "<h2 id=\"provenance\">Where the numbers come from</h2>\n<dl class=\"facts\">\n");
	fact(html, from->document, "program", "Program");
	fact(html, from->document, "version", "Version of natnap");
	fact(html, from->document, "origin", "Of");
	fact(html, from->document, "trace", "Trace");
	fact(html, from->document, "scenario", "Scenario");
	fact(html, scenario, "file", "Scenario");
	fact(html, scenario, "sha256", "Its SHA-256");
	fact(html, from->document, "seed", "Seed");
	fact(html, from->document, "replications", "Replications");
	fact(html, from->document, "subscribers", "Subscribers");
	fact(html, from->document, "duration_s", "Duration (s)");
	fact(html, from->document, "warm_up_s", "Warm-up (s)");
	g_string_append(html, "</dl>\n");
	if (command->len == 0)
		return;
	g_string_append(
		html, "<p>This makes the same numbers and this page anew; its texts are above:</p>\n");
	nap_html_format(html, "<pre tabindex=\"0\" id=\"command\">%s\nnatnap report %s</pre>\n", command->str,
		folder);
}
