/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot_axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/plot_style.h"

#define WIDE   20.0 /* times the least: an axis along is logarithmic from there on, */
#define TALL   60.0 /* and one upwards */
#define NARROW 0.8  /* of the most: if all are above, an axis need not begin at 0 */

/* ---- words ----------------------------------------------------------------------------------------------------------- */

/* Units at the end of a name, the longest first; beyond `from` (in the file's unit) another one is read more easily. */
static const struct unit {
	const char *suffix, *label;
	double factor, from;
} units[] = {
	{ "_percent_per_day", "% a day", 1, 0 },
	{ "_bytes_per_day", "MB a day", 1e-6, 0 },
	{ "_per_day", "a day", 1, 0 },
	{ "_per_week", "a week", 1, 0 },
	{ "_per_h", "an hour", 1, 0 },
	{ "_per_s", "a second", 1, 0 },
	{ "_fraction", "%", 100, 0 },
	{ "_bytes", "GB", 1e-9, 2e9 },
	{ "_bytes", "MB", 1e-6, 2e6 },
	{ "_bytes", "kB", 1e-3, 2e4 },
	{ "_bytes", "bytes", 1, 0 },
	{ "_bits", "kbit", 1e-3, 0 },
	{ "_percent", "%", 1, 0 },
	{ "_years", "years", 1, 0 },
	{ "_ma", "mA", 1, 0 },
	{ "_ms", "ms", 1, 0 },
	{ "_mw", "W", 1e-3, 2e4 },
	{ "_mw", "mW", 1, 0 },
	{ "_j", "MJ", 1e-6, 2e6 },
	{ "_j", "kJ", 1e-3, 2e4 },
	{ "_j", "J", 1, 0 },
	{ "_h", "days", 1.0 / 24, 24 * 14 },
	{ "_h", "h", 1, 0 },
	{ "_s", "days", 1.0 / 86400, 86400 * 3 },
	{ "_s", "h", 1.0 / 3600, 3600 * 3 },
	{ "_s", "min", 1.0 / 60, 60 * 5 },
	{ "_s", "s", 1, 0 },
	{ "", "million", 1e-6, 2e7 },
	{ "", "thousand", 1e-3, 2e4 },
	{ "", "", 1, 0 },
};

static const struct unit *unit_of(const char *name, double most)
{
	static const struct unit share = { "", "%", 100, 0 }, bytes[] = { { "", "GB", 1e-9, 2e9 },
		{ "", "MB", 1e-6, 2e6 }, { "", "kB", 1e-3, 2e4 }, { "", "bytes", 1, 0 } };
	static const struct unit plain = { "", "", 1, 0 };
	const struct unit *u = units;

	if (strchr(name, '/'))
		return &plain; /* a quotient */
	if (strpbrk(name, "<>"))
		return &share; /* subscribers_with_reachable>=99% */
	if (g_str_has_prefix(name, "bytes_")) {
		u = bytes;
		while (most < u->from)
			u++;
		return u;
	}
	while (!g_str_has_suffix(name, u->suffix) || most < u->from)
		u++;
	return u;
}

/* "push delay p95 (s)" of push_delay_p95_s. */
static void name_axis(struct nap_plot_axis *a, const struct unit *u)
{
	g_autofree char *words = g_strndup(a->name, strlen(a->name) - strlen(u->suffix));

	g_strdelimit(words, "_", ' ');
	if (*u->label)
		snprintf(a->label, sizeof a->label, "%s (%s)", words, u->label);
	else
		g_strlcpy(a->label, words, sizeof a->label);
}

/* ---- range ----------------------------------------------------------------------------------------------------------- */

void nap_plot_axis_begin(struct nap_plot_axis *a, const char *name)
{
	*a = (struct nap_plot_axis){
		.name = name, .factor = 1.0, .least = INFINITY, .most = -INFINITY, .least_positive = INFINITY
	};
}

void nap_plot_axis_take(struct nap_plot_axis *a, double value)
{
	if (!isfinite(value))
		return;
	a->any = true;
	a->least = fmin(a->least, value);
	a->most = fmax(a->most, value);
	if (value > 0.0)
		a->least_positive = fmin(a->least_positive, value);
}

static void widen(struct nap_plot_axis *a, double by)
{
	if (a->log) {
		double times = pow(a->high / a->low, by);

		a->low /= times;
		a->high *= times;
	} else {
		double more = (a->high - a->low) * by;

		a->low -= more;
		a->high += more;
	}
}

void nap_plot_axis_end(struct nap_plot_axis *a, enum nap_plot_axis_use use)
{
	const struct unit *u = unit_of(a->name, a->most);
	double wide = use == NAP_PLOT_ALONG ? WIDE : TALL;

	a->factor = u->factor;
	name_axis(a, u);
	if (use == NAP_PLOT_SHARE) {
		a->low = 0;
		a->high = 104;
		return;
	}
	a->log = a->least > 0.0 && a->scale != NAP_PLOT_LINEAR &&
		 (a->scale == NAP_PLOT_LOG || a->most >= wide * a->least);
	a->low = a->least * a->factor;
	a->high = a->most * a->factor;
	if (use == NAP_PLOT_UP && !a->log && a->least >= 0.0 && a->least < NARROW * a->most)
		a->low = 0;
	if (a->low == a->high) {
		a->high = a->high == 0.0 ? 1.0 : a->high + 0.1 * fabs(a->high);
		a->low = use == NAP_PLOT_UP && a->least >= 0.0 ? 0.0 : a->low - 0.1 * fabs(a->low);
	}
	if (use == NAP_PLOT_UP && a->low == 0.0)
		a->high *= 1.06;
	else
		widen(a, use == NAP_PLOT_ALONG ? 0.02 : 0.06);
}

