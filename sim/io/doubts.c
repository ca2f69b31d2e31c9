/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/doubts.h"

#include <string.h>

#include "io/doubts_inside.h"
#include "io/unsure.h"
#include "run/tune_goal.h"

#define LOOKED_MAX 256 /* points, spread over all */

/* One thing to say, and at how many cases it was said. */
struct doubt {
	char *text;
	size_t cases;
	bool always;
	uint32_t order; /* the how-manieth */
};

static void free_doubt(void *data)
{
	struct doubt *d = data;

	g_free(d->text);
	g_free(d);
}

void nap_doubt_say(const struct nap_doubt_case *c, const char *about, const char *format, ...)
{
	struct doubt *d = g_hash_table_lookup(c->said, about);
	va_list args;

	if (!d) {
		d = g_new(struct doubt, 1);
		va_start(args, format);
		*d = (struct doubt){ g_strdup_vprintf(format, args), 0, c->always,
			g_hash_table_size(c->said) };
		va_end(args);
		g_hash_table_insert(c->said, g_strdup(about), d);
	}
	d->cases++;
}

bool nap_doubt_is_own(const struct nap_doubt_case *c, const char *name)
{
	const struct nap_origin *o = g_hash_table_lookup(c->origins, name);

	return o && o->own;
}

/* ---- what needs no more than a look ----------------------------------------------------------------------------------- */

static void doubt_profiles(struct nap_doubt_case *c)
{
	g_autoptr(GPtrArray) unsure = nap_unsure_profiles(c->sc, c->origins);

	for (guint i = 0; i < unsure->len; i++) {
		const struct nap_unsure *u = unsure->pdata[i];
		g_autofree char *what = g_strjoinv(", ", u->what);
		g_autofree char *about = g_strdup_printf("unsure %s", u->profile);

		nap_doubt_say(c, about, "profile %s has numbers that are unsure: %s", u->profile, what);
	}
}

bool nap_doubt_starts_at_once(const struct nap_scenario *sc)
{
	return sc->general.subscribers > 1 && sc->app.start.kind == NAP_DIST_CONSTANT;
}

static void doubt_start(struct nap_doubt_case *c)
{
	const struct nap_general_config *g = &c->sc->general;

	if (nap_doubt_starts_at_once(c->sc))
		nap_doubt_say(c, "start",
			"all %u subscribers start at the same time and speak in step: spread them with "
			"client.start (uniform 0s 10min)%s",
			g->subscribers,
			g->warm_up > 0 ? "" : ", and leave the beginning out with scenario.warm-up");
}

static bool draws(const struct nap_scenario *sc)
{
	bool any =
		sc->path.loss > 0.0 || sc->path.delay.kind != NAP_DIST_CONSTANT ||
		nap_dist_changes_draw(&sc->path.delay_changes) || sc->policy->draws ||
		(sc->server.push.kind != NAP_ARRIVALS_NONE && sc->server.push.kind != NAP_ARRIVALS_PERIODIC &&
			sc->server.push.kind != NAP_ARRIVALS_TIMES);

	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		any |= sc->middlebox[k].n_draws > 0 || sc->middlebox[k].hop.loss > 0.0;
	return any;
}

static void doubt_replications(struct nap_doubt_case *c)
{
	const struct nap_general_config *g = &c->sc->general;

	if (g->replications == 1 && g->subscribers == 1 && draws(c->sc))
		nap_doubt_say(c, "replications",
			"scenario.replications = 1: chance is at work here, and one run gives no interval of "
			"confidence");
}

static void doubt_battery(struct nap_doubt_case *c)
{
	if (c->sc->battery.capacity_mah > 0.0 && !nap_tune_radio_has_price(c->sc))
		nap_doubt_say(c, "battery", "there is a [battery], but no [radio] that draws from it");
}

/* What the loader itself found. */
static void doubt_contradictions(struct nap_doubt_case *c)
{
	for (const char *const *w = c->sc->warnings; w && *w; w++) {
		const char *end = strstr(*w, " contradicts ");
		g_autofree char *about = g_strndup(*w, end ? (gsize)(end - *w) : strlen(*w));

		nap_doubt_say(c, about, "%s", *w);
	}
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------- */

static const struct look {
	void (*look)(struct nap_doubt_case *c);
	bool always;
} unread[] = { { nap_doubt_unread, true } }, looks[] = {
	{ doubt_contradictions, false },
	{ nap_doubt_timers, true }, /* a sweep is there to go beyond the timers */
	{ doubt_start, false },
	{ nap_doubt_room, false },
	{ nap_doubt_unread, true },
	{ nap_doubt_idle, true },
	{ nap_doubt_needs, true },
	{ doubt_replications, false },
	{ doubt_battery, true },
	{ doubt_profiles, false },
};

static size_t look_at_point(const struct nap_doubted *d, const struct nap_scenario *sc, const struct look *of,
	size_t n, GHashTable *said)
{
	uint32_t kinds = sc->kinds.n;

	for (uint32_t k = 0; k < MAX(kinds, 1); k++) {
		struct nap_doubt_case c = { kinds ? sc->kinds.kind[k] : sc, d->origins, said, false };

		for (size_t i = 0; i < n; i++) {
			c.always = of[i].always;
			of[i].look(&c);
		}
	}
	return MAX(kinds, 1);
}

/* Of the sweep itself. */
static void doubt_samples(const struct nap_doubted *d, GPtrArray *texts)
{
	size_t n = d->sweep->n_samples;

	if (d->sweep->sampling == NAP_SAMPLING_SOBOL && (n & (n - 1)) != 0)
		g_ptr_array_add(
			texts, g_strdup_printf("sweep.sample = sobol %zu: only a power of 2 fills all ranges "
					       "evenly, such as %u",
				       n, 1u << g_bit_storage((gulong)n)));
}

static int by_order(const void *a, const void *b)
{
	const struct doubt *const *x = a, *const *y = b;

	return (*x)->order < (*y)->order ? -1 : 1;
}

/* Adds what n looks at all points have to say. */
static void look(const struct nap_doubted *d, const struct look *of, size_t n, GPtrArray *texts)
{
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_doubt);
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	GHashTableIter iter;
	void *doubt;
	size_t cases = 0, looked = MIN(d->n, LOOKED_MAX);

	for (size_t i = 0; i < looked; i++)
		cases += look_at_point(d, d->point[i * (d->n - 1) / MAX(looked - 1, 1)], of, n, said);
	g_hash_table_iter_init(&iter, said);
	while (g_hash_table_iter_next(&iter, NULL, &doubt))
		g_ptr_array_add(all, doubt);
	g_ptr_array_sort(all, by_order);
	for (guint i = 0; i < all->len; i++) {
		const struct doubt *one = all->pdata[i];

		if (one->cases == cases)
			g_ptr_array_add(texts, g_strdup(one->text));
		else if (!one->always)
			g_ptr_array_add(texts,
				g_strdup_printf("%s (in %zu of %zu cases)", one->text, one->cases, cases));
	}
}

GPtrArray *nap_doubts_unread(const struct nap_doubted *d)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	look(d, unread, G_N_ELEMENTS(unread), texts);
	return texts;
}

GPtrArray *nap_doubts(const struct nap_doubted *d)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	doubt_samples(d, texts);
	look(d, looks, G_N_ELEMENTS(looks), texts);
	return texts;
}
