/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/said_value.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "report/text_table.h"

#define STEPS 5

static const struct scale {
	const char *name; /* begins or ends a metric's name */
	struct nap_said_step step[STEPS];
} scales[] = {
	{ "_percent_per_day", { { 0, 1, "%/day" } } },
	{ "_mah_per_day", { { 0, 1, "mAh/day" } } },
	{ "_fraction", { { 0, 0.01, "%" } } },
	{ "_j", { { 1e7, 1e6, "MJ" }, { 1e4, 1e3, "kJ" }, { 1, 1, "J" }, { 0, 1e-3, "mJ" } } },
	{ "_per_s", { { 0, 1, "/s" } } }, /* before _s */
	{ "_bytes_per_day", { { 1e9, 1e9, "GB/d" }, { 1e6, 1e6, "MB/d" }, { 0, 1e3, "kB/d" } } },
	{ "_mw", { { 1e3, 1e3, "W" }, { 1, 1, "mW" }, { 0, 1e-3, "\xc2\xb5W" } } },
	{ "_ma", { { 1e3, 1e3, "A" }, { 1, 1, "mA" },
			 { 0, 1e-3,
				 "\xc2\xb5"
				 "A" } } },
	{ "_h", { { 2 * 8766, 8766, "years" }, { 72, 24, "days" }, { 0, 1, "h" } } },
	{ "_s", { { 2 * 86400, 86400, "days" }, { 2 * 3600, 3600, "h" }, { 120, 60, "min" },
			{ 0, 1, "s" } } },
	{ "bytes_", { { 1e9, 1e9, "GB" }, { 1e6, 1e6, "MB" }, { 1e4, 1e3, "kB" }, { 0, 1, "B" } } },
};

static const struct scale *scale_of(const char *metric)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scales); i++)
		if (g_str_has_suffix(metric, scales[i].name) || g_str_has_prefix(metric, scales[i].name))
			return &scales[i];
	return NULL;
}

const struct nap_said_step *nap_said_steps(const char *metric)
{
	const struct scale *scale = scale_of(metric);

	return scale ? scale->step : NULL;
}

char *nap_said_name(const char *metric)
{
	const struct scale *scale = scale_of(metric);
	gsize unit = scale && g_str_has_suffix(metric, scale->name) ? strlen(scale->name) : 0;
	char *words = g_strndup(metric, strlen(metric) - unit);

	for (char *c = words; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	return words;
}

char *nap_said_number(double mean, double half, double low, double high)
{
	g_autofree char *m = nap_number_text(mean), *a = NULL, *b = NULL;

	if (isnan(half) || half == 0.0)
		return g_steal_pointer(&m);
	if (fmin(high - mean, mean - low) > 0.5 * half) {
		a = nap_number_text(half);
		return g_strdup_printf("%s \xc2\xb1 %s", m, a);
	}
	a = nap_number_text(low);
	b = nap_number_text(high);
	return g_strdup_printf("%s (%s to %s)", m, a, b);
}

char *nap_said_value(const char *metric, double mean, double half, double low, double high)
{
	const struct scale *scale = scale_of(metric);
	g_autofree char *text = NULL;
	int i = 0;

	if (!scale || !isfinite(mean))
		return nap_said_number(mean, half, low, high);
	if (g_str_has_suffix(metric, "_fraction") && mean < 1.0 && mean >= 0.99995)
		return g_strdup("> 99.99 %"); /* does not read as if it were all */
	while (mean != 0.0 && fabs(mean) < scale->step[i].least)
		i++;
	while (mean == 0.0 && scale->step[i].one != 1.0 && scale->step[i].least > 0.0)
		i++; /* nothing, in the name's own unit */
	text = nap_said_number(mean / scale->step[i].one, half / scale->step[i].one, low / scale->step[i].one,
		high / scale->step[i].one);
	return g_strdup_printf("%s %s", text, scale->step[i].unit);
}
