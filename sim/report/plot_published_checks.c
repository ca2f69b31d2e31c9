/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "report/plot_published_panel.h"
#include "report/text_table.h"

#define RECALLED "#777777"
#define NEXT     ", \\\n     "
#define ROUNDING 1.0 /* per cent: less is not worth a word */

/* gnuplot's sign of each verdict: circle, square, triangle, all open, and a cross. */
static const int signs[NAP_SHOWN_VERDICTS] = { 6, 4, 8, 2 };

static const char *const verdicts[NAP_SHOWN_VERDICTS] = { "met", "fitted to", "at least", "not met" };

static const struct nap_shown_item *item_of(const struct nap_shown_panel *p, guint i)
{
	return p->item->pdata[i];
}

/* Per cent of the published value; NAN: it is 0. */
static double error_of(const struct nap_shown_check *c)
{
	return c->published != 0.0 ? 100.0 * (c->simulated - c->published) / c->published : (double)NAN;
}

static void put_check(const struct nap_shown_marks *m, const struct nap_shown_item *item,
	const struct nap_shown_check *c, const struct nap_shown_place *at)
{
	double error = error_of(c);
	g_autofree char *size = nap_digits_text(fabs(error), 2);
	g_autofree char *off =
		isnan(error) ? g_strdup("") : g_strdup_printf(", %s%s %%", error < 0.0 ? "-" : "+", size);
	g_autofree char *hint = nap_plot_hint("%s: %s: published %.5g, simulated %.5g%s (%s%s)", item->label,
		m->axis->label, c->published * m->axis->factor, c->simulated * m->axis->factor, off,
		verdicts[c->verdict], c->recalled ? ", recalled" : "");

	g_string_append_printf(m->data, "%.9g %.9g %.9g %.9g %.9g %.9g %s\n", at->x, at->y, at->simulated_x,
		at->simulated_y, at->low, at->high, hint);
}

/* A block of an item's values of one verdict, recalled or not; false: there are none. *tolerant: a tolerance is among them. */
static bool put_block(const struct nap_shown_marks *m, const struct nap_shown_panel *p, guint i,
	enum nap_shown_verdict verdict, bool recalled, bool *tolerant)
{
	const struct nap_shown_item *item = item_of(p, i);
	bool any = false;

	*tolerant = false;
	for (guint k = 0; k < item->check->len; k++) {
		const struct nap_shown_check *c = &g_array_index(item->check, struct nap_shown_check, k);
		struct nap_shown_place at;

		if (c->verdict != verdict || c->recalled != recalled || !m->place(m->ctx, i, c, &at))
			continue;
		if (!any)
			g_string_append_printf(m->data,
				"# %s: published values (%s%s): x y, and where the simulation has it\n",
				item->label, verdicts[verdict], recalled ? ", recalled" : "");
		any = true;
		*tolerant |= at.high > at.low;
		put_check(m, item, c, &at);
	}
	if (any)
		g_string_append(m->data, "\n\n");
	return any;
}

static const char *colour_of(const struct nap_shown_marks *m, guint i)
{
	return m->colour ? m->colour : nap_plot_colour(i);
}

static void print_block(const struct nap_shown_marks *m, guint i, enum nap_shown_verdict verdict,
	bool recalled, bool tolerant)
{
	const char *colour = recalled ? RECALLED : colour_of(m, i);

	if (tolerant) {
		g_string_append_printf(m->script,
			"%sdata index %d using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '%s'", *m->comma,
			*m->blocks, colour);
		*m->comma = NEXT;
	}
	if (verdict == NAP_SHOWN_MISSED) {
		g_string_append_printf(m->script,
			"%sdata index %d using 1:2:($3-$1):($4-$2) with vectors nohead dt 3 lw 1 lc rgb '%s'",
			*m->comma, *m->blocks, colour_of(m, i));
		*m->comma = NEXT;
	}
	g_string_append_printf(m->script,
		"%sdata index %d using 1:2:7 with labels hypertext point pt %d ps 1.25 lw 2 lc rgb '%s'",
		*m->comma, (*m->blocks)++, signs[verdict], colour);
	*m->comma = NEXT;
}

void nap_plot_published_checks(const struct nap_shown_marks *m, const struct nap_shown_panel *p)
{
	bool tolerant;

	for (int verdict = 0; verdict < NAP_SHOWN_VERDICTS; verdict++)
		for (guint i = 0; i < p->item->len; i++)
			for (int recalled = 0; recalled < 2; recalled++)
				if (put_block(m, p, i, (enum nap_shown_verdict)verdict, recalled, &tolerant))
					print_block(
						m, i, (enum nap_shown_verdict)verdict, recalled, tolerant);
}

/* The only value that is shown, and whose; NULL: there are none or several. */
static const struct nap_shown_check *lone_check(const struct nap_shown_marks *m,
	const struct nap_shown_panel *p, guint *item, struct nap_shown_place *at)
{
	const struct nap_shown_check *lone = NULL;

	for (guint i = 0; i < p->item->len; i++)
		for (guint k = 0; k < item_of(p, i)->check->len; k++) {
			const struct nap_shown_check *c =
				&g_array_index(item_of(p, i)->check, struct nap_shown_check, k);
			struct nap_shown_place place;

			if (!m->place(m->ctx, i, c, &place))
				continue;
			if (lone)
				return NULL;
			lone = c;
			*item = i;
			*at = place;
		}
	return lone;
}

void nap_plot_published_lone(const struct nap_shown_marks *m, const struct nap_shown_panel *p)
{
	struct nap_shown_place at;
	guint item;
	const struct nap_shown_check *c = lone_check(m, p, &item, &at);
	double error;

	if (!c)
		return;
	error = error_of(c);
	if (!(fabs(error) >= ROUNDING)) /* nor where there is none */
		return;
	g_string_append_printf(m->script,
		"set label 'simulated: %.0f %% %s' at first %.9g, first %.9g left offset 1.4,%s front tc rgb "
		"'%s'\n",
		fabs(error), error < 0.0 ? "less" : "more", at.x, at.y, error < 0.0 ? "0.4" : "-0.4",
		c->recalled ? RECALLED : colour_of(m, item));
}
