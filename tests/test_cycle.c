/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole cycles in one step: the tables that say what each field is, and that nothing differs with skipping on and off. */
#include <inttypes.h>

#include "client/policy.h"
#include "harness.h"
#include "order_draw.h"
#include "outcome.h"
#include "path/cycle.h"
#include "path/awake.h"
#include "path/loss.h"
#include "path/reach.h"
#include "path/under_way.h"
#include "run/workspace.h"

/* ---- tables --------------------------------------------------------------------------------------------------------- */

static void check_table(const struct nap_fields *f)
{
	long flaw = nap_fields_flaw(f);

	if (flaw >= 0)
		g_test_message("%s: byte %ld of %u", f->type, flaw, f->bytes);
	g_assert_cmpint(flaw, <, 0);
}

/* Every byte of what is compared and moved has one row, and no padding is compared. */
static void test_tables(void)
{
	const struct nap_fields *const *const lists[] = { nap_client_tables, nap_radio_tables, nap_box_tables,
		nap_path_tables, nap_reach_tables, nap_under_way_tables, nap_loss_tables, nap_awake_tables };
	uint32_t n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		for (const struct nap_fields *const *f = lists[i]; *f; f++, n++)
			check_table(*f);
	g_assert_cmpuint(n, >=, 12);
	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		if ((*p)->state)
			check_table((*p)->state);
}

struct sample {
	nap_time at;
	uint8_t phase;
	uint32_t seq;
	nap_time until, born;
};

#define ROW(field, kind) NAP_FIELD(struct sample, field, kind)

static const struct nap_field whole[] = { ROW(at, NAP_AT), ROW(phase, NAP_VALUE),
	NAP_FIELD_MORE(struct sample, seq, NAP_SEQUENCE, NAP_BASE_PEER, 0), ROW(until, NAP_UNTIL),
	ROW(born, NAP_BORN) };
NAP_FIELDS(fields, struct sample, whole);

/* What is wrong with a table is found: bytes without a row or with two, padding compared, sizes that do not fit. */
static void test_flaws(void)
{
	static const struct nap_field missing[] = { ROW(at, NAP_AT), ROW(seq, NAP_SEQUENCE),
		ROW(until, NAP_UNTIL), ROW(born, NAP_BORN) };
	static const struct nap_field padding[] = { ROW(at, NAP_AT),
		NAP_FIELD_SPAN(struct sample, phase, seq, NAP_VALUE), ROW(until, NAP_UNTIL),
		ROW(born, NAP_BORN) };
	static const struct nap_field ignored[] = { ROW(at, NAP_AT),
		NAP_FIELD_SPAN(struct sample, phase, seq, NAP_IGNORE), ROW(until, NAP_UNTIL),
		ROW(born, NAP_BORN) };
	static const struct nap_field twice[] = { ROW(at, NAP_AT), ROW(at, NAP_IGNORE), ROW(phase, NAP_VALUE),
		ROW(seq, NAP_SEQUENCE), ROW(until, NAP_UNTIL), ROW(born, NAP_BORN) };
	static const struct nap_field misfit[] = { ROW(at, NAP_AT), ROW(phase, NAP_SEQUENCE),
		ROW(seq, NAP_SEQUENCE), ROW(until, NAP_UNTIL), ROW(born, NAP_BORN) };
	static const struct nap_field unended[] = { ROW(at, NAP_AT), ROW(phase, NAP_VALUE),
		ROW(seq, NAP_SEQUENCE), ROW(until, NAP_UNTIL) };
	static const struct {
		const struct nap_field *row;
		uint32_t n;
		long flaw;
	} rows[] = { { whole, 5, -1 }, { missing, 4, offsetof(struct sample, phase) },
		{ padding, 4, offsetof(struct sample, phase) + 1 }, { ignored, 4, -1 }, { twice, 6, 0 },
		{ misfit, 5, offsetof(struct sample, phase) },
		{ unended, 4, offsetof(struct sample, born) } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_fields f = fields;

		f.row = rows[i].row;
		f.n = rows[i].n;
		g_assert_cmpint(nap_fields_flaw(&f), ==, rows[i].flaw);
	}
}

static uint64_t mark(
	const struct nap_fields *f, const struct sample *s, nap_time now, uint32_t base, bool born)
{
	struct nap_moment m = { .now = now, .base = { [NAP_BASE_PEER] = base }, .born = born };

	return nap_fields_mix(0, f, s, &m);
}

