/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables for people: aligned columns of UTF-8 text. */
#ifndef NAP_REPORT_TEXT_TABLE_H
#define NAP_REPORT_TEXT_TABLE_H

#include <stdbool.h>

#include <glib.h>

struct nap_table;

/* heads: NULL-terminated; a head that begins with '<' makes its column left-aligned (the sign is not shown). */
struct nap_table *nap_table_new(const char *const *heads);
void nap_table_free(struct nap_table *t);

/* Add the next cell of the current row; takes text. */
void nap_table_cell(struct nap_table *t, char *text);

/* How many columns say what a row is of (1 unless told): where room is short they are cut, so that a value is shown at least. */
void nap_table_keys(struct nap_table *t, guint keys);

/*
 * The table as text, each line indented by two spaces, for the terminal's page: text in a last, left-aligned column is wrapped to
 * it; else heads are broken at their dots, where that makes room, and the columns on the right that find none are left out, with
 * a word on it. Free with g_string_free.
 */
GString *nap_table_page(struct nap_table *t);

/*
 * The text that ends a line of which so many characters are used, on several lines where the page is too narrow for it; without
 * the last line's end.
 */
void nap_table_wrap(GString *s, const char *text, int used);

/* A line of a list: a name in a column of that width, and what is said of it, wrapped to the page. */
void nap_list_line(GString *s, int width, const char *name, const char *text);

/* How wide that page is, in characters; 0, as at first: as wide as a table likes. Once, when the program begins. */
void nap_table_set_page(int width);
int nap_table_page_width(void);

/*
 * A text for that page: lines that are too long for it are broken at spaces, and go on below where their last column begins.
 * Free with g_free.
 */
char *nap_page_text(const char *text);

/* A number for people: at most four significant digits, "-" for NAN; free with g_free. */
char *nap_number_text(double v);

/* So many significant digits, and those before the point whatever their number: 1.42, 142, 14236; free with g_free. */
char *nap_digits_text(double v, int digits);

/* A chance for people: "0.77 %"; of 1, which too few runs alone leave, that they do. Free with g_free. */
char *nap_chance_text(double chance);

#endif
