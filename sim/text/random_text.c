/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/random_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/csv.h"
#include "text/input_error.h"
#include "text/quantity.h"
#include "text/value_words.h"

#define MINUTES    1440u /* of a day */
#define WEIGHT_MAX 1e12  /* of a span of the day: sums stay exact enough */

/* What an argument of a distribution is. */
enum arg { ARG_NONE, ARG_VALUE, ARG_SHAPE, ARG_RATE, ARG_TIME };

/* A named process: its arguments, in order; list: values or a file instead. */
struct form {
	const char *name;
	int kind;
	enum arg args[3];
	bool list;
	const char *usage, *help;
};

static const struct form dist_forms[] = {
	{ "constant", NAP_DIST_CONSTANT, { ARG_VALUE }, false, "constant VALUE",
		"Always this value; the bare value says the same." },
	{ "uniform", NAP_DIST_UNIFORM, { ARG_VALUE, ARG_VALUE }, false, "uniform LOW HIGH",
		"Any value between the two, all equally likely." },
	{ "exponential", NAP_DIST_EXPONENTIAL, { ARG_VALUE }, false, "exponential MEAN",
		"Short values are most likely and long ones ever rarer; what has waited long is no nearer to "
		"its end." },
	{ "normal", NAP_DIST_NORMAL, { ARG_VALUE, ARG_VALUE }, false, "normal MEAN DEVIATION",
		"The bell curve; what falls below zero is zero." },
	{ "lognormal", NAP_DIST_LOGNORMAL, { ARG_VALUE, ARG_SHAPE }, false, "lognormal MEDIAN SIGMA",
		"Half of the values are below the median, few are many times as long: delays and times of "
		"use. SIGMA is the standard deviation of the logarithm." },
	{ "pareto", NAP_DIST_PARETO, { ARG_VALUE, ARG_SHAPE }, false, "pareto MINIMUM SHAPE",
		"None below the minimum, and a heavy tail of very long ones: the smaller the shape, the "
		"heavier." },
	{ "weibull", NAP_DIST_WEIBULL, { ARG_VALUE, ARG_SHAPE }, false, "weibull SCALE SHAPE",
		"Shape 1 is exponential; below 1 many short and some very long values, above 1 values round "
		"the scale." },
	{ "empirical", NAP_DIST_EMPIRICAL, { ARG_NONE }, true,
		"empirical FILE, empirical FILE COLUMN, or empirical VALUE VALUE ...",
		"Measured values: each draw takes one of them, all equally likely." },
	{ NULL, 0, { ARG_NONE }, false, NULL, NULL },
};

static const struct form arrival_forms[] = {
	{ "none", NAP_ARRIVALS_NONE, { ARG_NONE }, false, "none", "Nothing ever arrives." },
	{ "poisson", NAP_ARRIVALS_POISSON, { ARG_RATE }, false, "poisson RATE (4/h)",
		"By chance and independent of one another, at this mean rate: gaps are exponential." },
	{ "periodic", NAP_ARRIVALS_PERIODIC, { ARG_TIME }, false, "periodic GAP (10min)", "One each GAP." },
	{ "onoff", NAP_ARRIVALS_ONOFF, { ARG_TIME, ARG_TIME, ARG_RATE }, false,
		"onoff MEAN_ON MEAN_OFF RATE (onoff 5min 1h 30/h)",
		"Bursts: by chance at this rate while on, nothing while off; both times are exponential." },
	{ "times", NAP_ARRIVALS_TIMES, { ARG_NONE }, true,
		"times FILE, times FILE COLUMN, or times TIME TIME ...",
		"At these very times from the start on." },
	{ "gaps", NAP_ARRIVALS_GAPS, { ARG_NONE }, false, "gaps DISTRIBUTION (gaps weibull 1d 0.7)",
		"Gaps drawn from any distribution." },
	{ NULL, 0, { ARG_NONE }, false, NULL, NULL },
};

static bool form_word(const struct form *forms, unsigned i, struct nap_value_word *out)
{
	*out = (struct nap_value_word){ forms[i].name, forms[i].usage, forms[i].help };
	return out->name != NULL;
}

bool nap_dist_word(unsigned i, struct nap_value_word *out)
{
	return form_word(dist_forms, i, out);
}

bool nap_arrivals_word(unsigned i, struct nap_value_word *out)
{
	return form_word(arrival_forms, i, out);
}

