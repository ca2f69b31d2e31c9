/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot_published.h"

#include <math.h>
#include <string.h>

#include "report/plot_published_panel.h"

#define TOP   52.0  /* title and key */
#define HEAD  30.0  /* of a panel: its own title, and the names of a bar's parts */
#define FOOT  62.0  /* the name of the axis below */
#define ALONE 380.0 /* height of one panel, */
#define TWO   250.0 /* of each of two, */
#define MORE  170.0 /* of each of several */
#define ROW   30.0  /* of a bar or a row */

static void nap_shown_item_free(gpointer data)
{
	struct nap_shown_item *i = data;

	g_ptr_array_unref(i->part);
	g_array_unref(i->check);
	g_array_unref(i->cloud);
	g_free(i);
}

struct nap_shown_panel *nap_shown_panel_new(void)
{
	struct nap_shown_panel *p = g_new0(struct nap_shown_panel, 1);

	p->item = g_ptr_array_new_with_free_func(nap_shown_item_free);
	p->mark = g_array_new(FALSE, FALSE, sizeof(struct nap_shown_mark));
	p->level = g_array_new(FALSE, FALSE, sizeof(struct nap_shown_mark));
	return p;
}

void nap_shown_panel_free(gpointer data)
{
	struct nap_shown_panel *p = data;

	g_ptr_array_unref(p->item);
	g_array_unref(p->mark);
	g_array_unref(p->level);
	g_free(p);
}

struct nap_shown_item *nap_shown_item_new(const char *label)
{
	struct nap_shown_item *i = g_new0(struct nap_shown_item, 1);

	i->label = label;
	i->part = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	i->check = g_array_new(FALSE, FALSE, sizeof(struct nap_shown_check));
	i->cloud = g_array_new(FALSE, FALSE, sizeof(struct nap_shown_xy));
	return i;
}

/* ---- the key ------------------------------------------------------------------------------------------------------------ */

static bool has_rows(const struct nap_shown_panel *p)
{
	return p->form == NAP_SHOWN_BARS || p->form == NAP_SHOWN_TIMES;
}

enum { RECALLED = NAP_SHOWN_VERDICTS, CLOUD, TOLERANCE, LINE, BAR, TICK, POINT, SIGNS };

/* How what was simulated of it is drawn: a value alone is no line. */
static unsigned simulated_as(const struct nap_shown_panel *p, const struct nap_shown_item *item)
{
	unsigned signs = 0;

	if (has_rows(p))
		return 1u << (p->form == NAP_SHOWN_BARS ? BAR : TICK);
	for (guint k = 0; k < item->part->len; k++)
		signs |= 1u << (((const GArray *)item->part->pdata[k])->len == 1 ? POINT : LINE);
	return signs;
}

/* Which signs the picture has, as a bit for each verdict and for the others above. */
static unsigned signs_of(const struct nap_shown *f)
{
	unsigned signs = 0;

	for (guint k = 0; k < f->panel->len; k++) {
		const struct nap_shown_panel *p = f->panel->pdata[k];

		for (guint i = 0; i < p->item->len; i++) {
			const struct nap_shown_item *item = p->item->pdata[i];

			signs |= item->cloud->len > 0 ? 1u << CLOUD : 0;
			signs |= simulated_as(p, item);
			for (guint c = 0; c < item->check->len; c++) {
				const struct nap_shown_check *check =
					&g_array_index(item->check, struct nap_shown_check, c);

				signs |= 1u << check->verdict;
				if (!has_rows(p) && check->allowed > 0.02 * fabs(check->published))
					signs |= 1u << TOLERANCE;
				signs |= check->recalled ? 1u << RECALLED : 0;
			}
		}
	}
	return signs;
}

