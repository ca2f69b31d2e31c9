/* SPDX-License-Identifier: BSD-2-Clause */
/* A figure's panels with their values, for the drawing that all pictures share. */
#include <math.h>
#include <string.h>

#include "experiments/figure.h"
#include "io/probes.h"
#include "text/input_error.h"

struct drawing {
	const struct nap_figure *f;
	const GArray *points;
	const GPtrArray *checks;
	const struct nap_figure_panel *p;
};

static bool wrong(
	const struct drawing *d, const char *key, const char *what, const char *name, GError **error)
{
	return nap_fail(error, "%s: [panel %s] %s: %s %s", d->p->where, d->p->name, key, what, name);
}

static int find(const struct nap_figure *f, const char *name)
{
	for (unsigned i = 0; i < f->n_series; i++)
		if (strcmp(f->series[i].name, name) == 0)
			return (int)i;
	return -1;
}

static const char *nth(const char *const *list, unsigned i)
{
	for (; *list && i > 0; i--)
		list++;
	return *list;
}

/* The points of a series as one part of an item. */
static void add_part(const struct drawing *d, unsigned series, struct nap_shown_item *item)
{
	GArray *part = g_array_new(FALSE, FALSE, sizeof(struct nap_shown_xy));

	for (guint i = 0; i < d->points->len; i++) {
		const struct nap_figure_point *p = &g_array_index(d->points, struct nap_figure_point, i);
		struct nap_shown_xy xy = { p->x, p->y };

		if (p->series == series)
			g_array_append_val(part, xy);
	}
	if (part->len > 0)
		g_ptr_array_add(item->part, part);
	else
		g_array_unref(part);
}

/* at: where they are marked, NAN: where each is. */
static void add_checks(const struct drawing *d, const char *series, double at, struct nap_shown_item *item)
{
	for (guint i = 0; i < d->checks->len; i++) {
		const struct nap_figure_check *c = d->checks->pdata[i];
		struct nap_shown_check to = { .published = c->published,
			.simulated = c->simulated,
			.allowed = c->allowed,
			.verdict = c->fit && c->met                        ? NAP_SHOWN_FITTED
				   : !c->met                               ? NAP_SHOWN_MISSED
				   : strcmp(c->tolerance, "at least") == 0 ? NAP_SHOWN_AT_LEAST
									   : NAP_SHOWN_MET,
			.recalled = strcmp(c->verified, "recalled") == 0 };

		if (strcmp(c->series, series) != 0 || (*c->x == '\0' && isnan(at)) || isnan(c->published) ||
			(*c->x != '\0' && !g_ascii_isdigit(*c->x) && *c->x != '-' &&
				strcmp(c->x, "never") != 0))
			continue;
		to.x = !isnan(at) ? at : strcmp(c->x, "never") == 0 ? INFINITY : g_ascii_strtod(c->x, NULL);
		g_array_append_val(item->check, to);
	}
}

static bool add_cloud(const struct drawing *d, unsigned series, struct nap_shown_item *item, GError **error)
{
	const struct nap_figure_series *s = &d->f->series[series];
	g_autofree char *path = g_build_filename(d->f->dir, s->measured, NULL);
	struct nap_probe_set set;

	if (!*s->measured)
		return true;
	if (!nap_probes_load(path, &set, error))
		return false;
	for (size_t i = 0; i < set.n; i++) {
		struct nap_shown_xy xy = { set.probe[i].idle, set.probe[i].rtt * 1e3 };

		g_array_append_val(item->cloud, xy);
	}
	g_free(set.probe);
	return true;
}

/* An entry of `series`: "A" or "A+B". */
static bool add_series(
	const struct drawing *d, const char *entry, struct nap_shown_item *item, GError **error)
{
	g_auto(GStrv) names = g_strsplit(entry, "+", -1);

	for (char **name = names; *name; name++) {
		int series = find(d->f, g_strstrip(*name));

		if (series < 0)
			return wrong(d, "series", "there is no series", *name, error);
		add_part(d, (unsigned)series, item);
		if (d->p->form != NAP_SHOWN_BARS)
			add_checks(d, *name, NAN, item);
		if (!add_cloud(d, (unsigned)series, item, error))
			return false;
	}
	return true;
}

