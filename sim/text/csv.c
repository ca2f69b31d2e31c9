/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/csv.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "text/input_error.h"

/* The text, cut in place into fields. */
struct nap_csv_storage {
	struct nap_csv csv;
	char *text;
	GPtrArray *fields; /* of all rows, one behind another */
	GArray *rows;      /* struct nap_csv_row; the head first */
};

/* ---- reading ------------------------------------------------------------------------------------------------------ */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* A quoted field at c, written to *out without its quotes; returns what stands behind it, NULL with *why. */
static char *take_quoted(char *c, char **out, unsigned *line, const char **why)
{
	char *to = *out = c;

	for (c++; *c && (*c != '"' || c[1] == '"'); c++) {
		*line += *c == '\n';
		*to++ = *c;
		c += *c == '"';
	}
	if (!*c) {
		*why = "a quote does not close";
		return NULL;
	}
	c++;
	while (is_blank(*c))
		c++;
	if (*c && *c != ',' && *c != '\n') {
		*why = "text behind a closing quote";
		return NULL;
	}
	*to = '\0'; /* at most where the closing quote stood */
	return c;
}

/* An unquoted field at c; returns the comma, line's end or end behind it. */
static char *take_plain(char *c, char **out)
{
	char *end = c + strcspn(c, ",\n");

	*out = c;
	while (end > c && is_blank(end[-1]))
		end--;
	return end;
}

/* One row at c; returns the beginning of the next line, NULL with *why. */
static char *take_row(struct nap_csv_storage *s, char *c, unsigned *line, const char **why)
{
	struct nap_csv_row row = { .line = *line };
	bool more = true;

	while (more) {
		char *field, *end;
		bool quoted;

		while (is_blank(*c))
			c++;
		quoted = *c == '"';
		end = quoted ? take_quoted(c, &field, line, why) : take_plain(c, &field);
		if (!end)
			return NULL;
		c = end + strcspn(end, ",\n");
		more = *c == ',';
		*line += *c == '\n';
		c += *c ? 1 : 0;
		if (!quoted)
			*end = '\0';
		g_ptr_array_add(s->fields, field);
		if (++row.n > NAP_CSV_COLUMNS_MAX) {
			*why = "too many fields";
			return NULL;
		}
	}
	g_array_append_val(s->rows, row);
	return c;
}

static bool is_passed_over(const char *line)
{
	while (is_blank(*line))
		line++;
	return *line == '\0' || *line == '\n' || *line == '#';
}

/* Cut the text into rows. */
static bool cut(struct nap_csv_storage *s, GError **error)
{
	unsigned line = 1;

	for (char *c = s->text; c && *c;) {
		const char *why = NULL;
		unsigned begin = line;

		if (is_passed_over(c)) {
			c += strcspn(c, "\n");
			c += *c ? 1 : 0;
			line++;
			continue;
		}
		c = take_row(s, c, &line, &why);
		if (!c)
			return nap_csv_fail(error, &s->csv, begin, NULL, "%s", why);
	}
	return s->rows->len > 0 || nap_csv_fail(error, &s->csv, 1, NULL, "there is no header line");
}

struct nap_csv *nap_csv_parse(const char *path, const char *text, GError **error)
{
	struct nap_csv_storage *s = g_new0(struct nap_csv_storage, 1);
	struct nap_csv_row *rows;
	unsigned fields = 0;

	s->csv.path = g_strdup(path);
	s->csv.storage = s;
	s->text = g_strdup(text);
	s->fields = g_ptr_array_new();
	s->rows = g_array_new(FALSE, FALSE, sizeof(struct nap_csv_row));
	if (!cut(s, error)) {
		nap_csv_free(&s->csv);
		return NULL;
	}
	rows = (struct nap_csv_row *)(void *)s->rows->data;
	for (guint i = 0; i < s->rows->len; i++) {
		rows[i].field = (const char **)s->fields->pdata + fields;
		fields += rows[i].n;
	}
	s->csv.head = rows;
	s->csv.row = rows + 1;
	s->csv.n = s->rows->len - 1;
	return &s->csv;
}

void nap_csv_free(struct nap_csv *csv)
{
	struct nap_csv_storage *s = csv ? csv->storage : NULL;

	if (!s)
		return;
	g_array_unref(s->rows);
	g_ptr_array_unref(s->fields);
	g_free(s->text);
	g_free(csv->path);
	g_free(s);
}

static int index_of(const char *const *words, const char *word, bool ours)
{
	for (int i = 0; words[i]; i++)
		if (ours ? strcmp(words[i], word) == 0 : g_ascii_strcasecmp(words[i], word) == 0)
			return i;
	return -1;
}

bool nap_csv_columns(
	const struct nap_csv *csv, const char *const *known, bool ours, int *where, GError **error)
{
	for (int i = 0; known[i]; i++)
		where[i] = -1;
	for (unsigned k = 0; k < csv->head->n; k++) {
		const char *name = csv->head->field[k];
		g_autofree char *shown = nap_shown(name), *hint = NULL;
		int i = index_of(known, name, ours);

		if (i >= 0 && where[i] < 0) {
			where[i] = (int)k;
			continue;
		}
		if (!ours)
			continue;
		if (i >= 0)
			return nap_csv_fail(error, csv, csv->head->line, NULL, "column %s twice", shown);
		hint = nap_did_you_mean(name, known);
		return nap_csv_fail(error, csv, csv->head->line, NULL, "unknown column %s%s", shown, hint);
	}
	for (unsigned i = 0; ours && i < csv->n; i++)
		if (csv->row[i].n > csv->head->n)
			return nap_csv_fail(error, csv, csv->row[i].line, NULL, "more fields than columns");
	return true;
}

