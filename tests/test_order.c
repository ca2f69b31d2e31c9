/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random scenarios give the same bits however they are run: any number of threads, both orders, cycles stepped over or
 * not, again and again; and what they give can be true. One that fails is cut down to the keys that it needs.
 * NATNAP_ORDER_SEED names the drawing (default 1), NATNAP_ORDER_FIRST and NATNAP_ORDER_COUNT a part of it;
 * NATNAP_LONG draws 20,000 scenarios in place of 330; NATNAP_ORDER_ALL goes on after the first that fail.
 */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "order_draw.h"
#include "order_truths.h"
#include "run/metrics.h"

#define ENOUGH      3  /* scenarios that fail, then it ends */
#define ENDS_WITHIN 20 /* seconds of a processor that one may take in all ways: the longest takes 4 */

/* How a scenario is run; the first is what all others are compared with. */
static const struct order_way {
	const char *name;
	enum nap_order order;
	bool skip;
	uint32_t threads;
} ways[] = {
	{ "as it is", NAP_ORDER_AUTO, true, 1 },
	{ "again", NAP_ORDER_AUTO, true, 1 },
	{ "2 threads", NAP_ORDER_AUTO, true, 2 },
	{ "8 threads", NAP_ORDER_AUTO, true, 8 },
	{ "no skipping", NAP_ORDER_AUTO, false, 1 },
	{ "global order", NAP_ORDER_GLOBAL, true, 2 },
	{ "global order, no skipping", NAP_ORDER_GLOBAL, false, 1 },
	{ "subscriber order", NAP_ORDER_SUBSCRIBER, true, 1 },
	{ "subscriber order, no skipping, 8 threads", NAP_ORDER_SUBSCRIBER, false, 8 },
};

/* What a check of a scenario found. */
struct finding {
	size_t way;     /* index of ways; of a truth: which run it was seen in */
	char what[160]; /* the metric or the truth, with its numbers */
	bool crash;     /* it died or did not end */
	bool truth;     /* what is said cannot be so, whatever other runs say */
	bool bad;       /* something was found */
	bool loads;     /* the scenario can be loaded and run */
};

static struct nap_scenario *load(const struct order_draft *draft)
{
	g_autofree char *text = order_text(draft);
	g_autoptr(GError) error = NULL;
	struct nap_document *doc = nap_document_new("drawn", NULL, text, strlen(text), &error);
	struct nap_scenario *sc = doc ? nap_scenario_new(doc, NULL, 0, &error) : NULL;

	if (g_getenv("NATNAP_ORDER_ERRORS") && error)
		fprintf(stderr, "%s\n", error->message);
	nap_document_free(doc);
	return sc;
}

/* The replications, or NULL when the scenario cannot be run in that way. Free with g_free. */
static struct nap_replication *run(struct nap_scenario *sc, const struct order_way *way)
{
	struct nap_point point = { .sc = sc };
	struct nap_campaign campaign = { .point = &point, .n = 1, .threads = way->threads };
	struct nap_replication *out = NULL;
	const char *why;
	uint32_t bad;

	sc->general.order = way->order;
	sc->general.skip = way->skip;
	if (nap_campaign_plan(&campaign, &why, &bad)) {
		g_assert_true(nap_campaign_run(&campaign));
		out = g_steal_pointer(&point.replication);
	}
	nap_campaign_clear(&campaign);
	return out;
}

static bool same(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static bool differ(struct finding *f, const char *name, const char *box, double a, double b)
{
	if (same(a, b))
		return false;
	f->bad = true;
	g_snprintf(f->what, sizeof f->what, "%s%s%s is %.17g and %.17g", box, *box ? "." : "", name, a, b);
	return true;
}

/* Numbers that stand in no metric, word by word. */
static bool differ_words(struct finding *f, const char *name, const double *a, const double *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *word = g_strdup_printf("%s[%zu]", name, i);

		if (differ(f, word, "", a[i], b[i]))
			return true;
	}
	return false;
}

