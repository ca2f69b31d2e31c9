/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/quantity.h"

#include <math.h>
#include <string.h>

#include "text/input_error.h"
#include "text/units.h"

#define DIGITS_MAX 24 /* of a fixed-point number, before the point or behind it */

bool nap_type_is_real(enum nap_param_type type)
{
	return unit_types[type].real && !unit_types[type].per_volt;
}

const char *nap_type_name(enum nap_param_type type)
{
	return unit_types[type].name;
}

const char *nap_type_units(enum nap_param_type type)
{
	return unit_types[type].units;
}

const char *nap_type_example(enum nap_param_type type)
{
	return unit_types[type].example;
}

/* Why a text that does not even start with a number is no quantity of this type. */
static bool fail_no_number(const struct type_info *info, const char *text, GError **error)
{
	g_autofree char *shown = nap_shown(text);

	if (!*text)
		return nap_fail(error, "empty; %s is needed, for instance %s", info->name, info->example);
	if (text[0] == '-' && nap_number_length(text + 1))
		return nap_fail(error, "%s must not be negative", shown);
	return nap_fail(error, "%s is not %s, for instance %s", shown, info->name, info->example);
}

/* The unit probably meant: the longest that the text begins with (sec, minutes), else the nearest. */
static const char *likely_unit(const char *text, const char *const *units)
{
	const char *best = NULL;

	for (const char *const *u = units; *u; u++)
		if (**u && g_ascii_strncasecmp(text, *u, strlen(*u)) == 0 &&
			(!best || strlen(*u) > strlen(best)))
			best = *u;
	if (best || strlen(text) > 1) /* one letter in place of another is no slip */
		return best ? best : nap_nearest_word(text, units);
	return NULL;
}

/* Units that people write and that are none here, as what they come to. */
static const char *other_unit(const struct type_info *info, const char *unit)
{
	static const struct {
		const char *words, *say;
	} others[] = {
		{ "y yr yrs year years a", "a year is 365d" },
		{ "w wk week weeks", "a week is 7d" },
		{ "mo month months", "a month is 30d" },
		{ "k kb K", "kB is 1000 bytes" },
		{ "M mb", "MB is 1000000 bytes" },
	};
	bool time = strstr(info->units, "min") != NULL, bytes = strstr(info->units, "kB") != NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_auto(GStrv) words = g_strsplit(others[i].words, " ", -1);

		if ((i < 3 ? time : bytes) && g_strv_contains((const char *const *)words, unit))
			return others[i].say;
	}
	return NULL;
}

