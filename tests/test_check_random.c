/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boxes that nobody tuned for are judged rightly: drawn key by key (check_draw.h), each verdict compared with what follows
 * from the keys (check_truths.h). A box that is misjudged is cut down to the keys that it needs. `make check` takes a few
 * boxes, others each day; NATNAP_LONG 500 of a fixed seed. NATNAP_CHECK_SEED names the drawing, NATNAP_CHECK_FIRST and NATNAP_CHECK_COUNT
 * a part of it; NATNAP_CHECK_ALL goes on after the first that fail, NATNAP_CHECK_ONLY judges by one requirement.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "check_draw.h"
#include "check_truths.h"
#include "io/scenario.h"
#include "long.h"

#define ENOUGH    3  /* boxes that are misjudged, then it ends */
#define FEW       14 /* boxes of `make check`: some seconds, most of them for those whose keys are drawn */
#define IN_FULL   500
#define LONG_SEED 1

static const char *const words[] = { "meets", "violates", "not applicable", "not tested" };

static struct nap_scenario *load(const struct order_draft *draft)
{
	g_autofree char *text = order_text(draft);
	g_autoptr(GError) error = NULL;
	struct nap_document *doc = nap_document_new("drawn", NULL, text, strlen(text), &error);
	struct nap_scenario *sc = doc ? nap_scenario_new(doc, NULL, 0, &error) : NULL;

	if (error && g_getenv("NATNAP_CHECK_ERRORS"))
		fprintf(stderr, "%s\n", error->message);
	nap_document_free(doc);
	return sc;
}

/* Is the verdict one of those that are right? What is unknown is. */
static bool is_right(const struct nap_middlebox *m, const struct nap_judgement *j)
{
	unsigned right = right_verdicts(m, j->requirement);

	return right == UNKNOWN || (right >> j->verdict & 1);
}

/* Is the box of the draft misjudged by r? Judged by r alone. */
static bool misjudged(const struct order_draft *draft, const struct nap_requirement *r)
{
	struct nap_scenario *sc = load(draft);
	struct nap_judgement j;
	bool wrong = false;

	if (sc) {
		nap_check_one(&sc->middlebox[0], 1, r, &j);
		wrong = !is_right(&sc->middlebox[0], &j);
	}
	nap_scenario_free(sc);
	return wrong;
}

static struct order_draft without(const struct order_draft *d, guint line)
{
	struct order_draft less = order_draft_new();

	for (guint i = 0; i < d->lines->len; i++)
		if (i != line)
			order_set(&less, order_at(d, i)->group, order_at(d, i)->key, order_at(d, i)->value);
	return less;
}

/* Keys without which the box is misjudged all the same are left out. */
static void cut_down(struct order_draft *d, const struct nap_requirement *r)
{
	for (guint i = d->lines->len; i-- > 0;) {
		struct order_draft less = without(d, i);

		if (strcmp(order_at(d, i)->group, CHECK_GROUP) || !misjudged(&less, r)) {
			order_draft_clear(&less);
			continue;
		}
		order_draft_clear(d);
		*d = less;
	}
}

static void tell(guint32 seed, guint32 n, const struct nap_judgement *j, unsigned right)
{
	struct order_draft draft = check_draw(seed, n);
	g_autofree char *text = NULL;

	if (misjudged(&draft, j->requirement))
		cut_down(&draft, j->requirement);
	text = order_text(&draft);
	g_test_message("box %u of seed %u, %s: %s (%s), and not%s%s%s%s\n%s", n, seed, j->requirement->id,
		words[j->verdict], j->observed, right & MEETS ? " meets" : "",
		right & VIOLATES ? " violates" : "", right & NOT_APPLICABLE ? " not applicable" : "",
		right & NOT_TESTED ? " not tested" : "", text);
	order_draft_clear(&draft);
}

struct tally {
	uint32_t loaded, verdicts, reckoned, wrong;
};

static void judge(const struct nap_middlebox *m, GArray *out)
{
	const char *only = g_getenv("NATNAP_CHECK_ONLY");
	struct nap_judgement j;

	if (!only) {
		nap_check_box(m, 1, out);
		return;
	}
	nap_check_one(m, 1, nap_requirement_find(only), &j);
	g_array_append_val(out, j);
}

/* Judges box n of the seed; returns whether all that can be reckoned came out right. */
static bool check_one_box(guint32 seed, guint32 n, struct tally *t)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct nap_judgement));
	struct order_draft draft = check_draw(seed, n);
	struct nap_scenario *sc = load(&draft);
	clock_t begun = clock(); /* of this process alone */
	uint32_t wrong = 0;

	if (sc)
		judge(&sc->middlebox[0], all);
	for (guint i = 0; i < all->len; i++) {
		const struct nap_judgement *j = &g_array_index(all, struct nap_judgement, i);
		unsigned right = right_verdicts(&sc->middlebox[0], j->requirement);

		t->verdicts++;
		t->reckoned += right != UNKNOWN;
		if (is_right(&sc->middlebox[0], j))
			continue;
		if (wrong++ < ENOUGH)
			tell(seed, n, j, right);
	}
	if (g_getenv("NATNAP_CHECK_TIMES"))
		fprintf(stderr, "box %u: %.2f s\n", n, (double)(clock() - begun) / CLOCKS_PER_SEC);
	t->loaded += sc != NULL;
	t->wrong += wrong;
	nap_scenario_free(sc);
	order_draft_clear(&draft);
	return wrong == 0;
}

static guint32 from_environment(const char *name, guint32 otherwise)
{
	const char *text = g_getenv(name);

	return text ? (guint32)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

/* Other boxes each day, the same all day long: a failure can be had again. */
static guint32 seed_of_today(void)
{
	return (guint32)(g_get_real_time() / (86400 * (gint64)G_USEC_PER_SEC));
}

static void test_random(void)
{
	guint32 seed = from_environment("NATNAP_CHECK_SEED", in_full() ? LONG_SEED : seed_of_today()),
		first = from_environment("NATNAP_CHECK_FIRST", 0),
		count = from_environment("NATNAP_CHECK_COUNT", how_many(FEW, IN_FULL)), bad = 0;
	struct tally t = { 0 };

	for (guint32 n = first; n < first + count && (bad < ENOUGH || g_getenv("NATNAP_CHECK_ALL")); n++)
		bad += !check_one_box(seed, n, &t);
	g_test_message(
		"seed %u: %u of %u boxes judged, %u verdicts, of which %u could be reckoned and %u are wrong",
		seed, t.loaded, count, t.verdicts, t.reckoned, t.wrong);
	g_assert_cmpuint(t.wrong, ==, 0);
	g_assert_cmpuint(t.loaded, >, count / 2);
	g_assert_cmpuint(t.reckoned, >, t.verdicts / 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/check/random-boxes", test_random);
	return g_test_run();
}