/* An entry of `points`: "A", "A+B", "A@X" or "-". */
static bool add_points(
	const struct drawing *d, const char *entry, struct nap_shown_item *item, GError **error)
{
	g_auto(GStrv) names = g_strsplit(entry, "+", -1);

	for (char **name = names; *name && strcmp(entry, "-") != 0; name++) {
		char *at = strchr(*name, '@');
		double x = at ? g_ascii_strtod(at + 1, NULL) : NAN;

		if (at)
			*at = '\0';
		if (find(d->f, g_strstrip(*name)) < 0)
			return wrong(d, "points", "there is no series", *name, error);
		add_checks(d, *name, x, item);
	}
	return true;
}

/* "X=TEXT", or "SERIES=TEXT": where its published value is. */
static bool add_mark(const struct drawing *d, const char *key, const char *entry, GArray *to, GError **error)
{
	const char *is = strchr(entry, '=');
	g_autofree char *what = is ? g_strndup(entry, (gsize)(is - entry)) : NULL;
	struct nap_shown_mark mark = { NAN, is ? is + 1 : "" };
	char *end = what;

	if (!is)
		return wrong(d, key, "takes X=TEXT, not", entry, error);
	mark.at = g_ascii_strtod(g_strstrip(what), &end);
	if (*end) {
		mark.at = NAN;
		for (guint i = 0; i < d->checks->len; i++) {
			const struct nap_figure_check *c = d->checks->pdata[i];

			if (strcmp(c->series, what) == 0 && isnan(mark.at))
				mark.at = c->published;
		}
	}
	if (isnan(mark.at))
		return wrong(d, key, "there is no number and no published series", what, error);
	g_array_append_val(to, mark);
	return true;
}

static bool add_items(const struct drawing *d, struct nap_shown_panel *to, GError **error)
{
	for (unsigned i = 0; d->p->series[i]; i++) {
		const char *label = nth(d->p->labels, i), *points = nth(d->p->points, i);
		struct nap_shown_item *item = nap_shown_item_new(label ? label : d->p->series[i]);

		g_ptr_array_add(to->item, item);
		if (!add_series(d, d->p->series[i], item, error) ||
			(points && !add_points(d, points, item, error)))
			return false;
	}
	return true;
}

static enum nap_plot_scale scale_of(int log, int own)
{
	if (log == NAP_FIGURE_LOG_NONE)
		return NAP_PLOT_LINEAR;
	return log == own || log == NAP_FIGURE_LOG_XY ? NAP_PLOT_LOG : NAP_PLOT_AUTO;
}

static bool fill(const struct drawing *d, struct nap_shown_panel *to, GError **error)
{
	const struct nap_figure_panel *p = d->p;

	to->form = p->form;
	to->title = p->title;
	to->x = p->x;
	to->y = p->y;
	to->diagonal = p->diagonal;
	to->log_x = scale_of(p->log, NAP_FIGURE_LOG_X);
	to->log_y = scale_of(p->log, NAP_FIGURE_LOG_Y);
	to->top = p->top;
	to->least = p->from;
	to->most = p->to;
	to->never = p->never;
	to->part_name = p->parts;
	for (unsigned i = 0; p->marks[i]; i++)
		if (!add_mark(d, "marks", p->marks[i], to->mark, error))
			return false;
	for (unsigned i = 0; p->levels[i]; i++)
		if (!add_mark(d, "levels", p->levels[i], to->level, error))
			return false;
	return add_items(d, to, error);
}

bool nap_figure_plot(const struct nap_figure *f, const GArray *points, const GPtrArray *checks,
	struct nap_plot *to, GError **error)
{
	struct nap_shown shown = { .title = f->title,
		.calculated = f->kind == NAP_FIGURE_CALCULATION,
		.panel = g_ptr_array_new_with_free_func(nap_shown_panel_free) };
	bool ok = f->n_panels > 0 ||
		  nap_fail(error, "%s: there is no group [panel NAME]: nothing is drawn", f->document->path);

	for (unsigned i = 0; ok && i < f->n_panels; i++) {
		struct drawing d = { f, points, checks, &f->panel[i] };
		struct nap_shown_panel *panel = nap_shown_panel_new();

		g_ptr_array_add(shown.panel, panel);
		ok = fill(&d, panel, error);
	}
	if (ok) {
		*to = (struct nap_plot){ g_string_new(NULL), g_string_new(NULL), g_string_new(NULL) };
		nap_plot_published(&shown, f->name, to);
	}
	g_ptr_array_unref(shown.panel);
	return ok;
}
