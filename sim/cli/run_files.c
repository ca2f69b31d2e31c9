/* SPDX-License-Identifier: BSD-2-Clause */
/* What natnap run writes: never a part over a whole. */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cli/run_job.h"
#include "io/outfile.h"
#include "io/pcap_write.h"
#include "report/each_columns.h"
#include "report/load.h"
#include "report/occupancy.h"
#include "report/exchange.h"
#include "report/timeline.h"
#include "report/trace.h"

/* ---- the files of --out ------------------------------------------------------------------------------------------- */

static GString *summary(const struct nap_run_job *j, const struct nap_run_options *o)
{
	(void)o;
	return nap_results_csv(j->study.results);
}

static GString *cdf(const struct nap_run_job *j, const struct nap_run_options *o)
{
	(void)o;
	return nap_cdf_csv(&j->study.campaign, j->study.results);
}

static GString *timeline(const struct nap_run_job *j, const struct nap_run_options *o)
{
	(void)o;
	return j->timeline ? nap_timeline_csv(j->timeline) : NULL;
}

static GString *exchange(const struct nap_run_job *j, const struct nap_run_options *o)
{
	(void)o;
	return j->exchange ? nap_exchange_csv(j->exchange) : NULL;
}

static GString *occupancy(const struct nap_run_job *j, const struct nap_run_options *o)
{
	(void)o;
	return j->gathered && nap_occupancy_is_known(j->study.scenario[0])
		       ? nap_occupancy_csv(j->study.scenario[0], j->gathered)
		       : NULL;
}

static GString *load(const struct nap_run_job *j, const struct nap_run_options *o)
{
	(void)o;
	return j->gathered ? nap_load_csv(j->study.scenario[0], j->gathered->load) : NULL;
}

static GString *addresses(const struct nap_run_job *j, const struct nap_run_options *o)
{
	(void)o;
	return j->gathered ? nap_addresses_csv(j->study.scenario[0], j->gathered->load) : NULL;
}

static GString *document(const struct nap_run_job *j, const struct nap_run_options *o)
{
	g_autofree char *text =
		nap_json_text(nap_study_json(&j->study, j->path, (const char *const *)o->set));

	return g_string_new(text);
}

/* What makes each file; NULL: not asked for. The document is last: it says of what it is, and that all is there. */
static const struct {
	const char *name;
	GString *(*text)(const struct nap_run_job *j, const struct nap_run_options *o);
} files[] = {
	{ "summary.csv", summary },
	{ "cdf.csv", cdf },
	{ "timeline.csv", timeline },
	{ "exchange.csv", exchange },
	{ "occupancy.csv", occupancy },
	{ "load.csv", load },
	{ "addresses.csv", addresses },
	{ "run.json", document },
};

static bool write_files(
	const struct nap_run_job *j, const struct nap_run_options *o, const char *dir, GError **error)
{
	bool ok = nap_make_folder(dir, error);

	for (size_t i = 0; ok && i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(dir, files[i].name, NULL);
		g_autoptr(GString) text = files[i].text(j, o);

		ok = !text || nap_write_file(path, text->str, text->len, error);
	}
	return ok;
}

/* ---- a part never takes the place of a whole ----------------------------------------------------------------------- */

/* Is there a result in dir that is not known to be partial? */
static bool holds_whole(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "run.json", NULL), *csv = NULL, *text = NULL;
	g_autoptr(JsonParser) parser = json_parser_new();

	if (g_file_get_contents(path, &text, NULL, NULL))
		return !json_parser_load_from_data(parser, text, -1, NULL) ||
		       !nap_run_json_is_partial(json_parser_get_root(parser));
	csv = g_build_filename(dir, "summary.csv", NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(csv, G_FILE_TEST_EXISTS);
}

void nap_run_job_sweep_up(const struct nap_run_job *j)
{
	g_autofree char *partial = g_build_filename(j->folder, "partial", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		nap_outfile_sweep_up(j->folder, files[i].name);
		nap_outfile_sweep_up(partial, files[i].name);
	}
}

/* Files beside a whole result that it has not: an earlier run's. */
static void name_stale(const struct nap_run_job *j, const struct nap_run_options *o, const char *dir)
{
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(dir, files[i].name, NULL);
		GString *text = g_file_test(path, G_FILE_TEST_EXISTS) ? files[i].text(j, o) : NULL;

		if (!text && g_file_test(path, G_FILE_TEST_EXISTS))
			fprintf(stderr, "natnap: %s is of an earlier run, not of this one\n", path);
		if (text)
			g_string_free(text, TRUE);
	}
}

/* Take away what an interrupted run left: a whole one has come. */
static void remove_partial(const char *partial)
{
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(partial, files[i].name, NULL);

		g_unlink(path);
	}
	g_rmdir(partial);
}

static bool write_folder(const struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	const char *dir = j->folder;
	g_autofree char *partial = g_build_filename(dir, "partial", NULL);

	if (j->study.results->missing > 0 && holds_whole(dir)) {
		fprintf(stderr,
			"natnap: the whole result in %s stays; what is complete of this run is in %s\n", dir,
			partial);
		return write_files(j, o, partial, error);
	}
	if (!write_files(j, o, dir, error))
		return false;
	if (j->study.results->missing == 0) {
		remove_partial(partial);
		name_stale(j, o, dir);
	}
	return true;
}

/* A file of the first subscriber's packets: does it stay as it is, since the new one was cut short? */
static bool keeps(const struct nap_run_job *j, const char *path)
{
	bool kept = !j->study.campaign.point[0].done[0] && g_file_test(path, G_FILE_TEST_IS_REGULAR);

	if (kept)
		fprintf(stderr, "natnap: %s stays as it was: this run's was not finished\n", path);
	return kept;
}

static bool close_capture(struct nap_run_job *j, const char *path, GError **error)
{
	if (!keeps(j, path))
		return nap_capture_close(g_steal_pointer(&j->capture), error);
	nap_capture_abandon(g_steal_pointer(&j->capture));
	return true;
}

static bool close_trace(struct nap_run_job *j, const char *path, GError **error)
{
	if (!keeps(j, path))
		return nap_trace_close(g_steal_pointer(&j->trace), error);
	nap_trace_abandon(g_steal_pointer(&j->trace));
	return true;
}

bool nap_run_job_files(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	bool ok = !j->folder || write_folder(j, o, error);

	nap_run_job_journal_end(j, ok && j->study.results->missing == 0);
	if (ok && j->capture)
		ok = close_capture(j, o->pcap, error);
	return ok && (!j->trace || close_trace(j, o->trace, error));
}