#define DIFFER_WORDS(field)                                                                                  \
	differ_words(f, #field, (const double *)(const void *)&a->field,                                     \
		(const double *)(const void *)&b->field, sizeof a->field / sizeof(double))

/* All numbers of a replication: first those that have a name. */
static bool differ_replication(struct finding *f, const struct nap_scenario *sc,
	const struct nap_replication *a, const struct nap_replication *b)
{
	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		if (differ(f, m->name, "", m->value(sc, a), m->value(sc, b)))
			return true;
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		for (const struct nap_metric *m = nap_box_metrics; m->name; m++)
			if (differ(f, m->name, sc->middlebox[k].name, m->of_box(sc, a, k),
				    m->of_box(sc, b, k)))
				return true;
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (differ_words(f, sc->middlebox[k].name, a->box[k], b->box[k],
			    offsetof(struct nap_box_sums, peak) / sizeof(uint64_t)))
			return true;
	return DIFFER_WORDS(tally) || DIFFER_WORDS(energy) || DIFFER_WORDS(promotions) ||
	       DIFFER_WORDS(connected_ns) || DIFFER_WORDS(radio_events) || DIFFER_WORDS(shared_peak) ||
	       DIFFER_WORDS(shared_ports) || DIFFER_WORDS(shared_blocks) || DIFFER_WORDS(push_delay_ns) ||
	       DIFFER_WORDS(each) || DIFFER_WORDS(within) || DIFFER_WORDS(within_all);
}

static void compare(
	struct finding *f, struct nap_scenario *sc, const struct nap_replication *base, size_t way)
{
	g_autofree struct nap_replication *other = run(sc, &ways[way]);

	f->way = way;
	for (uint32_t r = 0; other && !f->bad && r < sc->general.replications; r++)
		differ_replication(f, sc, &base[r], &other[r]);
}

static void check_truths(struct finding *f, const struct nap_scenario *sc, const struct nap_replication *rs)
{
	for (uint32_t r = 0; !f->bad && r < sc->general.replications; r++)
		f->bad = f->truth = order_untrue(sc, &rs[r], f->what, sizeof f->what);
}

/* Run the scenario in all ways, or only in one; the first thing found is told. */
static struct finding check_here(const struct order_draft *draft, const struct finding *only)
{
	struct nap_scenario *sc = load(draft);
	struct finding f = { 0 };
	g_autofree struct nap_replication *base = sc ? run(sc, &ways[0]) : NULL;

	f.loads = base != NULL;
	if (base && (!only || only->truth || only->crash))
		check_truths(&f, sc, base);
	for (size_t w = 1; base && !f.bad && w < G_N_ELEMENTS(ways); w++)
		if (!only || only->crash || (only->way == w && !only->truth))
			compare(&f, sc, base, w);
	nap_scenario_free(sc);
	return f;
}

/* A scenario has so many seconds of a processor from now on. */
static void limit_time(void)
{
	struct rusage used;
	rlim_t until;

	getrusage(RUSAGE_SELF, &used);
	until = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + ENDS_WITHIN);
	setrlimit(RLIMIT_CPU, &(struct rlimit){ until, RLIM_INFINITY });
}

/* What a child that was to tell a finding through a pipe died of. */
static struct finding died(int status)
{
	struct finding f = { .bad = true, .crash = true, .loads = true };

	g_snprintf(f.what, sizeof f.what, "%s", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit");
	return f;
}

/* check_here in a process of its own, which may die or not end. */
static struct finding check(const struct order_draft *draft, const struct finding *only)
{
	struct finding f;
	int ends[2], status;
	pid_t child;
	bool told;

	g_assert_cmpint(pipe(ends), ==, 0);
	child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		limit_time();
		f = check_here(draft, only);
		_exit(write(ends[1], &f, sizeof f) != sizeof f);
	}
	close(ends[1]);
	told = read(ends[0], &f, sizeof f) == sizeof f;
	close(ends[0]);
	waitpid(child, &status, 0);
	return told ? f : died(status);
}

