/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text_table.h"

#include <math.h>
#include <string.h>

#define LEAST_WRAPPED 24 /* characters: a narrower column of text is not read gladly */
#define BELOW         8  /* characters before text that stands below its row */
#define LONGEST_KEY   24 /* characters of what a row is of, where there is no room for its values */

static int page; /* characters on a line of the terminal that tables are for; 0: any number */

void nap_table_set_page(int width)
{
	page = width;
}

struct nap_table {
	GPtrArray *cell; /* row by row, heads first */
	guint columns, keys;
	bool *left;
};

struct nap_table *nap_table_new(const char *const *heads)
{
	struct nap_table *t = g_new0(struct nap_table, 1);

	t->cell = g_ptr_array_new_with_free_func(g_free);
	t->columns = g_strv_length((char **)heads);
	t->keys = 1;
	t->left = g_new0(bool, t->columns);
	for (guint i = 0; i < t->columns; i++) {
		t->left[i] = heads[i][0] == '<';
		g_ptr_array_add(t->cell, g_strdup(heads[i] + t->left[i]));
	}
	return t;
}

void nap_table_keys(struct nap_table *t, guint keys)
{
	t->keys = keys;
}

void nap_table_free(struct nap_table *t)
{
	if (!t)
		return;
	g_ptr_array_unref(t->cell);
	g_free(t->left);
	g_free(t);
}

void nap_table_cell(struct nap_table *t, char *text)
{
	g_ptr_array_add(t->cell, text);
}

/* The parts of a head that stand on lines of their own: middlebox. over nat. over udp. Free with g_strfreev. */
static char **parts_of_head(const struct nap_table *t, guint column)
{
	char **parts = g_strsplit(g_ptr_array_index(t->cell, column), ".", -1);

	for (char **p = parts; *p && p[1]; p++) {
		char *part = g_strconcat(*p, ".", NULL);

		g_free(*p);
		*p = part;
	}
	return parts;
}

static glong width_of(const struct nap_table *t, guint column, bool stacked)
{
	glong width = 0;
	g_auto(GStrv) parts = parts_of_head(t, column);

	for (char **p = parts; stacked && *p; p++)
		width = MAX(width, g_utf8_strlen(*p, -1));
	for (guint i = column + (stacked ? t->columns : 0); i < t->cell->len; i += t->columns)
		width = MAX(width, g_utf8_strlen(g_ptr_array_index(t->cell, i), -1));
	return width;
}

/* The cell as text in a column of that width; the last column's end stays as it is. */
static void append_cell(GString *s, const char *text, glong width, bool left, bool last)
{
	int pad = (int)(width - g_utf8_strlen(text, -1));

	g_string_append_printf(s, "  %*s%s%*s", left ? 0 : pad, "", text, left && !last ? pad : 0, "");
}

/* Nothing is seen of the spaces of empty cells. */
static void end_line(GString *s)
{
	while (s->len > 0 && s->str[s->len - 1] == ' ')
		g_string_truncate(s, s->len - 1);
	g_string_append_c(s, '\n');
}

/* Heads in parts, one upon the other, the last ones on one line. */
static void append_stacked(const struct nap_table *t, const glong *width, guint shown, GString *s)
{
	guint lines = 1;

	for (guint c = 0; c < shown; c++) {
		g_auto(GStrv) parts = parts_of_head(t, c);

		lines = MAX(lines, g_strv_length(parts));
	}
	for (guint line = 0; line < lines; line++) {
		for (guint c = 0; c < shown; c++) {
			g_auto(GStrv) parts = parts_of_head(t, c);
			guint above = lines - g_strv_length(parts);

			append_cell(s, line < above ? "" : parts[line - above], width[c], t->left[c],
				c == shown - 1);
		}
		end_line(s);
	}
}

/* The first shown columns, the rows each on a line. */
static GString *rows_text(const struct nap_table *t, const glong *width, guint shown, bool stacked)
{
	GString *s = g_string_new(NULL);

	if (stacked)
		append_stacked(t, width, shown, s);
	for (guint i = stacked ? t->columns : 0; i < t->cell->len; i++) {
		guint column = i % t->columns;

		if (column >= shown)
			continue;
		append_cell(s, g_ptr_array_index(t->cell, i), width[column], t->left[column],
			column == shown - 1);
		if (column == shown - 1)
			end_line(s);
	}
	return s;
}

