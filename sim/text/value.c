/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/value.h"

#include <math.h>
#include <string.h>

#include "run/bound.h"
#include "text/address_text.h"
#include "text/bound_text.h"
#include "text/changes_text.h"
#include "text/input_error.h"
#include "text/quantity.h"
#include "text/random_text.h"
#include "text/setting_text.h"

/* A word is stored by its number as 32 bits, into fields that are enums. */
_Static_assert(sizeof(enum nap_param_type) == sizeof(uint32_t), "enums have 32 bits");

/* A field of any type, for values that are not yet placed. */
union field {
	nap_time time;
	struct nap_span span;
	struct nap_wait wait;
	struct nap_dist dist;
	struct nap_arrivals arrivals;
	uint32_t u32;
	uint64_t u64;
	double real;
	bool yes;
	struct nap_word_arg word;
	const char *text;
	const char *const *list;
	struct nap_addr_list addresses;
	struct nap_port_ranges ports;
	struct nap_port_timers timers;
	struct nap_bounds bounds;
	struct nap_dist_changes changes;
	struct nap_settings settings;
	struct nap_electric electric;
};

size_t nap_value_size(enum nap_param_type type)
{
	switch (type) {
	case NAP_P_TIME:
		return sizeof(nap_time);
	case NAP_P_SPAN:
		return sizeof(struct nap_span);
	case NAP_P_WAIT:
		return sizeof(struct nap_wait);
	case NAP_P_DIST_TIME:
		return sizeof(struct nap_dist);
	case NAP_P_ARRIVALS:
		return sizeof(struct nap_arrivals);
	case NAP_P_UINT:
	case NAP_P_WORD:
		return sizeof(uint32_t);
	case NAP_P_UINT64:
	case NAP_P_BYTES:
		return sizeof(uint64_t);
	case NAP_P_BOOL:
		return sizeof(bool);
	case NAP_P_WORD_ARG:
		return sizeof(struct nap_word_arg);
	case NAP_P_TEXT:
	case NAP_P_LIST:
		return sizeof(const char *);
	case NAP_P_ADDRESSES:
		return sizeof(struct nap_addr_list);
	case NAP_P_PORT_RANGE:
		return sizeof(struct nap_port_ranges);
	case NAP_P_TIMERS:
		return sizeof(struct nap_port_timers);
	case NAP_P_BOUNDS:
		return sizeof(struct nap_bounds);
	case NAP_P_CHANGES:
		return sizeof(struct nap_dist_changes);
	case NAP_P_SETTINGS:
		return sizeof(struct nap_settings);
	case NAP_P_DRAIN:
	case NAP_P_EFFORT:
	case NAP_P_CAPACITY:
		return sizeof(struct nap_electric);
	case NAP_P_TYPES:
		g_assert_not_reached();
	default:
		return sizeof(double);
	}
}

static bool fail_word(const struct nap_param *row, const char *text, GError **error)
{
	g_autofree char *shown = nap_shown(text), *all = g_strjoinv(", ", (char **)(void *)row->words);
	g_autofree char *near = nap_did_you_mean(text, row->words);

	return nap_fail(error, "%s is none of %s%s", shown, all, near);
}

/* A word, or a word and its number when the list has it as "word N". */
static bool parse_word(
	const struct nap_param *row, const char *text, struct nap_word_arg *out, GError **error)
{
	for (uint32_t i = 0; row->words[i]; i++) {
		const char *word = row->words[i];
		size_t n = strlen(word);
		bool takes = row->type == NAP_P_WORD_ARG && g_str_has_suffix(word, " N");
		uint64_t arg = 0;

		n -= takes ? 2 : 0;
		if (strncmp(text, word, n) != 0 || (text[n] && text[n] != ' '))
			continue;
		if (!takes && text[n])
			continue;
		if (takes && !text[n])
			return nap_fail(error, "%s needs a number: %s", text, word);
		if (takes && !nap_count_parse(text + n + strspn(text + n, " "), UINT32_MAX, &arg, error))
			return false;
		*out = (struct nap_word_arg){ i, (uint32_t)arg };
		return true;
	}
	return fail_word(row, text, error);
}

static bool parse_bool(const char *text, bool *out, GError **error)
{
	static const char *const words[] = { "no", "yes", NULL };
	static const struct nap_param row = { .type = NAP_P_WORD, .words = words };
	struct nap_word_arg word;

	if (!parse_word(&row, text, &word, error))
		return false;
	*out = word.word != 0;
	return true;
}