int nap_csv_column(const struct nap_csv *csv, const char *name, GError **error)
{
	g_autoptr(GPtrArray) head = g_ptr_array_new();
	g_autofree char *near = NULL, *shown = nap_shown(name);
	int found = -1;

	for (unsigned i = 0; i < csv->head->n; i++) {
		g_ptr_array_add(head, (char *)csv->head->field[i]);
		if (strcmp(csv->head->field[i], name) != 0)
			continue;
		if (found >= 0) {
			nap_csv_fail(error, csv, csv->head->line, NULL, "column %s twice", shown);
			return -1;
		}
		found = (int)i;
	}
	if (found >= 0)
		return found;
	g_ptr_array_add(head, NULL);
	near = nap_did_you_mean(name, (const char *const *)head->pdata);
	nap_csv_fail(error, csv, csv->head->line, NULL, "there is no column %s%s", shown, near);
	return -1;
}

const char *nap_csv_field(const struct nap_csv_row *row, int column)
{
	return column >= 0 && (unsigned)column < row->n ? row->field[column] : "";
}

bool nap_csv_fail(
	GError **error, const struct nap_csv *csv, unsigned line, const char *column, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list args;

	va_start(args, format);
	why = g_strdup_vprintf(format, args);
	va_end(args);
	return column ? nap_fail(error, "%s:%u: [%s] %s", csv->path, line, column, why)
		      : nap_fail(error, "%s:%u: %s", csv->path, line, why);
}

bool nap_csv_number(const char *text, double lo, double hi, double *out, GError **error)
{
	g_autofree char *shown = nap_shown(text);
	char *end;
	double v = g_ascii_strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(v))
		return nap_fail(error, "%s is not a number", shown);
	if (v < lo || v > hi)
		return nap_fail(error, "%s is out of range: %g to %g", shown, lo, hi);
	*out = v;
	return true;
}

/* ---- writing ------------------------------------------------------------------------------------------------------ */

void nap_csv_begin(struct nap_csv_writer *w, const char *const *head)
{
	*w = (struct nap_csv_writer){ g_string_new(NULL), false };
	for (const char *const *name = head; name && *name; name++)
		nap_csv_put(w, *name);
	if (head)
		nap_csv_end(w);
}

static void separate(struct nap_csv_writer *w)
{
	if (w->begun)
		g_string_append_c(w->text, ',');
	w->begun = true;
}

void nap_csv_put(struct nap_csv_writer *w, const char *text)
{
	size_t n = strlen(text);
	bool plain = !strpbrk(text, ",\"\r\n") && *text != '#' && !is_blank(*text) &&
		     (n == 0 || !is_blank(text[n - 1]));

	separate(w);
	if (plain) {
		g_string_append(w->text, text);
		return;
	}
	g_string_append_c(w->text, '"');
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(w->text, '"');
		g_string_append_c(w->text, *text);
	}
	g_string_append_c(w->text, '"');
}

void nap_csv_put_format(struct nap_csv_writer *w, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	nap_csv_put(w, text);
}

void nap_csv_put_number(struct nap_csv_writer *w, double v)
{
	separate(w);
	nap_append_number(w->text, v);
}

void nap_csv_put_digits(struct nap_csv_writer *w, double v, int digits)
{
	separate(w);
	if (isfinite(v))
		g_string_append_printf(w->text, "%.*g", digits, v);
}

void nap_csv_put_int(struct nap_csv_writer *w, int64_t v)
{
	separate(w);
	g_string_append_printf(w->text, "%" G_GINT64_FORMAT, v);
}

void nap_csv_put_time(struct nap_csv_writer *w, nap_time t)
{
	char text[24], *at = text + sizeof text; /* by hand: a long timeline is half times */
	uint64_t rest = t < 0 ? -(uint64_t)t : (uint64_t)t;

	for (int digits = 0; digits < 10 || rest > 0; digits++, rest /= 10) {
		*--at = (char)('0' + rest % 10);
		if (digits == 8)
			*--at = '.';
	}
	if (t < 0)
		*--at = '-';
	separate(w);
	g_string_append_len(w->text, at, text + sizeof text - at);
}

void nap_csv_end(struct nap_csv_writer *w)
{
	g_string_append_c(w->text, '\n');
	w->begun = false;
}

void nap_append_number(GString *s, double v)
{
	static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	if (!isfinite(v))
		return;
	if (v == floor(v) && fabs(v) < 1e15) {
		g_string_append_printf(s, "%.0f", v);
		return;
	}
	/* what fewer than 15 digits say exactly, 15 say in the same letters: %g leaves out the zeros */
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
		g_ascii_formatd(text, sizeof text, formats[i], v);
		if (g_ascii_strtod(text, NULL) == v)
			break;
	}
	g_string_append(s, text);
}
