/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reachable_fraction is the share of time in which a push, sent then, would get through: by formula where there is one, and
 * over random paths against a comb of pushes, one each few milliseconds, that are sent and counted in the same run.
 */
#include <math.h>

#include "harness.h"
#include "order_draw.h"

#define TOOTH 20 /* ms between pushes */

static double reachable(const struct h_run *h)
{
	return NAP_TALLIED(&h->point.replication[0], reachable_ns);
}

/* ---- by formula: home and carrier NAT with delays of d1 and d2 behind them, access of a ---------------------------- */

#define ACCESS 40
#define D1     300
#define D2     900

static struct h_run *two_nats(
	unsigned duration, unsigned interval, unsigned home, unsigned carrier, const char *ports, bool skip)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = %ums\nskip = %s\n[path]\nmiddleboxes = home; carrier\ndelay = %dms\n"
		"[middlebox home]\nudp = %ums\nudp-stream = %ums\nlink-delay = %dms\n"
		"[middlebox carrier]\nudp = %ums\nudp-stream = %ums\nlink-delay = %dms\nports = %s\n"
		"[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = fixed\ninterval = %ums\n",
		duration, skip ? "yes" : "no", ACCESS, home, home, D1, carrier, carrier, D2, ports, interval);

	return h_run(text, 1);
}

struct formula {
	const char *what;
	unsigned duration, interval, home, carrier; /* ms */
	const char *ports;
	unsigned reachable; /* ms */
};

/* The server knows the way at A = a + d1 + d2; a push meets the carrier NAT d2, the home NAT d1 + d2 later. */
#define KNOWN (ACCESS + D1 + D2)

static const struct formula formulas[] = {
	/* the home NAT forgets at a + 30 s: what is sent until d1 + d2 before passes */
	{ "one packet, the home NAT forgets", 100000, 200000, 30000, 60000, "preserve",
		ACCESS + 30000 - D1 - D2 - KNOWN },
	{ "one packet, the carrier forgets", 100000, 200000, 60000, 30000, "preserve",
		ACCESS + D1 + 30000 - D2 - KNOWN },
	{ "both at once, for a push that is sent: the home NAT lives d1 longer", 100000, 200000, 30600, 30000,
		"preserve", ACCESS + D1 + 30000 - D2 - KNOWN },
	{ "always open", 100000, 20000, 30000, 60000, "preserve", 100000 - KNOWN },
	/* the same external ports again: pushes under way meet the new mapping */
	{ "closed for 10 s in each 40 s", 100000, 40000, 30000, 60000, "preserve",
		ACCESS + 30000 - D1 - D2 - KNOWN + 30000 + 20000 + D1 + D2 - ACCESS },
	/* another external port each time: the server knows at A, and what it sent before is lost */
	{ "closed, and opened elsewhere", 100000, 40000, 60000, 30000, "random",
		2 * (ACCESS + D1 + 30000 - D2 - KNOWN) + 20000 - KNOWN },
	{ "shorter than the way", 100000, 40000, 60000, 1000, "random", 0 },
};

static void test_formulas(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(formulas); i++)
		for (int skip = 0; skip <= 1; skip++) {
			const struct formula *f = &formulas[i];
			struct h_run *h =
				two_nats(f->duration, f->interval, f->home, f->carrier, f->ports, skip);

			g_test_message("%s: reachable %g s, right %g s", f->what, reachable(h) / 1e9,
				f->reachable / 1e3);
			g_assert_cmpfloat(reachable(h), ==, (double)f->reachable * NAP_MS);
			h_free(h);
		}
}

/*
 * The way in ends before the access link's delay changes, is opened anew after that, and in between pushes of both delays come to a
 * device that is out: from a comb's view those sent so much earlier than they would arrive then, each by the delay of its own time.
 */
