/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: layers of profile, file and overrides; sweeps; every kind of mistake with its place. */
#include <string.h>

#include <glib/gstdio.h>

#include "io/sweep.h"
#include "io/values.h"
#include "text/groups.h"

/* The start of most documents here: 8 lines. */
#define HEAD "[scenario]\nduration = 24h\n\n[path]\nmiddleboxes = home\n\n[middlebox home]\nprofile = linux\n"

struct fixed_config { /* policy fixed keeps its interval first */
	nap_time interval;
};

static struct nap_document *document(const char *text, GError **error)
{
	return nap_document_new("s.ini", ".", text, strlen(text), error);
}

static struct nap_scenario *scenario(const char *text, const char *const *sets, GError **error)
{
	struct nap_document *d = document(text, error);
	struct nap_override overrides[8] = { { 0 } };
	struct nap_scenario *s = NULL;
	size_t n = 0;
	bool ok = d != NULL;

	for (; ok && sets && sets[n]; n++)
		ok = nap_override_parse(sets[n], &overrides[n], error);
	if (ok)
		s = nap_scenario_new(d, overrides, n, error);
	while (n-- > 0)
		nap_override_clear(&overrides[n]);
	nap_document_free(d);
	return s;
}

static nap_time interval_of(const struct nap_scenario *s)
{
	return ((const struct fixed_config *)s->policy_config)->interval;
}

static void test_layers(void)
{
	g_autoptr(GError) error = NULL;
	struct nap_scenario *s = scenario(HEAD "tcp-established = 1h\nlink-delay = uniform 1ms 2ms\n"
					       "[radio]\nprofile = lte-huang-2012\nbuffer-packets = 3\n"
					       "[battery]\nprofile = phone-3000mah\nvoltage = 4V\n"
					       "[client]\napplication = imap-idle\nkeepalive-size = 99B\n"
					       "[server]\npush = poisson 4/h\n",
		NULL, &error);
	size_t n;

	g_assert_no_error(error);
	g_assert_cmpint(s->general.duration, ==, 24 * NAP_H);
	g_assert_cmpuint(s->general.seed, ==, 1); /* default */
	g_assert_cmpuint(s->n_middleboxes, ==, 1);
	g_assert_cmpstr(s->middlebox[0].name, ==, "home");
	g_assert_cmpint(s->middlebox[0].box.timer[NAP_TIMER_ESTABLISHED], ==, NAP_H); /* from the file */
	g_assert_cmpint(s->middlebox[0].box.timer[NAP_TIMER_UDP], ==, 30 * NAP_S);    /* from the profile */
	g_assert_cmpint(s->middlebox[0].hop.delay.kind, ==, NAP_DIST_UNIFORM);
	g_assert_cmpuint(s->radio->buffer_packets, ==, 3);
	g_assert_cmpuint(s->radio->n_states, ==, 4);
	g_assert_true(s->battery.capacity_mah == 3000 && s->battery.voltage_v == 4);
	g_assert_cmpstr(s->policy->name, ==, "fixed"); /* the application's */
	g_assert_cmpint(interval_of(s), ==, 29 * NAP_MIN);
	g_assert_cmpuint(s->app.keepalive_size, ==, 99);
	g_assert_cmpint(s->server.push.kind, ==, NAP_ARRIVALS_POISSON);
	nap_scenario_profiles(s, &n);
	g_assert_cmpuint(n, ==, 4);
	nap_scenario_free(s);
}

static void test_overrides(void)
{
	static const char *const sets[] = { "client.policy=fixed", "client.interval=5min",
		"client.interval=6min", "middlebox.home.profile=cisco-asa", "middlebox.home.udp=11s",
		"state.idle.power=7mW", "radio.profile=lte-two-state", NULL };
	struct nap_scenario *s = scenario(HEAD "udp = 10s\n[radio]\nprofile = lte-huang-2012\n", sets, NULL);

	g_assert_nonnull(s);
	g_assert_cmpint(interval_of(s), ==, 6 * NAP_MIN); /* the later one */
	g_assert_cmpint(s->middlebox[0].box.timer[NAP_TIMER_UDP], ==, 11 * NAP_S);
	g_assert_cmpint(s->middlebox[0].box.timer[NAP_TIMER_ESTABLISHED], ==, NAP_H); /* ASA: 3600 s */
	g_assert_cmpuint(s->radio->n_states, ==, 2);
	g_assert_true(s->radio->state[s->radio->start].power_mw == 7);
	nap_scenario_free(s);
}

