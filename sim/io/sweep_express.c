/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/sweep_express.h"

#include <math.h>
#include <string.h>

#include "io/sweep_range.h"
#include "text/groups.h"
#include "text/input_error.h"
#include "text/quantity.h"

/* Is the word a key's full name, of a group that there may be? A file's name is none. */
static bool is_name(const char *word)
{
	g_autofree char *group = NULL, *key = NULL;

	return nap_key_split(word, &group, &key, NULL) && nap_group_kind_of(group);
}

static bool is_time(enum nap_param_type type)
{
	return type == NAP_P_TIME || type == NAP_P_DIST_TIME || type == NAP_P_SPAN || type == NAP_P_WAIT;
}

/* A factor is a number or a share; a term has the key's own unit. */
static bool parse_number(
	const struct nap_expression *e, char op, const char *word, double *out, GError **error)
{
	if (op == '+' || op == '-')
		return nap_number_parse(e->to->type, word, out, error);
	if (!nap_quantity_parse(strchr(word, '%') ? NAP_P_SHARE : NAP_P_REAL, word, out, error))
		return false;
	return op != '/' || *out > 0.0 || nap_fail(error, "divided by 0");
}

static bool add_step(struct nap_expression *e, const char *op, const char *word, GError **error)
{
	struct nap_step *s = &e->step[e->n];
	g_autofree char *shown = nap_shown(op);

	if (strlen(op) != 1 || !strchr("*/+-", *op))
		return nap_fail(error, "%s: after a key come * / + or -, each between spaces", shown);
	if (!word)
		return nap_fail(error, "nothing after %s", op);
	if (e->n == NAP_STEPS_MAX)
		return nap_fail(error, "more than %u steps", NAP_STEPS_MAX);
	s->op = *op;
	e->n++;
	return parse_number(e, *op, word, &s->number, error);
}

static bool set_key(struct nap_expression *e, const char *word, struct nap_arena *arena, GError **error)
{
	g_autofree char *group = NULL, *key = NULL;

	if (!nap_key_split(word, &group, &key, error))
		return false;
	e->from = nap_tables_find(group, key);
	e->name = nap_arena_strdup(arena, word);
	e->group = nap_arena_strdup(arena, group);
	e->key = nap_arena_strdup(arena, key);
	return e->from || nap_fail(error, "there is no key %s in [%s]", key, group);
}

/* Words without empty ones between several spaces. */
static GPtrArray *words_of(char **words)
{
	GPtrArray *all = g_ptr_array_new();

	for (; *words; words++)
		if (**words)
			g_ptr_array_add(all, *words);
	return all;
}

bool nap_expression_parse(const char *text, const struct nap_param *to, struct nap_arena *arena,
	const struct nap_expression **out, GError **error)
{
	g_auto(GStrv) split = g_strsplit_set(text, " \t", -1);
	g_autoptr(GPtrArray) words = words_of(split);
	struct nap_expression *e = nap_arena_alloc(arena, sizeof *e);
	bool factor_first = words->len > 2 && !is_name(words->pdata[0]) && strcmp(words->pdata[1], "*") == 0;
	guint at = factor_first ? 2 : 0;

	*out = NULL;
	*e = (struct nap_expression){ .to = to };
	if (words->len <= at || strchr(text, ';') || !is_name(words->pdata[at]))
		return true;
	if (!set_key(e, words->pdata[at], arena, error))
		return false;
	if (words->len > 1 && !to)
		return nap_fail(error, "a name cannot be reckoned with");
	if (factor_first && !add_step(e, "*", words->pdata[0], error))
		return false;
	for (at++; at < words->len; at += 2)
		if (!add_step(e, words->pdata[at], at + 1 < words->len ? words->pdata[at + 1] : NULL, error))
			return false;
	if (e->n > 0 && is_time(e->from->type) != is_time(to->type))
		return nap_fail(error, "%s is %s, and this is %s", e->name, nap_type_name(e->from->type),
			nap_type_name(to->type));
	*out = e;
	return true;
}

char *nap_expression_value(const struct nap_expression *e, const char *text, GError **error)
{
	double v;

	if (e->n == 0)
		return g_strdup(text);
	if (!nap_number_parse(e->from->type, text, &v, NULL)) {
		nap_fail(error, "%s = %s is no number to reckon with", e->name, text);
		return NULL;
	}
	for (unsigned i = 0; i < e->n; i++) {
		const struct nap_step *s = &e->step[i];

		v = s->op == '*'   ? v * s->number
		    : s->op == '/' ? v / s->number
		    : s->op == '+' ? v + s->number
				   : v - s->number;
	}
	if (!(v >= 0.0 && v < 9e18)) {
		nap_fail(error, "comes to less than 0, or too much, where %s = %s", e->name, text);
		return NULL;
	}
	/* a value of two quantities is of the same one as what it follows from */
	return nap_number_of_type(nap_type_of_text(e->to->type, text), v);
}