/* The first of the scenarios n to end - 1 that fails, found in one process; end when none does. *loaded: more could be run. */
static guint32 first_bad(guint32 seed, guint32 n, guint32 end, guint32 *loaded)
{
	struct finding f;
	int ends[2];
	pid_t child;

	g_assert_cmpint(pipe(ends), ==, 0);
	child = fork();
	g_assert_cmpint(child, >=, 0);
	for (f.bad = false; child == 0 && n < end && !f.bad; n++) {
		struct order_draft draft = order_draw(seed, n);

		limit_time();
		f = check_here(&draft, NULL);
		order_draft_clear(&draft);
		if (f.bad || write(ends[1], &f, sizeof f) != sizeof f)
			_exit(1);
	}
	if (child == 0)
		_exit(0);
	close(ends[1]);
	for (; n < end && read(ends[0], &f, sizeof f) == sizeof f; n++)
		*loaded += f.loads;
	close(ends[0]);
	waitpid(child, NULL, 0);
	return n;
}

/* ---- cutting down -------------------------------------------------------------------------------------------------- */

static struct order_draft copy_of(const struct order_draft *d)
{
	struct order_draft c = order_draft_new();

	for (guint i = 0; i < d->lines->len; i++)
		order_set(&c, order_at(d, i)->group, order_at(d, i)->key, order_at(d, i)->value);
	return c;
}

/* Put try in the place of *d when it fails in the same way, else forget it. */
static bool keep_if_bad(struct order_draft *d, struct order_draft try, struct finding *f)
{
	struct finding g = check(&try, f);

	if (!g.bad) {
		order_draft_clear(&try);
		return false;
	}
	order_draft_clear(d);
	*d = try;
	*f = g;
	return true;
}

static bool without_lines(struct order_draft *d, struct finding *f, bool groups)
{
	bool smaller = false;

	for (guint i = d->lines->len; i-- > 0;) {
		struct order_draft try = copy_of(d);
		g_autofree char *group = g_strdup(order_at(d, i)->group);

		if (groups) {
			for (guint j = try.lines->len; j-- > 0;)
				if (strcmp(order_at(&try, j)->group, group) == 0)
					g_ptr_array_remove_index(try.lines, j);
		} else {
			g_ptr_array_remove_index(try.lines, i);
		}
		if (keep_if_bad(d, try, f)) {
			smaller = true;
			i = MIN(i, d->lines->len);
		}
	}
	return smaller;
}

/* A list of middleboxes without its element n. Free with g_free. */
static char *without_element(const char *list, guint n)
{
	g_auto(GStrv) all = g_strsplit(list, "; ", -1);
	GString *s = g_string_new(NULL);

	for (guint i = 0; all[i]; i++)
		if (i != n)
			g_string_append_printf(s, "%s%s", s->len ? "; " : "", all[i]);
	return g_string_free(s, FALSE);
}

/* Leave a middlebox out, its group with it. */
static bool without_boxes(struct order_draft *d, struct finding *f)
{
	bool smaller = false;

	for (guint i = 0; i < d->lines->len; i++)
		for (guint n = 0; n < 3 && strcmp(order_at(d, i)->key, "middleboxes") == 0; n++) {
			struct order_draft try = copy_of(d);
			g_auto(GStrv) all = g_strsplit(order_at(d, i)->value, "; ", -1);
			g_autofree char *less = without_element(order_at(d, i)->value, n);
			g_autofree char *group =
				g_strconcat("middlebox ", n < g_strv_length(all) ? all[n] : "", NULL);

			order_set(&try, order_at(d, i)->group, "middleboxes", less);
			for (guint j = try.lines->len; j-- > 0;)
				if (strcmp(order_at(&try, j)->group, group) == 0)
					g_ptr_array_remove_index(try.lines, j);
			if (n < g_strv_length(all))
				smaller |= keep_if_bad(d, try, f);
			else
				order_draft_clear(&try);
			if (i >= d->lines->len)
				break;
		}
	return smaller;
}