/* Without [radio] and [battery]: always connected, no energy, no battery; without [client] no keepalives. */
static void test_bare(void)
{
	struct nap_scenario *s = scenario("[scenario]\nduration = 1h\n", NULL, NULL);

	g_assert_nonnull(s);
	g_assert_cmpuint(s->n_middleboxes, ==, 0);
	g_assert_cmpuint(s->radio->n_states, ==, 1);
	g_assert_true(s->radio->state[0].connected && s->radio->state[0].power_mw == 0);
	g_assert_true(s->battery.capacity_mah == 0);
	g_assert_cmpstr(s->policy->name, ==, "none");
	nap_scenario_free(s);
}

/* Two boxes of one profile: it is told of once. */
static void test_shared_profile(void)
{
	struct nap_scenario *s = scenario("[scenario]\nduration = 1h\n[path]\nmiddleboxes = a; b\n"
					  "[middlebox a]\nprofile = linux\n[middlebox b]\nprofile = linux\n",
		NULL, NULL);
	size_t n;

	g_assert_cmpuint(s->n_middleboxes, ==, 2);
	nap_scenario_profiles(s, &n);
	g_assert_cmpuint(n, ==, 1);
	nap_scenario_free(s);
}

static void test_draws(void)
{
	struct nap_scenario *s =
		scenario(HEAD "tcp-established = uniform 1h 3h\nudp = lognormal(30s, 0.5)\n", NULL, NULL);
	const struct nap_middlebox *m = &s->middlebox[0];

	g_assert_cmpuint(m->n_draws, ==, 2);
	g_assert_cmpstr(m->draws[0].row->key, ==, "tcp-established");
	g_assert_true(m->draws[0].dist.a == 3.6e12);
	g_assert_cmpint(m->box.timer[NAP_TIMER_ESTABLISHED], ==, 2 * NAP_H);
	nap_scenario_free(s);
}

