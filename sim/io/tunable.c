/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/tunable.h"

#include <math.h>
#include <string.h>

#include "text/address_text.h"
#include "text/groups.h"
#include "text/input_error.h"
#include "text/quantity.h"
#include "text/schema.h"

#define FIRST_ADDRESS UINT32_C(0xcb007101) /* 203.0.113.1 */
#define BILLION       1e9                  /* real numbers are kept in billionths */

bool nap_tunable_is_time(const struct nap_tunable *t)
{
	return t->type == NAP_P_TIME || t->type == NAP_P_DIST_TIME || t->type == NAP_P_SPAN ||
	       t->type == NAP_P_WAIT;
}

static bool is_count(const struct nap_tunable *t)
{
	return t->type == NAP_P_UINT || t->type == NAP_P_UINT64 || t->type == NAP_P_ADDRESSES;
}

/* So many addresses from the first on. */
static char *addresses_text(const struct nap_tunable *t, int64_t n)
{
	g_autofree char *first = nap_address_format(t->first_address);
	g_autofree char *last = nap_address_format(t->first_address + (uint32_t)n - 1);

	return n == 1 ? g_steal_pointer(&first) : g_strconcat(first, "-", last, NULL);
}

static bool parse_value(struct nap_tunable *t, const char *text, int64_t *out, GError **error)
{
	uint64_t whole;
	double real;

	if (strcmp(text, "0") == 0) { /* the same in every unit */
		*out = 0;
		return true;
	}
	if (nap_tunable_is_time(t))
		return nap_time_parse(text, out, error) &&
		       (*out != NAP_NEVER || nap_fail(error, "never is no end of a range"));
	if (is_count(t) || t->type == NAP_P_BYTES) {
		if (!(is_count(t) ? nap_count_parse(text, INT64_MAX, &whole, error)
				  : nap_bytes_parse(text, &whole, error)))
			return false;
		*out = (int64_t)MIN(whole, (uint64_t)INT64_MAX);
		return true;
	}
	t->type = nap_type_of_text(t->type, text);
	if (!nap_quantity_parse(t->type, text, &real, error))
		return false;
	if (real > (double)INT64_MAX / 2.0 / BILLION)
		return nap_fail(error, "too much for a search");
	*out = llround(real * BILLION);
	return true;
}

char *nap_tunable_text(const struct nap_tunable *t, int64_t value)
{
	if (nap_tunable_is_time(t))
		return nap_time_said(value);
	if (t->type == NAP_P_ADDRESSES)
		return addresses_text(t, value);
	if (is_count(t))
		return g_strdup_printf("%" G_GINT64_FORMAT, value);
	if (t->type == NAP_P_BYTES)
		return nap_bytes_format((uint64_t)value);
	return nap_quantity_format(nap_type_of_text(t->type, ""), (double)value / BILLION);
}

/* The row of the key, of a type that has an order. */
static bool find_row(struct nap_tunable *t, GError **error)
{
	g_autofree char *shown = nap_shown(t->key);

	t->row = nap_tables_find(t->group, t->key);
	if (!t->row)
		return nap_fail(error, "there is no key %s in that group", shown);
	t->type = t->row->type;
	if (strcmp(t->group, "scenario") == 0)
		return nap_fail(error, "%s is of the run, not of what is run: it cannot be tuned", t->name);
	if (nap_row_find(nap_choice_profile, t->key) || nap_row_find(nap_choice_client, t->key))
		return nap_fail(error, "%s is a name, and names have no order: sweep it", t->name);
	if (!nap_tunable_is_time(t) && !is_count(t) && t->type != NAP_P_BYTES && !nap_type_is_real(t->type) &&
		!nap_type_is_electric(t->type))
		return nap_fail(error, "%s is %s, which cannot be tuned: only numbers can", t->name,
			nap_type_name(t->type));
	return true;
}

static bool parse_range(struct nap_tunable *t, const char *text, GError **error)
{
	const char *dots = strstr(text, "..");
	g_autofree char *lo = dots ? g_strstrip(g_strndup(text, (size_t)(dots - text))) : NULL;
	g_autofree char *hi = dots ? g_strstrip(g_strdup(dots + 2)) : NULL;

	if (!dots)
		return nap_fail(error, "write the range as LO..HI");
	if (!parse_value(t, lo, &t->lo, error) || !parse_value(t, hi, &t->hi, error))
		return false;
	t->ranged = true;
	return t->lo <= t->hi || nap_fail(error, "%s is more than %s", lo, hi);
}

bool nap_tunable_parse(struct nap_tunable *t, const char *text, const char *option, GError **error)
{
	const char *equals = strchr(text, '=');
	g_autofree char *shown = NULL;

	*t = (struct nap_tunable){ .option = option, .first_address = FIRST_ADDRESS };
	t->name = g_strstrip(equals ? g_strndup(text, (size_t)(equals - text)) : g_strdup(text));
	if (nap_key_split(t->name, &t->group, &t->key, error) && find_row(t, error) &&
		(!equals || parse_range(t, equals + 1, error)))
		return true;
	shown = nap_shown(text);
	g_prefix_error(error, "%s %s: ", option, shown);
	return false;
}

void nap_tunable_clear(struct nap_tunable *t)
{
	g_free(t->name);
	g_free(t->group);
	g_free(t->key);
	*t = (struct nap_tunable){ NULL };
}

bool nap_tunable_range_of(struct nap_tunable *t, const struct nap_sweep *sweep)
{
	for (size_t a = 0; a < sweep->n_axes; a++) {
		const struct nap_axis *axis = &sweep->axis[a];
		int64_t v;

		if (strcmp(axis->group, t->group) != 0 || strcmp(axis->key, t->key) != 0)
			continue;
		for (size_t i = 0; i < axis->n; i++) {
			if (!parse_value(t, axis->value[i], &v, NULL))
				continue;
			t->lo = t->ranged ? MIN(t->lo, v) : v;
			t->hi = t->ranged ? MAX(t->hi, v) : v;
			t->ranged = true;
		}
	}
	return t->ranged;
}
