/* SPDX-License-Identifier: BSD-2-Clause */
/* Power of one device over time: states as bands, packets as ticks, what was lost and noticed as lines. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot_kinds.h"
#include "report/plot_style.h"
#include "text/input_error.h"

#define TOP    118.0
#define TALL   330.0
#define ROWS   3     /* of labels above the panel */
#define MANY   400   /* changes of state: more cannot be told apart */
#define BEFORE 60.0  /* seconds of a shorter window before what is lost, */
#define AFTER  240.0 /* and after */
#define LABELS 24
#define TOLD   600 /* stretches that tell their values: more hide one another */

/* pale, so that lines on them show; no state differs by colour alone: power does too */
static const char *const bands[] = { "#e8eef4", "#fde0c5", "#cfe8d5", "#f6d4e4", "#dcd6f0", "#fff2b2",
	"#d9d9d9", "#c6e5ee", "#f2c9c0", "#e3efc2", "#e6d5c3", "#cdd5ea" };

enum { TIME, KIND, STATE, POWER, DETAIL, COLUMNS };

static const char *const columns[] = { "time_s", "kind", "state", "power_mw", "detail" };

/* Notes that stand as lines. */
static const struct mark {
	const char *note, *text, *colour;
} marks[] = { { "client-noticed", "flow lost", "#000000" }, { "dead", "noticed dead", "#cc79a7" },
	{ "reconnect", "reconnects", "#009e73" }, { "failed", "failed", "#d55e00" },
	{ "binding-lost", "binding lost", "#7f7f7f" } };

struct timeline {
	const struct nap_csv *csv;
	int column[COLUMNS];
	double from, to, factor, top;
	const char *unit;
	GPtrArray *state; /* names, as they come */
	unsigned told;    /* stretches of one */
};

static const char *text(const struct timeline *t, unsigned row, int what)
{
	return nap_csv_field(&t->csv->row[row], t->column[what]);
}

static double number(const struct timeline *t, unsigned row, int what)
{
	double v;

	return nap_csv_number(text(t, row, what), -INFINITY, INFINITY, &v, NULL) ? v : (double)NAN;
}

static bool is(const struct timeline *t, unsigned row, int what, const char *word)
{
	return strcmp(text(t, row, what), word) == 0;
}

/* When what a note tells happened: "reboot lost 90.584 s ago" was then. */
static double when(const struct timeline *t, unsigned row)
{
	const char *lost = strstr(text(t, row, DETAIL), " lost ");

	return number(t, row, TIME) - (lost ? g_ascii_strtod(lost + strlen(" lost "), NULL) : 0.0);
}

/* ---- the window ------------------------------------------------------------------------------------------------------ */

/* From the first loss, where all would be too much to see; else from the beginning. */
static void shorten(struct timeline *t, GString *left_out)
{
	unsigned changes = 0;
	double end = t->to, lost = (double)NAN;

	for (unsigned r = 0; r < t->csv->n; r++) {
		changes += is(t, r, KIND, "state") ? 1 : 0;
		if (isnan(lost) && is(t, r, STATE, "client-noticed"))
			lost = when(t, r);
	}
	if (changes <= MANY)
		return;
	t->from = isnan(lost) ? 0.0 : fmax(0.0, lost - BEFORE);
	t->to = fmin(end, t->from + BEFORE + AFTER);
	g_string_append_printf(left_out,
		"of %.6g s those from %.6g to %.6g s are drawn: all would be too much to see; --from and "
		"--to choose\n",
		end, t->from, t->to);
}

static bool choose_window(
	struct timeline *t, const struct nap_plot_source *from, GString *left_out, GError **error)
{
	double end = number(t, t->csv->n - 1, TIME);