/* Each kind: what makes two states equal, and what moves. */
static void test_kinds(void)
{
	const struct sample a = { 5 * NAP_S, 1, UINT32_MAX, 9 * NAP_S, NAP_S };
	struct sample b = a;
	uint64_t h = mark(&fields, &a, 4 * NAP_S, UINT32_MAX - 1, false);

	g_assert_cmpuint(h, !=, mark(&fields, &a, 5 * NAP_S, UINT32_MAX - 1, false));
	nap_fields_move(&fields, &b, 100 * NAP_S, false);
	g_assert_cmpint(b.at, ==, 105 * NAP_S);
	g_assert_cmpint(b.until, ==, 109 * NAP_S);
	g_assert_cmpint(b.born, ==, NAP_S);
	b.seq = 3; /* 5 further, over the end of numbers */
	g_assert_cmpuint(h, ==, mark(&fields, &b, 104 * NAP_S, 2, false));
	g_assert_cmpuint(mark(&fields, &a, 4 * NAP_S, UINT32_MAX - 1, true), !=,
		mark(&fields, &b, 104 * NAP_S, 2, true));
	b = a;
	nap_fields_move(&fields, &b, 100 * NAP_S, true);
	b.seq = 3;
	g_assert_cmpuint(mark(&fields, &a, 4 * NAP_S, UINT32_MAX - 1, true), ==,
		mark(&fields, &b, 104 * NAP_S, 2, true));
	b.phase = 2;
	g_assert_cmpuint(h, !=, mark(&fields, &b, 104 * NAP_S, 2, false));
	b = a;
	b.until = 3 * NAP_S;
	h = mark(&fields, &b, 4 * NAP_S, 0, false);
	b.until = NAP_S; /* both past */
	g_assert_cmpuint(h, ==, mark(&fields, &b, 4 * NAP_S, 0, false));
	b.at = b.until = NAP_NEVER;
	nap_fields_move(&fields, &b, NAP_S, false);
	g_assert_cmpint(b.at, ==, NAP_NEVER);
	g_assert_cmpint(b.until, ==, NAP_NEVER);
}

/* ---- random scenarios ------------------------------------------------------------------------------------------------- */

/* NULL: no difference, or it cannot be loaded. *skipped: how many cycles were stepped over. */
static const char *check(const struct order_draft *d, uint64_t *skipped)
{
	g_autofree char *text = order_text(d);
	struct nap_document *doc = nap_document_new("drawn", NULL, text, strlen(text), NULL);
	struct nap_scenario *sc = doc ? nap_scenario_new(doc, NULL, 0, NULL) : NULL;
	const char *found = NULL;

	*skipped = 0;
	if (sc) {
		struct outcome *a = g_new(struct outcome, 2);

		outcome_run(sc, true, &a[0]);
		outcome_run(sc, false, &a[1]);
		found = outcome_difference(&a[0], &a[1]);
		*skipped = a[0].skipped;
		outcome_clear(&a[0]);
		outcome_clear(&a[1]);
		g_free(a);
	}
	nap_scenario_free(sc);
	nap_document_free(doc);
	return found;
}

static bool is_one_of(const char *word, const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	return g_strv_contains((const char *const *)list, word);
}

/* Keys that a scenario must have, and those that keep the policy's pace. */
static const char needed[] = "application policy interval min-interval max-interval initial idle middleboxes";

/* Does the value change from one use to the next? */
static bool is_drawn(const struct order_line *l)
{
	return strcmp(l->key, "start") != 0 &&
	       (strstr(l->value, "uniform") || strstr(l->value, "lognormal") ||
		       strstr(l->value, "exponential") ||
		       (strcmp(l->key, "profile") == 0 && strstr(order_populations, l->value)));
}

static void remove_keys(struct order_draft *d, const char *group, const char *keys)
{
	for (guint i = d->lines->len; i-- > 0;)
		if (g_str_has_prefix(order_at(d, i)->group, group) && is_one_of(order_at(d, i)->key, keys))
			g_ptr_array_remove_index(d->lines, i);
}

