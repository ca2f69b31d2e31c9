/* SPDX-License-Identifier: BSD-2-Clause */
/* Reachability over how long a client is silent: it falls at the middleboxes' timers, which stand as lines. */
#include <math.h>
#include <string.h>

#include "report/plot_curve.h"
#include "report/plot_kinds.h"
#include "text/input_error.h"
#include "text/quantity.h"

#define ROWS 4    /* of names above the panel */
#define ROW  16.0 /* pixels */

static bool is_middlebox(const struct nap_plot_key *k)
{
	return g_str_has_prefix(k->name, "middlebox.");
}

/* Is it a timer that keeps a session: middlebox.NAME.udp-stream? */
static bool is_timer(const struct nap_plot_key *k)
{
	const char *last = strrchr(k->name, '.');

	return is_middlebox(k) && k->time && last &&
	       (g_str_has_prefix(last, ".udp") || g_str_has_prefix(last, ".tcp-"));
}

/* The swept time of an end with most values; NULL: there is none. */
static const char *silence_of(const struct nap_plot_table *t)
{
	const struct nap_plot_key *best = NULL;

	for (unsigned i = 0; i < t->n_keys; i++)
		if (!is_middlebox(&t->key[i]) && t->key[i].time && t->key[i].numeric &&
			t->key[i].distinct > (best ? best->distinct : 1))
			best = &t->key[i];
	return best ? best->name : NULL;
}

/* The colour of the line that alone has this value of the key. */
static const char *colour_of(const struct nap_plot_curve *c, const struct nap_plot_key *k, double value)
{
	const char *colour = NULL;

	for (guint i = 0; i < c->line->len; i++) {
		const struct nap_plot_line *l = c->line->pdata[i];

		if (l->n == 0 || k->number[l->row[0]] != value)
			continue;
		if (colour)
			return NAP_PLOT_TEXT;
		colour = nap_plot_colour(i);
	}
	return colour;
}

/* Names stand above the panel, where no line crosses them, each in a row of its own. */
static void mark_timer(
	struct nap_plot_curve *c, const char *name, double seconds, const char *colour, unsigned *marks)
{
	double place = nap_plot_axis_place(&c->along, seconds), at = nap_plot_axis_drawn(&c->along, seconds);
	g_autofree char *value = nap_time_format((nap_time)llround(seconds * NAP_S));
	g_autofree char *words = g_strdup_printf("%s %s", name + strlen("middlebox."), value);
	g_autofree char *text = nap_plot_quoted(words);

	if (at < c->along.low || at > c->along.high) {
		g_string_append_printf(c->to->left_out, "%s = %s is beyond the axis\n", name, value);
		return;
	}
	g_string_append_printf(c->page.script,
		"set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead back lw 1.4 dt 2 lc rgb "
		"'%s'\n"
		"set label %s at first %.9g, graph 1 offset %s,%.2f %s font ',11' tc rgb '%s'\n",
		at, at, colour, text, at, place > 0.8 ? "0.6" : "-0.6", 0.7 + 1.0 * (*marks % ROWS),
		place > 0.8 ? "right" : "left", colour);
	(*marks)++;
}

static bool is_swept(const struct nap_plot_curve *c, const char *name)
{
	for (unsigned i = 0; i < c->table.n_keys; i++)
		if (strcmp(c->table.key[i].name, name) == 0)
			return true;
	return false;
}

static void mark_timers(struct nap_plot_curve *c)
{
	unsigned marks = 0;

	for (unsigned i = 0; i < c->table.n_keys; i++) {
		const struct nap_plot_key *k = &c->table.key[i];
		g_autoptr(GArray) done = g_array_new(FALSE, FALSE, sizeof(double));

		for (unsigned r = 0; is_timer(k) && r < c->table.n; r++) {
			double v = k->number[c->table.row[r]];
			const char *colour = isnan(v) ? NULL : colour_of(c, k, v);
			bool told = !colour;

			for (guint d = 0; d < done->len; d++)
				told |= g_array_index(done, double, d) == v;
			if (told)
				continue;
			g_array_append_val(done, v);
			mark_timer(c, k->name, v, colour, &marks);
		}
	}
	for (unsigned i = 0; i < c->from->n_timers; i++)
		if (!is_swept(c, c->from->timer[i].name))
			mark_timer(
				c, c->from->timer[i].name, c->from->timer[i].seconds, NAP_PLOT_TEXT, &marks);
}

/* How many timers may be named. */
static unsigned names_of(const struct nap_plot_curve *c)
{
	unsigned n = c->from->n_timers;

	for (unsigned i = 0; i < c->table.n_keys; i++)
		n += is_timer(&c->table.key[i]) ? c->table.key[i].distinct : 0;
	return n;
}

bool nap_plot_cliff(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	static const char *const reachable[] = { "reachable_fraction", NULL };
	struct nap_plot_curve c = { .from = from, .to = to, .page.kind = "cliff" };
	struct nap_plot_table t;
	const char *x = from->x;
	bool ok;

	if (!nap_plot_table_open(&t, from, csv, error))
		return false;
	x = x ? x : silence_of(&t);
	if (x)
		ok = nap_plot_curve_open(&c, x, true, reachable, csv, error);
	else
		ok = nap_fail(error, "%s: no time of the client or the server is swept in it", csv->path);
	if (ok) {
		c.above = ROW * MIN(ROWS, names_of(&c));
		nap_plot_curve_draw(&c, mark_timers);
	}
	nap_plot_curve_clear(&c);
	nap_plot_table_clear(&t);
	return ok;
}
