/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/verdict.h"

#include <math.h>

#include <glib.h>

#include "report/text_table.h"

#define NEARLY_ALL 0.9995 /* reads as 100 % where it is rounded, and is not */

static double mean(const struct nap_verdict_numbers *n, const char *metric)
{
	return n->mean(n->of, metric);
}

/* A metric times a factor in as many digits as one says, with its interval. */
static char *said(const struct nap_verdict_numbers *n, const char *metric, double factor)
{
	double v = factor * mean(n, metric), half = factor * n->half(n->of, metric);
	g_autofree char *text = nap_digits_text(v, 3), *off = NULL;

	if (!(half > 0.0))
		return g_steal_pointer(&text);
	off = nap_digits_text(half > fabs(v) ? v + half : half, 2);
	return half > fabs(v) ? g_strdup_printf("%s (up to %s)", text, off)
			      : g_strdup_printf("%s \xc2\xb1 %s", text, off);
}

/* A share that is not whole does not read as if it were; what an interval would allow for beside a whole one, nobody saw. */
static char *reachable(const struct nap_verdict_numbers *n)
{
	double v = mean(n, "reachable_fraction");
	g_autofree char *text = said(n, "reachable_fraction", 100.0);

	if (v == 1.0)
		return g_strdup("100 %");
	if (v > NEARLY_ALL)
		return g_strdup(v > 0.9999 ? "more than 99.99 %" : "more than 99.95 %");
	return g_strconcat(text, " %", NULL);
}

/* A part of the sentence; its text is freed. */
static void add(GString *s, const char *join, char *part, const char *after)
{
	g_string_append_printf(s, "%s%s%s", s->len ? join : "", part, after);
	g_free(part);
}

/* How many of so many came to nothing. */
static void add_share(
	GString *s, const struct nap_verdict_numbers *n, const char *lost, const char *all, const char *after)
{
	double bad = mean(n, lost), whole = mean(n, all);

	g_autofree char *some = nap_digits_text(bad, 3), *all_of = nap_digits_text(whole, 4);

	if (bad > 0.0 && whole > 0.0)
		add(s, ", ", g_strdup_printf("%s of %s", some, all_of), after);
}

char *nap_verdict_sentence(const struct nap_verdict_numbers *n)
{
	GString *s = g_string_new(NULL);
	double energy = mean(n, "energy_j"), keepalives = mean(n, "energy_keepalive_j");

	if (!isnan(mean(n, "reachable_fraction"))) {
		g_autofree char *share = reachable(n);

		add(s, "", g_strdup_printf("reachable %s of the time", share), "");
	}
	if (!isnan(mean(n, "battery_percent_per_day")))
		add(s, ", at ", said(n, "battery_percent_per_day", 1.0), " % of the battery a day");
	else if (energy > 0.0)
		add(s, ", at ", said(n, "average_power_mw", 1.0), " mW");
	if (energy > 0.0 && keepalives >= 0.0)
		add(s, ", ", g_strdup_printf("%.0f", 100.0 * keepalives / energy),
			" % of the energy for keepalives");
	add_share(s, n, "pushes_lost", "pushes_offered", " pushes lost");
	add_share(s, n, "requests_failed", "requests_made", " requests failed");
	return g_string_free(s, FALSE);
}