/* A radio described in the scenario itself needs no source. */
static void test_own_radio(void)
{
	g_autoptr(GError) error = NULL;
	struct nap_scenario *s =
		scenario("[scenario]\nduration = 1h\n[radio]\nstart = idle\n"
			 "[state idle]\npower = 1mW\n[state on]\npower = 1W\nconnected = yes\n"
			 "[edge up]\nfrom = idle\nto = on\non = traffic\ndelay = 1s\npower = 1W\n"
			 "[edge down]\nfrom = on\nto = idle\non = idle\nafter = 10s\n",
			NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(s->radio->n_edges, ==, 2);
	nap_scenario_free(s);
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "[scenario]\n", "s.ini:1: [scenario] duration: missing" },
	{ "[path]\n", "s.ini: [scenario] duration: missing" },
	{ "[scenario]\nduration = 1h\n[battery]\nvoltage = 3V\n", "s.ini:3: [battery] capacity: missing" },
	{ "[scenario]\nduration = 0s\n", "s.ini:2: [scenario] duration: \"0s\" is out of range" },
	{ "[scenario]\nduration = 24\n", "s.ini:2: [scenario] duration: a time needs a unit: 30s" },
	{ "[scenario]\nduration = 1h\nduratoin = 1h\n",
		"s.ini:3: [scenario] duratoin: unknown key (did you mean duration?)" },
	{ "[scenario]\nduration = 1h\n[cleint]\n",
		"s.ini:3: [cleint]: unknown group (did you mean client?)" },
	{ "[scenario]\nduration = 1h\n[middlebox]\n", "s.ini:3: [middlebox]: a middlebox has a name" },
	{ "[scenario]\nduration = 1h\n[path]\nmiddleboxes = home\n",
		"s.ini:4: [path] middleboxes: there is no group [middlebox home]" },
	{ "[scenario]\nduration = 1h\n[path]\nmiddleboxes = a; a\n[middlebox a]\n",
		"s.ini:4: [path] middleboxes: a stands twice" },
	{ "[scenario]\nduration = 1h\n[path]\nmiddleboxes = a,b\n[middlebox a,b]\n",
		"s.ini:4: [path] middleboxes: a,b: a name has letters" },
	{ HEAD "[middlebox hom]\n",
		"s.ini:9: [middlebox hom]: not used: hom is not among [path] middleboxes (did you mean "
		"middlebox home?)" },
	{ HEAD "upd = 30s\n", "s.ini:9: [middlebox home] upd: unknown key (did you mean udp?)" },
	{ HEAD "udp = -5s\n", "s.ini:9: [middlebox home] udp: \"-5s\" must not be negative" },
	{ HEAD "mapping = endpoint-independant\n",
		"s.ini:9: [middlebox home] mapping: \"endpoint-independant\" is none of "
		"endpoint-independent" },
	/* which of two keys that contradict one another is to blame: the one set over the other */
	{ HEAD "mapping = endpoint-independent\n", "s.ini:9: [middlebox home] mapping: an "
						   "endpoint-independent mapping has its external port for "
						   "all destinations" },
	{ HEAD "mapping = endpoint-independent\noverload = yes\n",
		"s.ini:10: [middlebox home] overload: an endpoint-independent mapping" },
	{ "[scenario]\nduration = 1h\n[path]\nmiddleboxes = home\n[middlebox home]\noverload = yes\n",
		"s.ini:6: [middlebox home] overload: an endpoint-independent mapping" },
	{ HEAD "raw-rules = zone 5 inside\ntracker = simple\n",
		"s.ini:9: [middlebox home] raw-rules: zone: only tracker = linux has zones" },
	{ HEAD "raw-rules = zone 5\nfiltering = endpoint-independent\n",
		"s.ini:9: [middlebox home] raw-rules: zone: a NAT with zones" },
	{ HEAD "raw-rules = zone inside\n", "s.ini:9: [middlebox home] raw-rules: each element" },
	{ HEAD "raw-rules = zone 65536\n", "s.ini:9: [middlebox home] raw-rules: each element" },
	{ HEAD "rules = zone 5\n", "s.ini:9: [middlebox home] rules: each element" },
	{ "[scenario]\nduration = 1h\n[radio]\nprofile = lte-huang-2021\n",
		"s.ini:4: [radio] profile: there is no radio profile \"lte-huang-2021\" (did you mean "
		"lte-huang-2012?)" },
	{ "[scenario]\nduration = 1h\n[radio]\nprofile = ../../none/such\n",
		"s.ini:4: [radio] profile: ../../none/such: No such file" },
	{ "[scenario]\nduration = 1h\n[radio]\nprofile = .\n",
		"s.ini:4: [radio] profile: there is no radio profile" },
	{ "[scenario]\nduration = 1h\n[state x]\n",
		"s.ini:3: [state x]: states and edges belong to a [radio]" },
	{ HEAD "[radio]\nprofile = lte-two-state\nstart = nowhere\n",
		"s.ini:11: [radio] start: there is no state nowhere" },
	{ HEAD "[client]\npolicy = fixd\n",
		"s.ini:10: [client] policy: there is no policy \"fixd\" (did you mean fixed?)" },
	{ HEAD "[client]\npolicy = none\ninterval = 5min\n",
		"s.ini:11: [client] interval: the policy is none, and this is a key of " },
	{ HEAD "[client]\npolicy = fixed\ninterval = 30\n",
		"s.ini:11: [client] interval: a time needs a unit: 30s" },
	{ HEAD "[client]\napplication = imap\n",
		"s.ini:10: [client] application: there is no application profile \"imap\"" },
	{ HEAD "[server]\npush = poisson 4\n", "s.ini:10: [server] push: poisson: a rate needs a unit: 4/h" },
	{ HEAD "[battery]\ncapacity = 3000mAh\n", "s.ini:9: [battery] voltage: missing" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		struct nap_scenario *s = scenario(bad[i].text, NULL, &error);

		if (s)
			g_error("taken, but should say %s", bad[i].message);
		if (!g_str_has_prefix(error->message, bad[i].message))
			g_error("%s, not %s", error->message, bad[i].message);
	}
}

