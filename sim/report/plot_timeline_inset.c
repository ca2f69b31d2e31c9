/* SPDX-License-Identifier: BSD-2-Clause */
/* One keepalive of a timeline by itself: which, and its panel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot_timeline.h"

#define LARGE 3.0  /* a view of less than so many times a keepalive shows it well enough */
#define EDGE  0.08 /* of it, before and after */
#define TITLE 92.0 /* below the panel above, in pixels */
#define WORDS 110.0
#define PANEL 156.0
#define ROWS  3    /* of words */
#define TOUCH 1e-6 /* s: lengths that differ by less are alike */

/* ---- which ----------------------------------------------------------------------------------------------------------- */

static const struct nap_timeline_span *span_of(const struct nap_timeline_rows *t, guint i)
{
	return &g_array_index(t->span, struct nap_timeline_span, i);
}

static bool is_keepalive(const struct nap_timeline_rows *t, unsigned row)
{
	return g_str_has_suffix(nap_timeline_text(t, row, NAP_TIMELINE_DETAIL), " keepalive");
}

/* Does a row tell of something else than a keepalive that goes its way? */
static bool disturbs(const struct nap_timeline_rows *t, unsigned row)
{
	static const char *const goes_well[] = { "keepalive", "tcp-probe", "answered", NULL };

	if (nap_timeline_is(t, row, NAP_TIMELINE_KIND, "note"))
		return !g_strv_contains(goes_well, nap_timeline_text(t, row, NAP_TIMELINE_STATE));
	return nap_timeline_is(t, row, NAP_TIMELINE_KIND, "packet") &&
	       (!is_keepalive(t, row) || nap_timeline_is(t, row, NAP_TIMELINE_STATE, "lost"));
}

/* Does a keepalive come first of what is sent and heard? *alone: nothing else does. Rows are in time order; *row: the first in it. */
static bool has_keepalive(
	const struct nap_timeline_rows *t, const struct nap_timeline_keepalive *k, unsigned *row, bool *alone)
{
	bool first = true, keepalive = false;

	*alone = true;
	while (*row < t->csv->n && nap_timeline_number(t, *row, NAP_TIMELINE_TIME) < k->from)
		++*row;
	for (; *row < t->csv->n && nap_timeline_number(t, *row, NAP_TIMELINE_TIME) <= k->to; ++*row) {
		if (first && nap_timeline_is(t, *row, NAP_TIMELINE_KIND, "packet")) {
			keepalive = is_keepalive(t, *row);
			first = false;
		}
		*alone &= !disturbs(t, *row);
	}
	return keepalive;
}

/* From waking out of a state at span i until the return to it, never at less power; false: it is not so. */
static bool find_burst(const struct nap_timeline_rows *t, guint i, struct nap_timeline_keepalive *k)
{
	const struct nap_timeline_span *rest = span_of(t, i++), *s;

	*k = (struct nap_timeline_keepalive){ .from = rest->to };
	for (; i < t->span->len && (s = span_of(t, i))->state != rest->state; i++) {
		if (s->power < rest->power || (k->to == 0.0 && s->power == rest->power))
			return false;
		k->joules += (s->to - s->from) * s->power / 1e3;
		k->to = s->to;
	}
	return i < t->span->len && k->to > k->from;
}

static int worth(const struct nap_timeline_keepalive *k)
{
	return 1 + 2 * k->alone + k->within;
}

static bool find_outside(const struct nap_timeline_rows *t, const struct nap_timeline_view *v, guint rest,
	struct nap_timeline_keepalive *found)
{
	int best = 0;
	unsigned row = 0;

	for (guint i = 0; i + 1 < t->span->len; i++) {
		struct nap_timeline_keepalive k;

		if (span_of(t, i)->state != rest || !find_burst(t, i, &k) ||
			!has_keepalive(t, &k, &row, &k.alone))
			continue;
		k.within = k.from >= v->from && k.to <= v->to;
		if (worth(&k) > best) {
			best = worth(&k);
			*found = k;
		}
	}
	return best > 0;
}

static int by_power(gconstpointer a, gconstpointer b)
{
	const struct nap_timeline_span *x = a, *y = b;

	return (x->power > y->power) - (x->power < y->power);
}

/* A span of each state in which a radio may rest, the thriftiest first. */
static GArray *states_of_rest(const struct nap_timeline_rows *t)
{
	GArray *rest = g_array_new(FALSE, FALSE, sizeof(struct nap_timeline_span));
	g_autofree bool *seen = g_new0(bool, t->state->len + 1);

	for (guint i = 0; i < t->span->len; i++) {
		const struct nap_timeline_span *s = span_of(t, i);

		if (!seen[s->state] && !s->passing)
			g_array_append_vals(rest, s, 1);
		seen[s->state] = true;
	}
	g_array_sort(rest, by_power);
	return rest;
}

bool nap_timeline_find_keepalive(const struct nap_timeline_rows *t, const struct nap_timeline_view *v,
	struct nap_timeline_keepalive *found)
{
	g_autoptr(GArray) rest = states_of_rest(t);
	bool any = false;

	for (guint i = 0; i < rest->len && !any; i++)
		any = find_outside(t, v, g_array_index(rest, struct nap_timeline_span, i).state, found);
	return any && !(found->within && LARGE * (found->to - found->from) > v->to - v->from);
}

/* ---- its panel --------------------------------------------------------------------------------------------------------- */