	t->from = isnan(from->from) ? 0.0 : from->from;
	t->to = isnan(from->to) ? end : fmin(end, from->to);
	if (isnan(from->from) && isnan(from->to))
		shorten(t, left_out);
	if (!(t->from < t->to))
		return nap_fail(error, "%s: nothing is between %.6g and %.6g s: it ends at %.6g s",
			t->csv->path, t->from, isnan(from->to) ? end : from->to, end);
	t->factor = t->to - t->from > 3 * 3600 ? 1.0 / 3600 : t->to - t->from > 900 ? 1.0 / 60 : 1.0;
	t->unit = t->factor == 1.0 ? "s" : t->to - t->from > 3 * 3600 ? "h" : "min";
	return true;
}

static bool open_timeline(struct timeline *t, const struct nap_plot_source *from, const struct nap_csv *csv,
	GString *left_out, GError **error)
{
	*t = (struct timeline){ .csv = csv };
	for (int i = 0; i < COLUMNS; i++) {
		t->column[i] = nap_csv_column(csv, columns[i], error);
		if (t->column[i] < 0)
			return false;
	}
	t->state = g_ptr_array_new();
	return choose_window(t, from, left_out, error);
}

/* ---- data ------------------------------------------------------------------------------------------------------------ */

static guint number_of_state(struct timeline *t, const char *name)
{
	guint i;

	if (g_ptr_array_find_with_equal_func(t->state, name, g_str_equal, &i))
		return i;
	g_ptr_array_add(t->state, (void *)name);
	return t->state->len - 1;
}

static void put_state(const struct timeline *t, const char *name, const char *colour, double from, double to,
	double power, GString *data)
{
	g_autofree char *hint = nap_plot_hint(
		"%s, %.6g to %.6g %s: %.4g mW", name, from * t->factor, to * t->factor, t->unit, power);

	g_string_append_printf(
		data, "%.9g %.9g %.6g 0x%s %s\n", from * t->factor, to * t->factor, power, colour, hint);
}

/* Block 0: begin, end, power and colour of each state within the window; false: there is none. */
static bool put_states(struct timeline *t, GString *data)
{
	double begun = (double)NAN, power = 0.0;
	const char *name = "";

	g_string_append_printf(data, "# from (%s), to, power (mW), colour, what it tells\n", t->unit);
	for (unsigned r = 0; r < t->csv->n; r++) {
		double at = number(t, r, TIME);

		if (!is(t, r, KIND, "state") && !is(t, r, KIND, "end"))
			continue;
		if (!isnan(begun) && at > t->from && begun < t->to && at > begun) {
			guint i = number_of_state(t, name);

			t->top = fmax(t->top, power);
			put_state(t, name, bands[i % G_N_ELEMENTS(bands)] + 1, fmax(begun, t->from),
				fmin(at, t->to), power, data);
			t->told++;
		}
		begun = at;
		name = text(t, r, STATE);
		power = is(t, r, KIND, "state") ? number(t, r, POWER) : power;
	}
	g_string_append(data, "\n\n");
	return t->state->len > 0;
}

/* Block 1: power as a line that steps. */
static void put_power(const struct timeline *t, GString *data)
{
	double begun = (double)NAN, power = 0.0;

	g_string_append_printf(data, "# time (%s), power (mW)\n", t->unit);
	for (unsigned r = 0; r < t->csv->n; r++) {
		double at = number(t, r, TIME);

		if (!is(t, r, KIND, "state") && !is(t, r, KIND, "end"))
			continue;
		if (!isnan(begun) && at > t->from && begun < t->to && at > begun)
			g_string_append_printf(data, "%.9g %.6g\n%.9g %.6g\n",
				fmax(begun, t->from) * t->factor, power, fmin(at, t->to) * t->factor, power);
		begun = at;
		power = is(t, r, KIND, "state") ? number(t, r, POWER) : power;
	}
	g_string_append(data, "\n\n");
}

