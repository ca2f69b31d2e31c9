/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/bound_text.h"

#include <string.h>

#include "kernel/param.h"
#include "text/input_error.h"
#include "text/quantity.h"

/* How a quantity is called in a bound, and what its limit is. */
static const char *const names[NAP_EACH_N + 1] = {
	[NAP_EACH_REACHABLE] = "reachable",
	[NAP_EACH_ENERGY] = "energy",
	[NAP_EACH_BATTERY] = "battery",
	[NAP_EACH_PUSHES_LOST] = "pushes-lost",
	[NAP_EACH_BINDINGS_LOST] = "bindings-lost",
	[NAP_EACH_PUSH_DELAY] = "push-delay",
};

static bool parse_limit(enum nap_quantity of, const char *text, double *limit, GError **error)
{
	uint64_t count;
	nap_time t;

	switch (of) {
	case NAP_EACH_REACHABLE:
		return nap_quantity_parse(NAP_P_SHARE, text, limit, error) &&
		       (*limit <= 1.0 || nap_fail(error, "reachable: %s is more than 100%%", text));
	case NAP_EACH_BATTERY: /* of more than one a day is more than 100% */
		return nap_quantity_parse(NAP_P_SHARE, text, limit, error);
	case NAP_EACH_ENERGY:
		return nap_quantity_parse(NAP_P_ENERGY, text, limit, error);
	case NAP_EACH_PUSH_DELAY:
		if (!nap_time_parse(text, &t, error))
			return false;
		if (t == NAP_NEVER)
			return nap_fail(error, "push-delay: never is no bound");
		*limit = (double)t;
		return true;
	default:
		if (!nap_count_parse(text, UINT32_MAX, &count, error))
			return false;
		*limit = (double)count;
		return true;
	}
}

static bool parse_name(const char *name, enum nap_quantity *of, GError **error)
{
	g_autofree char *near = NULL, *shown = NULL;

	for (int i = 0; i < NAP_EACH_N; i++)
		if (strcmp(name, names[i]) == 0) {
			*of = (enum nap_quantity)i;
			return true;
		}
	near = nap_did_you_mean(name, names);
	shown = nap_shown(name);
	return nap_fail(error, "%s is nothing that a subscriber has%s", shown, near);
}

/* "reachable >= 99%" */
static bool parse_bound(const char *text, struct nap_arena *arena, struct nap_bound *b, GError **error)
{
	const char *sign = strpbrk(text, "<>");
	g_autofree char *name = NULL, *limit = NULL, *plain = NULL;

	if (!sign || sign[1] != '=') {
		g_autofree char *shown = nap_shown(text);

		return nap_fail(
			error, "%s is no bound, for instance %s", shown, nap_type_example(NAP_P_BOUNDS));
	}
	name = g_strstrip(g_strndup(text, (size_t)(sign - text)));
	limit = g_strstrip(g_strdup(sign + 2));
	plain = g_strdup_printf("%s%.2s%s", name, sign, limit);
	b->at_most = *sign == '<';
	b->text = nap_arena_strdup(arena, plain);
	return parse_name(name, &b->of, error) && parse_limit(b->of, limit, &b->limit, error);
}

/* Does it stand there already, or can no subscriber keep to both? */
static bool check_beside(const struct nap_bound *b, const struct nap_bound *before, GError **error)
{
	const struct nap_bound *most = b->at_most ? b : before, *least = b->at_most ? before : b;

	if (strcmp(b->text, before->text) == 0)
		return nap_fail(error, "%s stands twice", b->text);
	if (b->of == before->of && most->at_most && !least->at_most && most->limit < least->limit)
		return nap_fail(error, "%s contradicts %s", b->text, before->text);
	return true;
}

bool nap_bounds_parse(const char *text, struct nap_arena *arena, struct nap_bounds *out, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	struct nap_bound *bound = nap_arena_alloc(arena, NAP_BOUNDS_MAX * sizeof *bound);
	uint32_t n = 0;

	for (char **part = parts; *part; part++) {
		if (!*g_strstrip(*part))
			continue;
		if (n == NAP_BOUNDS_MAX)
			return nap_fail(error, "more than %d bounds", NAP_BOUNDS_MAX);
		if (!parse_bound(*part, arena, &bound[n], error))
			return false;
		for (uint32_t i = 0; i < n; i++)
			if (!check_beside(&bound[n], &bound[i], error))
				return false;
		n++;
	}
	*out = (struct nap_bounds){ bound, n };
	return true;
}

char *nap_bounds_format(const struct nap_bounds *bounds)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < bounds->n; i++)
		g_string_append_printf(s, "%s%s", i ? "; " : "", bounds->bound[i].text);
	return g_string_free(s, FALSE);
}
