/* SPDX-License-Identifier: BSD-2-Clause */
/* The same scenario gives the same bits: any number of threads, both orders, cycles stepped over or not, watched or not. */
#include <math.h>

#include "client/policy.h"
#include "harness.h"

#define SUBSCRIBERS 19 /* enough for several parts, and more than the tables and ports of some stories hold */

/* A scenario without its [scenario] group. */
struct story {
	const char *name;
	const char *general; /* more lines of [scenario] */
	const char *rest;
	bool limits; /* a shared box couples the subscribers: the subscriber order is not exact */
};

#define LINUX  "[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = linux\n"
#define LTE    "[radio]\nprofile = lte-two-state\n"
#define UDP(t) "[client]\napplication = udp\npolicy = fixed\ninterval = " t "\nstart = uniform 0s 60s\n"
#define TCP(t) "[client]\napplication = tcp\npolicy = fixed\ninterval = " t "\nstart = uniform 0s 60s\n"
#define PUSH   "[server]\npush = poisson 4/h\n"

static const struct story stories[] = {
	{ "udp", "", LINUX LTE UDP("55s"), false },
	{ "udp, expiring", "",
		"[path]\nmiddleboxes = nat\n[middlebox nat]\nudp = 40s\nudp-stream = 40s\n" LTE UDP("55s")
			PUSH,
		false },
	{ "tcp, expiring", "",
		"[path]\nmiddleboxes = nat\ndelay = 30ms\n[middlebox nat]\ntracker = simple\ntcp-established "
		"= 5min\n" LTE TCP("6min") PUSH,
		false },
	{ "imap idle on LTE", "",
		"[path]\nmiddleboxes = nat\ndelay = 40ms\n[middlebox nat]\nprofile = linux\n[radio]\nprofile "
		"= lte-huang-2012\n"
		"[battery]\nprofile = phone-3000mah\n[client]\napplication = imap-idle\ninterval = "
		"15min\n" PUSH,
		false },
	{ "loss", "",
		"[path]\nmiddleboxes = nat\ndelay = 30ms\nloss = 2%\n[middlebox nat]\nlink-loss = 1%\n" LTE
			TCP("50s") PUSH,
		false },
	{ "bursts of loss", "",
		"[path]\nmiddleboxes = nat\nloss = 10%\nloss-burst = 5\n[middlebox nat]\n" LTE UDP("50s")
			PUSH,
		false },
	{ "jitter", "",
		"[path]\nmiddleboxes = nat\ndelay = lognormal 40ms 0.8\n[middlebox nat]\nlink-delay = "
		"exponential 5ms\n" LTE TCP("50s") PUSH,
		false },
	{ "outages", "",
		"[path]\nmiddleboxes = nat\noutages = poisson 1/h\noutage-length = exponential "
		"2min\n[middlebox nat]\n" LTE UDP("50s") PUSH,
		false },
	{ "outages and moves", "",
		"[path]\nmiddleboxes = nat\ndelay = 20ms\noutages = poisson 1/h\noutage-length = exponential "
		"2min\noutage-keeps-address = no\n"
		"[middlebox nat]\n" LTE TCP("50s") PUSH,
		false },
	{ "RST at expiry", "",
		"[path]\nmiddleboxes = nat\ndelay = 20ms\n[middlebox nat]\ntcp-established = 100s\ntracker = "
		"simple\non-expiry = rst\n" LTE TCP("5min") PUSH,
		false },
	{ "RST at expiry of a shared NAT", "",
		"[path]\nmiddleboxes = cgn\ndelay = 20ms\n[middlebox cgn]\nshared = yes\ntcp-established = "
		"100s\ntracker = simple\non-expiry = rst\n" LTE TCP("5min") PUSH,
		false },
	{ "moves, restarts, ICMP", "",
		"[path]\nmiddleboxes = nat\ndelay = 20ms\nstay = exponential 30min\nmove-gap = 2s\nicmp = "
		"poisson 2/h\n"
		"[middlebox nat]\nprofile = linux\nreboots = poisson 1/h\n"
		"[network cellular]\nradio = lte-two-state\nmiddleboxes = cgn\ndelay = 50ms\nstay = "
		"exponential 20min\n"
		"[middlebox cgn]\nshared = yes\nreboots = periodic 50min\n[radio]\nprofile = "
		"wifi-adaptive-psm\n" TCP("4min") PUSH,
		false },
	{ "shared NAT without limits", "",
		"[path]\nmiddleboxes = cgn\n[middlebox cgn]\nshared = yes\nudp = 50s\nudp-stream = 50s\n" LTE
			UDP("55s") PUSH,
		false },
	{ "home and carrier NAT", "",
		"[path]\nmiddleboxes = home; cgn\ndelay = 10ms\n[middlebox home]\nprofile = "
		"linux\nlink-delay = 5ms\n[middlebox cgn]\nshared = yes\n"
		"tcp-established = 4min\ntracker = simple\n" LTE TCP("5min") PUSH,
		false },
	{ "full table, oldest thrown out", "",
		"[path]\nmiddleboxes = cgn\n[middlebox cgn]\nshared = yes\nudp = 50s\nudp-stream = "
		"50s\ncapacity = 6\neviction = lru\n" LTE UDP("55s") PUSH,
		true },
	{ "full table, refusing", "",
		"[path]\nmiddleboxes = cgn\ndelay = 10ms\n[middlebox cgn]\nshared = yes\ntcp-established = "
		"5min\ntracker = simple\ncapacity = 13\nreject = rst\n" LTE TCP("6min") PUSH,
		true },
	{ "few ports", "",
		"[path]\nmiddleboxes = cgn\n[middlebox cgn]\nshared = yes\nudp = 50s\nudp-stream = "
		"50s\nport-range = 1024-1032\nports = random\n" LTE UDP("55s") PUSH,
		true },
	{ "few ports for each", "",
		"[path]\nmiddleboxes = cgn\n[middlebox cgn]\nshared = yes\ntcp-established = 5min\ntracker = "
		"simple\n"
		"ports-per-subscriber = 1\n" LTE TCP("6min") PUSH,
		false },
	{ "mappings by request", "",
		"[path]\nmiddleboxes = cgn\ndelay = 10ms\nloss = 1%\n[middlebox cgn]\nshared = yes\nudp = "
		"50s\npcp = pcp\n"
		"pcp-maximum = 10min\nreboots = poisson 1/h\n" LTE
		"[client]\napplication = udp\npolicy = pcp\nstart = uniform 0s 60s\n" PUSH,
		false },
	{ "blocks of ports", "",
		"[path]\nmiddleboxes = cgn\n[middlebox cgn]\nprofile = cgn-rfc6888\nshared = yes\nports = "
		"block 64\n" LTE UDP("55s") PUSH,
		false },
	{ "blocks of each address' own", "",
		"[path]\nmiddleboxes = cgn\ndelay = exponential 20ms\n[middlebox cgn]\nshared = yes\nudp = "
		"50s\nudp-stream = 50s\nduration-limit = 4min\nports = block 8\nblock-allocation = "
		"deterministic\ninside-first = 10.0.0.2\n" LTE UDP("55s") PUSH,
		false },
	{ "one address behind them, and its quota", "",
		"[path]\nmiddleboxes = cgn; wall\n[middlebox cgn]\nshared = yes\nudp = 50s\nudp-stream = "
		"50s\nports = block 8\nblock-allocation = deterministic\ninside-first = 10.0.0.2\n"
		"[middlebox wall]\nkind = firewall\nshared = yes\nsessions-per-subscriber = uniform 1 8\n" LTE
			UDP("55s") PUSH,
		true },
	{ "drawn home gateways", "",
		"[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = hatonen-2010\n" LTE UDP("55s") PUSH,
		false },
	{ "drawn carrier NATs", "",
		"[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = richter-2016-cgn-cellular\n" LTE UDP(
			"55s") PUSH,
		false },
	{ "UMTS", "", LINUX "[radio]\nprofile = umts-qian-2010-carrier1\n" UDP("55s") PUSH, false },
	{ "Wi-Fi", "", LINUX "[radio]\nprofile = wifi-adaptive-psm\n" TCP("55s") PUSH, false },
	{ "power saving", "", LINUX "[radio]\nprofile = nb-iot-psm\n" UDP("50min") PUSH, false },
};