static const struct {
	const char *set, *message;
} bad_sets[] = {
	{ "client.interval", "--set: \"client.interval\" is not GROUP.KEY=VALUE" },
	{ "interval=5s", "--set: \"interval\" is not GROUP.KEY" },
	{ "client.=5s", "--set: \"client.\" is not GROUP.KEY" },
	{ ".x=5s", "--set: \".x\" is not GROUP.KEY" },
	{ "middlebox.home=5s", "--set: \"middlebox.home\" is not GROUP.KEY" },
	{ "client.intervall=5s", "--set: [client] intervall: unknown key (did you mean interval?)" },
	{ "client.interval=5", "--set: [client] interval: a time needs a unit" },
	{ "cleint.interval=5s", "--set: [cleint] interval: unknown group (did you mean client?)" },
	{ "middlebox.hme.udp=5s", "--set: [middlebox hme] udp: not used" },
	{ "middlebox.home.profile=linus",
		"--set: [middlebox home] profile: there is no middlebox profile \"linus\" (did you mean "
		"linux?)" },
	{ "client.interval=\377s", "--set: client.interval: not UTF-8" },
};

static void test_bad_sets(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad_sets); i++) {
		const char *const sets[] = { bad_sets[i].set, NULL };
		g_autoptr(GError) error = NULL;

		g_assert_null(scenario(HEAD "[client]\npolicy = fixed\n", sets, &error));
		if (!g_str_has_prefix(error->message, bad_sets[i].message))
			g_error("%s, not %s", error->message, bad_sets[i].message);
	}
}

static struct nap_sweep *sweep_of(struct nap_document *d, const char *set, GError **error)
{
	struct nap_override o;
	struct nap_sweep *sweep;

	if (!set)
		return nap_sweep_new(d, NULL, 0, error);
	g_assert_true(nap_override_parse(set, &o, NULL));
	sweep = nap_sweep_new(d, &o, 1, error);
	nap_override_clear(&o);
	return sweep;
}

static void test_sweep(void)
{
	struct nap_document *d =
		document(HEAD "[client]\npolicy = fixed\n[sweep]\nclient.interval = geometric 30s 60min 15\n"
			      "middlebox.home.tcp-established = 5min; 30min; 2h4m\n",
			NULL);
	g_autoptr(GError) error = NULL;
	struct nap_sweep *sweep = sweep_of(d, NULL, &error);
	struct nap_override point[2];
	struct nap_scenario *s;

	g_assert_no_error(error);
	g_assert_cmpuint(sweep->n_axes, ==, 2);
	g_assert_cmpuint(sweep->n_points, ==, 45);
	g_assert_cmpstr(sweep->axis[0].name, ==, "client.interval");
	g_assert_cmpstr(sweep->axis[0].value[0], ==, "30s");
	g_assert_cmpstr(sweep->axis[0].value[1], ==, "42.23s"); /* 30 s x 120^(1/14) = 42.232 s */
	g_assert_cmpstr(sweep->axis[0].value[14], ==, "60min");
	nap_sweep_point(sweep, 4, point); /* the first axis turns slowest */
	g_assert_cmpstr(point[0].text, ==, "42.23s");
	g_assert_cmpstr(point[1].text, ==, "30min");
	s = nap_sweep_scenario(sweep, d, NULL, 0, 4, NULL);
	g_assert_cmpint(interval_of(s), ==, 42230 * NAP_MS);
	g_assert_cmpint(s->middlebox[0].box.timer[NAP_TIMER_ESTABLISHED], ==, 30 * NAP_MIN);
	nap_scenario_free(s);
	nap_sweep_free(sweep);
	sweep = sweep_of(d, "client.interval=5min", NULL); /* fixes the axis */
	g_assert_cmpuint(sweep->n_points, ==, 3);
	nap_sweep_free(sweep);
	sweep = sweep_of(d, "sweep.client.interval=linear 0.5min 2.5min 5", NULL); /* replaces it */
	g_assert_cmpuint(sweep->n_points, ==, 15);
	g_assert_cmpstr(sweep->axis[0].value[1], ==, "1min");
	nap_sweep_free(sweep);
	nap_document_free(d);
}

