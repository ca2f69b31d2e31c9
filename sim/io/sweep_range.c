/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/sweep_range.h"

#include <math.h>
#include <string.h>

#include "text/input_error.h"
#include "text/quantity.h"

#define SHOWN_DIGITS   4 /* of values that a range computes, unless they come too close */
#define SAMPLED_DIGITS 6
#define DIGITS_MAX     9

bool nap_number_parse(enum nap_param_type type, const char *text, double *out, GError **error)
{
	uint64_t whole;
	nap_time t;

	type = nap_type_of_text(type, text);
	switch (type) {
	case NAP_P_TIME:
	case NAP_P_DIST_TIME:
	case NAP_P_SPAN:
	case NAP_P_WAIT:
		if (!nap_time_parse(text, &t, error))
			return false;
		*out = (double)t;
		return t != NAP_NEVER || nap_fail(error, "never is no end of a range");
	case NAP_P_BYTES:
	case NAP_P_UINT:
	case NAP_P_UINT64:
		if (!(type == NAP_P_BYTES ? nap_bytes_parse(text, &whole, error)
					  : nap_count_parse(text, UINT64_MAX, &whole, error)))
			return false;
		*out = (double)whole;
		return true;
	default:
		if (nap_type_is_real(type))
			return nap_quantity_parse(type, text, out, error);
		return nap_fail(
			error, "%s has no range: list the values, separated by ;", nap_type_name(type));
	}
}

char *nap_number_of_type(enum nap_param_type type, double v)
{
	switch (type) {
	case NAP_P_TIME:
	case NAP_P_DIST_TIME:
	case NAP_P_SPAN:
	case NAP_P_WAIT:
		return nap_time_format((nap_time)llround(v));
	case NAP_P_BYTES:
		return nap_bytes_format((uint64_t)llround(v));
	case NAP_P_UINT:
	case NAP_P_UINT64:
		return g_strdup_printf("%.0f", v);
	default:
		return nap_quantity_format(type, v);
	}
}

/* The i-th of n values, in the unit of the text. */
static double value_at(const struct nap_range *r, double x)
{
	double v = r->geometric ? r->from * pow(r->to / r->from, x) : r->from + (r->to - r->from) * x;

	return (r->whole ? round(v) : v) / r->scale;
}

/* A number as text: exact when few digits suffice (a linear range's steps), else rounded to so many. */
static char *number_text(double v, bool whole, int digits)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE], format[8];

	if (whole && fabs(v - round(v)) < 1e-9)
		return g_strdup_printf("%.0f", v);
	for (int more = digits; more <= DIGITS_MAX; more++) {
		g_snprintf(format, sizeof format, "%%.%dg", more);
		g_ascii_formatd(buffer, sizeof buffer, format, v);
		if (fabs(g_ascii_strtod(buffer, NULL) - v) <= 1e-12 * fabs(v))
			break;
		if (more == DIGITS_MAX) {
			g_snprintf(format, sizeof format, "%%.%dg", digits);
			g_ascii_formatd(buffer, sizeof buffer, format, v);
		}
	}
	if (strchr(buffer, 'e')) /* times know no exponents */
		return g_strdup_printf("%.0f", g_ascii_strtod(buffer, NULL));
	return g_strdup(buffer);
}

/* The unit of text when it is one number and one unit, else the type's most usual one. */
static bool choose_unit(const struct nap_param *row, struct nap_range *r, GError **error)
{
	enum nap_param_type type = row->type;
	const char *unit = r->ends[0] + nap_number_length(r->ends[0]);
	g_autofree char *one = NULL;

	if (strpbrk(unit, "0123456789"))
		unit = "s";
	one = g_strconcat("1", unit, NULL);
	r->unit = unit;
	r->whole = type == NAP_P_UINT || type == NAP_P_UINT64 || type == NAP_P_BYTES;
	return nap_number_parse(type, one, &r->scale, error);
}

const struct nap_value_word nap_range_words[] = {
	{ "linear", "linear FROM TO COUNT", "So many values in equal steps, both ends among them." },
	{ "geometric", "geometric FROM TO COUNT",
		"So many values in equal ratios, both ends among them: for what spans seconds to hours." },
	{ NULL, NULL, NULL },
};