static char *text_of(const struct story *s, const char *more)
{
	return g_strdup_printf("[scenario]\nduration = 3h\nsubscribers = %u\nreplications = 2\n%s%s%s",
		SUBSCRIBERS, s->general, more, s->rest);
}

/* All means and half-widths of two runs, bit for bit. */
static void assert_same(const struct h_run *a, const struct h_run *b, const char *story, const char *what)
{
	const struct nap_results *x = a->results, *y = b->results;

	g_assert_cmpuint(x->n_columns, ==, y->n_columns);
	for (uint32_t i = 0; i < x->n_columns; i++) {
		const struct nap_row *p = &x->row[0], *q = &y->row[0];

		if (memcmp(&p->mean[i], &q->mean[i], sizeof(double)) == 0 &&
			memcmp(&p->ci95[i], &q->ci95[i], sizeof(double)) == 0)
			continue;
		if (isnan(p->mean[i]) && isnan(q->mean[i]))
			continue;
		g_test_message("%s, %s: %s is %.17g +- %.17g and %.17g +- %.17g", story, what,
			x->column[i].name, p->mean[i], p->ci95[i], q->mean[i], q->ci95[i]);
		g_test_fail();
	}
}

static void compare(
	const struct story *s, const struct h_run *a, const char *more, uint32_t threads, const char *what)
{
	g_autofree char *text = text_of(s, more);
	struct h_run *b = h_run(text, threads);

	assert_same(a, b, s->name, what);
	h_free(b);
}