/* Policies, profiles and counts can be swept; a policy's keys may stand beside another policy in the grid. */
static void test_sweep_of_names(void)
{
	struct nap_document *d = document(HEAD
		"[client]\npolicy = fixed\ninterval = 5min\n[sweep]\nclient.policy = none; fixed\n"
		"middlebox.home.profile = linux; cisco-asa\nscenario.replications = linear 1 10 4\n",
		NULL);
	g_autoptr(GError) error = NULL;
	struct nap_sweep *sweep = sweep_of(d, NULL, &error);
	const struct nap_profile *const *profiles;
	struct nap_scenario *s;
	size_t n;

	g_assert_no_error(error);
	g_assert_cmpuint(sweep->n_points, ==, 16);
	g_assert_cmpstr(sweep->axis[2].value[1], ==, "4");
	s = nap_sweep_scenario(sweep, d, NULL, 0, 15, NULL);
	g_assert_cmpstr(s->policy->name, ==, "fixed");
	g_assert_cmpuint(s->general.replications, ==, 10);
	nap_sweep_free(sweep); /* profiles outlive the sweep that loaded them */
	profiles = nap_scenario_profiles(s, &n);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpstr(profiles[0]->name, ==, "cisco-asa");
	g_assert_nonnull(strstr(nap_profile_text(profiles[0]), "[middlebox]"));
	nap_scenario_free(s);
	nap_document_free(d);
}

static const struct {
	const char *line, *message;
} bad_sweeps[] = {
	{ "client.intervall = 5min; 10min",
		"[sweep] client.intervall: there is no key intervall in [client] (did you mean "
		"interval?)" },
	{ "cleint.interval = 5min", "[sweep] cleint.interval: there is no key interval in [cleint]" },
	{ "interval = 5min", "[sweep] interval: \"interval\" is not GROUP.KEY" },
	{ "client.interval = 5; 10", "[client] interval: a time needs a unit" },
	{ "client.interval = 5min; 10", "[client] interval: a time needs a unit" },
	{ "client.interval =", "[sweep] client.interval: no values" },
	{ "client.interval = ;", "[sweep] client.interval: an empty value" },
	{ "client.interval = linear 1min 2min", "[sweep] client.interval: write it as linear FROM TO COUNT" },
	{ "client.interval = linear 1min 2min 1", "[sweep] client.interval: a range has at least 2 values" },
	{ "client.interval = linear 1min 2min 100000", "[sweep] client.interval: 100000 is too large" },
	{ "client.interval = geometric 0s 2min 5",
		"[sweep] client.interval: a geometric range cannot reach 0" },
	{ "client.interval = linear 1 2min 5", "[sweep] client.interval: a time needs a unit" },
	{ "client.interval = linear 1min never 5", "[sweep] client.interval: never is no end" },
	{ "client.policy = linear none fixed 3", "[sweep] client.policy: a name has no range" },
	{ "middlebox.home.mapping = linear a b 3", "[sweep] middlebox.home.mapping: a word has no range" },
	{ "scenario.replications = geometric 1 3 10",
		"[sweep] scenario.replications: two values both round to 1" },
	{ "middlebox.x.udp = 5s; 6s", "[middlebox x] udp: not used" },
	{ "client.interval = linear 1s 2s 5000\nserver.idle-timeout = linear 1s 2s 5000",
		"[sweep] server.idle-timeout: the grid has more than 100000 points" },
};

