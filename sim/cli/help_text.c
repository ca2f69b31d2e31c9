/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/help_text.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/glossary.h"
#include "report/text_table.h"
#include "text/quantity.h"
#include "run/scenario.h"

#define WIDTH 92 /* columns of wrapped text, at most */

char *nap_help_wrap(const char *text, const char *prefix)
{
	GString *out = g_string_new(NULL);
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	size_t column = 0, page = (size_t)nap_table_page_width(), width = page > 0 ? MIN(page, WIDTH) : WIDTH;

	for (char **word = words; *word; word++) {
		size_t n = strlen(*word);

		if (column && column + 1 + n > width) {
			g_string_append_c(out, '\n');
			column = 0;
		}
		g_string_append(out, column ? " " : prefix);
		g_string_append(out, *word);
		column += n + (column ? 1 : strlen(prefix));
	}
	g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}

static void append_wrapped(GString *out, const char *text)
{
	g_autofree char *wrapped = nap_help_wrap(text, "    ");

	g_string_append(out, wrapped);
}

/* How such a value is written; a key that has an upper bound takes no never. */
static char *example_of(const struct nap_param *row)
{
	GString *s = g_string_new(nap_type_example(row->type));

	if (row->max)
		g_string_replace(s, ", never", "", 1);
	return g_string_free(s, FALSE);
}

char *nap_help_type(const struct nap_param *row)
{
	GString *s = g_string_new(NULL);

	if (row->words) {
		g_autofree char *words = g_strjoinv(", ", (char **)(void *)row->words);

		g_string_append_printf(s, "one of %s", words);
	} else {
		g_autofree char *example = example_of(row);

		g_string_append(s, nap_type_name(row->type));
		if (*example && row->type != NAP_P_BOOL)
			g_string_append_printf(s, " (%s)", example);
	}
	if (!row->def)
		g_string_append(s, "; required");
	else if (*row->def)
		g_string_append_printf(s, "; default %s", row->def);
	if (row->min && row->max)
		g_string_append_printf(s, "; %s to %s", row->min, row->max);
	else if (row->min || row->max)
		g_string_append_printf(
			s, "; at %s %s", row->min ? "least" : "most", row->min ? row->min : row->max);
	return g_string_free(s, FALSE);
}

void nap_help_heading(GString *out, const struct nap_table *t)
{
	g_string_append_printf(out, "%s[%s]%s%s: %s\n", out->len ? "\n" : "", t->group,
		t->policy ? ", policy " : "", t->policy ? t->policy->name : "", t->about);
}

void nap_help_row(GString *out, const struct nap_table *t, const struct nap_param *row)
{
	g_autofree char *type = nap_help_type(row),
			*needs = nap_help_needs(t->rows == nap_box_params ? row : NULL);

	g_string_append_printf(out, "[%s] %s", t->group, row->key);
	if (t->policy)
		g_string_append_printf(out, "  (policy %s)", t->policy->name);
	g_string_append_c(out, '\n');
	append_wrapped(out, type);
	if (t->rows == nap_box_params && (row->type == NAP_P_TIME || row->type == NAP_P_UINT))
		append_wrapped(out, "or a distribution of them (uniform 30s 90s, lognormal 60s 0.5): each "
				    "box draws its own");
	append_wrapped(out, row->help);
	if (*needs)
		append_wrapped(out, needs);
}

void nap_help_line(GString *out, const struct nap_param *row)
{
	const char *end = strstr(row->help, ". ");
	size_t n = end ? (size_t)(end - row->help) + 1 : strlen(row->help);
	g_autofree char *first = g_strndup(row->help, n);

	g_string_append_printf(
		out, "  %-24s %-12s %s\n", row->key, row->def ? row->def : "(required)", first);
}

void nap_help_sweep(GString *out)
{
	g_string_append_printf(out,
		"%s[sweep]: values to go through\n"
		"  GROUP.KEY = A; B; C              these values\n"
		"  GROUP.KEY = linear A B N         N values from A to B in equal steps\n"
		"  GROUP.KEY = geometric A B N      N values from A to B in equal ratios\n"
		"  middlebox.NAME.KEY = ...         a key of [middlebox NAME]\n"
		"  KEY & KEY = A & B; C & D         keys that go together, in rows; also a range of each\n"
		"  KEY = OTHER.KEY * 2 + 5s         what another key's value makes it (* / + -), also just "
		"OTHER.KEY\n"
		"  KEY = linear A B                 and geometric A B: sampled, with all such keys, as the "
		"next row says\n"
		"  sample = sobol N                 or latin-hypercube N: N points, the same for the same "
		"seed\n"
		"  Several rows form a grid; the first turns slowest.\n",
		out->len ? "\n" : "");
}

void nap_help_mix(GString *out)
{
	g_string_append_printf(out,
		"%s[mix]: subscribers of several kinds\n"
		"  GROUP.KEY = A 60%%; B 40%%         each draws one of these values\n"
		"  Several keys are drawn each by itself.\n"
		"\n[population]: columns of the table that [scenario] population names\n"
		"  COLUMN = GROUP.KEY; GROUP.KEY    its cells are these keys' values, a row a kind\n"
		"  COLUMN = weight                  how much each row counts\n",
		out->len ? "\n" : "");
}
