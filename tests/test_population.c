/* SPDX-License-Identifier: BSD-2-Clause */
/* Populations of several kinds: shares, tables whose columns feed keys together, rates through the day; and what is refused. */
#include <glib/gstdio.h>
#include <math.h>

#include "harness.h"
#include "kernel/arrivals.h"
#include "run/replicate.h"
#include "text/random_text.h"

static char *folder; /* of the tables */

static void put(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static struct nap_scenario *load(const char *text, GError **error)
{
	struct nap_document *doc = nap_document_new("p.ini", folder, text, strlen(text), error);
	struct nap_scenario *sc = doc ? nap_scenario_new(doc, NULL, 0, error) : NULL;

	nap_document_free(doc);
	return sc;
}

/* The replications of a text; *sc is to be freed, and they. */
static struct nap_replication *run(
	const char *text, enum nap_order order, uint32_t threads, struct nap_scenario **sc)
{
	g_autoptr(GError) error = NULL;
	struct nap_point point = { .sc = *sc = load(text, &error) };
	struct nap_campaign c = { .point = &point, .n = 1, .threads = threads };
	struct nap_replication *out;
	const char *why = NULL;
	uint32_t bad;

	g_assert_no_error(error);
	(*sc)->general.order = order;
	nap_campaign_plan(&c, &why, &bad);
	g_assert_cmpstr(why, ==, NULL);
	g_assert_true(nap_campaign_run(&c));
	out = g_steal_pointer(&point.replication);
	nap_campaign_clear(&c);
	return out;
}

#define REST                                                                                                 \
	"[path]\nmiddleboxes = nat; cgn\n[middlebox nat]\nudp = 50s\nudp-stream = 70s\n[middlebox cgn]\n"    \
	"shared = yes\nkind = firewall\nudp = 90s\nudp-stream = 90s\n"                                       \
	"[radio]\nprofile = lte-two-state\n[client]\napplication = udp\npolicy = fixed\ninterval = 60s\n"    \
	"start = uniform 0s 60s\n[server]\npush = poisson 6/h\n"

static void same_words(const double *a, const double *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g_assert_true(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])));
}