/* A time; or a share, whose time is made from the interval later. */
static bool parse_span(const char *text, struct nap_span *out, GError **error)
{
	struct nap_span span = { NAP_NEVER, 0.0 };

	if (!g_str_has_suffix(text, "%")) {
		if (!nap_time_parse(text, &span.time, error))
			return false;
	} else if (!nap_quantity_parse(NAP_P_SHARE, text, &span.of, error)) {
		return false;
	} else if (span.of <= 0.0) {
		return nap_fail(error, "a share of the interval is more than 0%%");
	}
	*out = span;
	return true;
}

/* A span, or a distribution whose mean stands for it where one number is needed. */
static bool parse_wait(const char *text, struct nap_arena *arena, const struct nap_folder *dir,
	struct nap_wait *out, GError **error)
{
	struct nap_wait wait = { { NAP_NEVER, 0.0 }, nap_dist_constant(0.0) };

	if (!nap_is_dist(text)) {
		if (!parse_span(text, &wait.span, error))
			return false;
	} else if (!nap_dist_parse(NAP_P_TIME, text, arena, dir, &wait.dist, error)) {
		return false;
	} else {
		wait.span.time = (nap_time)fmin(nap_dist_mean(&wait.dist), 9.2e18);
	}
	if (wait.dist.kind == NAP_DIST_CONSTANT && wait.dist.a > 0.0)
		wait.dist = nap_dist_constant(0.0);
	*out = wait;
	return true;
}

/* Elements separated by ";"; a last empty one does not count. */
static bool parse_list(const char *text, struct nap_arena *arena, const char *const **out, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	unsigned n = g_strv_length(parts), kept = 0;
	const char **list = nap_arena_alloc(arena, (n + 1) * sizeof *list);

	for (unsigned i = 0; i < n; i++) {
		if (*g_strstrip(parts[i]))
			list[kept++] = nap_arena_strdup(arena, parts[i]);
		else if (i + 1 < n)
			return nap_fail(error, "an empty element in the list");
	}
	*out = list;
	return true;
}

static bool parse_any(const struct nap_param *row, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, union field *f, GError **error)
{
	uint64_t count;
	struct nap_word_arg word;

	switch (row->type) {
	case NAP_P_TIME:
		return nap_time_parse(text, &f->time, error);
	case NAP_P_SPAN:
		return parse_span(text, &f->span, error);
	case NAP_P_WAIT:
		return parse_wait(text, arena, dir, &f->wait, error);
	case NAP_P_DIST_TIME:
		return nap_dist_parse(NAP_P_TIME, text, arena, dir, &f->dist, error);
	case NAP_P_ARRIVALS:
		return nap_arrivals_parse(text, arena, dir, &f->arrivals, error);
	case NAP_P_UINT:
		if (!nap_count_parse(text, UINT32_MAX, &count, error))
			return false;
		f->u32 = (uint32_t)count;
		return true;
	case NAP_P_UINT64:
		return nap_count_parse(text, UINT64_MAX, &f->u64, error);
	case NAP_P_BYTES:
		return nap_bytes_parse(text, &f->u64, error);
	case NAP_P_BOOL:
		return parse_bool(text, &f->yes, error);
	case NAP_P_WORD:
		if (!parse_word(row, text, &word, error))
			return false;
		f->u32 = word.word;
		return true;
	case NAP_P_WORD_ARG:
		return parse_word(row, text, &f->word, error);
	case NAP_P_TEXT:
		f->text = nap_arena_strdup(arena, text);
		return true;
	case NAP_P_LIST:
		return parse_list(text, arena, &f->list, error);
	case NAP_P_ADDRESSES:
		return nap_addresses_parse(text, arena, &f->addresses, error);
	case NAP_P_PORT_RANGE:
		return nap_port_ranges_parse(text, arena, &f->ports, error);
	case NAP_P_TIMERS:
		return nap_port_timers_parse(text, arena, &f->timers, error);
	case NAP_P_BOUNDS:
		return nap_bounds_parse(text, arena, &f->bounds, error);
	case NAP_P_CHANGES:
		return nap_changes_parse(text, arena, dir, &f->changes, error);
	case NAP_P_SETTINGS:
		return nap_settings_parse(text, arena, &f->settings, error);
	case NAP_P_DRAIN:
	case NAP_P_EFFORT:
	case NAP_P_CAPACITY:
		return nap_electric_parse(row->type, text, &f->electric, error);
	case NAP_P_TYPES:
		g_assert_not_reached();
	default:
		return nap_quantity_parse(row->type, text, &f->real, error);
	}
}