/* Fewer replications and subscribers, a shorter run, simple values. */
static bool with_less(struct order_draft *d, struct finding *f)
{
	static const char *const simple[][2] = { { "replications", "1" }, { "subscribers", "1" },
		{ "subscribers", "2" }, { "subscribers", "3" }, { "profile", "lte-two-state" },
		{ "profile", "wired" }, { "application", "udp" }, { "application", "tcp" },
		{ "policy", "fixed" }, { "start", "uniform 0s 10s" }, { "delay", "10ms" } };
	bool smaller = false;

	for (size_t k = 0; k < G_N_ELEMENTS(simple); k++)
		for (guint i = 0; i < d->lines->len; i++) {
			struct order_draft try;

			if (strcmp(order_at(d, i)->key, simple[k][0]) != 0 ||
				strcmp(order_at(d, i)->value, simple[k][1]) == 0)
				continue;
			if (k < 4 && atoi(order_at(d, i)->value) <= atoi(simple[k][1]))
				continue;
			if (k == 5 && strcmp(order_at(d, i)->value, "lte-two-state") == 0)
				continue;
			if (k == 7 && strcmp(order_at(d, i)->value, "udp") == 0)
				continue;
			try = copy_of(d);
			order_set(&try, order_at(d, i)->group, simple[k][0], simple[k][1]);
			smaller |= keep_if_bad(d, try, f);
		}
	return smaller;
}

static void shorten(struct order_draft *d, struct finding *f)
{
	for (guint i = 0; i < d->lines->len; i++)
		if (strcmp(order_at(d, i)->key, "duration") == 0) {
			struct order_draft try = copy_of(d);
			g_autofree char *half =
				g_strdup_printf("%.0fms", floor(atof(order_at(d, i)->value) * 0.7));

			order_set(&try, "scenario", "duration", half);
			if (keep_if_bad(d, try, f))
				i--;
		}
}

static void cut_down(struct order_draft *d, struct finding *f)
{
	bool smaller;

	do {
		smaller = without_boxes(d, f);
		smaller |= without_lines(d, f, true);
		smaller |= without_lines(d, f, false);
		smaller |= with_less(d, f);
	} while (smaller);
	shorten(d, f);
}

/* ---- the drawing ----------------------------------------------------------------------------------------------------- */