static void test_bad_sweeps(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad_sweeps); i++) {
		g_autofree char *text = g_strconcat(
			HEAD "[client]\npolicy = fixed\n[sweep]\n", bad_sweeps[i].line, "\n", NULL);
		struct nap_document *d = document(text, NULL);
		g_autoptr(GError) error = NULL;
		const char *after;

		g_assert_nonnull(d);
		if (sweep_of(d, NULL, &error))
			g_error("%s was taken", bad_sweeps[i].line);
		g_assert_true(g_str_has_prefix(error->message, "s.ini:1")); /* lines 12 and 13 */
		after = strchr(error->message, ' ') + 1;
		if (!g_str_has_prefix(after, bad_sweeps[i].message))
			g_error("%s: %s", bad_sweeps[i].line, error->message);
		nap_document_free(d);
	}
}

/* A scenario written back with all its values is the same scenario. */
static void test_round_trip(void)
{
	struct nap_scenario
		*s = scenario(HEAD
			"note = two\\nlines, a \\\\ and a\\ttab\nudp = uniform 10s 20s\n[client]\npolicy = "
			"fixed\ninterval = 5min\n"
			"[radio]\nprofile = umts-qian-2010-carrier1\n[battery]\nprofile = phone-3000mah\n",
			NULL, NULL),
		*again;
	GPtrArray *values = nap_scenario_values(s), *back;
	g_autofree char *text = nap_values_text(values), *text_again = NULL;
	g_autoptr(GError) error = NULL;

	again = scenario(text, NULL, &error);
	g_assert_no_error(error);
	back = nap_scenario_values(again);
	text_again = nap_values_text(back);
	g_assert_cmpstr(text, ==, text_again);
	g_assert_nonnull(strstr(text, "\nudp = uniform 10s 20s\n"));
	g_ptr_array_unref(values);
	g_ptr_array_unref(back);
	nap_scenario_free(s);
	nap_scenario_free(again);
}

/* What the table of groups says a scenario has is what comes out of one: every key of every group, once, in its place. */
static void test_groups(void)
{
	struct nap_scenario *s =
		scenario("[scenario]\nduration = 1h\n[path]\nmiddleboxes = home\n[middlebox home]\n[network "
			 "wifi]\nradio = "
			 "lte-two-state\n[radio]\nprofile = nr-tr38840-im\n[coverage "
			 "far]\n[battery]\nprofile = phone-3000mah\n[device]\nprofile = android\n[peer]\n",
			NULL, NULL);
	GPtrArray *values = nap_scenario_values(s);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < values->len; i++) {
		const struct nap_value *v = values->pdata[i];

		g_assert_true(nap_tables_find(v->group, v->key) == v->row);
		g_hash_table_add(seen, (gpointer)v->row);
	}
	for (const struct nap_group_kind *k = nap_group_kinds; k->pattern; k++)
		for (unsigned i = 0; i < NAP_SECTIONS_MAX && k->section[i].rows; i++)
			for (const struct nap_param *row = k->section[i].rows; row->key; row++)
				if (k->section[i].offset != NAP_NO_FIELD && !g_hash_table_contains(seen, row))
					g_error("[%s] %s is in no scenario", k->pattern, row->key);
	g_assert_true(nap_group_is_named("middlebox") && nap_group_is_named("edge"));
	g_assert_false(nap_group_is_named("client") || nap_group_is_named("middle"));
	g_assert_null(nap_group_kind_of("middlebox"));
	g_assert_cmpstr(nap_group_kind_of("middlebox home")->pattern, ==, "middlebox NAME");
	g_ptr_array_unref(values);
	nap_scenario_free(s);
}

static char *written(const struct nap_scenario *s)
{
	GPtrArray *values = nap_scenario_values(s);
	char *text = nap_values_text(values);

	g_ptr_array_unref(values);
	return text;
}

/* A group that says how subscribers differ is none of the values: as it was written. */
static void add_group(GString *text, const struct nap_document *d, const char *name)
{
	const struct nap_group *g = nap_document_group(d, name);

	if (g)
		g_string_append_printf(text, "[%s]\n", name);
	for (unsigned i = 0; g && i < g->n_entries; i++)
		g_string_append_printf(text, "%s = %s\n", g->entry[i].key, g->entry[i].text);
}

