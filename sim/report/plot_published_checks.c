/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "report/plot_published_panel.h"

#define RECALLED "#777777"
#define NEXT     ", \\\n     "

/* gnuplot's sign of each verdict: circle, square, triangle, all open, and a cross. */
static const int signs[NAP_SHOWN_VERDICTS] = { 6, 4, 8, 2 };

static const char *const verdicts[NAP_SHOWN_VERDICTS] = { "met", "fitted to", "at least", "not met" };

static void put_check(GString *data, const struct nap_shown_item *item, const struct nap_shown_check *c,
	const struct nap_plot_axis *axis, const struct nap_shown_place *at)
{
	double error = c->published != 0.0 ? 100.0 * (c->simulated - c->published) / c->published : NAN;
	g_autofree char *off = isnan(error) ? g_strdup("") : g_strdup_printf(", %+.2g %%", error);
	g_autofree char *hint = nap_plot_hint("%s: %s: published %.5g, simulated %.5g%s (%s%s)", item->label,
		axis->label, c->published * axis->factor, c->simulated * axis->factor, off,
		verdicts[c->verdict], c->recalled ? ", recalled" : "");

	g_string_append_printf(data, "%.9g %.9g %.9g %.9g %.9g %.9g %s\n", at->x, at->y, at->simulated_x,
		at->simulated_y, at->low, at->high, hint);
}

void nap_plot_published_checks(GString *script, GString *data, const struct nap_shown_item *item,
	const char *colour, const struct nap_plot_axis *axis, nap_shown_place_fn place, const void *ctx,
	const char **comma, int *blocks)
{
	for (int kind = 0; kind < 2 * NAP_SHOWN_VERDICTS; kind++) {
		enum nap_shown_verdict verdict = (enum nap_shown_verdict)(kind / 2);
		bool any = false, tolerant = false, recalled = kind % 2;

		for (guint i = 0; i < item->check->len; i++) {
			const struct nap_shown_check *c =
				&g_array_index(item->check, struct nap_shown_check, i);
			struct nap_shown_place at;

			if (c->verdict != verdict || c->recalled != recalled || !place(ctx, c, &at))
				continue;
			if (!any)
				g_string_append_printf(data,
					"# %s: published values (%s%s): x y, and where the simulation has "
					"it\n",
					item->label, verdicts[verdict], recalled ? ", recalled" : "");
			any = true;
			tolerant |= at.high > at.low;
			put_check(data, item, c, axis, &at);
		}
		if (!any)
			continue;
		g_string_append(data, "\n\n");
		if (tolerant) {
			g_string_append_printf(script,
				"%sdata index %d using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '%s'",
				*comma, *blocks, recalled ? RECALLED : colour);
			*comma = NEXT;
		}
		if (verdict == NAP_SHOWN_MISSED)
			g_string_append_printf(script,
				"%sdata index %d using 1:2:($3-$1):($4-$2) with vectors nohead dt 3 lw 1 lc "
				"rgb '%s'",
				*comma, *blocks, colour),
				*comma = NEXT;
		g_string_append_printf(script,
			"%sdata index %d using 1:2:7 with labels hypertext point pt %d ps 1.25 lw 2 lc rgb "
			"'%s'",
			*comma, *blocks, signs[verdict], recalled ? RECALLED : colour);
		*comma = NEXT;
		++*blocks;
	}
}