/* Where subscribers touch one another, one after another is refused, with the reason. */
static void assert_refused(const struct story *s)
{
	g_autofree char *text = text_of(s, "order = subscriber\n");
	struct nap_scenario *sc = h_scenario(text);
	struct nap_plan plan;

	g_assert_false(nap_plan_make(&plan, sc));
	g_assert_nonnull(strstr(plan.why, plan.coupled_by));
	g_assert_nonnull(strstr(plan.why, plan.coupled_how));
	nap_scenario_free(sc);
}

static void test_story(gconstpointer data)
{
	const struct story *s = data;
	g_autofree char *text = text_of(s, "");
	struct h_run *a = h_run(text, 1);

	g_assert_cmpfloat(h_mean(a, "packets_up"), >, 0);
	g_assert_true((a->point.plan.parts > 1) == (a->point.plan.coupled_by == NULL));
	g_assert_true(a->point.plan.global == (a->point.plan.coupled_by != NULL));
	compare(s, a, "order = global\n", 2, "global order, 2 threads");
	compare(s, a, "order = global\nskip = no\n", 1, "global order, no skipping");
	compare(s, a, "", 5, "5 threads");
	if (!a->point.plan.coupled_by) {
		compare(s, a, "order = subscriber\n", 2, "subscriber order, 2 threads");
		compare(s, a, "order = subscriber\nskip = no\n", 2, "subscriber order, no skipping");
	} else {
		assert_refused(s);
	}
	if (s->limits)
		g_assert_cmpfloat(h_mean(a, "sessions_refused") + h_mean(a, "sessions_evicted"), >, 0);
	h_free(a);
}

/* Every keepalive policy: what it learns from one cycle must not be stepped over. */
static void test_policies(void)
{
	for (const struct nap_policy *const *p = nap_policies; *p; p++) {
		g_autofree char *rest =
			g_strdup_printf("[path]\nmiddleboxes = nat\ndelay = 20ms\n[middlebox nat]\ntracker = "
					"simple\ntcp-established = 4min\n"
					"udp = 4min\nudp-stream = 4min\n" LTE
					"[client]\napplication = %s\npolicy = %s\nstart = uniform 0s 60s\n"
					"[server]\npush = poisson 1/h\n",
				(*p)->try_silence ? "stun" : "imap-idle", (*p)->name);
		const struct story s = { (*p)->name, "", rest, false };
		g_autofree char *text = text_of(&s, "");
		struct h_run *a = h_run(text, 1);

		compare(&s, a, "skip = no\n", 2, "no skipping");
		compare(&s, a, "order = global\n", 2, "global order");
		h_free(a);
	}
}

