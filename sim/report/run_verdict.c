/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/run_verdict.h"

#include <math.h>

#include "report/text_table.h"
#include "report/verdict.h"

#define INTERVAL "client.interval"

/* ---- a row as the numbers of a sentence ----------------------------------------------------------------------------- */

struct at {
	const struct nap_results *r;
	const struct nap_row *row;
};

static double mean_of(const void *of, const char *metric)
{
	const struct at *at = of;
	int col = nap_results_column(at->r, metric);

	return col < 0 ? (double)NAN : at->row->mean[col];
}

static double half_of(const void *of, const char *metric)
{
	const struct at *at = of;
	int col = nap_results_column(at->r, metric);

	return col < 0 ? (double)NAN : at->row->ci95[col];
}

char *nap_row_verdict(const struct nap_results *r, const struct nap_row *row)
{
	struct at at = { r, row };
	struct nap_verdict_numbers n = { mean_of, half_of, &at };

	return nap_verdict_sentence(&n);
}

/* "client.interval = 30s, middlebox.nat.udp = 1min" */
static char *place(const struct nap_results *r, const struct nap_row *row)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < r->n_swept; i++)
		g_string_append_printf(s, "%s%s = %s", i ? ", " : "", r->swept[i], row->swept[i]);
	return g_string_free(s, FALSE);
}

/* ---- what to do ------------------------------------------------------------------------------------------------------ */

static const char *interval_of(const struct nap_results *r, const struct nap_advice *a)
{
	for (uint32_t i = 0; i < r->n_swept; i++)
		if (g_str_equal(r->swept[i], INTERVAL))
			return r->row[a->row].swept[i];
	return "";
}

static char *one_advice(const struct nap_results *r, const struct nap_advice *a)
{
	g_autofree char *said = nap_row_verdict(r, &r->row[a->row]);

	if (!a->met)
		return g_strdup_printf("No interval of those swept meets the targets; the nearest is %s: %s",
			interval_of(r, a), a->reason);
	return g_strdup_printf(
		"Speak every %s: %s; chance of a miss %.2g %%", interval_of(r, a), said, 100.0 * a->doubt);
}

/* Intervals of several boxes, or radios: from the most often spoken to the least. */
static char *several_advices(const struct nap_results *r, const struct nap_advices *a)
{
	const struct nap_advice *least = NULL, *most = NULL;
	int col = nap_results_column(r, "keepalives_sent");
	uint32_t none = 0;
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < a->n; i++) {
		const struct nap_advice *one = &a->advice[i];

		none += !one->met;
		if (one->met && (!most || r->row[one->row].mean[col] > r->row[most->row].mean[col]))
			most = one;
		if (one->met && (!least || r->row[one->row].mean[col] < r->row[least->row].mean[col]))
			least = one;
	}
	if (!most)
		g_string_append_printf(
			s, "No interval of those swept meets the targets in any of %u cases", a->n);
	else if (g_str_equal(interval_of(r, most), interval_of(r, least)))
		g_string_append_printf(s, "Speak every %s", interval_of(r, most));
	else
		g_string_append_printf(s, "Speak every %s (%s) to every %s (%s)", interval_of(r, most),
			most->where, interval_of(r, least), least->where);
	if (most && none > 0)
		g_string_append_printf(s, "; in %u of %u cases none of those swept will do", none, a->n);
	return g_string_free(s, FALSE);
}

/* Where the least energy is, for whoever sweeps something else. */
static char *cheapest(const struct nap_results *r)
{
	int col = nap_results_column(r, "energy_j");
	const struct nap_row *best = NULL;
	g_autofree char *said = NULL, *where = NULL;

	for (uint32_t i = 0; i < r->n_rows; i++)
		if (r->row[i].mean[col] > 0.0 && (!best || r->row[i].mean[col] < best->mean[col]))
			best = &r->row[i];
	if (!best)
		return g_strdup_printf("%u points", r->n_rows);
	said = nap_row_verdict(r, best);
	where = place(r, best);
	return g_strdup_printf("%s takes the least energy of %u points: %s", where, r->n_rows, said);
}

char *nap_run_verdict(const struct nap_results *r, const struct nap_advices *a)
{
	char *said = NULL;

	if (r->n_swept == 0) {
		said = nap_row_verdict(r, &r->row[0]);
		*said = g_ascii_toupper(*said);
	} else if (a->n == 1) {
		said = one_advice(r, &a->advice[0]);
	} else if (a->n > 1) {
		said = several_advices(r, a);
	} else {
		said = cheapest(r);
	}
	return said;
}

/* A point where a metric is least, or most, of several scenarios. */
struct extreme {
	double value;
	const struct nap_results *r;
	const struct nap_row *row;
	const char *scenario;
};

/* The scenario, with the swept values of the point behind it. */
static char *label(const struct extreme *e)
{
	g_autofree char *at = place(e->r, e->row);

	return *at ? g_strdup_printf("%s (%s)", e->scenario, at) : g_strdup(e->scenario);
}

char *nap_runs_verdict(const struct nap_results *const *r, const char *const *names, uint32_t n)
{
	struct extreme least = { (double)INFINITY, NULL, NULL, "" }, most = { -1.0, NULL, NULL, "" };
	g_autofree char *low = NULL, *high = NULL;

	for (uint32_t i = 0; i < n; i++) {
		int col = nap_results_column(r[i], "battery_percent_per_day");

		for (uint32_t k = 0; k < r[i]->n_rows; k++) {
			struct extreme e = { r[i]->row[k].mean[col], r[i], &r[i]->row[k], names[i] };

			least = e.value < least.value ? e : least;
			most = e.value > most.value ? e : most;
		}
	}
	if (!least.r || !most.r)
		return g_strdup_printf("%u scenarios", n);
	low = label(&least);
	high = label(&most);
	return g_strdup_printf("Of %u scenarios %s takes the least of the battery, %.3g %% a day, and %s the "
			       "most, %.3g %%",
		n, low, least.value, high, most.value);
}
