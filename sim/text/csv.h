/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comma-separated values (RFC 4180) as all files here have them. A reader: a head, then rows; blank lines and lines that
 * begin with # are passed over, blanks around unquoted fields too. A writer: quotes where they are needed, and a number
 * that is not finite is an empty field, as it is null in JSON.
 */
#ifndef NAP_TEXT_CSV_H
#define NAP_TEXT_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "kernel/time.h"

#define NAP_CSV_COLUMNS_MAX 4096

/* ---- reading ------------------------------------------------------------------------------------------------------ */

struct nap_csv_row {
	unsigned line;      /* where it begins, from 1 */
	unsigned n;         /* fields, at least 1 */
	const char **field; /* they belong to the nap_csv */
};

struct nap_csv {
	char *path;                      /* for messages */
	unsigned n;                      /* rows below the head */
	const struct nap_csv_row *head;  /* names of columns */
	const struct nap_csv_row *row;   /* n of them */
	struct nap_csv_storage *storage; /* holds all of it */
};

/* text as rows; NULL with "FILE:LINE: reason" when there is no head, or quotes do not close. Free with nap_csv_free. */
struct nap_csv *nap_csv_parse(const char *path, const char *text, GError **error);
void nap_csv_free(struct nap_csv *csv); /* accepts NULL */

/*
 * Where the known columns (NULL-terminated) are: where[i] is known[i]'s place, -1 when it is not there. A file of ours
 * has no others, none twice, and no row with more fields than the head: false with "FILE:LINE: reason". In one that was
 * written elsewhere case does not matter, and the first of two counts.
 */
bool nap_csv_columns(
	const struct nap_csv *csv, const char *const *known, bool ours, int *where, GError **error);

/* The column of that name; -1 with "FILE:LINE: reason" when there is none, or two. */
int nap_csv_column(const struct nap_csv *csv, const char *name, GError **error);

/* A field, "" where the row is too short or column is -1. */
const char *nap_csv_field(const struct nap_csv_row *row, int column);

/* Return false with "FILE:LINE: [column] reason"; column may be NULL. */
bool nap_csv_fail(GError **error, const struct nap_csv *csv, unsigned line, const char *column,
	const char *format, ...) G_GNUC_PRINTF(5, 6);

/* A whole field as a finite number from lo to hi; false with a reason for nap_csv_fail. */
bool nap_csv_number(const char *text, double lo, double hi, double *out, GError **error);

/* ---- writing ------------------------------------------------------------------------------------------------------ */

/* Zeroed to begin with (nap_csv_begin); fields of a row one after another, then nap_csv_end. */
struct nap_csv_writer {
	GString *text; /* the caller's in the end */
	bool begun;    /* the row has a field */
};

/* Begin with a head, unless it is NULL. */
void nap_csv_begin(struct nap_csv_writer *w, const char *const *head);
void nap_csv_put(struct nap_csv_writer *w, const char *text);
void nap_csv_put_format(struct nap_csv_writer *w, const char *format, ...) G_GNUC_PRINTF(2, 3);
void nap_csv_put_number(struct nap_csv_writer *w, double v); /* shortest text that reads back the same */
void nap_csv_put_digits(struct nap_csv_writer *w, double v, int digits); /* so many that count */
void nap_csv_put_int(struct nap_csv_writer *w, int64_t v);
void nap_csv_put_time(struct nap_csv_writer *w, nap_time t); /* in seconds, to the nanosecond */
void nap_csv_end(struct nap_csv_writer *w);

/* A number as nap_csv_put_number writes it. */
void nap_append_number(GString *s, double v);

#endif