/* Kinds that do not differ: the population is the one that has none, in either order, coupled or not. */
static void test_alike(void)
{
	static const char *const couples[] = { "", "[middlebox cgn]\ncapacity = 60\neviction = lru\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(couples); i++)
		for (int global = 0; global < 2; global++) {
			g_autofree char *plain =
				g_strdup_printf("[scenario]\nduration = 2h\nsubscribers = 90\n"
						"replications = 2\n%s",
					REST);
			g_autofree char *mixed = NULL;
			struct nap_scenario *a, *b;
			g_autofree struct nap_replication *x = NULL, *y = NULL;
			enum nap_order order = i || global ? NAP_ORDER_GLOBAL : NAP_ORDER_SUBSCRIBER;

			if (i) {
				g_autofree char *with = g_strdup(plain);
				GString *s = g_string_new(with);

				g_string_replace(s, "shared = yes\n",
					"shared = yes\ncapacity = 60\neviction = lru\n", 1);
				g_free(plain);
				plain = g_string_free(s, FALSE);
			}
			mixed = g_strconcat(plain,
				"[mix]\nclient.interval = 60s 30%; 60s 70%\n"
				"radio.profile = lte-two-state 50%; lte-two-state 50%\n",
				NULL);
			x = run(plain, order, 1, &a);
			y = run(mixed, order, 2, &b);
			for (int r = 0; r < 2; r++) {
				same_words(x[r].tally, y[r].tally, G_N_ELEMENTS(x[r].tally));
				same_words(x[r].each[0], y[r].each[0], NAP_EACH_N * NAP_QUANTILES);
				same_words(x[r].within, y[r].within, NAP_BOUNDS_MAX);
				same_words(x[r].push_delay_ns, y[r].push_delay_ns, 3);
				same_words(x[r].box[0], y[r].box[0], 8);
				g_assert_cmpfloat(fabs(x[r].energy.total / y[r].energy.total - 1), <, 1e-12);
			}
			nap_scenario_free(a);
			nap_scenario_free(b);
		}
}

/* A shared box restarts once in the whole run, for each of those behind it, however many of them one part has. */
static void test_one_restart(void)
{
	static const char text[] = "[scenario]\nduration = 1h\nsubscribers = 300\n[path]\nmiddleboxes = fw\n"
				   "[middlebox fw]\nkind = firewall\nshared = yes\nreboots = times 605s\n"
				   "[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = fixed\n"
				   "interval = 100s\n";
	struct nap_scenario *a, *b;
	g_autofree struct nap_replication *x = run(text, NAP_ORDER_SUBSCRIBER, 1, &a),
					  *y = run(text, NAP_ORDER_GLOBAL, 1, &b);

	same_words(x->tally, y->tally, G_N_ELEMENTS(x->tally));
	/* known at once at 0; gone at 605 s, back with the keepalive at 700 s */
	g_assert_cmpfloat(NAP_TALLIED(x, reachable_ns), ==, 300 * (3600 - 95) * 1e9);
	nap_scenario_free(a);
	nap_scenario_free(b);
}

/* Each choice has its share of subscribers, drawn for each by itself: more of them change nothing for those there were. */
static void test_shares(void)
{
	g_autofree char *text = g_strdup_printf("[scenario]\nduration = 1h\nsubscribers = "
						"20000\n[mix]\nclient.interval = 30s 10%%; 60s 60%%; "
						"90s 30%%\npath.loss = 0%% 50%%; 1%% 50%%\n%s",
		REST);
	struct nap_scenario *sc = load(text, NULL);
	uint32_t counts[6] = { 0 }, first[50];

	g_assert_cmpuint(sc->kinds.n, ==, 6);
	g_assert_cmpuint(sc->kinds.n_traits, ==, 2);
	for (uint32_t id = 0; id < 20000; id++)
		counts[nap_kind_of(sc, 0, id)]++;
	for (int k = 0; k < 6; k++) {
		static const double share[] = { 0.1, 0.6, 0.3 };
		double p = share[k / 2] / 2, sd = sqrt(20000 * p * (1 - p));

		g_assert_cmpfloat(fabs(counts[k] - 20000 * p), <, 4 * sd);
		g_assert_cmpfloat(sc->kinds.kind[k]->path.loss, ==, k % 2 ? 0.01 : 0);
	}
	for (uint32_t id = 0; id < 50; id++)
		first[id] = nap_kind_of(sc, 3, id);
	sc->general.subscribers = 60;
	for (uint32_t id = 0; id < 50; id++)
		g_assert_cmpuint(nap_kind_of(sc, 3, id), ==, first[id]);
	nap_scenario_free(sc);
}

/* A binding thrown out to make room is a lost one: two who take a table of one place from each other are within no bound on it. */
static void test_evicted_is_lost(void)
{
	static const char text[] = "[scenario]\nduration = 1h\nsubscribers = 2\nbounds = bindings-lost <= 0\n"
				   "[path]\nmiddleboxes = fw\n[middlebox fw]\nkind = firewall\nshared = yes\n"
				   "udp = 1h\nudp-stream = 1h\ncapacity = %u\neviction = lru\n[radio]\n"
				   "profile = wired\n[client]\napplication = udp\npolicy = fixed\ninterval = "
				   "60s\nstart = uniform 0s 60s\n";

	for (uint32_t places = 1; places <= 2; places++) {
		g_autofree char *with = g_strdup_printf(text, places);
		struct nap_scenario *sc;
		g_autofree struct nap_replication *r = run(with, NAP_ORDER_AUTO, 1, &sc);

		g_assert_cmpfloat(r->within[0], ==, places == 1 ? 0 : 2);
		g_assert_cmpfloat(NAP_TALLIED(r, bindings_evicted), >=, places == 1 ? 100 : 0);
		g_assert_cmpfloat(NAP_TALLIED(r, bindings_evicted), <=, places == 1 ? 120 : 0);
		nap_scenario_free(sc);
	}
}

/* What a subscriber may take in the one queue, of whichever kind it is. */
static void test_memory(void)
{
	static const char *const client[] = { "[client]\napplication = udp\n",
		"[client]\napplication = tcp\n",
		"[client]\napplication = udp\n[mix]\nclient.application = udp 99%; tcp 1%\n",
		"[client]\napplication = udp\n[mix]\nclient.application = tcp 1%; udp 99%\n" };
	double bytes[G_N_ELEMENTS(client)];

	for (size_t i = 0; i < G_N_ELEMENTS(client); i++) {
		g_autofree char *text =
			g_strconcat("[scenario]\nduration = 1h\nsubscribers = 1000\n", client[i], NULL);
		struct nap_scenario *sc = load(text, NULL);
		struct nap_plan plan;

		g_assert_true(nap_plan_make(&plan, sc));
		bytes[i] = nap_plan_bytes(&plan);
		nap_scenario_free(sc);
	}
	g_assert_cmpfloat(bytes[0] + 100e3, <, bytes[1]);
	g_assert_cmpfloat(bytes[2], ==, bytes[1]);
	g_assert_cmpfloat(bytes[3], ==, bytes[1]);
}

#define TABLE                                                                                                \
	"[scenario]\nduration = 3h\nsubscribers = 200\npopulation = carriers.csv\npopulation-order = "       \
	"enumerated\n"                                                                                       \
	"bounds = bindings-lost <= 0; pushes-lost <= 0\n[population]\nudp_s = middlebox.nat.udp; "           \
	"middlebox.nat.udp-stream\ninterval = client.interval\nusers = weight\n"                             \
	"[path]\nmiddleboxes = nat\n[middlebox nat]\ninput = drop\n[client]\napplication = udp\npolicy = "   \
	"fixed\n"

/* A row's values go together: 30 s behind 40 s holds, 60 s behind 70 s too, 60 s behind 40 s would not. */
static void test_table(void)
{
	struct nap_scenario *sc;
	g_autofree struct nap_replication *r = NULL, *s = NULL;

	put("carriers.csv",
		"carrier,udp_s,interval,users\nA,40,30s,25\nB,70,60s,50\nC,40s,1min,25\nD,1,1min,0\n");
	r = run(TABLE, NAP_ORDER_AUTO, 2, &sc);
	g_assert_cmpuint(sc->kinds.n, ==, 3);
	g_assert_cmpfloat(r->within[0], ==, 150);
	/* by number: the first quarter is A's */
	g_assert_cmpuint(nap_kind_of(sc, 0, 49), ==, 0);
	g_assert_cmpuint(nap_kind_of(sc, 0, 50), ==, 1);
	g_assert_cmpuint(nap_kind_of(sc, 0, 149), ==, 1);
	g_assert_cmpuint(nap_kind_of(sc, 0, 150), ==, 2);
	nap_scenario_free(sc);
	s = run(TABLE, NAP_ORDER_GLOBAL, 1, &sc);
	same_words(r->each[0], s->each[0], NAP_EACH_N * NAP_QUANTILES);
	g_assert_cmpfloat(s->within[0], ==, 150);
	nap_scenario_free(sc);
}

/* Batteries of two sizes: the mean share a day is that of the mean of both, the life too. */
static void test_batteries(void)
{
	struct nap_scenario *sc, *of;
	g_autofree struct nap_replication *r = NULL;
	double both[2], part[2][2];
	static const char *const names[] = { "phone-3000mah", "phone-1000mah" };

	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 2h\nsubscribers = 1000\n[mix]\n"
				"battery.profile = phone-3000mah 50%%; phone-1000mah 50%%\n%s",
			REST);

	r = run(text, NAP_ORDER_AUTO, 1, &sc);
	g_assert_true(nap_replication_metric(sc, r, "battery_percent_per_day", &both[0]));
	g_assert_true(nap_replication_metric(sc, r, "battery_life_h", &both[1]));
	for (int i = 0; i < 2; i++) {
		struct nap_replication *one;
		g_autofree char *alone =
			g_strdup_printf("[scenario]\nduration = 2h\nsubscribers = 1000\n[battery]\n"
					"profile = %s\n%s",
				names[i], REST);

		one = run(alone, NAP_ORDER_AUTO, 1, &of);
		nap_replication_metric(of, one, "battery_percent_per_day", &part[i][0]);
		nap_replication_metric(of, one, "battery_life_h", &part[i][1]);
		nap_scenario_free(of);
		g_free(one);
	}
	for (int k = 0; k < 2; k++)
		g_assert_cmpfloat(fabs(both[k] / ((part[0][k] + part[1][k]) / 2) - 1), <, 0.05);
	nap_scenario_free(sc);
}