static void test_delay_changes(void)
{
	static const struct {
		const char *changes, *outage;
		unsigned outage_ms, closed; /* ms */
	} cases[] = {
		/* out from 40 s on for 10 s: sent until 40 s less the delay, lost on the way to the device or at the link */
		{ "", "40s", 10000, 10000 + 100 },
		{ "30s: 900ms", "40s", 10000, 10000 + 900 },
		{ "45s: 900ms", "40s", 10000, 10000 + 100 },
		/* sent before 40 s with 900 ms, and from then on with 100 ms, when the outage has begun */
		{ "20s: 900ms; 40s: 100ms", "40s", 10000, 10000 + 900 },
		/* half a second after a change to a longer one: those of the old delay have all arrived, none of the new one */
		{ "39.5s: 900ms", "40s", 10000, 10000 + 500 },
		/* of those with 900 ms, the ones that left from 39.1 s on; of those with 100 ms, from 39.9 s on */
		{ "20s: 900ms; 39.3s: 100ms", "40s", 10000, 10000 + 100 + 200 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 100s\n[path]\nmiddleboxes = box\ndelay = "
			"100ms\ndelay-changes = %s\n"
			"outages = times %s\noutage-length = %ums\n[middlebox box]\nudp = 1h\nudp-stream = "
			"1h\n"
			"[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = none\n",
			cases[i].changes, cases[i].outage, cases[i].outage_ms);
		struct h_run *h = h_run(text, 1);

		g_test_message("%s: reachable %g s", cases[i].changes, reachable(h) / 1e9);
		g_assert_cmpfloat(reachable(h), ==, (100000.0 - 100.0 - (double)cases[i].closed) * NAP_MS);
		h_free(h);
	}
}

/* Outages of one direction, and a box whose rules change: away for 10 s from 40 s on, and for what is under way to a device. */
static void test_cuts(void)
{
	static const struct {
		const char *path, *box;
		unsigned closed; /* ms */
	} cases[] = {
		{ "outages = times 40s\noutage-length = 10s\noutage-direction = down", "", 10000 + 100 },
		{ "outages = times 40s\noutage-length = 10s\noutage-direction = up", "", 0 },
		{ "", "changes = 40s: rules = drop outside; 50s: rules =", 10000 },
		{ "", "changes = 40s: raw-rules = drop outside udp, drop inside tcp; 50s: raw-rules =",
			10000 },
		{ "", "changes = 40s: rules = drop inside; 50s: rules =", 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 100s\n[path]\nmiddleboxes = box\ndelay = "
			"100ms\n%s\n[middlebox box]\n"
			"udp = 1h\nudp-stream = 1h\n%s\n[radio]\nprofile = wired\n[client]\napplication = "
			"udp\n"
			"policy = none\n[server]\npush = periodic " G_STRINGIFY(TOOTH) "ms\nanswer = no\n",
			cases[i].path, cases[i].box);
		struct h_run *h = h_run(text, 1);
		double open = 100000 - 100 - cases[i].closed;

		g_test_message("%s, %s: reachable %g s", cases[i].path, cases[i].box, reachable(h) / 1e9);
		g_assert_cmpfloat(reachable(h), ==, open * NAP_MS);
		/* all but what is under way to the device at the end */
		g_assert_cmpfloat(
			fabs(NAP_TALLIED(&h->point.replication[0], pushes_delivered) - (open - 100) / TOOTH),
			<=, 2);
		h_free(h);
	}
}

/* A mapping that lets everyone in does so while it is held, too: for a NAT and for a firewall, known from the first look on. */
static void test_held(void)
{
	static const char *const kinds[] = { "nat", "firewall" };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 100s\n[path]\nmiddleboxes = box\n[middlebox box]\nkind = %s\n"
			"filtering = endpoint-independent\nudp = 30s\nudp-stream = 30s\nmapping-hold = 20s\n"
			"[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = fixed\ninterval = "
			"200s\n",
			kinds[i]);
		struct h_run *h = h_run(text, 1);

		g_assert_cmpfloat(reachable(h), ==, 50e9);
		h_free(h);
	}
}

/*
 * A pool of two flows that speak in the same moments: each time the server turns to the first and back, and the first one's binding, that
 * no push refreshes, ends while pushes of the second are under way behind it. All of these get through.
 */