/* Is this group, or the radio that it describes a part of, filled by profiles that [mix] chooses? */
static bool is_mixed(const struct nap_document *d, const char *group)
{
	const struct nap_group *mix = nap_document_group(d, "mix");
	g_autofree char *key = g_strconcat(nap_group_is_part(group) ? "radio" : group, ".profile", NULL);

	for (unsigned i = 0; mix && i < mix->n_entries; i++)
		if (strcmp(mix->entry[i].key, key) == 0)
			return true;
	return false;
}

/* The values but those of such groups, which stand as in the file: else they would hold before what each kind's profile says. */
static GString *unmixed(const struct nap_document *d, const char *values)
{
	g_auto(GStrv) lines = g_strsplit(values, "\n", -1);
	GString *text = g_string_new(NULL);
	bool mixed = false;

	for (char **line = lines; *line; line++) {
		if (**line == '[') {
			g_autofree char *group = g_strndup(*line + 1, strcspn(*line + 1, "]"));

			mixed = is_mixed(d, group);
			if (mixed)
				add_group(text, d, group);
		}
		if (!mixed)
			g_string_append_printf(text, "%s\n", *line);
	}
	return text;
}

/* Values of a scenario and how its subscribers differ, as a scenario beside the first. */
static struct nap_scenario *read_back(const struct nap_document *d, const char *values, GError **error)
{
	g_autoptr(GString) text = unmixed(d, values);
	struct nap_document *back;
	struct nap_scenario *s;

	add_group(text, d, "population");
	add_group(text, d, "mix");
	back = nap_document_new("s.ini", d->folder.path, text->str, text->len, error);
	s = back ? nap_scenario_new(back, NULL, 0, error) : NULL;
	nap_document_free(back);
	return s;
}

/* Every shipped scenario loads, sweep and all, and its first point, written back, is the same scenario. */
static void check_file(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct nap_document *d = nap_document_load(path, &error);
	struct nap_sweep *sweep = d ? nap_sweep_new(d, NULL, 0, &error) : NULL;
	struct nap_scenario *s = sweep ? nap_sweep_scenario(sweep, d, NULL, 0, 0, &error) : NULL, *back;
	g_autofree char *text = NULL, *again = NULL;

	g_assert_no_error(error);
	g_assert_cmpuint(strlen(s->general.title), >, 5);
	text = written(s);
	back = read_back(d, text, &error);
	g_assert_no_error(error);
	again = written(back);
	g_assert_cmpstr(text, ==, again);
	g_assert_cmpuint(back->kinds.n, ==, s->kinds.n);
	nap_scenario_free(s);
	nap_scenario_free(back);
	nap_sweep_free(sweep);
	nap_document_free(d);
}

/* All *.ini of a folder and the folders in it. */
static unsigned check_folder(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	unsigned n = 0;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, ".ini") && strcmp(name, "figure.ini") != 0) { /* a recipe */
			check_file(path);
			n++;
		} else if (g_file_test(path, G_FILE_TEST_IS_DIR) && strcmp(name, "profiles") != 0) {
			n += check_folder(path);
		}
	}
	return n;
}

static void test_shipped(void)
{
	g_assert_cmpuint(check_folder("scenarios"), >, 0);
}

int main(int argc, char **argv)
{
	g_unsetenv(NAP_PROFILES_ENV);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scenario/layers", test_layers);
	g_test_add_func("/scenario/overrides", test_overrides);
	g_test_add_func("/scenario/bare", test_bare);
	g_test_add_func("/scenario/shared-profile", test_shared_profile);
	g_test_add_func("/scenario/draws", test_draws);
	g_test_add_func("/scenario/own-radio", test_own_radio);
	g_test_add_func("/scenario/bad", test_bad);
	g_test_add_func("/scenario/bad-sets", test_bad_sets);
	g_test_add_func("/scenario/sweep", test_sweep);
	g_test_add_func("/scenario/sweep-of-names", test_sweep_of_names);
	g_test_add_func("/scenario/bad-sweeps", test_bad_sweeps);
	g_test_add_func("/scenario/groups", test_groups);
	g_test_add_func("/scenario/round-trip", test_round_trip);
	g_test_add_func("/scenario/shipped", test_shipped);
	return g_test_run();
}
