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
	g_autofree char *said = nap_row_verdict(r, &r->row[a->row]), *chance = nap_chance_text(a->doubt);

	if (!a->met)
		return g_strdup_printf("No interval of those swept meets the targets; the nearest is %s: %s",
			interval_of(r, a), a->reason);
	return g_strdup_printf("Speak every %s: %s; chance of a miss %s", interval_of(r, a), said, chance);
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
	if (!most || !least)
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

/* What is asked about where no radio is: shares of what went wrong, or counts; the first that is not the same everywhere is told. */
static const struct headline {
	const char *metric, *of; /* of: what it is a share of; NULL: a count */
	const char *what;
} headlines[] = {
	{ "requests_failed", "requests_made", "fewest requests fail" },
	{ "requests_met_dead", "requests_made", "fewest requests meet a dead connection" },
	{ "pushes_lost", "pushes_offered", "fewest pushes are lost" },
	{ "sessions_refused", NULL, "fewest sessions are refused" },
	{ "sessions_peak", NULL, "fewest sessions are held at once" },
};

static double value_of(const struct nap_results *r, const struct nap_row *row, const struct headline *h)
{
	struct at at = { r, row };
	double v = mean_of(&at, h->metric), all = h->of ? mean_of(&at, h->of) : 1.0;

	return all > 0.0 ? v / all : (double)NAN;
}

static char *value_text(double v, const struct headline *h)
{
	g_autofree char *number = h->of ? nap_digits_text(100.0 * v, 3) : nap_number_text(v);

	return g_strconcat(number, h->of ? " %" : "", NULL);
}

/* The swept values in which a row differs from another. */
static char *place_beside(const struct nap_results *r, const struct nap_row *row, const struct nap_row *other)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < r->n_swept; i++)
		if (!g_str_equal(row->swept[i], other->swept[i]))
			g_string_append_printf(
				s, "%s%s = %s", s->len ? ", " : "", r->swept[i], row->swept[i]);
	return g_string_free(s, FALSE);
}

/* NULL: it is the same everywhere. */
static char *extremes_of(const struct nap_results *r, const struct headline *h)
{
	const struct nap_row *least = NULL, *most = NULL;
	double low = (double)INFINITY, high = -1.0;
	g_autofree char *at_low = NULL, *at_high = NULL, *few = NULL, *many = NULL;

	for (uint32_t i = 0; i < r->n_rows; i++) {
		double v = value_of(r, &r->row[i], h);

		if (v < low) {
			low = v;
			least = &r->row[i];
		}
		if (v > high) {
			high = v;
			most = &r->row[i];
		}
	}
	if (!least || !most || !(low < high))
		return NULL;
	at_low = place_beside(r, least, most);
	at_high = place_beside(r, most, least);
	few = value_text(low, h);
	many = value_text(high, h);
	return g_strdup_printf("Of %u points %s, %s, with %s; most, %s, with %s", r->n_rows, h->what, few,
		at_low, many, at_high);
}

static char *extremes(const struct nap_results *r)
{
	for (size_t i = 0; i < G_N_ELEMENTS(headlines); i++) {
		char *said = extremes_of(r, &headlines[i]);

		if (said)
			return said;
	}
	return g_strdup_printf("%u points", r->n_rows);
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
		return extremes(r);
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
	g_autofree char *low = NULL, *high = NULL, *bottom = NULL, *top = NULL;

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
	bottom = nap_digits_text(least.value, 3);
	top = nap_digits_text(most.value, 3);
	return g_strdup_printf("Of %u scenarios %s takes the least of the battery, %s %% a day, and %s the "
			       "most, %s %%",
		n, low, bottom, high, top);
}