static void test_pool(void)
{
	struct h_run *h =
		h_run("[scenario]\nduration = 100s\n[path]\nmiddleboxes = a; b\n[middlebox a]\nudp = "
		      "10891ms\nrefresh = inbound\n[middlebox b]\nlink-delay = 2197ms\n"
		      "[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = fixed\n"
		      "interval = 8s\npool-most = 2\npool-least = 2\n"
		      "[server]\npush = periodic " G_STRINGIFY(TOOTH) "ms\nanswer = no\n",
			1);

	g_assert_cmpfloat(reachable(h), ==, 100e9 - 2197e6);
	g_assert_cmpfloat(
		fabs(NAP_TALLIED(&h->point.replication[0], pushes_delivered) - (100000.0 - 2 * 2197) / TOOTH),
		<=, 2);
	h_free(h);
}

/* ---- against a comb ------------------------------------------------------------------------------------------------- */

static const struct order_key path_keys[] = {
	{ "delay", 60, "{S 5 900}" },
	{ "outages", 20, "poisson {N 20 60}/h" },
	{ "outage-length", 60, "{S 2000 20000}|exponential {S 2000 20000}" },
	{ "outage-keeps-address", 30, "no" },
	{ NULL, 0, NULL },
};

static const struct order_key box_keys[] = {
	{ "kind", 10, "firewall" },
	{ "mapping", 30, "address-dependent|address-and-port-dependent" },
	{ "filtering", 30, "endpoint-independent|address-dependent" },
	{ "udp", 90, "{T 20 200}" },
	{ "udp-stream", 90, "{T 20 200}" },
	{ "refresh", 60, "outbound|inbound|both" },
	{ "timer-scope", 30, "session" },
	{ "ports", 50, "preserve|random|sequential" },
	{ "mapping-hold", 20, "{T 10 300}" },
	{ "port-hold-down", 20, "{T 10 100}" },
	{ "duration-limit", 15, "{T 100 500}" },
	{ "purge-interval", 15, "{T 5 100}" },
	{ "filtered", 10, "refresh|destroy" },
	{ "reboots", 15, "poisson {N 10 60}/h" },
	{ "link-delay", 80, "{S 1 3000}|{S 100 900}" },
	{ NULL, 0, NULL },
};

static const struct order_key client_keys[] = {
	{ "start", 50, "{S 100 9000}" },
	{ "keepalive-answer", 30, "1B" },
	{ "answer-tries", 30, "{N 1 3}" },
	{ "answer-timeout", 60, "{S 1000 9000}" },
	{ "mapping-change", 30, "reopen" },
	{ "follow", 20, "no" },
	{ "answer", 70, "no" },
	{ NULL, 0, NULL },
};

static void draw_boxes(const struct order_dice *d, const char *group, char first)
{
	char a[] = { first, 0 }, b[] = { (char)(first + 1), 0 };
	int n = g_rand_int_range(d->rand, 1, 3);
	g_autofree char *list = g_strdup_printf(n == 1 ? "%s" : "%s; %s", a, b);

	order_set(d->draft, group, "middleboxes", list);
	for (int i = 0; i < n; i++) {
		g_autofree char *box = g_strconcat("middlebox ", i ? b : a, NULL);

		order_rows(d, box, box_keys);
		order_set(d->draft, box, "tracker", "simple");
	}
}

/* What else befalls paths: the first ones are as they were before there was any of it. */
static const struct order_key nat_keys[] = {
	{ "address-changes", 70, "poisson {N 10 60}/h|times {T 100 500}" },
	{ "link-down", 40, "keep" },
	{ NULL, 0, NULL },
};

static const struct order_key changing_keys[] = {
	{ "outage-direction", 40, "up|down" },
	{ "delay-changes", 60,
		"2min: {S 5 900}|1min: {S 5 5000}; 2min: {S 5 900}; 3min: {S 5 5000}; 5min: {S 5 900}; 7min: "
		"{S 5 "
		"5000}; 8min: {S 5 90}" },
	{ NULL, 0, NULL },
};

