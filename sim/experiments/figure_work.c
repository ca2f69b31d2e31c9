/* SPDX-License-Identifier: BSD-2-Clause */
#include "experiments/figure_work.h"

#include <math.h>
#include <string.h>

#include "text/input_error.h"
#include "text/quantity.h"

void nap_work_add_point(struct nap_figure_work *w, double x, double y)
{
	struct nap_figure_point p = { w->index, x, y };

	g_array_append_val(w->points, p);
}

bool nap_work_fail_series(const struct nap_figure_work *w, GError **error, const char *key, const char *why)
{
	return nap_fail(
		error, "%s: [series %s] %s: %s", w->figure->document->path, w->series->name, key, why);
}

double nap_work_axis_number(const char *text)
{
	nap_time t;

	if (nap_time_parse(text, &t, NULL))
		return t == NAP_NEVER ? INFINITY : nap_time_seconds(t);
	return g_ascii_strtod(text, NULL);
}

bool nap_work_make_overrides(const struct nap_figure_work *w, const char *value, GArray *out, GError **error)
{
	for (const char *const *s = w->series->set; s && *s; s++) {
		struct nap_override o;

		if (!nap_override_parse(*s, &o, error))
			return false;
		o.dir = w->figure->dir;
		g_array_append_val(out, o);
	}
	if (value && strchr(w->series->x, '.')) {
		g_autofree char *text = g_strdup_printf("%s=%s", w->series->x, value);
		struct nap_override o;

		if (!nap_override_parse(text, &o, error))
			return false;
		o.dir = w->figure->dir;
		g_array_append_val(out, o);
	}
	return true;
}

void nap_work_free_overrides(GArray *overrides)
{
	for (guint i = 0; i < overrides->len; i++)
		nap_override_clear(&g_array_index(overrides, struct nap_override, i));
	g_array_unref(overrides);
}
