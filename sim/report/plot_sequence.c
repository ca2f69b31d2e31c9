/* SPDX-License-Identifier: BSD-2-Clause */
/* An exchange as a sequence diagram: a line for each end and middlebox, time down, a row an event. */
#include <math.h>
#include <string.h>

#include "report/plot_kinds.h"
#include "report/plot_style.h"
#include "text/input_error.h"

#define TOP    54.0
#define BOTTOM 12.0
#define HEAD   0.9 /* rows for the names */
#define ROW    19.0
#define LEFT   330.0 /* times, and the radio's states */
#define RIGHT  120.0
#define LANE   215.0 /* from one to the next */
#define ROWS   64    /* that one looks at */
#define BEFORE 14    /* of them before the first loss */
#define PLACES 12

enum { TIME, AT, WHAT, WAY, DETAIL, COLUMNS };

static const char *const columns[] = { "time_s", "at", "what", "way", "detail" };

/* What a packet is sent for gives its arrow's colour. */
static const struct cause {
	const char *word, *colour;
} causes[] = { { "keepalive", "#0072b2" }, { "push", "#d55e00" }, { "reconnect", "#009e73" },
	{ "update", "#cc79a7" }, { "background", "#7f7f7f" } };

/* A packet that has left a place. */
struct flying {
	unsigned row; /* of the file */
	double y;
	int place, way; /* way: 1 up, -1 down */
	bool named;
};

struct sequence {
	const struct nap_csv *csv;
	int column[COLUMNS];
	const char *place[PLACES];
	int places;
	unsigned first, end; /* rows drawn */
	GArray *flying;
	GString *arrows, *marks, *words, *before, *beside, *values; /* blocks of the data */
	bool any;
};

static const char *field(const struct sequence *s, unsigned row, int what)
{
	return nap_csv_field(&s->csv->row[row], s->column[what]);
}

static bool is(const struct sequence *s, unsigned row, int what, const char *word)
{
	return strcmp(field(s, row, what), word) == 0;
}

static double when(const struct sequence *s, unsigned row)
{
	double v;

	return nap_csv_number(field(s, row, TIME), -INFINITY, INFINITY, &v, NULL) ? v : (double)NAN;
}

static bool is_loss(const struct sequence *s, unsigned row)
{
	return is(s, row, WHAT, "drop") || is(s, row, WHAT, "lost") || is(s, row, DETAIL, "binding lost");
}

static int place_of(const struct sequence *s, const char *name)
{
	for (int i = 0; i < s->places; i++)
		if (strcmp(s->place[i], name) == 0)
			return i;
	return -1;
}

/* ---- what is there --------------------------------------------------------------------------------------------------- */

/* Middleboxes stand in the order in which packets go up through them; the server is behind the last. */
static bool find_places(struct sequence *s, GError **error)
{
	s->place[s->places++] = "client";
	for (unsigned r = 0; r < s->csv->n; r++) {
		const char *name = field(s, r, AT);

		if (!*name || strcmp(name, "server") == 0 || place_of(s, name) >= 0)
			continue;
		if (s->places == PLACES - 1)
			return nap_fail(
				error, "%s: there are more than %d places in it", s->csv->path, PLACES);
		s->place[s->places++] = name;
	}
	s->place[s->places++] = "server";
	return true;
}

