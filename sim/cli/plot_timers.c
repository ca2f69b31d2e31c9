/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/plot_timers.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "io/scenario.h"

static void timer_clear(void *timer)
{
	g_free(((struct nap_plot_timer *)timer)->name);
}

static void add(GArray *timers, const struct nap_middlebox *m, const char *key, enum nap_timer which)
{
	nap_time t = m->box.timer[which];
	struct nap_plot_timer timer = { NULL, nap_time_seconds(t) };

	if (t <= 0 || t == NAP_NEVER || m->n_draws > 0) /* drawn for each: there is no one line */
		return;
	timer.name = g_strdup_printf("middlebox.%s.%s", m->name, key);
	g_array_append_val(timers, timer);
}

static void add_all(GArray *timers, const struct nap_scenario *sc)
{
	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++) {
		const struct nap_middlebox *m = &sc->middlebox[k];

		if (sc->app.transport == NAP_OVER_TCP) {
			add(timers, m, "tcp-established", NAP_TIMER_ESTABLISHED);
			continue;
		}
		add(timers, m, "udp", NAP_TIMER_UDP);
		add(timers, m, "udp-stream", NAP_TIMER_UDP_STREAM);
	}
}

/* The scenario as it was run, without its sweep; NULL: it has files that are not there, or is of another version. */
static struct nap_scenario *scenario_of(JsonObject *said)
{
	const char *file = json_object_get_string_member_with_default(said, "file", "");
	const char *text = json_object_get_string_member_with_default(said, "text", "");
	JsonArray *set = json_object_has_member(said, "overrides")
				 ? json_object_get_array_member(said, "overrides")
				 : NULL;
	guint n = set ? json_array_get_length(set) : 0, parsed = 0;
	g_autofree struct nap_override *override = g_new0(struct nap_override, n + 1);
	g_autofree char *dir = g_path_get_dirname(file);
	struct nap_document *document = nap_document_new(file, dir, text, strlen(text), NULL);
	struct nap_scenario *sc = NULL;

	while (document && parsed < n &&
		nap_override_parse(json_array_get_string_element(set, parsed), &override[parsed], NULL))
		parsed++;
	if (document && parsed == n)
		sc = nap_scenario_new(document, override, n, NULL);
	for (guint i = 0; i < parsed; i++)
		nap_override_clear(&override[i]);
	nap_document_free(document);
	return sc;
}

GArray *nap_plot_timers_read(const char *dir)
{
	GArray *timers = g_array_new(FALSE, FALSE, sizeof(struct nap_plot_timer));
	g_autofree char *path = g_build_filename(dir, "run.json", NULL);
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonNode *root = json_parser_load_from_file(parser, path, NULL) ? json_parser_get_root(parser) : NULL;
	JsonNode *said = root && JSON_NODE_HOLDS_OBJECT(root)
				 ? json_object_get_member(json_node_get_object(root), "scenario")
				 : NULL;
	struct nap_scenario *sc =
		said && JSON_NODE_HOLDS_OBJECT(said) ? scenario_of(json_node_get_object(said)) : NULL;

	g_array_set_clear_func(timers, timer_clear);
	if (sc)
		add_all(timers, nap_scenario_of(sc, 0, 0)); /* whose timeline is kept */
	nap_scenario_free(sc);
	return timers;
}
