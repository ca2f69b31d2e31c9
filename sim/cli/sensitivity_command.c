/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap run --sensitivity as a command: what it prints and writes. */
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "cli/agree.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/say_unsure.h"
#include "cli/plot_files.h"
#include "cli/sensitivity_job.h"
#include "embed/study.h"
#include "io/outfile.h"

#define DOCUMENT "sensitivity.json"

static const struct nap_sensitivity_report *const *reports_of(const struct nap_sensitivity_job *j)
{
	return (const struct nap_sensitivity_report *const *)j->reports->pdata;
}

/* A scenario that stands for all: with every key in the middle. */
static struct nap_scenario *middle_of(const struct nap_sensitivity_job *j, size_t point)
{
	double at[NAP_SENSITIVITY_KEYS];

	for (uint32_t k = 0; k < NAP_SENSITIVITY_KEYS; k++)
		at[k] = NAP_SENSITIVITY_MIDDLE;
	return nap_sensitivity_scenario(j, point, at, NULL);
}

static char *document(const struct nap_sensitivity_job *j)
{
	struct nap_provenance from = { j->run.path, j->run.study.document->text,
		j->run.study.document->sha256, (const char *const *)j->options->set, NULL, NULL, j->seed,
		j->unsure, NULL, NULL };
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)nap_scenario_free),
			     names = g_ptr_array_new_with_free_func(g_free), texts = g_ptr_array_new();

	for (guint i = 0; i < MAX(j->reports->len, 1); i++) { /* what else is swept may be profiles */
		g_ptr_array_add(all, middle_of(j, i));
		nap_collect_profiles(all->pdata[i], names, texts);
	}
	g_ptr_array_add(names, NULL);
	from.profile_names = (const char *const *)names->pdata;
	from.profile_texts = (const char *const *)texts->pdata;
	return nap_json_text(nap_sensitivity_json(reports_of(j), j->reports->len, all->pdata[0], &from));
}

/* ---- files -------------------------------------------------------------------------------------------------------------------- */

/* The tornado of sensitivity.csv; without gnuplot, or where nothing matters, none. */
static bool draw(const struct nap_sensitivity_job *j, const char *dir, GError **error)
{
	const struct nap_plot_kind *kind = nap_plot_kind_find("tornado");
	struct nap_scenario *sc = middle_of(j, 0);
	g_autofree char *gnuplot = g_find_program_in_path("gnuplot"), *path = NULL;
	g_autoptr(GError) why = NULL;
	struct nap_plot_folder f;
	bool ok = true;

	if (!gnuplot) {
		fputs("natnap: there is no gnuplot: no figure is drawn\n", stderr);
	} else {
		ok = nap_plot_folder_open(&f, dir, &why);
		f.source.title = *sc->general.title ? sc->general.title : j->run.name;
		ok = ok && nap_plot_draw(&f, kind, "svg", &path, &why) != NAP_PLOT_FAILED;
		nap_plot_folder_clear(&f);
	}
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&why));
	nap_scenario_free(sc);
	return ok;
}

/* The document is last: it says that all is there. */
static bool write_files(const struct nap_sensitivity_job *j, const char *dir, GError **error)
{
	g_autofree char *csv = g_build_filename(dir, "sensitivity.csv", NULL);
	g_autofree char *json = g_build_filename(dir, DOCUMENT, NULL), *text = document(j);
	g_autoptr(GString) rows = nap_sensitivity_csv(reports_of(j), j->reports->len);

	return nap_make_folder(dir, error) && nap_write_file(csv, rows->str, rows->len, error) &&
	       draw(j, dir, error) && nap_write_file(json, text, strlen(text), error);
}

static bool write_folder(const struct nap_sensitivity_job *j, GError **error)
{
	const char *out = j->options->out;
	g_autofree char *whole = g_build_filename(out, DOCUMENT, NULL);
	g_autofree char *partial = g_build_filename(out, "partial", NULL);

	if (!j->interrupted || !g_file_test(whole, G_FILE_TEST_EXISTS))
		return write_files(j, out, error);
	fprintf(stderr, "natnap: the result in %s stays; what is complete of this analysis is in %s\n", out,
		partial);
	return write_files(j, partial, error);
}

/* ---- the command -------------------------------------------------------------------------------------------------------------- */

static void print_text(const struct nap_sensitivity_job *j)
{
	struct nap_scenario *sc = middle_of(j, 0);

	if (*sc->general.title)
		printf("%s\n\n", sc->general.title);
	nap_scenario_free(sc);
	for (guint i = 0; i < j->reports->len; i++) {
		g_autoptr(GString) s = nap_sensitivity_text(j->reports->pdata[i]);

		if (i)
			putchar('\n');
		nap_print(s->str);
	}
}

static int finish(const struct nap_sensitivity_job *j)
{
	GError *error = NULL;

	if (j->options->json) {
		g_autofree char *text = document(j);

		fputs(text, stdout);
	} else {
		print_text(j);
	}
	if (j->interrupted) {
		const struct nap_sensitivity_report *r = j->reports->pdata[j->reports->len - 1];

		fprintf(stderr,
			"natnap: interrupted: the numbers are of %u of %u trajectories and %u of %u rows, %u "
			"of "
			"%zu analyses\n",
			r->s.trajectories_done, r->s.trajectories, r->s.rows_done, r->s.rows, j->reports->len,
			j->run.study.sweep->n_points);
	}
	if (j->options->out && !write_folder(j, &error))
		return nap_run_failed(error);
	return j->interrupted ? NAP_EXIT_FAILED : NAP_EXIT_OK;
}

static bool load(struct nap_sensitivity_job *j, const struct nap_run_options *o, GError **error)
{
	if (!nap_sensitivity_job_load(j, o, error))
		return false;
	nap_say_unsure((const GPtrArray *const *)&j->unsure, 1);
	return true;
}

int nap_sensitivity_command(const char *path, const struct nap_run_options *o)
{
	struct nap_sensitivity_job j = { .run.path = path };
	GError *error = NULL;
	int status = NAP_EXIT_FAILED;

	if (!nap_all_agree(load(&j, o, &error), &error))
		status = nap_input_failed(error);
	else if (o->out && !nap_all_agree(nap_make_folder(o->out, &error), &error))
		status = nap_run_failed(error);
	else if (nap_sensitivity_job_run(&j, nap_catch_interrupts(), &error))
		status = finish(&j);
	else if (error)
		status = nap_input_failed(error);
	else
		fputs("natnap: interrupted: nothing is known yet\n", stderr);
	nap_sensitivity_job_clear(&j);
	return status;
}