static const struct form *find_form(const struct form *forms, const char *name)
{
	for (; forms->name; forms++)
		if (strcmp(forms->name, name) == 0)
			return forms;
	return NULL;
}

static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

bool nap_is_dist(const char *text)
{
	g_autofree char *name = g_strndup(text, name_length(text));

	return find_form(dist_forms, name) != NULL;
}

/* Split NAME ARG ARG or NAME(ARG, ARG) into words, the name first. NULL with a reason when brackets do not match. */
static char **split_call(const char *text, GError **error)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	size_t n = name_length(text);
	const char *p = text + n + strspn(text + n, " \t");
	size_t length = strlen(p);
	bool brackets = *p == '(';

	g_ptr_array_add(words, g_strndup(text, n));
	if (brackets && p[length - 1] != ')') {
		g_ptr_array_unref(words);
		nap_fail(error, "no closing bracket at the end");
		return NULL;
	}
	if (length) {
		g_autofree char *inside = brackets ? g_strndup(p + 1, length - 2) : g_strdup(p);
		g_auto(GStrv) parts = g_strsplit_set(inside, brackets ? "," : " \t", -1);

		for (char **part = parts; *part; part++)
			if (*g_strstrip(*part) || brackets)
				g_ptr_array_add(words, g_strdup(*part));
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

static bool parse_value(enum nap_param_type type, const char *text, double *out, GError **error)
{
	nap_time t;

	if (type != NAP_P_TIME)
		return nap_quantity_parse(type, text, out, error);
	if (!nap_time_parse(text, &t, error))
		return false;
	if (t == NAP_NEVER)
		return nap_fail(error, "never is no value of a distribution");
	*out = (double)t;
	return true;
}

static bool parse_arg(enum arg arg, enum nap_param_type type, const char *text, double *out, GError **error)
{
	switch (arg) {
	case ARG_RATE:
		return nap_rate_parse(text, out, error);
	case ARG_TIME:
		if (!parse_value(NAP_P_TIME, text, out, error))
			return false;
		return *out >= 1 || nap_fail(error, "%s: must be more than zero", text);
	case ARG_SHAPE:
		if (!nap_quantity_parse(NAP_P_REAL, text, out, error))
			return false;
		return *out > 0 || nap_fail(error, "%s: must be more than zero", text);
	case ARG_VALUE:
	case ARG_NONE:
		break;
	}
	return parse_value(type, text, out, error);
}

/* The arguments of form from words (without the name) into v. */
static bool parse_args(
	const struct form *form, enum nap_param_type type, char **words, double *v, GError **error)
{
	unsigned n = 0, want = 0;

	while (want < 3 && form->args[want] != ARG_NONE)
		want++;
	if (g_strv_length(words) != want)
		return nap_fail(error, "write it as %s", form->usage);
	for (; n < want; n++)
		if (!parse_arg(form->args[n], type, words[n], &v[n], error)) {
			g_prefix_error(error, "%s: ", form->name);
			return false;
		}
	return true;
}

const char *nap_header_unit(const char *header)
{
	static const char *const units[] = { "ns", "us", "ms", "s", "min", "h", NULL };
	const char *tail = strrchr(header, '_');

	for (const char *const *u = units; tail && *u; u++)
		if (strcmp(tail + 1, *u) == 0)
			return *u;
	return "";
}

/* One value below a header, whose unit a bare number has. */
static bool add_value(
	enum nap_param_type type, const char *cell, const char *unit, GArray *values, GError **error)
{
	g_autofree char *with_unit =
		g_strconcat(cell, nap_number_length(cell) == strlen(cell) ? unit : "", NULL);
	double v;

	if (!parse_value(type, with_unit, &v, error))
		return false;
	g_array_append_val(values, v);
	return true;
}

static bool fail_unit(const char *path, unsigned line, GError **error)
{
	return nap_fail(
		error, "%s:%u: a header must end in the unit: _ns, _us, _ms, _s, _min or _h", path, line);
}

/* The first column of each line; empty lines, and lines that start with #, do not count. */
static bool first_column(
	enum nap_param_type type, const char *path, char *text, GArray *values, GError **error)
{
	const char *unit = "";
	unsigned number = 0;

	for (char *line = text, *next; line; line = next) {
		g_autofree char *cell = NULL;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		cell = g_strndup(line, strcspn(line, ",;\t#"));
		g_strstrip(cell);
		if (!*cell)
			continue;
		if (!values->len && !*unit && !nap_number_length(cell) && cell[0] != '-') {
			unit = nap_header_unit(cell);
			if (*unit || type != NAP_P_TIME)
				continue;
			return fail_unit(path, number, error);
		}
		if (!add_value(type, cell, unit, values, error)) {
			g_prefix_error(error, "%s:%u: ", path, number);
			return false;
		}
	}
	return true;
}

/* The column of that name of a table; rows where it is empty do not count. */
static bool named_column(
	enum nap_param_type type, const struct nap_csv *csv, const char *name, GArray *values, GError **error)
{
	int column = nap_csv_column(csv, name, error);
	const char *unit = nap_header_unit(name);

	if (column < 0)
		return false;
	for (unsigned i = 0; i < csv->n; i++) {
		const char *cell = nap_csv_field(&csv->row[i], column);
		g_autoptr(GError) why = NULL;

		if (type == NAP_P_TIME && !*unit && *cell && nap_number_length(cell) == strlen(cell))
			return fail_unit(csv->path, csv->head->line, error);
		if (*cell && !add_value(type, cell, unit, values, &why))
			return nap_csv_fail(error, csv, csv->row[i].line, name, "%s", why->message);
	}
	return true;
}

/* The values of a file: of its column, or (NULL) the first. */
static bool values_of_file(enum nap_param_type type, const struct nap_folder *dir, const char *name,
	const char *column, GArray *values, GError **error)
{
	g_autofree char *path = NULL, *text = nap_folder_read(dir, name, &path, error);
	struct nap_csv *csv = NULL;
	bool ok = text != NULL;

	if (ok && column) {
		csv = nap_csv_parse(path, text, error);
		ok = csv && named_column(type, csv, column, values, error);
		nap_csv_free(csv);
	} else if (ok) {
		ok = first_column(type, path, text, values, error);
	}
	return ok && (values->len || nap_fail(error, "%s has no values", path));
}

/* Does the word name a file? One that begins as a number does is a value where it reads as one, else a file if there is one. */
static bool is_file(enum nap_param_type type, const struct nap_folder *dir, const char *word)
{
	g_autofree char *path = NULL, *text = NULL;
	double v;

	if (!nap_number_length(word))
		return true;
	if (parse_value(type, word, &v, NULL))
		return false;
	text = dir ? nap_folder_read(dir, word, &path, NULL) : NULL;
	return text != NULL;
}

/* Values written in the text, or of the one file it names. */
static bool parse_list(const struct form *form, enum nap_param_type type, char **words,
	const struct nap_folder *dir, GArray *values, GError **error)
{
	if (!words[0])
		return nap_fail(error, "write it as %s", form->usage);
	if ((!words[1] || (!words[2] && !nap_number_length(words[1]))) && is_file(type, dir, words[0]))
		return values_of_file(type, dir, words[0], words[1], values, error);
	for (; *words; words++) {
		double v;

		if (!parse_value(type, *words, &v, error)) {
			g_prefix_error(error, "%s: ", form->name);
			return false;
		}
		g_array_append_val(values, v);
	}
	return true;
}

static bool check_dist(const struct nap_dist *d, const char *text, GError **error)
{
	if (d->kind == NAP_DIST_UNIFORM && d->a > d->b)
		return nap_fail(error, "%s: the lower bound is above the upper", text);
	if (d->a < 0)
		return nap_fail(error, "%s: must not be negative", text);
	return true;
}

/* The form that text starts with, and its words; a text that starts like a number is no form. */
static const struct form *parse_call(
	const struct form *forms, enum nap_param_type type, const char *text, char ***words, GError **error)
{
	const char *names[NAP_DIST_N + 1] = { NULL };
	g_autofree char *shown = nap_shown(text), *near = NULL;
	const struct form *form;

	*words = split_call(text, error);
	if (!*words)
		return NULL;
	form = find_form(forms, (*words)[0]);
	if (form)
		return form;
	for (size_t i = 0; forms[i].name; i++)
		names[i] = forms[i].name;
	near = nap_did_you_mean((*words)[0], names);
	g_clear_pointer(words, g_strfreev);
	nap_fail(error, "%s is not %s: %s%s", shown, nap_type_name(type), nap_type_example(type), near);
	return NULL;
}

bool nap_dist_parse(enum nap_param_type type, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, struct nap_dist *out, GError **error)
{
	g_auto(GStrv) words = NULL;
	struct nap_dist d = { 0 };
	double v[3] = { 0 };
	const struct form *form;

	if (nap_number_length(text) || text[0] == '-' || !*text) {
		if (!parse_value(type, text, &v[0], error))
			return false;
		*out = nap_dist_constant(v[0]);
		return true;
	}
	form = parse_call(dist_forms, type == NAP_P_TIME ? NAP_P_DIST_TIME : type, text, &words, error);
	if (!form)
		return false;
	d.kind = (enum nap_dist_kind)form->kind;
	if (form->list) {
		g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
		double *copy;

		if (!parse_list(form, type, words + 1, dir, values, error))
			return false;
		d.n = values->len;
		d.values = copy = nap_arena_alloc(arena, d.n * sizeof *copy);
		memcpy(copy, values->data, d.n * sizeof *copy);
	} else {
		if (!parse_args(form, type, words + 1, v, error))
			return false;
		d.a = v[0];
		d.b = v[1];
	}
	if (!check_dist(&d, text, error))
		return false;
	*out = d;
	return true;
}

static char *format_value(enum nap_param_type type, double v)
{
	return type == NAP_P_TIME ? nap_time_format((nap_time)llround(v)) : nap_quantity_format(type, v);
}

char *nap_dist_format(enum nap_param_type type, const struct nap_dist *d)
{
	GString *s = g_string_new(NULL);
	const struct form *form = dist_forms;
	double v[2] = { d->a, d->b };

	while (form->kind != (int)d->kind)
		form++;
	if (d->kind != NAP_DIST_CONSTANT)
		g_string_append_printf(s, "%s ", form->name);
	for (unsigned i = 0; i < 2 && form->args[i] != ARG_NONE; i++) {
		g_autofree char *text = form->args[i] == ARG_SHAPE ? nap_quantity_format(NAP_P_REAL, v[i])
								   : format_value(type, v[i]);

		g_string_append_printf(s, "%s%s", i ? " " : "", text);
	}
	for (uint32_t i = 0; i < d->n; i++) {
		g_autofree char *text = format_value(type, d->values[i]);

		g_string_append_printf(s, "%s%s", i ? " " : "", text);
	}
	return g_string_free(s, FALSE);
}

static int compare_times(const void *a, const void *b)
{
	nap_time x = *(const nap_time *)a, y = *(const nap_time *)b;

	return (x > y) - (x < y);
}

static bool parse_times(const struct form *form, char **words, struct nap_arena *arena,
	const struct nap_folder *dir, struct nap_arrivals *a, GError **error)
{
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
	nap_time *times;

	if (!parse_list(form, NAP_P_TIME, words, dir, values, error))
		return false;
	times = nap_arena_alloc(arena, values->len * sizeof *times);
	for (unsigned i = 0; i < values->len; i++)
		times[i] = (nap_time)llround(g_array_index(values, double, i));
	qsort(times, values->len, sizeof *times, compare_times);
	a->n = values->len;
	a->times = times;
	return true;
}

/* The gaps' distribution is what stands behind the name, with its own name and arguments. */
static bool parse_gaps(const struct form *form, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, struct nap_arrivals *a, GError **error)
{
	text += strlen(form->name);
	text += strspn(text, " \t");
	if (!*text || *text == '(')
		return nap_fail(error, "write it as %s", form->usage);
	return nap_dist_parse(NAP_P_TIME, text, arena, dir, &a->gaps, error);
}

static const struct form daily_form = { "daily", 0, { ARG_NONE }, true,
	"daily WEIGHT WEIGHT ..., daily FILE or daily FILE COLUMN, as many as divide a day, for instance one "
	"an hour",
	NULL };

/* "daily 0.2 0.1 ... 1.5": weights of the day's equal spans. */
static bool parse_daily(const char *text, struct nap_arena *arena, const struct nap_folder *dir,
	struct nap_arrivals *a, GError **error)
{
	g_auto(GStrv) words = split_call(text, error);
	g_autoptr(GArray) weights = g_array_new(FALSE, FALSE, sizeof(double));
	struct nap_daily *d = nap_arena_alloc(arena, sizeof *d);
	nap_time *from;
	double sum = 0.0, so_far = 0.0, *w;

	if (!words || !parse_list(&daily_form, NAP_P_REAL, words + 1, dir, weights, error))
		return false;
	d->n = weights->len;
	d->weight = w = nap_arena_alloc(arena, d->n * sizeof *w);
	memcpy(w, weights->data, d->n * sizeof *w);
	if (d->n < 2 || d->n > MINUTES || MINUTES % d->n != 0)
		return nap_fail(error, "%u weights: write %s", d->n, daily_form.usage);
	for (uint32_t i = 0; i < d->n; i++) {
		if (w[i] < 0.0 || w[i] > WEIGHT_MAX)
			return nap_fail(error, "daily: a weight is from 0 to %g", WEIGHT_MAX);
		sum += w[i];
	}
	if (sum <= 0.0)
		return nap_fail(error, "daily: all weights are 0");
	d->from = from = nap_arena_alloc(arena, (d->n + 1) * sizeof *from);
	for (uint32_t i = 0; i < d->n; i++, so_far += w[i - 1])
		from[i] = (nap_time)llround(so_far / sum * (double)NAP_DAY);
	from[d->n] = NAP_DAY;
	a->daily = d;
	return true;
}

static bool parse_process(const char *text, struct nap_arena *arena, const struct nap_folder *dir,
	struct nap_arrivals *out, GError **error)
{
	g_auto(GStrv) words = NULL;
	struct nap_arrivals a = { 0 };
	double v[3] = { 0 };
	const struct form *form = parse_call(arrival_forms, NAP_P_ARRIVALS, text, &words, error);

	if (!form)
		return false;
	a.kind = (enum nap_arrivals_kind)form->kind;
	if (a.kind == NAP_ARRIVALS_GAPS) {
		if (!parse_gaps(form, text, arena, dir, &a, error))
			return false;
	} else if (form->list) {
		if (!parse_times(form, words + 1, arena, dir, &a, error))
			return false;
	} else {
		if (!parse_args(form, NAP_P_TIME, words + 1, v, error))
			return false;
		if (a.kind == NAP_ARRIVALS_ONOFF) {
			a.on = v[0];
			a.off = v[1];
			a.gap = v[2];
		} else {
			a.gap = v[0];
		}
	}
	*out = a;
	return true;
}

bool nap_arrivals_parse(const char *text, struct nap_arena *arena, const struct nap_folder *dir,
	struct nap_arrivals *out, GError **error)
{
	const char *daily = strstr(text, " daily ");
	g_autofree char *process = daily ? g_strchomp(g_strndup(text, (size_t)(daily - text))) : NULL;
	struct nap_arrivals a;

	if (!parse_process(daily ? process : text, arena, dir, &a, error))
		return false;
	if (daily && (a.kind == NAP_ARRIVALS_NONE || a.kind == NAP_ARRIVALS_TIMES))
		return nap_fail(error, "daily: %s has no rate to change", process);
	if (daily && !parse_daily(daily + 1, arena, dir, &a, error))
		return false;
	*out = a;
	return true;
}

/* The process alone. */
static char *format_process(const struct nap_arrivals *a)
{
	g_autofree char *gap = NULL, *on = NULL, *off = NULL;
	GString *s;

	switch (a->kind) {
	case NAP_ARRIVALS_NONE:
		break;
	case NAP_ARRIVALS_POISSON:
		gap = nap_rate_format(a->gap);
		return g_strdup_printf("poisson %s", gap);
	case NAP_ARRIVALS_PERIODIC:
		gap = nap_time_format((nap_time)llround(a->gap));
		return g_strdup_printf("periodic %s", gap);
	case NAP_ARRIVALS_ONOFF:
		on = nap_time_format((nap_time)llround(a->on));
		off = nap_time_format((nap_time)llround(a->off));
		gap = nap_rate_format(a->gap);
		return g_strdup_printf("onoff %s %s %s", on, off, gap);
	case NAP_ARRIVALS_GAPS:
		gap = nap_dist_format(NAP_P_TIME, &a->gaps);
		return g_strdup_printf("gaps %s", gap);
	case NAP_ARRIVALS_TIMES:
		s = g_string_new("times");
		for (uint32_t i = 0; i < a->n; i++) {
			g_autofree char *t = nap_time_format(a->times[i]);

			g_string_append_printf(s, " %s", t);
		}
		return g_string_free(s, FALSE);
	}
	return g_strdup("none");
}

char *nap_arrivals_format(const struct nap_arrivals *a)
{
	g_autofree char *process = format_process(a);
	GString *s = g_string_new(process);

	if (a->daily)
		g_string_append(s, " daily");
	for (uint32_t i = 0; a->daily && i < a->daily->n; i++) {
		g_autofree char *w = nap_quantity_format(NAP_P_REAL, a->daily->weight[i]);

		g_string_append_printf(s, " %s", w);
	}
	return g_string_free(s, FALSE);
}
