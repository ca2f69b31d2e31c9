/* SPDX-License-Identifier: BSD-2-Clause */
/* Power of one device over time: states as bands, packets as ticks, what was lost and noticed as lines, one keepalive by itself. */
#include "report/plot_timeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot_kinds.h"
#include "text/input_error.h"

#define TOP    118.0
#define TALL   330.0
#define ROWS   3     /* of labels above the panel */
#define MANY   400   /* changes of state: more cannot be told apart */
#define BEFORE 60.0  /* seconds of a shorter window before what is lost, */
#define AFTER  240.0 /* and after */
#define LABELS 24

/* Notes that stand as lines. */
static const struct mark {
	const char *note, *text, *colour;
} marks[] = { { "client-noticed", "flow lost", "#000000" }, { "dead", "noticed dead", "#cc79a7" },
	{ "reconnect", "reconnects", "#009e73" }, { "failed", "failed", "#d55e00" },
	{ "binding-lost", "binding lost", "#7f7f7f" } };

struct timeline {
	struct nap_timeline_rows rows;
	struct nap_timeline_view view;
};

/* When what a note tells happened: "reboot lost 90.584 s ago" was then. */
static double when(const struct nap_timeline_rows *t, unsigned row)
{
	const char *lost = strstr(nap_timeline_text(t, row, NAP_TIMELINE_DETAIL), " lost ");

	return nap_timeline_number(t, row, NAP_TIMELINE_TIME) -
	       (lost ? g_ascii_strtod(lost + strlen(" lost "), NULL) : 0.0);
}

/* ---- the window ------------------------------------------------------------------------------------------------------ */

/* From the first loss until it was noticed, where all would be too much to see; else from where something begins. */
static void shorten(struct timeline *t, GString *left_out)
{
	unsigned changes = 0;
	double lost = (double)NAN, noticed = 0.0, begins = 0.0;

	for (unsigned r = 0; r < t->rows.csv->n; r++) {
		changes += nap_timeline_is(&t->rows, r, NAP_TIMELINE_KIND, "state") ? 1 : 0;
		begins = r == 1 ? nap_timeline_number(&t->rows, r, NAP_TIMELINE_TIME) : begins;
		if (!isnan(lost) || !nap_timeline_is(&t->rows, r, NAP_TIMELINE_STATE, "client-noticed"))
			continue;
		lost = when(&t->rows, r);
		noticed = nap_timeline_number(&t->rows, r, NAP_TIMELINE_TIME);
	}
	if (changes <= MANY)
		return;
	t->view.from = isnan(lost) ? begins > BEFORE ? floor(begins) : 0.0 : fmax(0.0, lost - BEFORE);
	t->view.to = fmin(t->rows.end, fmax(t->view.from + BEFORE + AFTER, noticed + BEFORE));
	g_string_append_printf(left_out,
		"of %.6g s those from %.6g to %.6g s are drawn: all would be too much to see; --from and "
		"--to choose\n",
		t->rows.end, t->view.from, t->view.to);
}

static bool choose_window(
	struct timeline *t, const struct nap_plot_source *from, GString *left_out, GError **error)
{
	struct nap_timeline_view *v = &t->view;
	double end = t->rows.end;

	v->from = isnan(from->from) ? 0.0 : from->from;
	v->to = isnan(from->to) ? end : fmin(end, from->to);
	if (isnan(from->from) && isnan(from->to))
		shorten(t, left_out);
	if (!(v->from < v->to))
		return nap_fail(error, "%s: nothing is between %.6g and %.6g s: it ends at %.6g s",
			t->rows.csv->path, v->from, isnan(from->to) ? end : from->to, end);
	v->factor = v->to - v->from > 3 * 3600 ? 1.0 / 3600 : v->to - v->from > 900 ? 1.0 / 60 : 1.0;
	v->unit = v->factor == 1.0 ? "s" : v->to - v->from > 3 * 3600 ? "h" : "min";
	return true;
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
	for (unsigned r = 0; r < t->rows.csv->n; r++)
		for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
			struct told one = { when(&t->rows, r), &marks[i], NULL };
			const char *detail = nap_timeline_text(&t->rows, r, NAP_TIMELINE_DETAIL);