static bool extent_of_dist(const struct nap_dist *d, double *lo, double *hi)
{
	*lo = *hi = d->a;
	if (d->kind == NAP_DIST_UNIFORM)
		*hi = d->b;
	for (uint32_t i = 0; i < d->n; i++) {
		*lo = i ? fmin(*lo, d->values[i]) : d->values[i];
		*hi = i ? fmax(*hi, d->values[i]) : d->values[i];
	}
	return true;
}

static bool extent_of_changes(const struct nap_dist_changes *c, double *lo, double *hi)
{
	*lo = INFINITY;
	*hi = -INFINITY;
	for (uint32_t i = 0; i < c->n; i++) {
		double least, most;

		extent_of_dist(&c->row[i].dist, &least, &most);
		*lo = fmin(*lo, least);
		*hi = fmax(*hi, most);
	}
	return c->n > 0;
}

/* The smallest and largest number a value stands for, as far as bounds concern it; false when it has none. */
static bool extent(const struct nap_param *row, const union field *f, double *lo, double *hi)
{
	switch (row->type) {
	case NAP_P_TIME: /* never is above all bounds; others are exact in a double to a few ns */
		*lo = *hi = f->time == NAP_NEVER ? INFINITY : (double)f->time;
		return true;
	case NAP_P_SPAN:
		*lo = *hi = f->span.time == NAP_NEVER ? INFINITY : (double)f->span.time;
		return f->span.of <= 0.0;
	case NAP_P_WAIT:
		if (f->wait.dist.kind != NAP_DIST_CONSTANT)
			return extent_of_dist(&f->wait.dist, lo, hi);
		*lo = *hi = f->wait.span.time == NAP_NEVER ? INFINITY : (double)f->wait.span.time;
		return f->wait.span.of <= 0.0;
	case NAP_P_DIST_TIME:
		return extent_of_dist(&f->dist, lo, hi);
	case NAP_P_CHANGES:
		return extent_of_changes(&f->changes, lo, hi);
	case NAP_P_UINT:
		*lo = *hi = f->u32;
		return true;
	case NAP_P_UINT64:
	case NAP_P_BYTES:
		*lo = *hi = (double)f->u64;
		return true;
	case NAP_P_WORD_ARG:
		*lo = *hi = f->word.arg;
		return f->word.arg != 0;
	case NAP_P_PORT_RANGE:
		*lo = f->ports.lo;
		*hi = f->ports.hi;
		return true;
	case NAP_P_DRAIN:
	case NAP_P_EFFORT:
	case NAP_P_CAPACITY: /* bounds are of one kind each, and near 0 */
		*lo = *hi = f->electric.per_volt > 0.0 ? f->electric.per_volt : f->electric.value;
		return true;
	default:
		if (nap_type_is_real(row->type))
			*lo = *hi = f->real;
		return nap_type_is_real(row->type);
	}
}

/* A bound of the row as a number. The bound's text is ours: that it reads is asserted (and tested for all rows). */
static double bound_of(const struct nap_param *row, const char *text)
{
	struct nap_param plain = *row;
	union field f = { 0 };
	double lo = 0, hi = 0;

	if (row->type == NAP_P_WORD_ARG || row->type == NAP_P_PORT_RANGE)
		plain.type = NAP_P_UINT;
	if (row->type == NAP_P_CHANGES)
		plain.type = NAP_P_TIME;
	plain.min = plain.max = NULL;
	if (!parse_any(&plain, text, NULL, NULL, &f, NULL) || !extent(&plain, &f, &lo, &hi))
		g_error("bound %s of key %s cannot be read", text, row->key);
	return lo;
}

static bool check_bounds(const struct nap_param *row, const char *text, const union field *f, GError **error)
{
	g_autofree char *shown = NULL;
	double lo, hi;
	bool low, high;

	if ((!row->min && !row->max) || !extent(row, f, &lo, &hi))
		return true;
	low = row->min && lo < bound_of(row, row->min);
	high = row->max && hi > bound_of(row, row->max);
	if (!low && !high)
		return true;
	shown = nap_shown(text);
	if (row->min && row->max)
		return nap_fail(error, "%s is out of range: %s to %s", shown, row->min, row->max);
	return nap_fail(error, "%s is out of range: at %s %s", shown, low ? "least" : "most",
		low ? row->min : row->max);
}

bool nap_value_parse(const struct nap_param *row, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, void *field, GError **error)
{
	union field f;

	memset(&f, 0, sizeof f);
	if (!parse_any(row, text, arena, dir, &f, error) || !check_bounds(row, text, &f, error))
		return false;
	memcpy(field, &f, nap_value_size(row->type));
	return true;
}