static const struct order_key changes_keys[] = {
	{ "changes", 40,
		"{N 1 3}min: rules = drop outside; 5min: rules =|2min: udp-stream = {T 20 200}; 2min: udp = "
		"{T 20 200}; "
		"4min: raw-rules = drop inside; 5min: rules = drop outside, drop inside; 5min: raw-rules =; "
		"6min: rules "
		"=; 7min: forward = answers" },
	{ NULL, 0, NULL },
};

/* Before the server. */
static const struct order_key server_box_keys[] = {
	{ "udp", 90, "{T 20 200}" },
	{ "udp-stream", 90, "{T 20 200}" },
	{ "refresh", 60, "outbound|inbound|both" },
	{ "duration-limit", 15, "{T 100 500}" },
	{ "purge-interval", 15, "{T 5 100}" },
	{ "reboots", 15, "poisson {N 10 60}/h" },
	{ "link-delay", 80, "{S 1 3000}|{S 100 900}" },
	{ "changes", 30, "{N 1 3}min: rules = drop outside; 5min: rules = drop inside; 6min: rules =" },
	{ NULL, 0, NULL },
};

static void draw_before_server(const struct order_dice *d)
{
	int n = g_rand_int_range(d->rand, 1, 3);
	bool inner_firewall = false;

	if (!order_percent(d, 35))
		return;
	order_set(d->draft, "path", "server-middleboxes", n == 1 ? "s" : "s; t");
	for (int i = 0; i < n; i++) {
		const char *box = i ? "middlebox t" : "middlebox s";

		order_rows(d, box, server_box_keys);
		order_set(d->draft, box, "tracker", "simple");
		if (order_percent(d, 50)) {
			order_set(d->draft, box, "kind", "firewall");
			order_set(d->draft, box, "forward", "open");
			inner_firewall |= i == 0;
			continue;
		}
		/* the outer one leads to the inner one, if that is a NAT as well */
		order_set(d->draft, box, "addresses", "198.51.100.50");
		order_set(d->draft, box, "tracker", "linux");
		order_set(d->draft, box, "mapping", "address-and-port-dependent");
		order_set(d->draft, box, "overload", "yes");
		order_set(d->draft, box, "forwards",
			i && !inner_firewall ? "udp/4500 > 198.51.100.50:4500" : "udp/4500 > 10.0.0.9:4500");
	}
}

/* What is pushed goes over the flow that was heard last. */
static const struct order_key pool_keys[] = {
	{ "pool-most", 100, "{N 2 5}" },
	{ "pool-least", 60, "2" },
	{ "report", 100, "poisson {N 10 200}/h" },
	{ "report-answer", 50, "100B" },
	{ "pool-order", 50, "fifo" },
	{ NULL, 0, NULL },
};

static bool has_line(const struct order_draft *d, const char *group, const char *key)
{
	for (guint i = 0; i < d->lines->len; i++)
		if (strcmp(order_at(d, i)->group, group) == 0 && strcmp(order_at(d, i)->key, key) == 0)
			return true;
	return false;
}

static void draw_more(const struct order_dice *d)
{
	static const char *const groups[] = { "middlebox a", "middlebox b", "middlebox c", "middlebox d" };

	for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
		if (has_line(d->draft, groups[i], "tracker") && !has_line(d->draft, groups[i], "kind"))
			order_rows(d, groups[i], nat_keys);
}

#define FIRST_WITH_MORE 100000

/* The device may move between two networks. */
static struct order_draft draw(guint32 n)
{
	const guint32 both[] = { 5383, n };
	struct order_draft draft = order_draft_new();
	struct order_dice d = { g_rand_new_with_seed_array(both, 2), 0, false, &draft };