static guint32 from_environment(const char *name, guint32 otherwise)
{
	const char *text = g_getenv(name);

	return text ? (guint32)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

/* Scenario n, which has failed, cut down. */
static void tell(guint32 seed, guint32 n)
{
	struct order_draft draft = order_draw(seed, n);
	struct finding f = check(&draft, NULL);
	g_autofree char *uncut = g_strdup(f.what), *text = NULL;

	cut_down(&draft, &f);
	text = order_text(&draft);
	g_test_message("scenario %u of seed %u, %s: %s (uncut: %s)\n%s", n, seed,
		f.crash   ? "a crash"
		: f.truth ? "a truth"
			  : ways[f.way].name,
		f.what, uncut, text);
	order_draft_clear(&draft);
}

static void test_random(void)
{
	guint32 seed = from_environment("NATNAP_ORDER_SEED", 1),
		n = from_environment("NATNAP_ORDER_FIRST", 0),
		count = from_environment("NATNAP_ORDER_COUNT", g_getenv("NATNAP_LONG") ? 20000 : 330),
		end = n + count, bad = 0, loaded = 0;

	while ((n = first_bad(seed, n, end, &loaded)) < end &&
		(bad < ENOUGH || g_getenv("NATNAP_ORDER_ALL"))) {
		tell(seed, n++);
		bad++;
	}
	g_test_message("%u of %u scenarios run, %u failed", loaded, count, bad);
	g_assert_cmpuint(bad, ==, 0);
	g_assert_cmpuint(
		loaded, >, count * 8 / 10); /* what is drawn must be mostly such that it can be run */
}

/* What one inside address may have at the outer of two shared boxes, the inner of which gives all subscribers one or few. */
static const char *const merged_quotas[][2] = { { "sessions-per-subscriber", "{N 1 4}" },
	{ "session-rate", "1" }, { "ports-per-subscriber", "{N 1 4}" }, { "blocks-per-subscriber", "1" } };

/*
 * Scenario n of a seed behind two shared boxes: a NAT whose ports are each subscriber's own, so that it couples nobody,
 * and a box with a quota of that kind.
 */
static struct order_draft draw_merged(guint32 seed, guint32 n, size_t quota)
{
	static const char *const inner[][2] = { { "shared", "yes" }, { "tracker", "simple" },
		{ "ports", "block 64" }, { "block-allocation", "deterministic" },
		{ "inside-first", "10.0.0.2" }, { "udp", "5min" } };
	struct order_draft draft = order_draw(seed, n);
	const guint32 all[] = { seed, n, (guint32)quota };
	struct order_dice d = { g_rand_new_with_seed_array(all, 3), 60e3, false, &draft };

	for (guint i = draft.lines->len; i-- > 0;) {
		const struct order_line *l = order_at(&draft, i);

		if (g_str_has_prefix(l->group, "middlebox ") || g_str_has_prefix(l->group, "network ") ||
			strcmp(l->group, "mix") == 0 || strcmp(l->key, "stay") == 0 ||
			strcmp(l->key, "move-gap") == 0)
			g_ptr_array_remove_index(draft.lines, i);
	}
	order_row(&d, "scenario", "subscribers", "{N 3 8}");
	order_set(&draft, "path", "middleboxes", "a; b");
	for (size_t i = 0; i < G_N_ELEMENTS(inner); i++)
		order_set(&draft, "middlebox a", inner[i][0], inner[i][1]);
	order_set(&draft, "middlebox b", "shared", "yes");
	order_set(&draft, "middlebox b", "tracker", "simple");
	if (quota < 2)
		order_set(&draft, "middlebox b", "kind", "firewall");
	if (quota == 3)
		order_set(&draft, "middlebox b", "ports", "block 2");
	order_row(&d, "middlebox b", merged_quotas[quota][0], merged_quotas[quota][1]);
	g_rand_free(d.rand);
	return draft;
}

/* The sessions that the outer box refuses in that scenario; it must be run in the global order, and come to the same in all ways. */
static double refused_merged(const struct order_draft *draft)
{
	struct nap_scenario *sc = load(draft);
	g_autofree struct nap_plan *plan = g_new(struct nap_plan, 1);
	g_autofree struct nap_replication *r = NULL;
	struct finding f;
	double refused = 0;

	if (!sc)
		return 0;
	if (nap_plan_make(plan, sc)) {
		g_assert_true(plan->global);
		g_assert_cmpstr(plan->coupled_by, ==, "b");
		f = check(draft, NULL);
		if (f.bad)
			g_test_message("%s: %s\n%s", ways[f.way].name, f.what, order_text(draft));
		g_assert_false(f.bad);
		r = run(sc, &ways[0]);
		for (const struct nap_metric *m = nap_box_metrics; r && m->name; m++)
			if (strcmp(m->name, "sessions_refused") == 0)
				refused = m->of_box(sc, r, 1);
	}
	nap_scenario_free(sc);
	return refused;
}

/* Quotas of a host that an inner shared box merges out of several subscribers: the order is the global one by itself. */
static void test_merged(void)
{
	for (size_t quota = 0; quota < G_N_ELEMENTS(merged_quotas); quota++) {
		guint bind = 0;

		for (guint32 n = 0; n < 30; n++) {
			struct order_draft draft = draw_merged(7, n, quota);

			bind += refused_merged(&draft) > 0;
			order_draft_clear(&draft);
		}
		g_test_message("%s binds in %u of 30", merged_quotas[quota][0], bind);
		g_assert_cmpuint(bind, >=, 5);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/order/random", test_random);
	g_test_add_func("/order/merged", test_merged);
	return g_test_run();
}