/* Keepalives at a fixed interval, and often a box whose timer runs out just before, while the next one is on its way. */
static void make_regular(struct order_draft *d, GRand *rand)
{
	static const char *const timers[] = { "udp", "udp-stream", "tcp-established", "tcp-trans" };
	int ms = g_rand_int_range(rand, 5, 600) * 1000,
	    before = g_rand_int_range(rand, 0, 2) ? g_rand_int_range(rand, 0, 3000)
						  : 10 * g_rand_int_range(rand, 0, 100);
	g_autofree char *interval = g_strdup_printf("%dms", ms);
	g_autofree char *timer = g_strdup_printf("%dms", ms - before);

	for (size_t i = 0; i < G_N_ELEMENTS(order_policies); i++)
		for (const struct order_key *k = order_policies[i].keys; k->key; k++)
			remove_keys(d, "client", k->key);
	order_set(d, "client", "policy", "fixed");
	order_set(d, "client", "interval", interval);
	for (size_t i = 0; i < G_N_ELEMENTS(timers) && g_rand_int_range(rand, 0, 2); i++)
		order_set(d, g_rand_int_range(rand, 0, 2) ? "middlebox a" : "middlebox b", timers[i], timer);
}

/* Each box of the path has a group, and no other box has one. */
static void match_boxes(struct order_draft *d)
{
	g_autoptr(GString) list = g_string_new(NULL);
	g_auto(GStrv) boxes = NULL;

	for (guint i = 0; i < d->lines->len; i++) /* the path's, the peer's */
		if (strcmp(order_at(d, i)->key, "middleboxes") == 0)
			g_string_append_printf(list, "%s; ", order_at(d, i)->value);
	boxes = g_strsplit(list->str, "; ", -1);
	for (guint i = d->lines->len; i-- > 0;) {
		const char *group = order_at(d, i)->group;

		if (g_str_has_prefix(group, "middlebox ") &&
			!g_strv_contains((const char *const *)boxes, group + strlen("middlebox ")))
			g_ptr_array_remove_index(d->lines, i);
	}
	for (char **b = boxes; *b && **b; b++) {
		g_autofree char *group = g_strconcat("middlebox ", *b, NULL);

		order_set(d, group, "log-destinations", "yes");
	}
}

/* A random scenario with fewer keys, and without what is drawn while it runs, or counts from the run's beginning as Doze: no cycle would repeat. */
static void make_steady(struct order_draft *d, GRand *rand)
{
	bool draws = false, alike = g_rand_int_range(rand, 0, 8) > 0; /* kinds cost a run each */

	for (guint i = d->lines->len; i-- > 0;) {
		struct order_line *l = order_at(d, i);
		bool extra = !is_one_of(l->key, needed) && g_rand_int_range(rand, 0, 2) == 0;

		if (strcmp(l->key, "policy") == 0)
			draws = is_one_of(l->value, "jittered on-need pcp rfc5626 teredo none server-side");
		if (g_str_has_prefix(l->group, "network") || extra ||
			(alike && g_str_equal(l->group, "mix")) || is_drawn(l) ||
			is_one_of(l->key,
				"loss loss-burst link-loss outages icmp stay reboots background report "
				"probe-interval probe-count shared adaptive-start adaptive-end "
				"push-window restarts max-age doze"))
			g_ptr_array_remove_index(d->lines, i);
	}
	if (draws || g_rand_int_range(rand, 0, 3) > 0)
		make_regular(d, rand);
	match_boxes(d);
	if (g_rand_int_range(rand, 0, 2))
		remove_keys(d, "server", "push");
	else
		order_set(d, "server", "push", "poisson 3/h");
	if (g_rand_int_range(rand, 0, 3) == 0)
		order_set(d, "radio", "profile", "lte-two-state");
}

static struct order_draft steady_draft(guint32 n)
{
	struct order_draft d = order_draw(4, n);
	const guint32 both[] = { 4, n };
	GRand *rand = g_rand_new_with_seed_array(both, 2);
	/* half an hour at the least: an estimate of the round trip that a delayed acknowledgement has raised takes some 80
	   keepalives to come down, before which no cycle is the same over TCP */
	g_autofree char *duration = g_strdup_printf("%dmin", 30 * (1 << g_rand_int_range(rand, 0, 7)));
	g_autofree char *subscribers = g_strdup_printf("%d", 1 + g_rand_int_range(rand, 0, 4));

	make_steady(&d, rand);
	order_set(&d, "scenario", "duration", duration);
	order_set(&d, "scenario", "subscribers", subscribers);
	g_rand_free(rand);
	return d;
}