/* --set has its own shares and columns, and is refused in its own name; a sweep does not set what subscribers differ in. */
static void test_set(void)
{
	static const struct {
		const char *set, *why;
		uint32_t kinds;
	} rows[] = { { "mix.client.interval=10s 50%; 20s 25%; 30s 25%", NULL, 3 },
		{ "mix.client.interval=10s 100%", NULL, 1 }, { "mix.path.loss=0% 50%; 1% 50%", NULL, 4 },
		{ "client.interval=10s", NULL, 2 },
		{ "population.stream_s=middlebox.nat.udp-stream", NULL, 2 },
		{ "population.stream_s=middlebox.nat.udp", "--set: [population] stream_s: udp is set already",
			0 },
		{ "mix.client.interval=10s 90%", "--set: [mix] client.interval: the shares make 90%", 0 },
		{ "mix.client.intervall=10s 100%", "--set: [mix] client.intervall: there is no key", 0 } };
	const char *text =
		"[scenario]\nduration = 1h\npopulation = sets.csv\n[mix]\nclient.interval = 1min 50%; 2min "
		"50%\n[population]\nudp_s = middlebox.nat.udp\n" REST;

	put("sets.csv", "udp_s,stream_s\n50,70\n");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_document *doc = nap_document_new("p.ini", folder, text, strlen(text), NULL);
		struct nap_override o;
		g_autoptr(GError) error = NULL;
		struct nap_scenario *sc;

		g_assert_true(nap_override_parse(rows[i].set, &o, NULL));
		sc = nap_scenario_new(doc, &o, 1, &error);
		if (rows[i].why)
			g_assert_nonnull(strstr(error->message, rows[i].why));
		else
			g_assert_cmpuint(sc->kinds.n, ==, rows[i].kinds);
		nap_scenario_free(sc);
		nap_override_clear(&o);
		nap_document_free(doc);
	}
}