/* How many columns of these widths find room in so many of the page. */
static guint fitting(const glong *width, guint n, int room)
{
	glong sum = 0;

	for (guint i = 0; i < n; i++) {
		sum += 2 + width[i];
		if (sum > room)
			return i;
	}
	return n;
}

/* ---- a page of limited width ---------------------------------------------------------------------------------------- */

/* Words of text on lines of at most room; each but the first, where used of it is taken, is indented. */
static void append_wrapped(GString *s, const char *text, glong room, glong used, glong indent)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (char **w = words; *w; w++) {
		glong n = g_utf8_strlen(*w, -1);

		if (used > 0 && used + 1 + n > room) {
			g_string_append_printf(s, "\n%*s", (int)indent, "");
			used = 0;
		} else if (w != words) {
			g_string_append_c(s, ' ');
			used++;
		}
		g_string_append(s, *w);
		used += n;
	}
}

/* All columns, the text of the last one on several lines. */
static GString *wrapped_text(const struct nap_table *t, const glong *width, glong room)
{
	GString *s = g_string_new(NULL);
	glong indent = 2;

	for (guint i = 0; i + 1 < t->columns; i++)
		indent += 2 + width[i];
	for (guint i = 0; i < t->cell->len; i++) {
		guint column = i % t->columns;

		if (column + 1 < t->columns) {
			append_cell(s, g_ptr_array_index(t->cell, i), width[column], t->left[column], false);
		} else {
			g_string_append(s, "  ");
			append_wrapped(s, g_ptr_array_index(t->cell, i), room, 0, indent);
			end_line(s);
		}
	}
	return s;
}

/* The first columns, and the names of the rest. */
static GString *narrowed_text(const struct nap_table *t, const glong *width, guint shown, bool stacked)
{
	static const char said[] = "not shown for want of room: ";
	g_autoptr(GString) names = g_string_new(NULL);
	GString *s = rows_text(t, width, shown, stacked);

	if (shown == t->columns)
		return s;
	for (guint i = shown; i < t->columns; i++)
		g_string_append_printf(
			names, "%s%s", i > shown ? ", " : "", (char *)g_ptr_array_index(t->cell, i));
	g_string_append(names, " (--wide shows all)");
	g_string_append_printf(s, "  %s", said);
	append_wrapped(s, names->str, page - 2, (glong)strlen(said), 4);
	g_string_append_c(s, '\n');
	return s;
}

void nap_table_wrap(GString *s, const char *text, int used)
{
	if (page == 0 || used + g_utf8_strlen(text, -1) <= page) {
		g_string_append(s, text);
	} else if (page - used >= LEAST_WRAPPED) {
		append_wrapped(s, text, page - used, 0, used);
	} else { /* all of it below */
		while (s->len > 0 && s->str[s->len - 1] == ' ')
			g_string_truncate(s, s->len - 1);
		g_string_append_printf(s, "\n%*s", BELOW, "");
		append_wrapped(s, text, page - BELOW, 0, BELOW);
	}
}

int nap_table_page_width(void)
{
	return page;
}

/* Where the rest of a line goes on: below what follows its last gap of two spaces, in the left half of the page. */
static glong hang_of(const char *line, gsize bytes)
{
	glong at = 0, hang = 0, gap = 0;

	for (const char *c = line; c < line + bytes && at < page / 2; c = g_utf8_next_char(c), at++) {
		hang = *c != ' ' && gap == at ? at : *c != ' ' && gap >= 2 ? at : hang;
		gap = *c == ' ' ? gap + 1 : 0;
	}
	return hang;
}

/* The last space with which the line's begin fits into so many characters, after the first so many; else the next one; NULL: none. */
static const char *break_of(const char *line, gsize bytes, glong least, glong most)
{
	const char *found = NULL;
	glong at = 0;

	for (const char *c = line; c < line + bytes && (at <= most || !found); c = g_utf8_next_char(c), at++)
		if (*c == ' ' && at > least)
			found = c;
	return found;
}

static void fold(GString *s, const char *line, gsize bytes)
{
	glong hang = hang_of(line, bytes), used = 0;

	while (used + g_utf8_strlen(line, (gssize)bytes) > page) {
		const char *end = break_of(line, bytes, used ? 0 : hang, page - used);

		if (!end)
			break;
		g_string_append_len(s, line, end - line);
		g_string_append_printf(s, "\n%*s", (int)hang, "");
		bytes -= (gsize)(end + 1 - line);
		line = end + 1;
		used = hang;
	}
	g_string_append_len(s, line, (gssize)bytes);
}

