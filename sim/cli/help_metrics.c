/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/help_metrics.h"

#include <string.h>

#include "cli/help_text.h"
#include "report/column_interval.h"
#include "run/each.h"
#include "report/text_table.h"

static void add(GString *out, const char *text)
{
	g_autofree char *wrapped = nap_help_wrap(text, "    ");

	g_string_append(out, wrapped);
}

static void describe(GString *out, const char *name, const char *help, const char *interval)
{
	g_string_append_printf(out, "%s\n", name);
	add(out, help);
	add(out, interval);
}

GPtrArray *nap_help_all_metrics(void)
{
	GPtrArray *all = g_ptr_array_new();

	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		g_ptr_array_add(all, (gpointer)m);
	for (const struct nap_metric *m = nap_box_metrics; m->name; m++)
		g_ptr_array_add(all, (gpointer)m);
	g_ptr_array_add(all, (gpointer)&nap_metric_events);
	return all;
}

static unsigned find_named(GString *out, const char *name)
{
	g_autoptr(GPtrArray) all = nap_help_all_metrics();
	const char *dot = strrchr(name, '.');
	unsigned found = 0;

	for (guint i = 0; i < all->len; i++) {
		const struct nap_metric *m = g_ptr_array_index(all, i);

		if (g_ascii_strcasecmp(m->name, name) != 0 &&
			!(dot && m->of_box && g_ascii_strcasecmp(m->name, dot + 1) == 0))
			continue;
		describe(out, g_ascii_strcasecmp(m->name, name) == 0 ? m->name : name, m->help,
			nap_interval_words(NAP_OVER_REPLICATIONS, m->kind));
		found++;
	}
	return found;
}

/* "subscriber_p5_energy_j", or what stands behind the quantile alone. */
static unsigned find_quantity(GString *out, const char *name)
{
	unsigned found = 0;

	for (int i = 0; i < NAP_EACH_N; i++)
		for (uint32_t k = 0; k < NAP_QUANTILES; k++) {
			g_autofree char *own = nap_each_quantile_name((enum nap_quantity)i, k);
			g_autofree char *help = NULL;
			bool bare = k == 0 && g_ascii_strcasecmp(name, nap_each_metrics[i].name) == 0;

			if (!bare && g_ascii_strcasecmp(name, own) != 0)
				continue;
			help = g_strdup_printf(
				"Of each subscriber: %s. subscriber_pQ_%s is what Q %% of them have no "
				"more than; cdf.csv has all.",
				nap_each_metrics[i].help, nap_each_metrics[i].name);
			describe(out, bare ? nap_each_metrics[i].name : own, help,
				nap_interval_words(NAP_OVER_QUANTILE, NAP_METRIC_AMOUNT));
			found++;
		}
	return found;
}

unsigned nap_help_metric(GString *out, const char *name)
{
	unsigned found = find_named(out, name) + find_quantity(out, name);

	if (g_str_has_prefix(name, "subscribers_with")) {
		describe(out, name, "Share of subscribers that keep to a bound of [scenario] bounds.",
			nap_interval_words(NAP_OVER_BOUND, NAP_METRIC_SHARE));
		found++;
	}
	return found;
}

void nap_help_metrics(GString *out)
{
	g_autoptr(GPtrArray) all = nap_help_all_metrics();

	g_string_append(out, "Metrics:\n");
	for (guint i = 0; i < all->len; i++) {
		const struct nap_metric *m = g_ptr_array_index(all, i);

		nap_list_line(out, 24, m->name, m->help);
	}
	g_string_append(out, "Of each subscriber (subscriber_p1_METRIC, p5, p50, p95, p99):\n");
	for (int i = 0; i < NAP_EACH_N; i++)
		nap_list_line(out, 24, nap_each_metrics[i].name, nap_each_metrics[i].help);
}

void nap_help_metric_names(GPtrArray *names)
{
	g_autoptr(GPtrArray) all = nap_help_all_metrics();

	for (guint i = 0; i < all->len; i++)
		g_ptr_array_add(
			names, (gpointer)((const struct nap_metric *)g_ptr_array_index(all, i))->name);
}