/* A block of times of packets; true: there are any. */
static bool put_packets(const struct timeline *t, const char *way, GString *data)
{
	bool any = false;

	g_string_append_printf(data, "# packets %s: time (%s)\n", way, t->unit);
	for (unsigned r = 0; r < t->csv->n; r++) {
		double at = number(t, r, TIME);

		if (at < t->from || at > t->to || !is(t, r, KIND, "packet") || !is(t, r, STATE, way))
			continue;
		g_string_append_printf(data, "%.9g # %s\n", at * t->factor, text(t, r, DETAIL));
		any = true;
	}
	g_string_append(data, any ? "\n\n" : "# none\n");
	return any;
}

/* ---- marks ----------------------------------------------------------------------------------------------------------- */

struct told {
	double at;
	const struct mark *mark;
	char *text;
};

static void told_clear(void *told)
{
	g_free(((struct told *)told)->text);
}

static int by_time(gconstpointer a, gconstpointer b)
{
	double x = ((const struct told *)a)->at, y = ((const struct told *)b)->at;

	return (x > y) - (x < y);
}

static bool is_near(const GArray *told, guint a, guint b)
{
	return b < told->len &&
	       fabs(g_array_index(told, struct told, a).at - g_array_index(told, struct told, b).at) < 0.002;
}

static GArray *marks_of(const struct timeline *t)
{
	GArray *told = g_array_new(FALSE, FALSE, sizeof(struct told));

	g_array_set_clear_func(told, told_clear);
	for (unsigned r = 0; r < t->csv->n; r++)
		for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
			struct told one = { when(t, r), &marks[i], NULL };
			const char *detail = text(t, r, DETAIL);

			if (!is(t, r, KIND, "note") || !is(t, r, STATE, marks[i].note) || one.at < t->from ||
				one.at > t->to)
				continue;
			one.text = strstr(detail, " lost ") ? g_strdup_printf("%s (%.*s)", marks[i].text,
								      (int)strcspn(detail, " "), detail)
							    : g_strdup(marks[i].text);
			g_array_append_val(told, one);
		}
	g_array_sort(told, by_time);
	for (guint i = told->len; i-- > 0;) /* what the client noticed says it better */
		if (strcmp(g_array_index(told, struct told, i).mark->note, "binding-lost") == 0 &&
			(is_near(told, i, i + 1) || (i > 0 && is_near(told, i, i - 1))))
			g_array_remove_index(told, i);
	return told;
}

/* Lines through the panel, their names above it, in rows where they are near one another. */
static void print_marks(const struct timeline *t, const struct nap_plot_page *p, struct nap_plot *to)
{
	g_autoptr(GArray) told = marks_of(t);
	double wide = p->width - p->left - p->right, end[ROWS];

	for (int i = 0; i < ROWS; i++)
		end[i] = -INFINITY;
	for (guint i = 0; i < told->len; i++) {
		const struct told *m = (const struct told *)(void *)told->data + i;
		g_autofree char *quoted = nap_plot_quoted(m->text);
		double x = wide * (m->at - t->from) / (t->to - t->from),
		       width = 7.0 * (double)strlen(m->text) + 10;
		int row = 0;

		g_string_append_printf(p->script,
			"set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead front lw 1.6 dt 2 "
			"lc rgb '%s'\n",
			m->at * t->factor, m->at * t->factor, m->mark->colour);
		x = fmin(x, wide - width);
		while (row < ROWS && x < end[row])
			row++;
		if (row == ROWS)
			continue;
		end[row] = x + width;
		g_string_append_printf(p->script,
			"set label %s at screen %.5f,%.5f left font ',11' tc rgb '%s'\n", quoted,
			(p->left + x) / p->width, 1.0 - (TOP - 8.0 - 14.0 * row) / p->height,
			m->mark->colour);
	}
	if (told->len > LABELS)
		g_string_append(to->left_out,
			"not all losses and reconnections are named: --from and --to choose a part\n");
}

