/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What scenarios come to, all numbers of theirs, beside what was recorded: those of tests/recorded/scenarios.txt, drawn once by
 * order_draw.h, and some of each application, radio and middlebox; each is over in milliseconds. Which of two numbers is right, other
 * tests say.
 */
#include "harness.h"
#include "kernel/snapshot.h"
#include "recorded.h"
#include "report/load.h"
#include "run/metrics.h"
#include "run/tune_goal.h"
#include "run/workspace.h"

#define SCENARIOS "tests/recorded/scenarios.txt"

enum { PARTS = 8 };

static uint64_t mix_number(uint64_t h, double x)
{
	char text[32];

	/* what compilers might add up otherwise is not told apart */
	g_snprintf(text, sizeof text, "%.11g", x == 0.0 ? 0.0 : x);
	for (const char *p = text; *p; p++)
		h = nap_mix(h, (uint8_t)*p);
	return h;
}

static uint64_t mix_numbers(uint64_t h, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = mix_number(h, x[i]);
	return h;
}

static double number(const struct nap_scenario *sc, const struct nap_replication *r, const char *name)
{
	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return m->value(sc, r);
	g_assert_not_reached();
}

static void say_boxes(GString *s, const struct nap_scenario *sc, const struct nap_replication *r)
{
	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		uint64_t h = mix_numbers(0, r->box[k], G_N_ELEMENTS(r->box[k]));

		h = mix_number(mix_number(mix_number(h, r->shared_peak[k]), r->shared_ports[k]),
			r->shared_blocks[k]);
		for (const struct nap_metric *m = nap_box_metrics; m->name; m++)
			h = mix_number(h, m->of_box(sc, r, k));
		g_string_append_printf(s, " %s %.11g %08x", sc->middlebox[k].name, NAP_BOXED(r, k, created),
			(unsigned)(h >> 32));
	}
}

static void say(GString *s, const struct nap_scenario *sc, const struct nap_replication *r)
{
	static const char *const shown[] = { "energy_j", "reachable_fraction", "keepalives_sent",
		"packets_up", "packets_down", "pushes_delivered", "reconnects" };
	uint64_t tally = mix_numbers(0, r->tally, G_N_ELEMENTS(r->tally)), metrics = 0;
	uint64_t each = mix_numbers(0, &r->each[0][0], sizeof r->each / sizeof(double));

	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		metrics = mix_number(metrics, m->value(sc, r));
	each = mix_number(mix_numbers(each, r->within, G_N_ELEMENTS(r->within)), r->within_all);
	g_string_append(s, " ");
	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
		g_string_append_printf(s, " %.7g", number(sc, r, shown[i]));
	g_string_append_printf(s, "; %08x %08x %08x;", (unsigned)(tally >> 32), (unsigned)(metrics >> 32),
		(unsigned)(each >> 32));
	say_boxes(s, sc, r);
	g_string_append(s, "\n");
}

static uint64_t mix_text(uint64_t h, GString *text)
{
	for (gsize i = 0; text && i < text->len; i++)
		h = nap_mix(h, (uint8_t)text->str[i]);
	if (text)
		g_string_free(text, TRUE);
	return h;
}

/* Which metrics there may be, which are asked for, and what a tuning would need to know. */
static uint64_t mix_possible(const struct nap_scenario *sc)
{
	uint64_t h = nap_mix(nap_tune_is_certain(sc), nap_tune_radio_has_price(sc));

	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		h = nap_mix(nap_mix(h, !m->possible || m->possible(sc, 0)), !m->wanted || m->wanted(sc));
	for (const struct nap_metric *m = nap_box_metrics; m->name; m++)
		for (uint32_t k = 0; k < sc->n_middleboxes; k++)
			h = nap_mix(
				nap_mix(h, !m->possible || m->possible(sc, k)), !m->wanted || m->wanted(sc));
	return h;
}

/* How sure the means are, by replications or a single one's batches; and where that was gathered, load over time and by external address. */
static void say_sure(GString *s, const struct h_run *h, const struct nap_gather *g)
{
	const struct nap_results *r = h->results;
	uint64_t sure = mix_numbers(0, r->row[0].ci95, (size_t)r->n_columns);

	g_string_append_printf(s, "  possible %08x, sure to %08x", (unsigned)(mix_possible(h->sc) >> 32),
		(unsigned)(sure >> 32));
	if (g)
		g_string_append_printf(s, "; load %08x, addresses %08x",
			(unsigned)(mix_text(0, nap_load_csv(h->sc, g->load)) >> 32),
			(unsigned)(mix_text(0, nap_addresses_csv(h->sc, g->load)) >> 32));
	g_string_append_c(s, '\n');
}

/* Each of PARTS is a case of its own: scenarios by turns. */
static void test_part(const void *data)
{
	guint part = GPOINTER_TO_UINT(data);
	g_autofree char *all = NULL, *name = g_strdup_printf("runs-%u", part);
	g_auto(GStrv) text = NULL;
	g_autoptr(GString) now = g_string_new(NULL);

	g_assert_true(g_file_get_contents(SCENARIOS, &all, NULL, NULL));
	text = g_strsplit(all, "\n\n", -1);
	for (guint i = 0; text[i]; i++) {
		struct nap_gather *gathered = NULL;
		struct h_run *h;

		if (i % PARTS != part || !*text[i])
			continue;
		h = h_run_gathered(text[i], 1, NULL, i / PARTS % 2 ? &gathered : NULL);
		g_string_append_printf(now, "%u\n", i);
		for (uint32_t r = 0; r < h->sc->general.replications; r++)
			say(now, h->sc, &h->point.replication[r]);
		say_sure(now, h, gathered);
		nap_gather_free(gathered);
		h_free(h);
	}
	recorded_check(name, now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recorded_add_parts("/recorded/runs", PARTS, test_part);
	return g_test_run();
}