/* Rows of the file from the time asked for, or from a little before the first loss, or from the beginning. */
static bool choose_rows(struct sequence *s, const struct nap_plot_source *from, GError **error)
{
	unsigned loss = 0, lapse = 0;

	while (loss < s->csv->n && (!is_loss(s, loss) || is(s, loss, WHAT, "note")))
		loss++;
	while (lapse < s->csv->n && !is_loss(s, lapse))
		lapse++;
	loss = loss < s->csv->n ? loss
				: lapse; /* a packet that is lost says more than a binding that lapses */
	s->end = s->csv->n;
	if (!isnan(from->from) || !isnan(from->to)) {
		while (s->first < s->csv->n && when(s, s->first) < from->from)
			s->first++;
		while (s->end > s->first && when(s, s->end - 1) > from->to)
			s->end--;
	} else if (loss < s->csv->n) {
		unsigned before = 0;

		for (s->first = loss; s->first > 0 && before < BEFORE; s->first--)
			before += is(s, s->first - 1, WHAT, "radio") ? 0 : 1;
		while (s->first > 0 && s->first < loss && !is(s, s->first, WHAT, "send"))
			s->first++; /* the first arrow has its beginning */
	}
	return s->first < s->end || nap_fail(error, "%s: nothing is in that time", s->csv->path);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static const char *colour_of(const char *detail)
{
	for (size_t i = 0; i < G_N_ELEMENTS(causes); i++)
		if (g_str_has_suffix(detail, causes[i].word))
			return causes[i].colour;
	return NAP_PLOT_TEXT;
}

/* A text as a field of the data. */
static void put_text(GString *s, double x, double y, const char *text, const char *colour)
{
	g_autofree char *hint = nap_plot_hint("%s", text);

	g_string_append_printf(s, "%.4g %.6g %s 0x%s\n", x, y, hint, colour + 1);
}

/* The packet that a row is about: the one that left longest ago, alike, the same way, and comes from before the place. */
static int find_flying(const struct sequence *s, unsigned row, int place, int way)
{
	for (guint i = 0; i < s->flying->len; i++) {
		const struct flying *f = &g_array_index(s->flying, struct flying, i);

		if (f->way == way && strcmp(field(s, f->row, DETAIL), field(s, row, DETAIL)) == 0 &&
			(place < 0 || (place - f->place) * way > 0))
			return (int)i;
	}
	return -1;
}

static void draw_arrow(struct sequence *s, const struct flying *f, double x, double y, bool ends)
{
	const char *detail = field(s, f->row, DETAIL), *colour = colour_of(detail);

	g_string_append_printf(ends ? s->arrows : s->marks, "%d %.6g %.6g %.6g 0x%s\n", f->place, f->y,
		x - f->place, y - f->y, colour + 1);
	if (!f->named)
		put_text(s->words, f->place + 0.5 * f->way, f->y + 0.02, detail, colour);
	s->any = true;
}

static void put_cross(struct sequence *s, double x, double y, const char *why)
{
	g_string_append_printf(s->values, "%.4g %.6g \"%s\"\n", x, y, why);
}

/* A packet comes to a place, or gets lost before it. */
static void land(struct sequence *s, unsigned row, int place, int way, double y)
{
	int i = find_flying(s, row, place, way);
	struct flying f;

	if (i < 0)
		return;
	f = g_array_index(s->flying, struct flying, i);
	if (place < 0) {
		draw_arrow(s, &f, f.place + 0.55 * way, y, false);
		put_cross(s, f.place + 0.55 * way, y, "lost on the way");
	} else {
		draw_arrow(s, &f, place, y, true);
	}
	g_array_remove_index(s->flying, (guint)i);
}

static void leave(struct sequence *s, unsigned row, int place, int way, double y, bool named)
{
	struct flying f = { row, y, place, way, named };

	g_array_append_val(s->flying, f);
}

static void put_note(struct sequence *s, unsigned row, int place, double y)
{
	const char *detail = field(s, row, DETAIL);
	bool lost = is_loss(s, row);
	double x = place >= 0 ? place : s->places > 2 ? 1.0 : 0.5;

	put_text(s->beside, x + 0.05, y, detail, lost ? "#b00020" : "#000000");
	if (lost)
		put_cross(s, x, y - 0.28, detail);
}

/* Changes of the radio after one another are one row: "promotion, active, idle". */
static unsigned put_radio(struct sequence *s, unsigned row, double y)
{
	g_autoptr(GString) states = g_string_new("radio: ");
	unsigned r = row, shown = 0;

	for (; r < s->end && is(s, r, WHAT, "radio"); r++, shown++)
		if (shown < 3)
			g_string_append_printf(states, "%s%s", shown ? ", " : "", field(s, r, DETAIL));
	if (shown > 3)
		g_string_append_printf(states, "%s, %s", shown > 4 ? ", ..." : "", field(s, r - 1, DETAIL));
	put_text(s->before, -0.04, y, states->str, "#7f7f7f");
	return r;
}

/* One event; the row after it. */
static unsigned put_event(struct sequence *s, unsigned row, double *y, double *time)
{
	int place = place_of(s, field(s, row, AT)), way = is(s, row, WAY, "up") ? 1 : -1;
	bool passes = is(s, row, WHAT, "pass"), drops = is(s, row, WHAT, "drop");

	if (passes) { /* it has come just now */
		leave(s, row, place, way, *y, true);
		return row + 1;
	}
	if (!drops)
		*y += 1.0;
	if (when(s, row) != *time) {
		g_autofree char *text = g_strdup_printf("%.3f s", *time = when(s, row));

		put_text(s->beside, 0.06 - LEFT / LANE, *y, text, NAP_PLOT_TEXT);
	}
	if (is(s, row, WHAT, "radio"))
		return put_radio(s, row, *y);
	if (drops)
		put_cross(s, place, *y, "dropped here");
	else if (is(s, row, WHAT, "send"))
		leave(s, row, place, way, *y, false);
	else if (is(s, row, WHAT, "note"))
		put_note(s, row, place, *y);
	else
		land(s, row, place, way, *y);
	return row + 1;
}

/* ---- the picture ----------------------------------------------------------------------------------------------------- */

static void put_block(GString *data, const char *what, const GString *rows, const char *none)
{
	g_string_append_printf(data, "# %s\n%s\n\n", what, rows->len ? rows->str : none);
}

static void print_lanes(const struct sequence *s, double rows, GString *script)
{
	for (int i = 0; i < s->places; i++) {
		g_autofree char *name = nap_plot_quoted(s->place[i]);

		g_string_append_printf(script,
			"set arrow from first %d, first 0.3 to first %d, first %.6g nohead back lw 1.4 lc "
			"rgb "
			"'#b8c0c8'\n"
			"set label %s at first %d, first -0.35 center font ',14' tc rgb '#000000'\n",
			i, i, rows + 0.7, name, i);
	}
}

static void print_key(const struct nap_plot_page *p, const struct sequence *s)
{
	double x = 14;

	for (size_t i = 0; i < G_N_ELEMENTS(causes); i++) {
		if (!strstr(s->words->str, causes[i].word))
			continue;
		nap_plot_page_text(p, x, 44, causes[i].word, 12, causes[i].colour);
		x += NAP_PLOT_CHARACTER * ((double)strlen(causes[i].word) + 2);
	}
	nap_plot_page_text(p, x, 44, "\xc3\x97 dropped or lost", 12, "#b00020");
}

static void draw_sequence(
	struct sequence *s, double rows, const struct nap_plot_source *from, struct nap_plot *to)
{
	double tall = ROW * (rows + 1.0 + HEAD);
	struct nap_plot_page p = { to->script, "sequence", LEFT + LANE * (s->places - 1) + RIGHT,
		TOP + tall + BOTTOM, 0, 0 };

	put_block(to->data, "arrows: from place, row, by so many places, rows, colour", s->arrows, "");
	put_block(to->data, "of packets that do not arrive", s->marks, "NaN NaN NaN NaN 0\n");
	put_block(to->data, "texts in the middle: place, row, text, colour", s->words, "");
	put_block(to->data, "right of them", s->before, "NaN NaN \"\" 0\n");
	put_block(to->data, "left of them", s->beside, "NaN NaN \"\" 0\n");
	put_block(to->data, "where something is lost: place, row, what", s->values, "NaN NaN \"\"\n");
	nap_plot_page_begin(&p, from);
	print_key(&p, s);
	nap_plot_page_panel(&p, TOP, TOP + tall);
	print_lanes(s, rows, to->script);
	g_string_append_printf(to->script,
		"unset border\nunset tics\nunset grid\nset xrange [%.6g:%.6g]\nset yrange [%.6g:%.6g]\n"
		"plot data index 0 using 1:2:3:4:5 with vectors head filled size screen 0.008,18 lw 1.6 lc "
		"rgb "
		"variable, \\\n"
		"     data index 1 using 1:2:3:4:5 with vectors nohead lw 1.6 lc rgb variable, \\\n"
		"     data index 2 using 1:($2-0.28):3:4 with labels font ',10.5' tc rgb variable, \\\n"
		"     data index 3 using 1:($2-0.28):3:4 with labels right font ',10.5' tc rgb variable, \\\n"
		"     data index 4 using 1:($2-0.28):3:4 with labels left font ',10.5' tc rgb variable, \\\n"
		"     data index 5 using 1:2:3 with labels hypertext point pt 2 ps 0.9 lw 2.4 lc rgb "
		"'#b00020'\n",
		-LEFT / LANE, s->places - 1 + RIGHT / LANE, rows + 1, -HEAD);
	nap_plot_page_end(&p);
}

static void say_left_out(const struct sequence *s, unsigned done, GString *out)
{
	if (done < s->csv->n || s->first > 0)
		g_string_append_printf(out,
			"of %u events those from %.6g to %.6g s are drawn; --from and --to choose\n",
			s->csv->n, when(s, s->first), when(s, done - 1));
}

bool nap_plot_sequence(
	const struct nap_plot_source *from, const struct nap_csv *csv, struct nap_plot *to, GError **error)
{
	struct sequence s = { .csv = csv };
	double y = 0.0, time = (double)NAN;
	unsigned row;

	for (int i = 0; i < COLUMNS; i++) {
		s.column[i] = nap_csv_column(csv, columns[i], error);
		if (s.column[i] < 0)
			return false;
	}
	if (!find_places(&s, error) || !choose_rows(&s, from, error))
		return false;
	s.flying = g_array_new(FALSE, FALSE, sizeof(struct flying));
	s.arrows = g_string_new(NULL);
	s.marks = g_string_new(NULL);
	s.words = g_string_new(NULL);
	s.before = g_string_new(NULL);
	s.beside = g_string_new(NULL);
	s.values = g_string_new(NULL);
	for (row = s.first; row < s.end && y < ROWS;)
		row = put_event(&s, row, &y, &time);
	say_left_out(&s, row, to->left_out);
	if (s.any)
		draw_sequence(&s, y, from, to);
	else
		nap_fail(error, "%s: no packet is under way in that time", csv->path);
	g_array_unref(s.flying);
	g_string_free(s.arrows, TRUE);
	g_string_free(s.marks, TRUE);
	g_string_free(s.words, TRUE);
	g_string_free(s.before, TRUE);
	g_string_free(s.beside, TRUE);
	g_string_free(s.values, TRUE);
	return s.any;
}
