/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/plot_timeline.h"

#define TOLD 600 /* stretches that tell their values: more hide one another */

/* pale, so that lines on them show; no state differs by colour alone: power does too */
static const char *const bands[] = { "#e8eef4", "#fde0c5", "#cfe8d5", "#f6d4e4", "#dcd6f0", "#fff2b2",
	"#d9d9d9", "#c6e5ee", "#f2c9c0", "#e3efc2", "#e6d5c3", "#cdd5ea" };

static const char *const columns[] = { "time_s", "kind", "state", "power_mw", "detail" };

const char *nap_timeline_text(const struct nap_timeline_rows *t, unsigned row, enum nap_timeline_column what)
{
	return nap_csv_field(&t->csv->row[row], t->column[what]);
}

double nap_timeline_number(const struct nap_timeline_rows *t, unsigned row, enum nap_timeline_column what)
{
	double v;

	return nap_csv_number(nap_timeline_text(t, row, what), -INFINITY, INFINITY, &v, NULL) ? v
											      : (double)NAN;
}

bool nap_timeline_is(
	const struct nap_timeline_rows *t, unsigned row, enum nap_timeline_column what, const char *word)
{
	return strcmp(nap_timeline_text(t, row, what), word) == 0;
}

double nap_timeline_place(const struct nap_timeline_view *v, double seconds)
{
	return (seconds - v->zero) * v->factor;
}

const char *nap_timeline_colour(guint state)
{
	return bands[state % G_N_ELEMENTS(bands)];
}

/* ---- spans ----------------------------------------------------------------------------------------------------------- */

static guint number_of_state(struct nap_timeline_rows *t, const char *name)
{
	guint i;

	if (g_ptr_array_find_with_equal_func(t->state, name, g_str_equal, &i))
		return i;
	g_ptr_array_add(t->state, (void *)name);
	return t->state->len - 1;
}

static void find_spans(struct nap_timeline_rows *t)
{
	struct nap_timeline_span now = { .from = (double)NAN };
	const char *name = "";

	for (unsigned r = 0; r < t->csv->n; r++) {
		bool state = nap_timeline_is(t, r, NAP_TIMELINE_KIND, "state");

		if (!state && !nap_timeline_is(t, r, NAP_TIMELINE_KIND, "end"))
			continue;
		now.to = nap_timeline_number(t, r, NAP_TIMELINE_TIME);
		if (!isnan(now.from) && now.to > now.from) {
			now.state = number_of_state(t, name);
			g_array_append_val(t->span, now);
		}
		now.from = now.to;
		now.power = state ? nap_timeline_number(t, r, NAP_TIMELINE_POWER) : now.power;
		now.passing = *nap_timeline_text(t, r, NAP_TIMELINE_DETAIL) != '\0';
		name = nap_timeline_text(t, r, NAP_TIMELINE_STATE);
	}
}

bool nap_timeline_open(struct nap_timeline_rows *t, const struct nap_csv *csv, GError **error)
{
	*t = (struct nap_timeline_rows){ .csv = csv };
	for (int i = 0; i < NAP_TIMELINE_COLUMNS; i++) {
		t->column[i] = nap_csv_column(csv, columns[i], error);
		if (t->column[i] < 0)
			return false;
	}
	t->state = g_ptr_array_new();
	t->span = g_array_new(FALSE, FALSE, sizeof(struct nap_timeline_span));
	t->end = nap_timeline_number(t, csv->n - 1, NAP_TIMELINE_TIME);
	find_spans(t);
	return true;
}

void nap_timeline_clear(struct nap_timeline_rows *t)
{
	g_clear_pointer(&t->state, g_ptr_array_unref);
	g_clear_pointer(&t->span, g_array_unref);
}

/* ---- blocks of data ---------------------------------------------------------------------------------------------------- */

static const struct nap_timeline_span *next_span(
	const struct nap_timeline_rows *t, const struct nap_timeline_view *v, guint *i)
{
	while (*i < t->span->len) {
		const struct nap_timeline_span *s = &g_array_index(t->span, struct nap_timeline_span, (*i)++);

		if (s->to > v->from && s->from < v->to)
			return s;
	}
	return NULL;
}

/* Begin, end, power and colour of each stretch within the view, and what it tells. */
static void put_states(const struct nap_timeline_rows *t, const struct nap_timeline_view *v, GString *data,
	struct nap_timeline_blocks *b)
{
	const struct nap_timeline_span *s;

