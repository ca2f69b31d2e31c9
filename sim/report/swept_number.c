/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/swept_number.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "text/groups.h"
#include "text/quantity.h"
#include "text/scenario.h"
#include "text/value.h"

static const char *const units[NAP_P_TYPES] = { [NAP_P_TIME] = "s",
	[NAP_P_DIST_TIME] = "s",
	[NAP_P_SPAN] = "s",
	[NAP_P_WAIT] = "s",
	[NAP_P_ARRIVALS] = "per_h",
	[NAP_P_SHARE] = "fraction",
	[NAP_P_POWER] = "mw",
	[NAP_P_CURRENT] = "ma",
	[NAP_P_VOLTAGE] = "v",
	[NAP_P_CHARGE] = "mah",
	[NAP_P_ENERGY] = "mj",
	[NAP_P_BYTES] = "bytes",
	[NAP_P_BITRATE] = "bps",
	[NAP_P_SLOPE] = "mw_per_mbps",
	[NAP_P_FREQUENCY] = "hz",
	[NAP_P_LEVEL] = "dbm",
	[NAP_P_ADDRESSES] = "count" };

/* Arrivals an hour, in the long run. */
static double rate_of(const struct nap_arrivals *a)
{
	double per_h = (double)NAP_H / a->gap;

	switch (a->kind) {
	case NAP_ARRIVALS_NONE:
		return 0.0;
	case NAP_ARRIVALS_POISSON:
	case NAP_ARRIVALS_PERIODIC:
		return per_h;
	case NAP_ARRIVALS_ONOFF:
		return per_h * a->on / (a->on + a->off);
	case NAP_ARRIVALS_GAPS:
		return (double)NAP_H / nap_dist_mean(&a->gaps);
	default:
		return (double)NAN;
	}
}

/* Values that are read into a struct: how often, how many. */
static double read_value(const struct nap_param *row, const char *text)
{
	struct nap_arena *arena = nap_arena_new();
	union {
		struct nap_arrivals arrivals;
		struct nap_addr_list addresses;
		max_align_t any[8];
	} field;
	double v = (double)NAN;

	memset(&field, 0, sizeof field);
	g_assert(nap_value_size(row->type) <= sizeof field);
	if (nap_value_parse(row, text, arena, NULL, &field, NULL))
		v = row->type == NAP_P_ARRIVALS ? rate_of(&field.arrivals) : (double)field.addresses.n;
	nap_arena_free(arena);
	return v;
}

static double time_value(const char *text)
{
	nap_time t;

	return nap_time_parse(text, &t, NULL) && t != NAP_NEVER ? nap_time_seconds(t) : (double)NAN;
}

double nap_swept_number(const char *name, const char *text, const char **unit)
{
	g_autofree char *group = NULL, *key = NULL;
	const struct nap_param *row =
		nap_key_split(name, &group, &key, NULL) ? nap_tables_find(group, key) : NULL;
	enum nap_param_type type;
	uint64_t bytes;
	double v;

	type = row ? nap_type_of_text(row->type, text) : NAP_P_TYPES;
	*unit = row ? units[type] : NULL;
	if (!*unit)
		return (double)NAN;
	switch (type) {
	case NAP_P_ARRIVALS:
	case NAP_P_ADDRESSES:
		return read_value(row, text);
	case NAP_P_BYTES:
		return nap_bytes_parse(text, &bytes, NULL) ? (double)bytes : (double)NAN;
	default:
		if (nap_type_is_real(type))
			return nap_quantity_parse(type, text, &v, NULL) ? v : (double)NAN;
		return time_value(text);
	}
}