/* ---- sums ----------------------------------------------------------------------------------------------------------- */

static void run_in_parts(const char *text, uint32_t size, struct nap_replication *out)
{
	struct h_run h = { .sc = h_scenario(text) };
	const char *why;
	uint32_t bad;

	h.point.sc = h.sc;
	h.campaign = (struct nap_campaign){ .point = &h.point, .n = 1, .threads = 1 };
	g_assert_true(nap_campaign_plan(&h.campaign, &why, &bad));
	h.point.plan.part_size = size;
	h.point.plan.parts = (h.sc->general.subscribers + size - 1) / size;
	g_assert_true(nap_campaign_run(&h.campaign));
	*out = h.point.replication[0];
	nap_campaign_clear(&h.campaign);
	nap_scenario_free(h.sc);
}

/* A population is the sum of its subscribers, however they are grouped; integers exactly, joules to rounding. */
static void test_sum(gconstpointer data)
{
	const struct story *s = data;
	g_autofree char *text = text_of(s, "");
	const uint32_t sizes[] = { 1, 7, SUBSCRIBERS };
	struct nap_replication r[3];

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		run_in_parts(text, sizes[i], &r[i]);
	for (size_t i = 1; i < G_N_ELEMENTS(sizes); i++) {
		g_assert_cmpfloat(r[i].subscribers, ==, SUBSCRIBERS);
		g_assert_true(memcmp(r[0].tally, r[i].tally, sizeof r[0].tally) == 0);
		g_assert_true(memcmp(r[0].box, r[i].box, sizeof r[0].box) == 0);
		g_assert_cmpfloat(r[0].promotions, ==, r[i].promotions);
		g_assert_cmpfloat(r[0].connected_ns, ==, r[i].connected_ns);
		g_assert_cmpfloat(r[0].radio_events, ==, r[i].radio_events);
		g_assert_cmpfloat(fabs(r[0].energy.total - r[i].energy.total), <=, 1e-12 * r[0].energy.total);
		for (int q = 0; q < 3; q++)
			g_assert_true(r[0].push_delay_ns[q] == r[i].push_delay_ns[q] ||
				      isnan(r[0].push_delay_ns[q]));
	}
}

/* One subscriber alone does what it does as the first of many. */
static void test_first_of_many(void)
{
	static const char rest[] =
		"[path]\nmiddleboxes = nat\nloss = 2%\ndelay = lognormal 40ms 0.5\n[middlebox nat]\n" LTE TCP(
			"5min") PUSH;
	g_autofree char *one = g_strdup_printf("[scenario]\nduration = 6h\nsubscribers = 1\n%s", rest);
	g_autofree char *two = g_strdup_printf("[scenario]\nduration = 6h\nsubscribers = 2\n%s", rest);
	g_autofree char *three = g_strdup_printf("[scenario]\nduration = 6h\nsubscribers = 3\n%s", rest);
	struct h_run *a = h_run(one, 1), *b = h_run(two, 1), *c = h_run(three, 1);
	double second = NAP_TALLIED(&b->point.replication[0], bytes_up) -
			NAP_TALLIED(&a->point.replication[0], bytes_up);
	double third = NAP_TALLIED(&c->point.replication[0], bytes_up) -
		       NAP_TALLIED(&b->point.replication[0], bytes_up);

	g_assert_cmpfloat(second, >, 0);
	g_assert_cmpfloat(third, >, 0);
	g_assert_false(second == NAP_TALLIED(&a->point.replication[0], bytes_up) &&
		       second == third); /* each has draws of its own */
	h_free(a);
	h_free(b);
	h_free(c);
}

/* ---- boxes that act, shared, behind one another -------------------------------------------------------------------- */

/* A shared outer box acts on a flow that the NAT before it, also shared, has forgotten. */
static const char *const acting[] = { "on-expiry = rst\n", "on-expiry = rst-inside\n",
	"on-expiry = rst-outside\n", "probe-interval = 20s\n",
	"probe-interval = 20s\nprobe-count = 3\non-expiry = rst\n" };