/* What a sweep sets for all is not what subscribers differ in. */
static void test_swept(void)
{
	const struct nap_override o = { "client", "interval", "10s", "p.ini:9", NULL };
	const char *text = "[scenario]\nduration = 1h\n[mix]\nclient.interval = 1min 50%; 2min 50%\n" REST;
	struct nap_document *doc = nap_document_new("p.ini", folder, text, strlen(text), NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(nap_scenario_new(doc, &o, 1, &error));
	g_assert_cmpstr(error->message, ==,
		"p.ini:4: [mix] client.interval: interval is set for all subscribers, at p.ini:9");
	nap_document_free(doc);
}

/* ---- a column of a file, and rates through the day ------------------------------------------------------------------------ */

static void test_column(void)
{
	struct nap_arena *arena = nap_arena_new();
	struct nap_document *doc = nap_document_new("p.ini", folder, "[scenario]\nduration = 1s\n", 24, NULL);
	g_autoptr(GError) error = NULL;
	struct nap_dist d;

	put("timers.csv", "carrier,tcp_min,udp_s\nA,30,40\nB,124,\nC,10,2min\n");
	g_assert_true(
		nap_dist_parse(NAP_P_TIME, "empirical timers.csv udp_s", arena, &doc->folder, &d, &error));
	g_assert_cmpuint(d.n, ==, 2);
	g_assert_cmpfloat(d.values[0], ==, 40e9);
	g_assert_cmpfloat(d.values[1], ==, 120e9);
	g_assert_true(
		nap_dist_parse(NAP_P_TIME, "empirical(timers.csv, tcp_min)", arena, &doc->folder, &d, NULL));
	g_assert_cmpfloat(d.values[1], ==, 124 * 60e9);
	g_assert_false(
		nap_dist_parse(NAP_P_TIME, "empirical timers.csv udp", arena, &doc->folder, &d, &error));
	g_assert_nonnull(strstr(error->message, "timers.csv:1: there is no column \"udp\""));
	nap_document_free(doc);
	nap_arena_free(arena);
}

/* Ten thousand days of 24 a day: hour by hour as many as its weight says, Poisson. */
static void test_daily(void)
{
	static const double w[] = { 0, 0, 1, 3, 0, 8 };
	struct nap_arena *arena = nap_arena_new();
	struct nap_arrivals a;
	struct nap_arrivals_state s = { 0 };
	struct nap_rng r = nap_rng_stream(5, 0, 0, NAP_RNG_PUSH);
	g_autofree char *text = NULL;
	uint32_t n[6] = { 0 }, days = 10000;
	nap_time t, before = -1;

	g_assert_true(nap_arrivals_parse("poisson 1/h daily 0 0 1 3 0 8", arena, NULL, &a, NULL));
	text = nap_arrivals_format(&a);
	g_assert_cmpstr(text, ==, "poisson 1/h daily 0 0 1 3 0 8");
	while ((t = nap_arrivals_next(&a, &s, &r)) < days * NAP_DAY) {
		g_assert_cmpint(t, >, before);
		before = t;
		n[t % NAP_DAY / (4 * NAP_H)]++;
	}
	for (int i = 0; i < 6; i++)
		g_assert_cmpfloat(fabs(n[i] - days * 24 * w[i] / 12), <=, 4 * sqrt(days * 24 * w[i] / 12));
	/* a weight for each minute; even ones change nothing but rounding */
	g_assert_true(nap_arrivals_parse("periodic 7s daily 2 2 2", arena, NULL, &a, NULL));
	s = (struct nap_arrivals_state){ 0 };
	for (int i = 1; i < 100000; i++)
		g_assert_cmpint(llabs(nap_arrivals_next(&a, &s, &r) - i * 7 * NAP_S), <=, 1);
	nap_arena_free(arena);
}

/* ---- what is refused ---------------------------------------------------------------------------------------------------------- */

static void test_refused(void)
{
	static const struct {
		const char *table, *text, *why;
	} rows[] = {
		{ "a,b\n1,2\n", "[population]\nc = client.interval\n", "p.ini:5: [population] c: " },
		{ "a\n60s\nsoon\n", "[population]\na = client.interval\n", "t.csv:3: [client] interval: " },
		{ "a\n60s\n\"\"\n", "[population]\na = client.interval\n", "t.csv:3: [a] is empty" },
		{ "a\n60s\n1,2\n", "[population]\na = client.interval\n",
			"t.csv:3: more fields than columns" },
		{ "a,n\n60s,-1\n", "[population]\na = client.interval\nn = weight\n",
			"t.csv:2: [n] \"-1\" is out of range" },
		{ "a,n\n60s,0\n", "[population]\na = client.interval\nn = weight\n",
			"t.csv:1: no row counts" },
		{ "a\n60s\n", "", "p.ini:3: [scenario] population: no column feeds a key" },
		{ "a\n60s\n", "[population]\na = client.intervall\n",
			"p.ini:5: [population] a: there is no key" },
		{ "a\n60s\n", "[population]\na = scenario.seed\n", "is the same for all subscribers" },
		{ "a\n60s\n", "[population]\na = middlebox.cgn.udp\n",
			"all subscribers share this middlebox" },
		{ "a\n1\n",
			"[population]\na = client.interval\n[mix]\nradio.profile = wired 50%; lte-two-state "
			"40%\n",
			"p.ini:7: [mix] radio.profile: the shares make 90%, not 100%" },
		{ "a\n60s\n", "[mix]\nradio.profile = wired\n[population]\na = client.interval\n",
			"p.ini:5: [mix] radio.profile: \"wired\" is no value with its share" },
		{ "a\n60s\n",
			"[mix]\nradio.profile = wire 50%; wired 50%\n[population]\na = client.interval\n",
			"p.ini:5: [radio] profile: " },
		{ "a\n60s\n", "[population]\na = client.intervall\n", "(did you mean interval?)" },
		{ "a\n60s\n", "[population]\na = weight\n", "p.ini:3: [scenario] population: no column" },
		{ "a,b,c\n60s,1,2\n", "[population]\na = client.interval\nb = weight\nc = weight\n",
			"p.ini:7: [population] c: weight is set already, at p.ini:6" },
		{ "a,b\n60s,90s\n", "[population]\na = client.interval\nb = client.interval\n",
			"p.ini:6: [population] b: interval is set already, at p.ini:5" },
		{ "a\n60s\n", "[population]\na = client.interval; client.interval\n",
			"p.ini:5: [population] a: interval is set already, at p.ini:5" },
		{ "a\n60s\n",
			"[population]\na = client.interval\n[mix]\nclient.interval = 30s 50%; 60s 50%\n",
			"p.ini:7: [mix] client.interval: interval is set already, at p.ini:5" },
		{ "a,a\n60s,90s\n", "[population]\na = client.interval\n", "t.csv:1: column \"a\" twice" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
			g_strdup_printf("[scenario]\nduration = 1h\npopulation = t.csv\n%s%s"
					"[path]\nmiddleboxes = cgn\n[middlebox cgn]\nshared = yes\n"
					"[client]\napplication = udp\npolicy = fixed\ninterval = 60s\n",
				rows[i].text, "");
		GString *s = g_string_new(text);
		g_autoptr(GError) error = NULL;

		put("t.csv", rows[i].table);
		if (i == 9)
			g_string_replace(s, "duration = 1h", "duration = 1h\nsubscribers = 5", 1);
		g_assert_null(load(s->str, &error));
		if (!strstr(error->message, rows[i].why))
			g_test_message("%zu: %s", i, error->message);
		g_assert_nonnull(strstr(error->message, rows[i].why));
		g_string_free(s, TRUE);
	}
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("natnap-XXXXXX", NULL);
	g_test_add_func("/population/alike", test_alike);
	g_test_add_func("/population/one-restart", test_one_restart);
	g_test_add_func("/population/shares", test_shares);
	g_test_add_func("/population/table", test_table);
	g_test_add_func("/population/batteries", test_batteries);
	g_test_add_func("/population/set", test_set);
	g_test_add_func("/population/swept", test_swept);
	g_test_add_func("/population/evicted-is-lost", test_evicted_is_lost);
	g_test_add_func("/population/memory", test_memory);
	g_test_add_func("/population/column", test_column);
	g_test_add_func("/population/daily", test_daily);
	g_test_add_func("/population/refused", test_refused);
	status = g_test_run();
	for (const char *const *name =
			(const char *const[]){ "carriers.csv", "sets.csv", "timers.csv", "t.csv", NULL };
		*name; name++) {
		g_autofree char *path = g_build_filename(folder, *name, NULL);

		g_unlink(path);
	}
	g_rmdir(folder);
	g_free(folder);
	return status;
}
