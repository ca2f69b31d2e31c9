/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/run_json.h"

#include "io/unsure.h"
#include "report/advice.h"

static void add_profiles(JsonBuilder *b, const struct nap_provenance *from)
{
	json_builder_set_member_name(b, "profiles");
	json_builder_begin_object(b);
	for (uint32_t i = 0; from->profile_names && from->profile_names[i]; i++)
		nap_json_put_text(b, from->profile_names[i], from->profile_texts[i]);
	json_builder_end_object(b);
}

static void add_unsure(JsonBuilder *b, const GPtrArray *unsure)
{
	json_builder_set_member_name(b, "unsure");
	json_builder_begin_object(b);
	for (guint i = 0; i < unsure->len; i++) {
		const struct nap_unsure *u = unsure->pdata[i];

		json_builder_set_member_name(b, u->profile);
		json_builder_begin_array(b);
		for (char **what = u->what; *what; what++)
			json_builder_add_string_value(b, *what);
		json_builder_end_array(b);
	}
	json_builder_end_object(b);
}

static void add_warnings(JsonBuilder *b, const GPtrArray *warnings)
{
	json_builder_set_member_name(b, "warnings");
	json_builder_begin_array(b);
	for (guint i = 0; i < warnings->len; i++)
		json_builder_add_string_value(b, warnings->pdata[i]);
	json_builder_end_array(b);
}

void nap_run_json_provenance(JsonBuilder *b, const struct nap_scenario *sc, const struct nap_provenance *from)
{
	char seed[32];

	nap_json_put_text(b, "program", "natnap " NATNAP_VERSION);
	nap_json_put_text(b, "title", sc->general.title);
	json_builder_set_member_name(b, "scenario");
	json_builder_begin_object(b);
	nap_json_put_text(b, "file", from->path);
	nap_json_put_text(b, "sha256", from->sha256);
	nap_json_put_text(b, "text", from->text);
	json_builder_set_member_name(b, "overrides");
	json_builder_begin_array(b);
	for (uint32_t i = 0; from->overrides && from->overrides[i]; i++)
		json_builder_add_string_value(b, from->overrides[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
	add_profiles(b, from);
	if (from->unsure)
		add_unsure(b, from->unsure);
	if (from->warnings)
		add_warnings(b, from->warnings);
	if (from->seed <= INT64_MAX) {
		nap_json_put_int(b, "seed", (int64_t)from->seed);
	} else { /* beyond what JSON readers keep exactly */
		g_snprintf(seed, sizeof seed, "%" G_GUINT64_FORMAT, from->seed);
		nap_json_put_text(b, "seed", seed);
	}
	nap_json_put_int(b, "replications", sc->general.replications);
	nap_json_put_int(b, "subscribers", sc->general.subscribers);
	nap_json_put_number(b, "duration_s", nap_time_seconds(sc->general.duration));
	nap_json_put_number(b, "warm_up_s", nap_time_seconds(sc->general.warm_up));
}

void nap_run_json_values(JsonBuilder *b, const struct nap_results *r, const struct nap_row *row)
{
	for (uint32_t i = 0; i < r->n_swept; i++) {
		nap_json_put_text(b, r->swept[i], row->swept[i]);
		if (r->number[i])
			nap_json_put_number(b, r->number[i], row->number[i]);
	}
}

void nap_run_json_metrics(JsonBuilder *b, const struct nap_results *r, const struct nap_row *row)
{
	for (uint32_t i = 0; i < r->n_columns; i++) {
		g_autofree char *ci = g_strconcat(r->column[i].name, "_ci95", NULL);

		nap_json_put_number(b, r->column[i].name, row->mean[i]);
		nap_json_put_number(b, ci, row->ci95[i]);
	}
}

static void add_point(JsonBuilder *b, const struct nap_results *r, const struct nap_row *row)
{
	json_builder_begin_object(b);
	nap_run_json_values(b, r, row);
	nap_json_put_int(b, "replications", row->complete);
	if (row->missing > 0)
		nap_json_put_int(b, "replications_missing", row->missing);
	nap_run_json_metrics(b, r, row);
	json_builder_end_object(b);
}

JsonNode *nap_run_json(const struct nap_results *r, const struct nap_advices *advices,
	const struct nap_scenario *sc, const struct nap_provenance *from)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-run/1");
	nap_run_json_provenance(b, sc, from);
	json_builder_set_member_name(b, "swept");
	json_builder_begin_array(b);
	for (uint32_t i = 0; i < r->n_swept; i++)
		json_builder_add_string_value(b, r->swept[i]);
	json_builder_end_array(b);
	nap_json_put_int(b, "replications_missing", r->missing);
	if (advices)
		nap_advices_json(advices, r, b);
	json_builder_set_member_name(b, "points");
	json_builder_begin_array(b);
	for (uint32_t i = 0; i < r->n_rows; i++)
		add_point(b, r, &r->row[i]);
	json_builder_end_array(b);
	if (from->timeline)
		nap_json_put_text(b, "timeline", from->timeline);
	json_builder_end_object(b);
	return json_builder_get_root(b);
}

bool nap_run_json_is_partial(JsonNode *document)
{
	JsonObject *o = document && JSON_NODE_HOLDS_OBJECT(document) ? json_node_get_object(document) : NULL;

	return o && json_object_get_int_member_with_default(o, "replications_missing", 0) > 0;
}
