/* SPDX-License-Identifier: BSD-2-Clause */
/* What natnap replay writes: never a part over a whole. */
#include <string.h>

#include "cli/folder_journal.h"
#include "cli/out_folder.h"
#include "cli/replay_job.h"

#define DOCUMENT "replay.json"

/* The document is last: it says that all is there. */
static const char *const files[] = { "flows.csv", "bursts.csv", "timeline.csv", "energy.csv", "what-if.csv",
	DOCUMENT };

void nap_replay_job_sweep_up(const struct nap_replay_job *j)
{
	const char *dir = j->options->out;
	g_autofree char *partial = g_build_filename(dir, "partial", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		nap_outfile_sweep_up(dir, files[i]);
		nap_outfile_sweep_up(partial, files[i]);
	}
}

struct nap_replay_report nap_replay_job_report(const struct nap_replay_job *j)
{
	return (struct nap_replay_report){ .capture = j->path,
		.scenario = j->options->scenario,
		.trace = &j->trace,
		.series = j->series,
		.replayed = &j->replayed,
		.names = (const char *const *)j->names,
		.what_if = j->what_if,
		.n_what_if = j->sweep ? (uint32_t)j->sweep->n_points : 0,
		.broken = j->broken };
}

static bool write_text(const char *dir, const char *name, const char *text, size_t n, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return nap_write_file(path, text, n, error);
}

static bool close_rows(struct nap_replay_rows *rows, const char *dir, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	nap_outfile_redirect(rows->out, path);
	return nap_outfile_close(g_steal_pointer(&rows->out), error);
}

/* With what a file says besides, for natnap report. */
static char *document_of(const struct nap_replay_job *j, const struct nap_replay_report *r)
{
	JsonNode *node = nap_replay_json(r);
	JsonObject *all = json_node_get_object(node);

	json_object_set_string_member(all, "command", j->options->command);
	json_object_set_string_member(all, "text", j->document->text);
	nap_put_profiles(all, nap_scenario_of(j->scenario, 0, 0));
	return nap_json_text(node);
}

bool nap_replay_job_files(struct nap_replay_job *j, GError **error)
{
	struct nap_replay_report r = nap_replay_job_report(j);
	const char *out = j->options->out;
	g_autofree char *json = NULL, *dir = NULL;
	bool ok;

	if (!out)
		return true;
	dir = j->broken ? nap_folder_for_part(out, DOCUMENT, "broken") : g_strdup(out);
	ok = nap_make_folder(dir, error) && close_rows(&j->flows, dir, "flows.csv", error) &&
	     close_rows(&j->bursts, dir, "bursts.csv", error);
	if (ok && j->timeline) {
		g_autoptr(GString) text = NULL;

		nap_timeline_lasts(j->timeline, j->replayed.sums.duration);
		text = nap_timeline_csv(j->timeline);
		ok = write_text(dir, "timeline.csv", text->str, text->len, error);
	}
	if (ok) {
		g_autoptr(GString) text = nap_replay_csv_energy(&r);

		ok = write_text(dir, "energy.csv", text->str, text->len, error);
	}
	if (ok && r.n_what_if > 0) {
		g_autoptr(GString) text = nap_replay_csv_what_if(&r);

		ok = write_text(dir, "what-if.csv", text->str, text->len, error);
	}
	json = document_of(j, &r);
	ok = ok && write_text(dir, DOCUMENT, json, strlen(json), error);
	if (ok && !j->broken)
		nap_folder_remove_part(out, files, G_N_ELEMENTS(files));
	return ok;
}