/* What each box and both ends see of it is the same for two who share the boxes as for one whose own they are. */
static void test_acting(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(acting); i++)
		for (int reject = 0; reject <= 1; reject++) {
			struct h_run *h[2];
			const struct nap_replication *one, *two;

			for (int n = 0; n < 2; n++) {
				g_autofree char *text = g_strdup_printf(
					"[scenario]\nduration = 30min\nsubscribers = %d\n[path]\n"
					"middleboxes = home; carrier\ndelay = 40ms\n[middlebox home]\n"
					"shared = yes\ntracker = simple\ntcp-established = 60s\nlink-delay = "
					"10ms\nreject = %s\n[middlebox carrier]\nshared = yes\ntracker = "
					"simple\ntcp-established = 90s\n%s[radio]\nprofile = wired\n"
					"[client]\napplication = tcp\npolicy = fixed\ninterval = 5min\n",
					n + 1, reject ? "icmp" : "drop", acting[i]);

				h[n] = h_run(text, 1);
			}
			one = &h[0]->point.replication[0];
			two = &h[1]->point.replication[0];
			g_test_message("%s: %g packets dropped at home, %g", acting[i],
				NAP_BOXED(one, 0, dropped), NAP_BOXED(two, 0, dropped));
			for (size_t w = 0; w < sizeof one->tally / sizeof *one->tally; w++)
				g_assert_cmpfloat(2 * one->tally[w], ==, two->tally[w]);
			for (uint32_t k = 0; k < 2; k++) {
				g_assert_cmpfloat(
					2 * NAP_BOXED(one, k, packets), ==, NAP_BOXED(two, k, packets));
				g_assert_cmpfloat(
					2 * NAP_BOXED(one, k, dropped), ==, NAP_BOXED(two, k, dropped));
			}
			h_free(h[0]);
			h_free(h[1]);
		}
}

/* ---- common random numbers ------------------------------------------------------------------------------------------ */

static void on_push(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	(void)now;
	(void)hop;
	if (place == NAP_AT_SERVER && !up && p->cause == NAP_CAUSE_PUSH)
		g_array_append_val((GArray *)ctx, p->stamp);
}

/* When the server offered pushes to subscriber 0: first sendings, for a UDP flow that stays open. */
static GArray *push_times(const char *policy, const char *path, const char *seed)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 24h\nseed = %s\n%s[client]\napplication = udp\nanswer = no\n%s" PUSH,
		seed, path, policy);
	GArray *times = g_array_new(FALSE, FALSE, sizeof(nap_time));
	const struct nap_observer observer = { .ctx = times, .packet = on_push };
	struct h_run *h = h_run_watched(text, 1, &observer);

	h_free(h);
	return times;
}

static bool equal_times(const GArray *a, const GArray *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len * sizeof(nap_time)) == 0;
}

static void test_common_random_numbers(void)
{
	static const char wide[] = "[path]\nmiddleboxes = nat\n[middlebox nat]\nudp = 1h\n" LTE;
	static const char lossy[] = "[path]\nmiddleboxes = nat\nloss = 30%\ndelay = exponential 1s\noutages "
				    "= poisson 2/h\n[middlebox nat]\nudp = 10s\nudp-stream = 10s\n"
				    "[radio]\nprofile = umts-qian-2010-carrier2\n";
	static const char seldom[] = "policy = fixed\ninterval = 1h\n",
			  often[] = "policy = fixed\ninterval = 20s\n";
	static const char random[] = "policy = jittered\n";
	GArray *a = push_times(seldom, wide, "1"), *b = push_times(often, wide, "1"),
	       *c = push_times(random, wide, "1");
	GArray *d = push_times(often, lossy, "1"), *other = push_times(often, wide, "2");

	g_assert_cmpuint(a->len, >, 60);
	g_assert_true(equal_times(a, b));
	g_assert_true(equal_times(a, c));
	/* until the server has heard the client at all there is no flow to push to: only the beginning may be missing */
	g_assert_cmpuint(d->len, >, a->len - 3);
	g_assert_true(memcmp(d->data, a->data + (a->len - d->len) * sizeof(nap_time),
			      d->len * sizeof(nap_time)) == 0);
	g_assert_false(equal_times(a, other));
	g_array_unref(a);
	g_array_unref(b);
	g_array_unref(c);
	g_array_unref(d);
	g_array_unref(other);
}