void nap_plot_axis_leave(struct nap_plot_axis *a, double share)
{
	double more = share / (1.0 - share);

	if (a->log)
		a->high *= pow(a->high / a->low, more);
	else
		a->high += (a->high - a->low) * more;
}

double nap_plot_axis_drawn(const struct nap_plot_axis *a, double value)
{
	double v = value * a->factor;

	return a->log && v < a->low ? a->low : v;
}

double nap_plot_axis_place(const struct nap_plot_axis *a, double value)
{
	double v = nap_plot_axis_drawn(a, value);
	double at = a->log ? log(v / a->low) / log(a->high / a->low) : (v - a->low) / (a->high - a->low);

	return CLAMP(at, 0.0, 1.0);
}

/* ---- tics ------------------------------------------------------------------------------------------------------------ */

/* Times that people say, for logarithmic axes. */
static const struct {
	double seconds;
	const char *text;
} times[] = { { 1e-3, "1 ms" }, { 1e-2, "10 ms" }, { 0.1, "0.1 s" }, { 0.2, "0.2 s" }, { 0.5, "0.5 s" },
	{ 1, "1 s" }, { 2, "2 s" }, { 5, "5 s" }, { 10, "10 s" }, { 20, "20 s" }, { 30, "30 s" },
	{ 60, "1 min" }, { 120, "2 min" }, { 300, "5 min" }, { 600, "10 min" }, { 1200, "20 min" },
	{ 1800, "30 min" }, { 3600, "1 h" }, { 7200, "2 h" }, { 14400, "4 h" }, { 43200, "12 h" },
	{ 86400, "1 d" }, { 172800, "2 d" }, { 432000, "5 d" }, { 864000, "10 d" }, { 2592000, "30 d" },
	{ 31536000, "1 y" } };

/* Those that have room beside one another. */
static void print_times(GString *s, const struct nap_plot_axis *a, double room, bool bare)
{
	double last = -1.0;

	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		double v = times[i].seconds * a->factor, at;

		if (v < a->low || v > a->high)
			continue;
		at = nap_plot_axis_place(a, times[i].seconds);
		if (last >= 0.0 && at - last < room)
			continue;
		g_string_append_printf(
			s, "%s'%s' %.9g", last >= 0.0 ? ", " : "", bare ? "" : times[i].text, v);
		last = at;
	}
}

static void print_decades(GString *s, const struct nap_plot_axis *a, bool bare)
{
	static const int steps[] = { 1, 2, 5 };
	size_t n = a->high < 400.0 * a->low ? 3 : 1;
	bool any = false;

	for (int e = (int)floor(log10(a->low)); e <= (int)ceil(log10(a->high)); e++)
		for (size_t i = 0; i < n; i++) {
			double v = steps[i] * pow(10.0, e);

			if (v < a->low || v > a->high)
				continue;
			g_string_append_printf(s, "%s'", any ? ", " : "");
			if (!bare)
				g_string_append_printf(s, "%.10g", v);
			g_string_append_printf(s, "' %.10g", v);
			any = true;
		}
}

/* A logarithmic axis of times: each tic says its unit, so the name has none. */
static bool says_units(const struct nap_plot_axis *a)
{
	return a->log && g_str_has_suffix(a->name, "_s");
}

static void print_name(GString *s, const struct nap_plot_axis *a, char which)
{
	const char *unit = says_units(a) ? g_strrstr(a->label, " (") : NULL;
	g_autofree char *name = g_strndup(a->label, unit ? (gsize)(unit - a->label) : strlen(a->label));
	g_autofree char *quoted = nap_plot_quoted(name);

	g_string_append_printf(s, "set %clabel %s\n", which, quoted);
}

void nap_plot_axis_print(GString *s, const struct nap_plot_axis *a, char which, bool bare)
{
	if (bare)
		g_string_append_printf(s, "unset %clabel\n", which);
	else
		print_name(s, a, which);
	g_string_append_printf(s, "%s logscale %c\nset %crange [%.9g:%.9g]\n", a->log ? "set" : "unset",
		which, which, a->low, a->high);
	g_string_append_printf(s, "set format %c '%s'\n", which, bare ? "" : "%g");
	if (!a->log) {
		g_string_append_printf(s, "set %ctics autofreq\n", which);
		return;
	}
	g_string_append_printf(s, "set %ctics (", which);
	if (says_units(a))
		print_times(s, a, which == 'x' ? 0.085 : 0.07, bare);
	else
		print_decades(s, a, bare);
	g_string_append(s, ")\n");
}