/* What the signs mean, on one line below the title. */
static char *key_of(const struct nap_shown *f)
{
	static const char *const signs[] = {
		[NAP_SHOWN_MET] = "\xe2\x97\x8b %s",
		[NAP_SHOWN_FITTED] = "\xe2\x96\xa1 %s, fitted to",
		[NAP_SHOWN_AT_LEAST] = "\xe2\x96\xb3 %s, at least",
		[NAP_SHOWN_MISSED] = "\xe2\x9c\x95 %s, not met",
	};
	static const char *const simulated[] = { "lines", "bars", "ticks", "+" };
	const char *what = f->calculated ? "calculated" : "published";
	unsigned there = signs_of(f);
	GString *s = g_string_new(NULL);

	for (int sign = LINE; sign < SIGNS; sign++)
		if (there & 1u << sign)
			g_string_append_printf(s, "%s%s", s->len > 0 ? ", " : "", simulated[sign - LINE]);
	g_string_append(s, ": simulated");
	for (int v = 0; v < NAP_SHOWN_VERDICTS; v++)
		if (there & 1u << v) {
			g_auto(GStrv) parts = g_strsplit(signs[v], "%s", 2);

			g_string_append_printf(s, "     %s%s%s", parts[0], what, parts[1]);
		}
	if (there & 1u << TOLERANCE)
		g_string_append(s, "     \xe2\x94\x82 tolerance");
	if (there & 1u << RECALLED)
		g_string_append(s, "     grey: recalled, seen in no source");
	if (there & 1u << CLOUD)
		g_string_append(s, "     dots: measured");
	return g_string_free(s, FALSE);
}

/* ---- places ------------------------------------------------------------------------------------------------------------- */

static double height_of(const struct nap_shown *f, const struct nap_shown_panel *p)
{
	if (has_rows(p))
		return ROW * p->item->len + 10.0;
	return f->panel->len == 1 ? ALONE : f->panel->len == 2 ? TWO : MORE;
}

/* Its axis is that of the panel below, which names it. */
static bool is_named_below(const struct nap_shown *f, guint k)
{
	const struct nap_shown_panel *p = f->panel->pdata[k], *next = NULL;

	if (k + 1 < f->panel->len)
		next = f->panel->pdata[k + 1];
	return next && !has_rows(p) && !has_rows(next) && strcmp(p->x, next->x) == 0 &&
	       p->most == next->most && f->panel->len > 2;
}

static double longest_label(const struct nap_shown *f, bool rows)
{
	glong longest = 0;

	for (guint k = 0; k < f->panel->len; k++) {
		const struct nap_shown_panel *p = f->panel->pdata[k];

		for (guint i = 0; has_rows(p) == rows && i < p->item->len; i++)
			longest = MAX(longest,
				g_utf8_strlen(((struct nap_shown_item *)p->item->pdata[i])->label, -1));
	}
	return longest > 0 ? NAP_PLOT_CHARACTER * (double)longest + 30.0 : 20.0;
}

void nap_plot_published(const struct nap_shown *f, const char *name, struct nap_plot *to)
{
	struct nap_plot_page page = { to->script, name, 0, 0, 0, longest_label(f, false) };
	const struct nap_plot_source titled = { .title = f->title };
	g_autofree char *key = key_of(f);
	double top = TOP;
	int blocks = 0;

	page.left = fmax(NAP_PLOT_LEFT - 20.0, longest_label(f, true));
	page.width =
		fmax(page.left + 620.0 + page.right, NAP_PLOT_CHARACTER * (double)g_utf8_strlen(key, -1));
	page.width = fmax(page.width, 1.15 * NAP_PLOT_CHARACTER * (double)strlen(f->title) + 28.0);
	page.height = TOP;
	for (guint k = 0; k < f->panel->len; k++)
		page.height += HEAD + height_of(f, f->panel->pdata[k]) + (is_named_below(f, k) ? 0.0 : FOOT);
	nap_plot_page_begin(&page, &titled);
	nap_plot_page_text(&page, 14, 42, key, 11, NAP_PLOT_TEXT);
	for (guint k = 0; k < f->panel->len; k++) {
		const struct nap_shown_panel *p = f->panel->pdata[k];
		double height = height_of(f, p);

		nap_plot_page_text(&page, page.left, top + HEAD - 10.0, p->title, 12, "#000000");
		nap_plot_page_panel(&page, top + HEAD, top + HEAD + height);
		if (has_rows(p))
			nap_plot_published_rows(&page, p, to->data, top + HEAD - 10.0, &blocks);
		else
			nap_plot_published_lines(&page, p, to->data, height, is_named_below(f, k), &blocks);
		top += HEAD + height + (is_named_below(f, k) ? 0.0 : FOOT);
	}
	nap_plot_page_end(&page);
}