/* ---- watching, seeds, replications ------------------------------------------------------------------------------------- */

static void ignore_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	(void)now, (void)place, (void)hop, (void)up, (void)p;
	++*(uint64_t *)ctx;
}

static void ignore_note(void *ctx, nap_time now, uint32_t notes)
{
	(void)now, (void)notes;
	++*(uint64_t *)ctx;
}

static void test_watched(gconstpointer data)
{
	const struct story *s = data;
	g_autofree char *text = text_of(s, "");
	uint64_t seen = 0;
	const struct nap_observer observer = { .ctx = &seen, .packet = ignore_packet, .note = ignore_note };
	struct h_run *a = h_run(text, 2), *b = h_run_watched(text, 2, &observer);

	g_assert_cmpuint(seen, >, 10);
	assert_same(a, b, s->name, "watched");
	h_free(a);
	h_free(b);
}

static void test_seeds(void)
{
	static const char rest[] = "replications = 4\n" LINUX LTE UDP("55s") PUSH;
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 10h\n%s", rest),
			*same = g_strdup_printf("[scenario]\nduration = 10h\nseed = 1\n%s", rest);
	g_autofree char *other = g_strdup_printf("[scenario]\nduration = 10h\nseed = 2\n%s", rest);
	struct h_run *a = h_run(text, 1), *b = h_run(same, 1), *c = h_run(other, 1);
	double first = NAP_TALLIED(&a->point.replication[0], pushes_offered);
	bool differ = false;

	assert_same(a, b, "seeds", "default seed is 1");
	g_assert_cmpfloat(h_mean(a, "energy_j"), !=, h_mean(c, "energy_j"));
	for (int i = 1; i < 4; i++)
		differ |= NAP_TALLIED(&a->point.replication[i], pushes_offered) != first;
	g_assert_true(differ);
	h_free(a);
	h_free(b);
	h_free(c);
}

/* Stopped before it began: nothing is complete, and the results say so. */
static void test_stop(void)
{
	volatile int stop = 1;
	const char *why;
	uint32_t bad;
	struct h_run h = { .sc = h_scenario(
				   "[scenario]\nduration = 10h\nreplications = 5\n" LINUX LTE UDP("55s")) };

	h.point.sc = h.sc;
	h.campaign = (struct nap_campaign){ .point = &h.point, .n = 1, .threads = 2, .stop = &stop };
	g_assert_true(nap_campaign_plan(&h.campaign, &why, &bad));
	g_assert_false(nap_campaign_run(&h.campaign));
	h.results = nap_results_new(&h.campaign, NULL, 0, (const char *const *const[]){ NULL });
	g_assert_cmpuint(h.results->missing, ==, 5);
	g_assert_cmpuint(h.results->row[0].complete, ==, 0);
	g_assert_true(isnan(h.results->row[0].mean[0]));
	nap_results_free(h.results);
	nap_campaign_clear(&h.campaign);
	nap_scenario_free(h.sc);
}

static void add_stories(const char *group, GTestDataFunc test, bool limits)
{
	for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
		g_autofree char *name = g_strdup_printf("/run/%s/%s", group, stories[i].name);

		if (limits || !stories[i].limits)
			g_test_add_data_func(name, &stories[i], test);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_stories("same-bits", test_story, true);
	add_stories("sum", test_sum, false);
	add_stories("watched", test_watched, true);
	g_test_add_func("/run/policies", test_policies);
	g_test_add_func("/run/first-of-many", test_first_of_many);
	g_test_add_func("/run/acting", test_acting);
	g_test_add_func("/run/common-random-numbers", test_common_random_numbers);
	g_test_add_func("/run/seeds", test_seeds);
	g_test_add_func("/run/stop", test_stop);
	return g_test_run();
}