	g_string_append_printf(data, "# from (%s), to, power (mW), colour, what it tells\n", v->unit);
	for (guint i = 0; (s = next_span(t, v, &i)) != NULL; b->told++) {
		double from = nap_timeline_place(v, fmax(s->from, v->from)),
		       to = nap_timeline_place(v, fmin(s->to, v->to));
		g_autofree char *hint = nap_plot_hint("%s, %.6g to %.6g %s: %.4g mW",
			(const char *)t->state->pdata[s->state], from, to, v->unit, s->power);

		g_string_append_printf(data, "%.9g %.9g %.6g 0x%s %s\n", from, to, s->power,
			nap_timeline_colour(s->state) + 1, hint);
		b->seen |= UINT64_C(1) << MIN(s->state, 63);
	}
	g_string_append(data, "\n\n");
}

/* Power as a line that steps; the most of it. */
static double put_power(const struct nap_timeline_rows *t, const struct nap_timeline_view *v, GString *data)
{
	const struct nap_timeline_span *s;
	double top = 0.0;

	g_string_append_printf(data, "# time (%s), power (mW)\n", v->unit);
	for (guint i = 0; (s = next_span(t, v, &i)) != NULL;) {
		g_string_append_printf(data, "%.9g %.6g\n%.9g %.6g\n",
			nap_timeline_place(v, fmax(s->from, v->from)), s->power,
			nap_timeline_place(v, fmin(s->to, v->to)), s->power);
		top = fmax(top, s->power);
	}
	g_string_append(data, "\n\n");
	return top;
}

/* A block of times of packets; true: there are any. */
static bool put_packets(
	const struct nap_timeline_rows *t, const struct nap_timeline_view *v, const char *way, GString *data)
{
	bool any = false;

	g_string_append_printf(data, "# packets %s: time (%s)\n", way, v->unit);
	for (unsigned r = 0; r < t->csv->n; r++) {
		double at = nap_timeline_number(t, r, NAP_TIMELINE_TIME);

		if (at < v->from || at > v->to || !nap_timeline_is(t, r, NAP_TIMELINE_KIND, "packet") ||
			!nap_timeline_is(t, r, NAP_TIMELINE_STATE, way))
			continue;
		g_string_append_printf(data, "%.9g # %s\n", nap_timeline_place(v, at),
			nap_timeline_text(t, r, NAP_TIMELINE_DETAIL));
		any = true;
	}
	g_string_append(data, any ? "\n\n" : "# none\n");
	return any;
}

struct nap_timeline_blocks nap_timeline_put(
	const struct nap_timeline_rows *t, const struct nap_timeline_view *v, GString *data, int *blocks)
{
	static const char *const ways[] = { "up", "down", "lost" };
	struct nap_timeline_blocks b = { .states = -1, .power = -1, .packets = { -1, -1, -1 } };

	put_states(t, v, data, &b);
	if (b.told == 0)
		return b;
	b.states = (*blocks)++;
	b.top = put_power(t, v, data);
	b.power = (*blocks)++;
	for (int w = 0; w < 3; w++)
		if (put_packets(t, v, ways[w], data))
			b.packets[w] = (*blocks)++;
	return b;
}

void nap_timeline_print_power(GString *s, double most)
{
	g_string_append_printf(s,
		"top = %.6g\nset yrange [-0.17*top:top]\nset ylabel 'radio power (mW)'\nset ytics 0, %g\n",
		most > 0 ? 1.1 * most : 1.0,
		most > 1200  ? 500.0
		: most > 400 ? 200.0
		: most > 100 ? 50.0
			     : 10.0);
}

void nap_timeline_print(GString *s, const struct nap_timeline_blocks *b)
{
	static const char *const packets[] = {
		"1:(-0.02*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#0072b2'",
		"1:(-0.075*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#d55e00'",
		"1:(-0.145*top) with points pt 2 ps 0.8 lw 1.5 lc rgb '#000000'",
	};

	g_string_append_printf(s,
		"plot data index %d using 1:(0):1:2:(0):(top):4 with boxxyerror fs solid noborder lc rgb "
		"variable notitle, \\\n     data index %d using 1:2 with lines lw 1.6 lc rgb '#20304a' "
		"notitle",
		b->states, b->power);
	for (int w = 0; w < 3; w++)
		if (b->packets[w] >= 0)
			g_string_append_printf(
				s, ", \\\n     data index %d using %s notitle", b->packets[w], packets[w]);
	if (b->told <= TOLD)
		g_string_append_printf(s,
			", \\\n     data index %d using (($1+$2)/2):3:5 with labels hypertext point pt 7 ps "
			"0.15 lc rgb '#20304a' notitle",
			b->states);
}