static void print_key(const struct timeline *t, const bool *any, GString *plot)
{
	static const struct {
		const char *title, *colour;
	} ways[] = { { "packet up", "#0072b2" }, { "packet down", "#d55e00" }, { "lost", "#000000" } };

	for (guint i = 0; i < t->state->len; i++) {
		g_autofree char *name = nap_plot_quoted(t->state->pdata[i]);

		g_string_append_printf(plot,
			", \\\n     keyentry with boxes fs solid noborder lc rgb '%s' title %s",
			bands[i % G_N_ELEMENTS(bands)], name);
	}
	for (int w = 0; w < 3; w++)
		if (any[w])
			g_string_append_printf(plot,
				", \\\n     keyentry with %s lw 2 %s lc rgb '%s' title '%s'",
				w < 2 ? "lines" : "points", w < 2 ? "" : "pt 2 ps 0.8", ways[w].colour,
				ways[w].title);
}

static void print_plot(const struct timeline *t, const bool *any, GString *s)
{
	g_autoptr(GString) plot = g_string_new(NULL);
	int block = 2;

	g_string_append(plot, "plot data index 0 using 1:(0):1:2:(0):(top):4 with boxxyerror fs solid "
			      "noborder lc rgb variable notitle, \\\n"
			      "     data index 1 using 1:2 with lines lw 1.6 lc rgb '#20304a' notitle");
	if (any[0])
		g_string_append_printf(plot,
			", \\\n     data index %d using 1:(-0.02*top):(0):(-0.05*top) with vectors nohead lw "
			"1.4 lc rgb "
			"'#0072b2' notitle",
			block++);
	if (any[1])
		g_string_append_printf(plot,
			", \\\n     data index %d using 1:(-0.075*top):(0):(-0.05*top) with vectors nohead "
			"lw 1.4 lc "
			"rgb '#d55e00' notitle",
			block++);
	if (any[2])
		g_string_append_printf(plot,
			", \\\n     data index %d using 1:(-0.145*top) with points pt 2 ps 0.8 lw 1.5 lc rgb "
			"'#000000' "
			"notitle",
			block);
	if (t->told <= TOLD)
		g_string_append(plot,
			", \\\n     data index 0 using (($1+$2)/2):3:5 with labels hypertext point "
			"pt 7 ps 0.3 lc rgb '#20304a' notitle");
	print_key(t, any, plot);
	g_string_append_printf(s, "%s\n", plot->str);
}

bool nap_plot_timeline(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct nap_plot_page p = { to->script, "timeline", 900, TOP + TALL + NAP_PLOT_BOTTOM, NAP_PLOT_LEFT,
		24 };
	struct timeline t;
	bool any[3], ok = open_timeline(&t, from, csv, to->left_out, error);

	if (ok && !put_states(&t, to->data))
		ok = nap_fail(error, "%s: it has no state of a radio", csv->path);
	if (ok) {
		put_power(&t, to->data);
		any[0] = put_packets(&t, "up", to->data);
		any[1] = put_packets(&t, "down", to->data);
		any[2] = put_packets(&t, "lost", to->data);
		nap_plot_page_begin(&p, from);
		nap_plot_page_panel(&p, TOP, TOP + TALL);
		g_string_append_printf(to->script,
			"top = %.6g\nset xrange [%.9g:%.9g]\nset yrange [-0.17*top:top]\nset ylabel 'radio "
			"power (mW)'\n"
			"set xlabel 'time (%s)'\nset ytics 0, %g\nunset grid\n"
			"set key at screen 0.5, screen %.5f top center horizontal reverse Left samplen 1.2 "
			"width 1 "
			"maxrows 2 font ',11'\n",
			t.top > 0 ? 1.1 * t.top : 1.0, t.from * t.factor, t.to * t.factor, t.unit,
			t.top > 1200  ? 500.0
			: t.top > 400 ? 200.0
			: t.top > 100 ? 50.0
				      : 10.0,
			1.0 - 32.0 / p.height);
		print_marks(&t, &p, to);
		print_plot(&t, any, to->script);
		nap_plot_page_end(&p);
	}
	g_clear_pointer(&t.state, g_ptr_array_unref);
	return ok;
}