static struct nap_timeline_view view_of(
	const struct nap_timeline_rows *t, const struct nap_timeline_keepalive *k)
{
	double length = k->to - k->from;
	struct nap_timeline_view v = { .from = fmax(0.0, k->from - EDGE * length),
		.to = fmin(t->end, k->to + EDGE * length),
		.zero = k->from };

	v.factor = length < 1.0 ? 1e3 : length > 900.0 ? 1.0 / 60 : 1.0;
	v.unit = length < 1.0 ? "ms" : length > 900.0 ? "min" : "s";
	return v;
}

void nap_timeline_tie_inset(const struct nap_timeline_view *v, const struct nap_timeline_keepalive *k,
	const struct nap_plot_page *p, double above)
{
	double from = nap_timeline_place(v, k->from), to = nap_timeline_place(v, k->to);
	double left = p->left / p->width, right = 1.0 - p->right / p->width,
	       top = 1.0 - (above + TITLE - 18.0) / p->height;

	if (!k->within)
		return;
	g_string_append_printf(p->script,
		"set object 1 polygon from first %.9g, graph 0 to first %.9g, graph 0 to screen %.5f,%.5f to "
		"screen %.5f,%.5f to first %.9g, graph 0 behind fc rgb '#eeeeee' fs solid noborder\n"
		"set object 2 rectangle from first %.9g, graph 0 to first %.9g, graph 1 front fs empty "
		"border "
		"rgb '#777777'\n",
		from, to, right, top, left, top, from, from, to);
}

static char *duration_words(double s)
{
	return s < 1.0 ? g_strdup_printf("%.3g ms", s * 1e3) : g_strdup_printf("%.3g s", s);
}

/* Is it the longest of its state in the keepalive, or the first of those? */
static bool is_longest(const struct nap_timeline_rows *t, const struct nap_timeline_keepalive *k, guint own)
{
	const struct nap_timeline_span *s = span_of(t, own);
	double length = s->to - s->from;

	for (guint i = 0; i < t->span->len; i++) {
		const struct nap_timeline_span *o = span_of(t, i);
		double other = o->to - o->from;

		if (i == own || o->state != s->state || o->from < k->from || o->to > k->to)
			continue;
		if (other > length + TOUCH || (i < own && other > length - TOUCH))
			return false;
	}
	return true;
}

/* Names and lengths of the stretches above the panel, one of each state; where they would touch, the left one stands higher. */
static void print_words(const struct nap_timeline_rows *t, const struct nap_timeline_view *v,
	const struct nap_timeline_keepalive *k, const struct nap_plot_page *p, double above)
{
	double wide = p->width - p->left - p->right, begun[ROWS] = { INFINITY, INFINITY, INFINITY };

	for (guint i = t->span->len; i-- > 0;) {
		const struct nap_timeline_span *s = span_of(t, i);
		g_autofree char *length = duration_words(s->to - s->from), *words = NULL, *quoted = NULL;
		double x = wide * (0.5 * (s->from + s->to) - v->from) / (v->to - v->from), width;
		int row = 0;

		if (s->from < k->from || s->to > k->to || !is_longest(t, k, i))
			continue;
		words = g_strdup_printf("%s %s", (const char *)t->state->pdata[s->state], length);
		quoted = nap_plot_quoted(words);
		width = 7.0 * (double)strlen(words) + 10.0;
		while (row < ROWS && x + width > begun[row])
			row++;
		if (row == ROWS || x + width > wide + p->right)
			continue;
		for (int r = 0; r <= row; r++) /* its line passes those below it */
			begun[r] = x;
		g_string_append_printf(p->script,
			"set arrow from screen %.5f,%.5f to screen %.5f,%.5f nohead lw 0.8 lc rgb '#777777'\n"
			"set label %s at screen %.5f,%.5f left offset 0.4,0 font ',11' tc rgb '" NAP_PLOT_TEXT
			"'\n",
			(p->left + x) / p->width, 1.0 - (above + PANEL) / p->height, (p->left + x) / p->width,
			1.0 - (above + PANEL - 14.0 - 14.0 * row) / p->height, quoted,
			(p->left + x) / p->width, 1.0 - (above + PANEL - 9.0 - 14.0 * row) / p->height);
	}
}

void nap_timeline_draw_inset(const struct nap_timeline_rows *t, const struct nap_timeline_view *v,
	const struct nap_timeline_keepalive *k, const struct nap_plot_page *p, double above, GString *data,
	int *blocks)
{
	struct nap_timeline_view own = view_of(t, k);
	struct nap_timeline_blocks b = nap_timeline_put(t, &own, data, blocks);
	g_autofree char *length = duration_words(k->to - k->from);
	g_autofree char *title = g_strdup_printf("%s, at %.5g %s%s: %.3g J in %s",
		k->alone ? "One keepalive" : "A keepalive, and what followed", nap_timeline_place(v, k->from),
		v->unit, k->within ? "" : " (not drawn above)", k->joules, length);

	g_string_append(p->script, "unset label\nunset arrow\nunset object\nunset key\n");
	nap_plot_page_text(p, p->left, above + TITLE, title, 12, "#000000");
	nap_plot_page_panel(p, above + PANEL, above + NAP_TIMELINE_INSET);
	print_words(t, &own, k, p, above);
	if (!k->within)
		nap_timeline_print_power(p->script, b.top);
	g_string_append_printf(p->script,
		"set xrange [%.9g:%.9g]\nset xlabel 'since the radio woke for it (%s)'\n",
		nap_timeline_place(&own, own.from), nap_timeline_place(&own, own.to), own.unit);
	nap_timeline_print(p->script, &b);
	g_string_append(p->script, "\n");
}