/* Without every line that the difference does not need. */
static void cut_down(struct order_draft *d)
{
	for (guint i = d->lines->len; i-- > 0;) {
		struct order_line *l = g_ptr_array_steal_index(d->lines, i);
		uint64_t skipped;

		if (check(d, &skipped))
			order_line_free(l);
		else
			g_ptr_array_insert(d->lines, (gint)i, l);
	}
}

/* NATNAP_CYCLE_COUNT and NATNAP_CYCLE_FIRST: how many scenarios, from which on. */
static guint32 from_environment(const char *name, guint32 otherwise)
{
	const char *text = g_getenv(name);

	return text ? (guint32)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

/* With skipping on and off, random scenarios come to the same integers, all of them. */
static void test_random(void)
{
	guint32 first = from_environment("NATNAP_CYCLE_FIRST", 0),
		count = from_environment("NATNAP_CYCLE_COUNT", 2400);
	uint32_t with_skips = 0, bad = 0;

	for (guint32 n = first; n < first + count && bad < 3; n++) {
		struct order_draft d = steady_draft(n);
		uint64_t skipped;

		if (check(&d, &skipped)) {
			g_autofree char *text = NULL;

			bad++;
			cut_down(&d);
			text = order_text(&d);
			g_test_message("scenario %u: %s\n%s", n, check(&d, &skipped), text);
			g_test_fail();
		}
		with_skips += skipped > 0;
		order_draft_clear(&d);
	}
	g_test_message("%u scenarios with cycles stepped over", with_skips);
	if (count >= 1500)
		g_assert_cmpuint(with_skips, >=, 300);
}

/* ---- kinds by name ---------------------------------------------------------------------------------------------------- */

/* Both runs of a scenario come to the same; returns the cycles stepped over. */
static uint64_t agree(struct nap_scenario *sc, const char *name)
{
	struct outcome *o = g_new(struct outcome, 2);
	const char *what;
	uint64_t skipped;

	outcome_run(sc, true, &o[0]);
	outcome_run(sc, false, &o[1]);
	skipped = o[0].skipped;
	what = outcome_difference(&o[0], &o[1]);
	if (what) {
		g_test_message("%s: %s", name, what);
		g_test_fail();
	}
	outcome_clear(&o[0]);
	outcome_clear(&o[1]);
	g_free(o);
	return skipped;
}

/* A box whose clock is set for sessions that packets have prolonged looks up in vain now and then: a policy that is told of bindings is not told that. */
static void test_alarm_in_vain(void)
{
	const char *text = "[scenario]\nduration = 20h\n[path]\nmiddleboxes = a; b\n[middlebox a]\n"
			   "on-expiry = rst\n[middlebox b]\nudp = 4443ms\n"
			   "[client]\napplication = udp\npolicy = oracle\n";
	struct nap_scenario *sc = h_scenario(text);

	g_assert_cmpuint(agree(sc, text), >, 10000);
	nap_scenario_free(sc);
}

/* A session that runs out while the next keepalive is on its way to the box: each cycle ends one and makes one. */
static void test_session_ends_on_the_way(void)
{
	static const char *const delays[] = { "0ms", "300ms", "2s" },
				 *const timers[] = { "59500ms", "59900ms", "58500ms", "30s" },
				 *const pushes[] = { "none", "poisson 1/h" },
				 *const apps[] = { "udp", "tcp" };
	uint64_t skipped = 0;

	for (int i = 0; i < 3 * 4 * 2 * 2; i++) {
		const char *app = apps[i / 24], *timer = timers[i / 3 % 4];
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 24h\nsubscribers = 2\n[path]\nmiddleboxes = nat\ndelay = %s\n"
			"[middlebox nat]\ntracker = simple\nudp = %s\nudp-stream = %s\ntcp-established = %s\n"
			"[radio]\nprofile = lte-two-state\n[client]\napplication = %s\npolicy = fixed\n"
			"interval = 60s\nstart = uniform 0s 60s\nkeepalive-answer = 10B\n[server]\npush = "
			"%s\n",
			delays[i % 3], timer, timer, timer, app, pushes[i / 12 % 2]);
		struct nap_scenario *sc = h_scenario(text);

		skipped += agree(sc, text);
		nap_scenario_free(sc);
	}
	g_assert_cmpuint(skipped, >, 10000);
}

/* ---- policies --------------------------------------------------------------------------------------------------------- */