	d.interval = order_between(&d, 8e3, 40e3);
	order_set(&draft, "scenario", "duration", "10min");
	order_row(&d, "scenario", "seed", "{N 1 1000000}");
	order_rows(&d, "path", path_keys);
	draw_boxes(&d, "path", 'a');
	if (order_percent(&d, 25)) {
		order_row(&d, "path", "stay", "exponential 1min");
		order_row(&d, "path", "move-gap", "{S 1 5000}");
		order_set(&draft, "network n", "radio", "wired");
		order_row(&d, "network n", "stay", "exponential 1min");
		order_row(&d, "network n", "delay", "{S 5 900}");
		draw_boxes(&d, "network n", 'c');
	}
	order_set(&draft, "radio", "profile", "wired");
	order_set(&draft, "client", "application", "udp");
	order_set(&draft, "client", "policy", "fixed");
	order_row(&d, "client", "interval", "{T 100 100}");
	order_rows(&d, "client", client_keys);
	if (n >= FIRST_WITH_MORE)
		draw_more(&d);
	order_row(&d, "server", "push", "periodic " G_STRINGIFY(TOOTH) "ms");
	if (n >= FIRST_WITH_MORE) {
		order_rows(&d, "path", changing_keys);
		order_rows(&d, "middlebox a", changes_keys);
		draw_before_server(&d);
		if (order_percent(&d, 20))
			order_rows(&d, "client", pool_keys);
	}
	g_rand_free(d.rand);
	return draft;
}

/* How often the way may have opened or closed, at most: each time the comb is off by a tooth at most. */
static double changes(const struct nap_replication *x)
{
	double n = 2 * NAP_TALLIED(x, keepalives) + NAP_TALLIED(x, opened) +
		   NAP_TALLIED(x, bindings_expired) + 2 * NAP_TALLIED(x, outages) +
		   2 * NAP_TALLIED(x, moves) + NAP_TALLIED(x, stirred);

	return 2 * n + 4;
}

/* The last of the pushes are still under way at the end. */
static double under_way(const struct nap_scenario *sc)
{
	double ns = sc->path.delay.a;

	for (uint32_t i = 0; i < sc->n_networks; i++)
		ns = fmax(ns, sc->network[i].config.delay.a);
	for (uint32_t i = 0; i < sc->path.delay_changes.n; i++)
		ns = fmax(ns, sc->path.delay_changes.row[i].dist.a);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		ns += sc->middlebox[k].hop.delay.a;
	return ns;
}

static void test_comb(void)
{
	/* beside the first ones: outages and moves while packets are on the access link; an inner box that opens before the outer one */
	static const guint more[] = { 268, 320, 366, 722, 744, 1198, 1356, 1703, 1752, 1797 };
	guint n = g_getenv("NATNAP_LONG") ? 2000 : 60, open = 0;

	for (guint k = 0; k < 2 * n + G_N_ELEMENTS(more); k++) {
		guint i = k < n ? k : k < 2 * n ? FIRST_WITH_MORE + k - n : more[k - 2 * n];
		struct order_draft draft = draw(i);
		g_autofree char *text = order_text(&draft);
		struct h_run *h = h_run(text, 1);
		const struct nap_replication *x = &h->point.replication[0];
		double through = NAP_TALLIED(x, pushes_delivered) * TOOTH * (double)NAP_MS,
		       off = changes(x) * TOOTH * (double)NAP_MS;

		open += through > off && through < 540e9;
		if (through > reachable(h) + off || through + under_way(h->sc) < reachable(h) - off) {
			g_test_message(
				"scenario %u: pushes got through in %g s, reachable in %g s, %g changes\n%s",
				i, through / 1e9, reachable(h) / 1e9, changes(x), text);
			g_test_fail();
		}
		h_free(h);
		order_draft_clear(&draft);
	}
	g_assert_cmpuint(open, >, n); /* neither always nor never open */
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reach/formulas", test_formulas);
	g_test_add_func("/reach/delay-changes", test_delay_changes);
	g_test_add_func("/reach/cuts", test_cuts);
	g_test_add_func("/reach/held", test_held);
	g_test_add_func("/reach/pool", test_pool);
	g_test_add_func("/reach/comb", test_comb);
	return g_test_run();
}