bool nap_range_is(const char *text)
{
	size_t n = strcspn(text, " \t");

	for (const struct nap_value_word *w = nap_range_words; w->name; w++)
		if (n == strlen(w->name) && strncmp(text, w->name, n) == 0)
			return true;
	return false;
}

bool nap_range_parse(const struct nap_param *row, const char *text, unsigned most, struct nap_arena *arena,
	struct nap_range *r, GError **error)
{
	g_autofree char *squeezed = g_strstrip(g_strdup(text));
	g_auto(GStrv) words = g_strsplit_set(squeezed, " \t", -1);
	unsigned n_words = g_strv_length(words);
	uint64_t n = 0;

	*r = (struct nap_range){ .geometric = strcmp(words[0], "geometric") == 0 };
	if (n_words != 3 && n_words != 4)
		return nap_fail(error, "write it as %s FROM TO COUNT", words[0]);
	if (!row)
		return nap_fail(error, "a name has no range: list the values, separated by ;");
	r->ends[0] = nap_arena_strdup(arena, words[1]);
	r->ends[1] = nap_arena_strdup(arena, words[2]);
	if (!nap_number_parse(row->type, words[1], &r->from, error) ||
		!nap_number_parse(row->type, words[2], &r->to, error) ||
		(n_words == 4 && !nap_count_parse(words[3], most, &n, error)) || !choose_unit(row, r, error))
		return false;
	if (nap_type_of_text(row->type, words[1]) != nap_type_of_text(row->type, words[2]))
		return nap_fail(error, "%s is %s, and %s is %s", words[1],
			nap_type_name(nap_type_of_text(row->type, words[1])), words[2],
			nap_type_name(nap_type_of_text(row->type, words[2])));
	if (n_words == 4 && n < 2)
		return nap_fail(error, "a range has at least 2 values");
	if (r->geometric && (r->from <= 0 || r->to <= 0))
		return nap_fail(error, "a geometric range cannot reach 0");
	r->n = (unsigned)n;
	return true;
}

/* The values of a range with so many digits; false when two of them become the same text. */
static bool write_range(const struct nap_range *r, int digits, GPtrArray *values, struct nap_arena *arena)
{
	g_ptr_array_set_size(values, 0);
	for (unsigned i = 0; i < r->n; i++) {
		double x = r->n > 1 ? (double)i / (r->n - 1) : 0.0;
		g_autofree char *number = number_text(value_at(r, x), r->whole, digits);
		g_autofree char *text = g_strconcat(number, r->unit, NULL);
		bool end = i == 0 || i == r->n - 1; /* the ends as they were written */

		g_ptr_array_add(values, nap_arena_strdup(arena, end ? r->ends[i ? 1 : 0] : text));
		if (i && strcmp(values->pdata[i], values->pdata[i - 1]) == 0)
			return false;
	}
	return true;
}

bool nap_range_values(const struct nap_range *r, GPtrArray *values, struct nap_arena *arena, GError **error)
{
	for (int digits = SHOWN_DIGITS; digits <= DIGITS_MAX; digits++)
		if (write_range(r, digits, values, arena))
			return true;
	return nap_fail(
		error, "two values both round to %s: take fewer", (char *)values->pdata[values->len - 1]);
}

const char *nap_range_at(const struct nap_range *r, double x, struct nap_arena *arena)
{
	g_autofree char *number = NULL, *text = NULL;
	struct nap_range wide = *r;

	if (r->whole) { /* half a step more at either end, which is rounded back */
		double low = MIN(r->from, r->to), high = MAX(r->from, r->to), v;

		wide.from = low - 0.5;
		wide.to = high + 0.5;
		if (wide.from <= 0.0 && r->geometric)
			wide.from = low;
		wide.whole = false;
		wide.scale = 1.0;
		v = CLAMP(round(value_at(&wide, x)), low, high);
		number = number_text(v / r->scale, r->scale <= 1.0, SAMPLED_DIGITS);
	} else {
		number = number_text(value_at(r, x), false, SAMPLED_DIGITS);
	}
	text = g_strconcat(number, r->unit, NULL);
	return nap_arena_strdup(arena, text);
}