/* A week of two clients whose lines these are. */
static struct nap_scenario *week_of(const char *client, const char *push)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 7d\nsubscribers = 2\n[path]\nmiddleboxes = nat\ndelay = 20ms\n"
		"[middlebox nat]\ntracker = simple\ntcp-established = 10min\nudp = 10min\nudp-stream = "
		"10min\n"
		"[radio]\nprofile = lte-two-state\n[server]\npush = %s\n[client]\nstart = uniform 0s "
		"60s\n%s\n",
		push, client);

	return h_scenario(text);
}

static struct nap_scenario *week(const struct nap_policy *p, const char *push)
{
	bool tcp = p->wire == NAP_WIRE_TCP_OPTION;
	g_autofree char *client =
		g_strdup_printf("application = %s\npolicy = %s", tcp ? "tcp" : "stun", p->name);

	return week_of(client, push);
}

/* Every policy over a week: what it learns from one cycle is not stepped over, whatever else is. */
static void test_policies(void)
{
	for (const struct nap_policy *const *p = nap_policies; *p; p++) {
		static const char *const pushes[] = { "none", "poisson 1/h" };
		bool regular = is_one_of((*p)->name, "fixed piggyback oracle tail-riding");

		for (size_t i = 0; i < G_N_ELEMENTS(pushes); i++) {
			struct nap_scenario *sc = week(*p, pushes[i]);
			uint64_t skipped = agree(sc, (*p)->name);

			g_assert_true(!regular || skipped > 0);
			nap_scenario_free(sc);
		}
	}
}

/* What else decides when a client speaks: Doze's windows and alarms, waits that are drawn, checks and renewals beside keepalives. */
static void test_other_clocks(void)
{
	static const char *const clients[] = {
		"application = mqtt\npolicy = coalesced\ninterval = 4min\ndoze = light",
		"application = mqtt\npolicy = coalesced\ninterval = 4min\ndoze = deep",
		"application = stun\npolicy = coalesced\ninterval = 4min\ndoze = deep\nwhile-idle = yes",
		"application = udp\npolicy = coalesced\ninterval = 4min\nwakeups = 7min\ndoze = light",
		"application = mqtt\npolicy = fixed\ninterval = 4min\nwake-lock = 1h\n[device]\nprofile = "
		"nexus-one",
		"application = mqtt\npolicy = coalesced\ninterval = 9min\nwakeups = "
		"2min\n[device]\nwake-energy = 1mJ\nhold = 3s",
		"application = ipsec-natt\ndoze = deep\noffload = yes\n[device]\nprofile = nexus-one",
		"application = tcp\npolicy = tcp-keepalive\noffload = yes\ndoze = "
		"both\n[device]\nwake-energy = 1mJ",
		"application = dtls\ninterval = 9min",
		"application = ipsec-natt",
		"application = ipsec-natt\nliveness = 25min\ninterval = 15min",
		"application = sip-outbound-udp",
		"application = sip-outbound-tcp\nflow = tcp",
		"application = websocket\nreconnect-delay = uniform 1s 5s",
		"application = lwm2m-queue",
	};

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(clients); i++) {
		struct nap_scenario *sc = week_of(clients[i / 2], i % 2 ? "poisson 1/h" : "none");

		agree(sc, clients[i / 2]);
		nap_scenario_free(sc);
	}
}

/* A processor that each cycle wakes goes on by whole cycles too. */
static void test_processor(void)
{
	static const char *const clients[] = {
		"application = udp\npolicy = fixed\ninterval = 4min\n[device]\nprofile = nexus-one",
		"application = udp\npolicy = fixed\ninterval = 4min\nwake-lock = 1h\n[device]\nprofile = "
		"nexus-one",
		"application = mqtt\npolicy = fixed\ninterval = 4min\n[device]\nwake-energy = 1mJ",
		"application = stun\npolicy = coalesced\ninterval = 4min\nwakeups = 1min\n[device]\nprofile "
		"= nexus-one",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++) {
		struct nap_scenario *sc = week_of(clients[i], "none");

		g_assert_cmpuint(agree(sc, clients[i]), >, 0);
		nap_scenario_free(sc);
	}
}