/* The mean within the row's bounds, as the row's own type. */
static void set_mean(const struct nap_param *row, const struct nap_dist *d, void *field)
{
	double mean = nap_dist_mean(d), top = row->type == NAP_P_TIME ? 9.2e18 : (double)UINT32_MAX;

	if (row->min)
		mean = fmax(mean, bound_of(row, row->min));
	if (row->max)
		top = fmin(top, bound_of(row, row->max));
	mean = fmin(mean, top);
	if (row->type == NAP_P_TIME)
		*(nap_time *)field = (nap_time)mean;
	else
		*(uint32_t *)field = (uint32_t)mean;
}

bool nap_value_parse_drawn(const struct nap_param *row, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, void *field, struct nap_dist *dist, bool *drawn, GError **error)
{
	struct nap_param as_dist = *row;
	union field f;

	*drawn = (row->type == NAP_P_TIME || row->type == NAP_P_UINT) && nap_is_dist(text);
	if (!*drawn)
		return nap_value_parse(row, text, arena, dir, field, error);
	memset(&f, 0, sizeof f);
	if (!nap_dist_parse(
		    row->type == NAP_P_TIME ? NAP_P_TIME : NAP_P_REAL, text, arena, dir, &f.dist, error))
		return false;
	if (row->type == NAP_P_TIME) {
		as_dist.type = NAP_P_DIST_TIME;
		if (!check_bounds(&as_dist, text, &f, error))
			return false;
	}
	*dist = f.dist;
	set_mean(row, dist, field);
	return true;
}

static char *format_word_arg(const struct nap_param *row, const struct nap_word_arg *w)
{
	const char *word = row->words[w->word];

	if (!g_str_has_suffix(word, " N"))
		return g_strdup(word);
	return g_strdup_printf("%.*s%u", (int)strlen(word) - 1, word, w->arg);
}

static char *format_span(const struct nap_span *span)
{
	return span->of > 0.0 ? nap_quantity_format(NAP_P_SHARE, span->of) : nap_time_format(span->time);
}

char *nap_value_format(const struct nap_param *row, const void *field)
{
	union field f;

	memset(&f, 0, sizeof f);
	memcpy(&f, field, nap_value_size(row->type));
	switch (row->type) {
	case NAP_P_TIME:
		return nap_time_format(f.time);
	case NAP_P_SPAN:
		return format_span(&f.span);
	case NAP_P_WAIT:
		return f.wait.dist.kind == NAP_DIST_CONSTANT ? format_span(&f.wait.span)
							     : nap_dist_format(NAP_P_TIME, &f.wait.dist);
	case NAP_P_DIST_TIME:
		return nap_dist_format(NAP_P_TIME, &f.dist);
	case NAP_P_ARRIVALS:
		return nap_arrivals_format(&f.arrivals);
	case NAP_P_UINT:
		return g_strdup_printf("%u", f.u32);
	case NAP_P_UINT64:
		return g_strdup_printf("%" G_GUINT64_FORMAT, f.u64);
	case NAP_P_BYTES:
		return nap_bytes_format(f.u64);
	case NAP_P_BOOL:
		return g_strdup(f.yes ? "yes" : "no");
	case NAP_P_WORD:
		return g_strdup(row->words[f.u32]);
	case NAP_P_WORD_ARG:
		return format_word_arg(row, &f.word);
	case NAP_P_TEXT:
		return g_strdup(f.text ? f.text : "");
	case NAP_P_LIST:
		return f.list ? g_strjoinv("; ", (char **)(void *)f.list) : g_strdup("");
	case NAP_P_ADDRESSES:
		return nap_addresses_format(&f.addresses);
	case NAP_P_PORT_RANGE:
		return nap_port_ranges_format(&f.ports);
	case NAP_P_TIMERS:
		return nap_port_timers_format(&f.timers);
	case NAP_P_BOUNDS:
		return nap_bounds_format(&f.bounds);
	case NAP_P_CHANGES:
		return nap_changes_format(&f.changes);
	case NAP_P_SETTINGS:
		return nap_settings_format(&f.settings);
	case NAP_P_DRAIN:
	case NAP_P_EFFORT:
	case NAP_P_CAPACITY:
		return nap_electric_format(row->type, &f.electric);
	case NAP_P_TYPES:
		g_assert_not_reached();
	default:
		return nap_quantity_format(row->type, f.real);
	}
}
