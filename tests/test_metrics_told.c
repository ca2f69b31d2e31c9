/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which metrics a run tells: those that its scenario can have something to say of. A plain scenario, and what each addition brings, and
 * nothing else.
 */
#include "harness.h"
#include "recorded.h"
#include "run/metrics.h"

static const char plain[] = "[scenario]\nduration = 10min\nsubscribers = %u\n[path]\nmiddleboxes = nat\n%s"
			    "[middlebox nat]\n%s\n[client]\napplication = %s\n%s\n[server]\npush = %s\n";

static const struct row {
	const char *what;
	uint32_t subscribers;
	const char *path, *box, *application, *client, *push;
	const char *brings, *takes; /* beside the plain one: names with blanks between them */
} rows[] = {
	{ "plain", 1, "", "", "udp", "", "none", "", "" },
	{ "many, each with a box", 3, "", "shared = no", "udp", "", "none", "", "" },
	{ "many at one box", 3, "", "shared = yes", "udp", "", "none", "promotions_per_s", "" },
	{ "pushes", 1, "", "", "udp", "", "poisson 30/h", "", "" },
	{ "tcp", 1, "", "", "tcp", "", "none", "", "" },
	{ "a radio that signals", 1, "", "", "udp", "[radio]\nprofile = lte-huang-2012\n", "none",
		"radio_pages signalling_messages", "" },
	{ "many at one box, a radio that signals", 3, "", "shared = yes", "udp",
		"[radio]\nprofile = lte-huang-2012\n", "none",
		"radio_pages signalling_messages promotions_per_s pages_per_s signalling_per_s", "" },
	{ "a radio that sleeps", 1, "", "", "udp", "[radio]\nprofile = lte-edrx-psm\n", "none",
		"radio_pages signalling_messages", "" },
	{ "outages", 1, "outages = poisson 4/h\noutage-length = 10s\n", "", "udp", "", "none", "", "" },
	{ "loss", 1, "loss = 5%\n", "", "udp", "", "none", "", "" },
	{ "reports", 1, "", "", "udp", "report = periodic 1min\nreport-answer = 10B\n", "none",
		"requests_made requests_failed requests_met_dead connections_opened request_delay_p50_s "
		"request_delay_p95_s request_delay_p99_s",
		"" },
	{ "blocks", 3, "", "shared = yes\nports = block 64\nblocks-per-subscriber = 1", "udp", "", "none",
		"promotions_per_s", "" },
};

static struct h_run *run_row(const struct row *row)
{
	g_autofree char *text = g_strdup_printf(
		plain, row->subscribers, row->path, row->box, row->application, row->client, row->push);

	return h_run(text, 1);
}

static bool tells(const struct h_run *h, const char *name)
{
	return nap_results_column(h->results, name) >= 0;
}

static void check(const struct h_run *base, const struct row *row)
{
	struct h_run *h = run_row(row);
	g_autoptr(GString) brings = g_string_new(NULL), takes = g_string_new(NULL);

	for (const struct nap_metric *m = nap_metrics; m->name; m++)
		if (tells(h, m->name) != tells(base, m->name)) {
			GString *s = tells(h, m->name) ? brings : takes;

			g_string_append_printf(s, "%s%s", s->len ? " " : "", m->name);
		}
	g_test_message("%s", row->what);
	g_assert_cmpstr(brings->str, ==, row->brings);
	g_assert_cmpstr(takes->str, ==, row->takes);
	h_free(h);
}

static void test_told(void)
{
	struct h_run *base = run_row(&rows[0]);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		check(base, &rows[i]);
	h_free(base);
}

/* The tables: what kind each metric is, where it is shown, under which head. */
static void test_tables(void)
{
	const struct nap_metric *const tables[] = { nap_metrics, nap_box_metrics };
	g_autoptr(GString) now = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		for (const struct nap_metric *m = tables[i]; m->name; m++)
			g_string_append_printf(now, "%s: kind %d, shown %u, place %u %s\n", m->name,
				(int)m->kind, m->show, m->place, m->head ? m->head : "");
	recorded_check("metrics", now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/metrics/told", test_told);
	g_test_add_func("/metrics/tables", test_tables);
	return g_test_run();
}