/* Between two changes of the access link's delay cycles are those of that delay, which reach tells from the one before it. */
static void test_delay_changes(void)
{
	static const char *const clients[] = {
		"application = udp\npolicy = fixed\ninterval = 4min",
		"application = udp\npolicy = fixed\ninterval = 11min", /* the NAT has forgotten it */
		"application = tcp\npolicy = fixed\ninterval = 4min\nkeepalive-answer = 1B\nanswer-timeout "
		"= 5s",
	};
	static const struct nap_dist_change rows[] = { { 20 * NAP_H, { .a = 180e9 } },
		{ 30 * NAP_H, { .a = 10e6 } }, { 48 * NAP_H, { .a = 700e6 } },
		{ 48 * NAP_H + 20 * NAP_S, { .a = 40e6 } },
		{ 96 * NAP_H, { NAP_DIST_UNIFORM, 0, 1e9, 2e9, NULL } } };

	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++) {
		struct nap_scenario *sc = week_of(clients[i], "none");
		uint64_t plain = agree(sc, clients[i]);

		sc->path.delay_changes = (struct nap_dist_changes){ rows, G_N_ELEMENTS(rows) - 1 };
		g_assert_cmpuint(agree(sc, clients[i]), >, plain / 2);
		/* with one that is drawn none is stepped over */
		sc->path.delay_changes.n++;
		g_assert_cmpuint(agree(sc, clients[i]), ==, 0);
		nap_scenario_free(sc);
	}
}

struct on_grid {
	nap_time grid;
};

/* At the full hour, or the next step of a grid that began with the run. */
static nap_time grid_next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct on_grid *c = config;

	(void)state;
	return (ev->now / c->grid + 1) * c->grid;
}

/* A policy that needs the clock says so, gets it, and no cycle of it is stepped over. */
static void test_clock(void)
{
	static const struct nap_policy hourly = {
		.name = "hourly", .next = grid_next, .listens = NAP_EV_TIMER, .clock = true
	};
	struct on_grid config = { NAP_H };
	struct nap_scenario *sc = week(nap_policy_find("fixed"), "none");
	const struct nap_policy *policy = sc->policy;
	void *own = sc->policy_config;
	struct outcome *o = g_new(struct outcome, 1);

	sc->policy = &hourly;
	sc->policy_config = &config;
	outcome_run(sc, true, o);
	g_assert_cmpuint(o->skipped, ==, 0);
	g_assert_cmpuint(o->part[0].tally.keepalives, >=, 2 * 167);
	g_assert_cmpuint(o->part[0].tally.keepalives, <=, 2 * 170);
	outcome_clear(o);
	g_free(o);
	sc->policy = policy;
	sc->policy_config = own;
	nap_scenario_free(sc);
}

struct since_last {
	nap_time last;
	uint32_t events;
};

static const struct nap_field since_rows[] = { NAP_FIELD(struct since_last, last, NAP_AT),
	NAP_FIELD(struct since_last, events, NAP_IGNORE) };
NAP_FIELDS(since_fields, struct since_last, since_rows);

/* Sends a minute after the last one; sees its own times alone. */
static nap_time relative_next(const void *config, void *state, const struct nap_policy_event *ev)
{
	struct since_last *s = state;

	(void)config;
	g_assert_cmpint(ev->now, ==, 0);
	if (s->events++ > 0 && ev->what == NAP_EV_DUE)
		g_assert_cmpint(s->last, ==, -NAP_MIN);
	s->last = 0;
	return NAP_MIN;
}

/* One that does not is told times from its events only, so that it cannot depend on the hour. */
static void test_relative(void)
{
	static const struct nap_policy blind = {
		.name = "blind", .next = relative_next, .state = &since_fields, .listens = NAP_EV_TIMER
	};
	struct nap_scenario *sc = week(nap_policy_find("fixed"), "none");
	const struct nap_policy *policy = sc->policy;

	sc->policy = &blind;
	g_assert_cmpuint(agree(sc, blind.name), >, 2 * 5000);
	sc->policy = policy;
	nap_scenario_free(sc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cycle/tables", test_tables);
	g_test_add_func("/cycle/flaws", test_flaws);
	g_test_add_func("/cycle/kinds", test_kinds);
	g_test_add_func("/cycle/random", test_random);
	g_test_add_func("/cycle/alarm-in-vain", test_alarm_in_vain);
	g_test_add_func("/cycle/session-ends-on-the-way", test_session_ends_on_the_way);
	g_test_add_func("/cycle/policies", test_policies);
	g_test_add_func("/cycle/other-clocks", test_other_clocks);
	g_test_add_func("/cycle/processor", test_processor);
	g_test_add_func("/cycle/delay-changes", test_delay_changes);
	g_test_add_func("/cycle/clock", test_clock);
	g_test_add_func("/cycle/relative", test_relative);
	return g_test_run();
}