/* Why what follows the number is no unit of this type. */
static bool fail_unit(const struct type_info *info, const char *unit, GError **error)
{
	g_autofree char *shown = nap_shown(unit);
	const char *near, *other;
	g_auto(GStrv) units = g_strsplit(info->units, " ", -1);

	if (!*unit)
		return nap_fail(error, "%s needs a unit: %s", info->name, info->example);
	if (strpbrk(unit, " ,;\t"))
		return nap_fail(error, "%s after the number: %s", shown,
			strchr(unit, ',') ? "values of a list are divided by ';' (10s; 20s), decimals by '.'"
			: strchr(unit, ';')
				? "one value stands here; several go into [sweep]"
				: "write its unit without a space, and comments on lines of their own");
	if (!*info->units)
		return nap_fail(error, "%s after the number: %s takes no unit", shown, info->name);
	other = other_unit(info, unit);
	if (other)
		return nap_fail(error, "unknown unit %s: %s takes one of %s (%s)", shown, info->name,
			info->units, other);
	near = likely_unit(unit, (const char *const *)units);
	return nap_fail(error, "unknown unit %s: %s takes one of %s%s%s%s", shown, info->name, info->units,
		near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

static size_t count_digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* digits[.digits] at the start of text: its length, 0 when there is none. */
static size_t fixed_length(const char *text)
{
	size_t whole = count_digits(text), part = 0;

	if (text[whole] == '.')
		part = 1 + count_digits(text + whole + 1);
	return whole + part > (part ? 1u : 0u) ? whole + part : 0;
}

size_t nap_number_length(const char *text)
{
	size_t n = fixed_length(text), sign;

	if (!n || (text[n] != 'e' && text[n] != 'E'))
		return n;
	sign = text[n + 1] == '+' || text[n + 1] == '-';
	return count_digits(text + n + 1 + sign) ? n + 1 + sign + count_digits(text + n + 1 + sign) : n;
}

/*
 * The n characters of number times scale, exactly; false with a reason when it is no whole number or above max. A fraction
 * is taken from its last digit on: were some tenth not whole there, nothing before it could make it so.
 */
static bool scale_fixed(
	const char *number, size_t n, uint64_t scale, uint64_t max, uint64_t *out, GError **error)
{
	const char *point = memchr(number, '.', n);
	size_t whole = point ? (size_t)(point - number) : n, zeros = 0;
	uint64_t sum = 0, count = 0;

	while (point && number[n - 1] == '0')
		n--;
	while (zeros < whole && number[zeros] == '0')
		zeros++;
	if (whole - zeros > DIGITS_MAX || (point && n - whole - 1 > DIGITS_MAX))
		return nap_fail(error, "too large or has too many digits");
	for (size_t i = n; point && --i > whole; sum /= 10) {
		sum += (uint64_t)(number[i] - '0') * scale;
		if (sum % 10)
			return nap_fail(error, "finer than the smallest unit");
	}
	for (size_t i = zeros; i < whole; i++) {
		uint64_t digit = (uint64_t)(number[i] - '0');

		if (count > (UINT64_MAX - digit) / 10)
			return nap_fail(error, "too large");
		count = count * 10 + digit;
	}
	if (sum > max || count > (max - sum) / scale)
		return nap_fail(error, "too large");
	*out = count * scale + sum;
	return true;
}

/* The unit that text starts with: up to the next digit. NULL when it is none of them. */
static const struct whole_unit *find_whole_unit(
	const struct whole_unit *units, const char *text, size_t *length)
{
	size_t n = strcspn(text, "0123456789.");

	for (; units->name; units++)
		if (strlen(units->name) == n && strncmp(units->name, text, n) == 0) {
			*length = n;
			return units;
		}
	return NULL;
}

/* A sum of numbers with falling units, the last of them with a fraction or not. */
static bool parse_whole(enum nap_param_type type, const struct whole_unit *units, const char *text,
	uint64_t max, uint64_t *out, GError **error)
{
	const struct type_info *info = &unit_types[type];
	uint64_t sum = 0, last = UINT64_MAX;
	const char *p = text;

	do {
		size_t n = fixed_length(p), unit_length = 0;
		const struct whole_unit *unit;
		uint64_t part = 0;

		if (!n)
			return fail_no_number(info, text, error);
		unit = find_whole_unit(units, p + n, &unit_length);
		if (!unit)
			return fail_unit(info, p + n, error);
		if (unit->scale >= last)
			return nap_fail(error, "units must fall from left to right, as in %s", info->example);
		if (!scale_fixed(p, n, unit->scale, max - sum, &part, error)) {
			g_autofree char *shown = nap_shown(text);

			g_prefix_error(error, "%s is ", shown);
			return false;
		}
		if (memchr(p, '.', n) && p[n + unit_length])
			return nap_fail(error, "only the last number of a sum may have a fraction");
		sum += part;
		last = unit->scale;
		p += n + unit_length;
	} while (*p);
	*out = sum;
	return true;
}

bool nap_time_parse(const char *text, nap_time *out, GError **error)
{
	uint64_t ns;

	if (strcmp(text, "never") == 0) {
		*out = NAP_NEVER;
		return true;
	}
	if (strcmp(text, "0") == 0)
		return fail_unit(&unit_types[NAP_P_TIME], "", error);
	if (!parse_whole(NAP_P_TIME, unit_times, text, (uint64_t)NAP_NEVER - 1, &ns, error))
		return false;
	*out = (nap_time)ns;
	return true;
}

bool nap_bytes_parse(const char *text, uint64_t *out, GError **error)
{
	return parse_whole(NAP_P_BYTES, unit_bytes, text, UINT64_MAX, out, error);
}

bool nap_count_parse(const char *text, uint64_t max, uint64_t *out, GError **error)
{
	size_t n = count_digits(text);
	uint64_t value = 0;

	if (!n)
		return fail_no_number(&unit_types[NAP_P_UINT], text, error);
	if (text[n] == '.' && count_digits(text + n + 1))
		return nap_fail(error, "%s is not a whole number", text);
	if (text[n])
		return fail_unit(&unit_types[NAP_P_UINT], text + n, error);
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)(text[i] - '0');

		if (value > (max - digit) / 10)
			return nap_fail(error, "%s is too large: at most %" G_GUINT64_FORMAT, text, max);
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

static unsigned digits_in(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == 'e' ? 10u : g_ascii_isdigit(*s) != 0; /* exponents only where all else is long */
	return n;
}

/* Keep whichever of the two texts has fewer digits, then characters; frees the other. */
static char *shorter(char *best, char *other)
{
	unsigned a, b;

	if (!best)
		return other;
	a = digits_in(best);
	b = digits_in(other);
	if (b < a || (b == a && strlen(other) < strlen(best))) {
		g_free(best);
		return other;
	}
	g_free(other);
	return best;
}

/* value in one unit, with a decimal fraction where that is exact and the unit is a power of ten; else NULL. */
static char *format_single(uint64_t value, const struct whole_unit *unit, bool fraction)
{
	uint64_t whole = value / unit->scale, part = value % unit->scale;
	GString *s;

	if (part && !fraction)
		return NULL;
	s = g_string_new(NULL);
	g_string_append_printf(s, "%" G_GUINT64_FORMAT, whole);
	if (part) {
		g_string_append_c(s, '.');
		for (uint64_t scale = unit->scale; part; part %= scale) {
			scale /= 10;
			g_string_append_c(s, (char)('0' + part / scale));
		}
	}
	g_string_append(s, unit->name);
	return g_string_free(s, FALSE);
}

/* d, h, min in whole numbers and the rest in s: 2h4min. */
static char *format_sum(uint64_t ns)
{
	GString *s = g_string_new(NULL);

	for (const struct whole_unit *u = unit_times; u->scale >= UINT64_C(1000000000); u++) {
		g_autofree char *part = NULL;

		if (u->alias || ns < u->scale)
			continue;
		if (u->scale == UINT64_C(1000000000)) {
			part = format_single(ns, u, true);
			ns = 0;
		} else {
			part = g_strdup_printf("%" G_GUINT64_FORMAT "%s", ns / u->scale, u->name);
			ns %= u->scale;
		}
		g_string_append(s, part);
	}
	if (ns || !s->len) {
		g_string_free(s, TRUE);
		return NULL;
	}
	return g_string_free(s, FALSE);
}

char *nap_time_format(nap_time t)
{
	char *best = NULL, *sum;

	g_assert(t >= 0);
	if (t == NAP_NEVER)
		return g_strdup("never");
	if (t == 0)
		return g_strdup("0s");
	for (const struct whole_unit *u = unit_times; u->name; u++) {
		char *one = u->alias ? NULL : format_single((uint64_t)t, u, u->scale <= UINT64_C(1000000000));

		if (one)
			best = shorter(best, one);
	}
	sum = format_sum((uint64_t)t);
	return sum ? shorter(best, sum) : best;
}

char *nap_bytes_format(uint64_t bytes)
{
	char *best = NULL;

	if (bytes == 0)
		return g_strdup("0B");
	for (const struct whole_unit *u = unit_bytes; u->name; u++)
		if (!u->alias)
			best = shorter(best, format_single(bytes, u, true));
	return best;
}

/* The double nearest to number x 10^exponent x factor; the power of ten goes into the text, so it costs no rounding. */
static double scale_real(const char *number, size_t n, const struct real_unit *unit)
{
	const char *e = memchr(number, 'e', n);
	g_autofree char *text = NULL;
	size_t mantissa;
	gint64 exponent;

	if (!e)
		e = memchr(number, 'E', n);
	mantissa = e ? (size_t)(e - number) : n;
	exponent = e ? g_ascii_strtoll(e + 1, NULL, 10) : 0;
	exponent = CLAMP(exponent, -100000, 100000) + unit->exponent;
	text = g_strdup_printf("%.*se%d", (int)mantissa, number, (int)exponent);
	return g_ascii_strtod(text, NULL) * unit->factor;
}

static const struct real_unit *unit_of(const struct real_unit *units, const char *name)
{
	for (; units && units->name; units++)
		if (strcmp(units->name, name) == 0)
			return units;
	return NULL;
}

/* A number and one of the type's units, of either kind. */
static bool parse_real(
	enum nap_param_type type, const char *text, double *out, bool *per_volt, GError **error)
{
	const struct type_info *info = &unit_types[type];
	bool minus = type == NAP_P_REAL && text[0] == '-';
	const char *number = text + minus;
	size_t n = nap_number_length(number);
	const struct real_unit *u;
	double value;

	if (!n)
		return fail_no_number(info, text, error);
	u = unit_of(info->real, number + n);
	*per_volt = !u;
	u = u ? u : unit_of(info->per_volt, number + n);
	if (!u)
		return fail_unit(info, number + n, error);
	value = scale_real(number, n, u);
	if (!isfinite(value))
		return nap_fail(error, "%s is too large", text);
	*out = minus ? -value : value;
	return true;
}

bool nap_quantity_parse(enum nap_param_type type, const char *text, double *out, GError **error)
{
	bool per_volt;

	g_assert(unit_types[type].real && !unit_types[type].per_volt);
	return parse_real(type, text, out, &per_volt, error);
}

bool nap_type_is_electric(enum nap_param_type type)
{
	return unit_types[type].per_volt;
}

enum nap_param_type nap_type_of_text(enum nap_param_type type, const char *text)
{
	static const enum nap_param_type halves[NAP_P_TYPES][2] = {
		[NAP_P_DRAIN] = { NAP_P_POWER, NAP_P_CURRENT },
		[NAP_P_EFFORT] = { NAP_P_ENERGY, NAP_P_CHARGE },
		[NAP_P_CAPACITY] = { NAP_P_ENERGY, NAP_P_CHARGE },
	};
	size_t n = nap_number_length(text);

	if (!unit_types[type].per_volt)
		return type;
	return halves[type][n && unit_of(unit_types[type].per_volt, text + n) ? 1 : 0];
}

bool nap_electric_parse(enum nap_param_type type, const char *text, struct nap_electric *out, GError **error)
{
	bool per_volt;
	double v;

	g_assert(unit_types[type].per_volt);
	if (!parse_real(type, text, &v, &per_volt, error))
		return false;
	*out = (struct nap_electric){ per_volt ? 0.0 : v, per_volt ? v : 0.0 };
	return true;
}

/*
 * v / 10^shift with so many digits, trailing zeros left out. The shift happens in the text, so it costs no rounding: 17
 * digits always read back to v. Without an exponent in the usual range.
 */
static char *decimal(double v, int digits, int shift)
{
	char format[8], number[G_ASCII_DTOSTR_BUF_SIZE];
	GString *s = g_string_new(v < 0 ? "-" : "");
	int exponent, n = 0;
	char *e;

	g_snprintf(format, sizeof format, "%%.%de", digits - 1);
	g_ascii_formatd(number, sizeof number, format, fabs(v));
	e = strchr(number, 'e');
	exponent = v == 0 ? 0 : (int)g_ascii_strtoll(e + 1, NULL, 10) - shift;
	for (char *p = number; p < e; p++)
		if (*p != '.')
			number[n++] = *p;
	while (n > 1 && number[n - 1] == '0')
		n--;
	if (exponent < -4 || exponent > 15) {
		g_string_append_printf(
			s, "%c%s%.*se%d", number[0], n > 1 ? "." : "", n - 1, number + 1, exponent);
		return g_string_free(s, FALSE);
	}
	if (exponent < 0)
		g_string_append(s, "0");
	for (int i = MIN(exponent, 0); i <= MAX(exponent, n - 1); i++) {
		if (i == exponent + 1)
			g_string_append_c(s, '.');
		if (i >= 0)
			g_string_append_c(s, i < n ? number[i] : '0');
		else if (i > exponent)
			g_string_append_c(s, '0');
	}
	return g_string_free(s, FALSE);
}

/* value in one unit with the fewest digits that read back to it, NULL when none do. */
static char *format_real(enum nap_param_type type, double value, const struct real_unit *u)
{
	double back;
	bool per_volt;

	for (int digits = 1; digits <= 17; digits++) {
		g_autofree char *number = decimal(value / u->factor, digits, u->exponent);
		char *text = g_strconcat(number, u->name, NULL);

		if (parse_real(type, text, &back, &per_volt, NULL) && back == value)
			return text;
		g_free(text);
	}
	return NULL;
}

/* The shortest text in one of the units. */
static char *format_in(enum nap_param_type type, double value, const struct real_unit *units)
{
	char *best = NULL;

	for (const struct real_unit *u = units; u->name; u++) {
		char *text = u->alias ? NULL : format_real(type, value, u);

		if (text)
			best = shorter(best, text);
		if (value == 0 && best) /* in the base unit */
			break;
	}
	return best ? best : g_strdup_printf("%.17g", value);
}

char *nap_quantity_format(enum nap_param_type type, double value)
{
	g_assert(unit_types[type].real && !unit_types[type].per_volt);
	return format_in(type, value, unit_types[type].real);
}

char *nap_electric_format(enum nap_param_type type, const struct nap_electric *e)
{
	bool per_volt = e->per_volt > 0.0;

	g_assert(unit_types[type].per_volt);
	return format_in(type, per_volt ? e->per_volt : e->value,
		per_volt ? unit_types[type].per_volt : unit_types[type].real);
}

static const struct whole_unit rate_units[] = { { "s", UINT64_C(1000000000), false },
	{ "min", UINT64_C(60000000000), false }, { "h", UINT64_C(3600000000000), false },
	{ "d", UINT64_C(86400000000000), false }, { NULL, 0, false } };

bool nap_rate_parse(const char *text, double *gap_ns, GError **error)
{
	static const struct type_info info = {
		.name = "a rate", .units = "/s /min /h /d", .example = "4/h, 0.5/min"
	};
	size_t n = nap_number_length(text);
	double rate;

	if (!n)
		return fail_no_number(&info, text, error);
	for (const struct whole_unit *u = rate_units; u->name; u++) {
		if (text[n] != '/' || strcmp(text + n + 1, u->name) != 0)
			continue;
		rate = scale_real(text, n, unit_none);
		*gap_ns = (double)u->scale / rate;
		if (rate == 0)
			return nap_fail(error, "a rate of 0 has no arrivals: write none");
		if (!isfinite(rate) || *gap_ns < 1 || *gap_ns >= (double)NAP_NEVER)
			return nap_fail(error, "%s is out of range", text);
		return true;
	}
	return fail_unit(&info, text + n, error);
}

/* The shortest rate in one unit whose gap is gap_ns, NULL when no double's is. */
static char *format_rate(double gap_ns, const struct whole_unit *u)
{
	double back;

	for (int digits = 1; digits <= 17; digits++) {
		g_autofree char *number = decimal((double)u->scale / gap_ns, digits, 0);
		char *text = g_strconcat(number, "/", u->name, NULL);

		if (nap_rate_parse(text, &back, NULL) && back == gap_ns)
			return text;
		g_free(text);
	}
	return NULL;
}

char *nap_rate_format(double gap_ns)
{
	g_autofree char *inexact = g_strdup_printf("%.17g/s", 1e9 / gap_ns);
	char *best = NULL;

	for (const struct whole_unit *u = rate_units; u->name; u++) {
		char *text = format_rate(gap_ns, u);

		if (text)
			best = shorter(best, text);
	}
	return best ? best : g_steal_pointer(&inexact);
}