			if (!nap_timeline_is(&t->rows, r, NAP_TIMELINE_KIND, "note") ||
				!nap_timeline_is(&t->rows, r, NAP_TIMELINE_STATE, marks[i].note) ||
				one.at < t->view.from || one.at > t->view.to)
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
		double x = wide * (m->at - t->view.from) / (t->view.to - t->view.from),
		       width = 7.0 * (double)strlen(m->text) + 10;
		int row = 0;

		g_string_append_printf(p->script,
			"set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead front lw 1.6 dt 2 "
			"lc rgb '%s'\n",
			nap_timeline_place(&t->view, m->at), nap_timeline_place(&t->view, m->at),
			m->mark->colour);
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

/* Names of the states that are in view, then of packets. */
static void print_key(const struct timeline *t, const struct nap_timeline_blocks *b, GString *plot)
{
	static const struct {
		const char *title, *colour;
	} ways[] = { { "packet up", "#0072b2" }, { "packet down", "#d55e00" }, { "lost", "#000000" } };

	for (guint i = 0; i < t->rows.state->len; i++) {
		g_autofree char *name = nap_plot_quoted(t->rows.state->pdata[i]);

		if (!(b->seen & UINT64_C(1) << MIN(i, 63)))
			continue;
		g_string_append_printf(plot,
			", \\\n     keyentry with boxes fs solid noborder lc rgb '%s' title %s",
			nap_timeline_colour(i), name);
	}
	for (int w = 0; w < 3; w++)
		if (b->packets[w] >= 0)
			g_string_append_printf(plot,
				", \\\n     keyentry with %s lw 2 %s lc rgb '%s' title '%s'",
				w < 2 ? "lines" : "points", w < 2 ? "" : "pt 2 ps 0.8", ways[w].colour,
				ways[w].title);
}

static void print_axes(const struct timeline *t, const struct nap_plot_page *p, double top)
{
	nap_timeline_print_power(p->script, top);
	g_string_append_printf(p->script,
		"set xrange [%.9g:%.9g]\nset xlabel 'time (%s)'\nunset grid\n"
		"set key at screen 0.5, screen %.5f top center horizontal reverse Left samplen 1.2 width 1 "
		"maxrows 2 font ',11'\n",
		nap_timeline_place(&t->view, t->view.from), nap_timeline_place(&t->view, t->view.to),
		t->view.unit, 1.0 - 32.0 / p->height);
}

static bool draw(struct timeline *t, const struct nap_plot_source *from, struct nap_plot *to, GError **error)
{
	struct nap_plot_page p = { to->script, "timeline", 900, TOP + TALL + NAP_PLOT_BOTTOM, NAP_PLOT_LEFT,
		24 };
	struct nap_timeline_keepalive one;
	int blocks = 0;
	struct nap_timeline_blocks b = nap_timeline_put(&t->rows, &t->view, to->data, &blocks);
	bool inset = nap_timeline_find_keepalive(&t->rows, &t->view, &one);

	if (b.told == 0)
		return nap_fail(error, "%s: it has no state of a radio", t->rows.csv->path);
	p.height += inset ? NAP_TIMELINE_INSET : 0.0;
	nap_plot_page_begin(&p, from);
	nap_plot_page_panel(&p, TOP, TOP + TALL);
	print_axes(t, &p, b.top);
	print_marks(t, &p, to);
	if (inset)
		nap_timeline_tie_inset(&t->view, &one, &p, TOP + TALL);
	nap_timeline_print(to->script, &b);
	print_key(t, &b, to->script);
	g_string_append(to->script, "\n");
	if (inset)
		nap_timeline_draw_inset(&t->rows, &t->view, &one, &p, TOP + TALL, to->data, &blocks);
	nap_plot_page_end(&p);
	return true;
}

bool nap_plot_timeline(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct timeline t = { .view.zero = 0.0 };
	bool ok = nap_timeline_open(&t.rows, csv, error) && choose_window(&t, from, to->left_out, error) &&
		  draw(&t, from, to, error);

	nap_timeline_clear(&t.rows);
	return ok;
}