char *nap_page_text(const char *text)
{
	GString *s = g_string_new(NULL);

	while (page > 0 && *text) {
		gsize bytes = strcspn(text, "\n");

		fold(s, text, bytes);
		text += bytes;
		if (*text) {
			g_string_append_c(s, '\n');
			text++;
		}
	}
	g_string_append(s, text);
	return g_string_free(s, FALSE);
}

void nap_list_line(GString *s, int width, const char *name, const char *text)
{
	glong longer = MAX(width, g_utf8_strlen(name, -1));

	g_string_append_printf(s, "  %-*s ", width, name);
	nap_table_wrap(s, text, (int)longer + 3);
	g_string_append_c(s, '\n');
}

static glong *widths(const struct nap_table *t, bool stacked)
{
	glong *width = g_new(glong, t->columns);

	g_assert(t->columns > 0);
	for (guint i = 0; i < t->columns; i++)
		width[i] = width_of(t, i, stacked);
	return width;
}

/* Behind so many characters of a text. */
static char *behind(char *text, glong characters)
{
	for (; *text; text++) {
		bool begins = ((guchar)*text & 0xc0) != 0x80;

		if (begins && characters-- == 0)
			break;
	}
	return text;
}

/* Cells of the keys that are long, cut; a row of values is told by its begin. */
static void cut_keys(struct nap_table *t)
{
	for (guint i = t->columns; i < t->cell->len; i++) {
		char *text = g_ptr_array_index(t->cell, i);

		if (i % t->columns >= t->keys || g_utf8_strlen(text, -1) <= LONGEST_KEY)
			continue;
		*behind(text, LONGEST_KEY - 4) = '\0';
		g_ptr_array_index(t->cell, i) = g_strconcat(g_strchomp(text), " ...", NULL);
		g_free(text);
	}
}

/* How many columns are shown, with heads as they are or in parts: those that find room, yet one value at least. */
static GString *narrow_text(struct nap_table *t)
{
	g_autofree glong *width = widths(t, false), *stacked = widths(t, true);
	guint n = t->columns, least = MIN(n, t->keys + 1), shown = fitting(width, n, page),
	      more = fitting(stacked, n, page);

	if (more <= shown && shown >= least)
		return narrowed_text(t, width, shown, false);
	if (more >= least)
		return narrowed_text(t, stacked, more, true);
	cut_keys(t);
	g_free(stacked);
	stacked = widths(t, true);
	return narrowed_text(t, stacked, MAX(least, fitting(stacked, n, page)), true);
}

GString *nap_table_page(struct nap_table *t)
{
	g_autofree glong *width = widths(t, false);
	guint n = t->columns, shown = fitting(width, n, page);
	glong room = page - 2;

	if (page == 0 || shown == n)
		return rows_text(t, width, n, false);
	for (guint i = 0; i + 1 < n; i++)
		room -= 2 + width[i];
	if (t->left[n - 1] && room >= LEAST_WRAPPED)
		return wrapped_text(t, width, room);
	return narrow_text(t);
}

char *nap_number_text(double v)
{
	double a = fabs(v);

	if (isnan(v))
		return g_strdup("-");
	if (isinf(v))
		return g_strdup("never");
	if (v == floor(v) && a < 1e15)
		return g_strdup_printf("%.0f", v);
	if (a >= 1000.0)
		return g_strdup_printf("%.0f", v);
	if (a >= 1e-3)
		return g_strdup_printf("%.*f", a >= 100.0 ? 1 : a >= 10.0 ? 2 : a >= 1.0 ? 3 : 4, v);
	return g_strdup_printf("%.3g", v);
}

char *nap_digits_text(double v, int digits)
{
	bool whole = fabs(v) >= pow(10.0, digits) - 0.5;

	return whole ? g_strdup_printf("%.0f", v) : g_strdup_printf("%.*g", digits, v);
}

char *nap_chance_text(double chance)
{
	g_autofree char *percent = nap_digits_text(100.0 * chance, 2);

	if (chance >= 1.0)
		return g_strdup("unknown, by too few replications");
	return chance > 0.0 && chance < 1e-4 ? g_strdup("under 0.01 %") : g_strconcat(percent, " %", NULL);
}
