/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kind of segment in every state of the Linux tracker against what the kernel did (tests/groundtruth/tcp_matrix.csv). */
#include "box_test.h"

static const char keys[] =
	"profile = linux\nkind = firewall\nforward = open\ntcp-syn-sent = 21s\ntcp-syn-recv = "
	"24s\ntcp-established = 60s\n"
	"tcp-fin-wait = 33s\ntcp-close-wait = 36s\ntcp-last-ack = 27s\ntcp-time-wait = 39s\ntcp-close = 30s\n"
	"tcp-max-retrans = 45s\ntcp-unacknowledged = 50s\n";

static const struct {
	const char *state, *steps; /* c, s: who sends */
} ways[] = {
	{ "NONE", "" },
	{ "SYN_SENT", "cS" },
	{ "SYN_SENT2", "cS sS" },
	{ "SYN_RECV", "cS sSA" },
	{ "ESTABLISHED", "cS sSA cA" },
	{ "FIN_WAIT", "cS sSA cA cFA" },
	{ "CLOSE_WAIT", "cS sSA cA cFA sA" },
	{ "LAST_ACK", "cS sSA cA cFA sFA" },
	{ "TIME_WAIT", "cS sSA cA cFA sFA cA" },
	{ "CLOSE", "cS sSA cA cR" },
	{ "FIN_WAIT_SERVER", "cS sSA cA sFA" },
	{ "CLOSE_WAIT_SERVER", "cS sSA cA sFA cA" },
	{ "LAST_ACK_SERVER", "cS sSA cA sFA cFA" },
};

static const struct {
	const char *name;
	int seconds;
} timers[] = { { "SYN_SENT", 21 }, { "SYN_SENT2", 21 }, { "SYN_RECV", 24 }, { "ESTABLISHED", 60 },
	{ "FIN_WAIT", 33 }, { "CLOSE_WAIT", 36 }, { "LAST_ACK", 27 }, { "TIME_WAIT", 39 }, { "CLOSE", 30 },
	{ "/max_retrans", 45 }, { "/unacknowledged", 50 } };

static int seconds_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(timers); i++)
		if (strcmp(timers[i].name, name) == 0)
			return timers[i].seconds;
	g_error("no timer %s", name);
}

/* Both ends of a connection: their next sequence numbers. */
struct talk {
	struct nap_box *box;
	uint32_t next[2]; /* client, server */
	struct nap_box_effect fx;
	enum nap_verdict verdict;
};

static uint8_t flags_of(const char *letters)
{
	uint8_t f = 0;

	for (; *letters && *letters != ' '; letters++)
		f |= *letters == 'S'   ? NAP_SYN
		     : *letters == 'A' ? NAP_ACK
		     : *letters == 'F' ? NAP_FIN
		     : *letters == 'R' ? NAP_RST
				       : NAP_PSH;
	return f;
}

/* Who sends letters; jump: how far above the next sequence number. */
static void say(struct talk *t, nap_time now, char who, const char *letters, uint32_t jump)
{
	uint8_t f = flags_of(letters);
	int me = who == 's';
	struct nap_packet p = tcp_packet(me ? OUT_A : IN_A, me ? 80 : 5000, me ? IN_A : OUT_A, me ? 5000 : 80,
		f, t->next[me] + jump, f & NAP_ACK ? t->next[!me] : 0, f & NAP_PSH ? 10 : 0);

	if (!jump)
		t->next[me] += p.len + (f & NAP_SYN ? 1 : 0) + (f & NAP_FIN ? 1 : 0);
	t->verdict = nap_box_input(t->box, now, me ? NAP_OUTSIDE : NAP_INSIDE, &p, &t->fx);
}

static void check(struct talk *t, const char *where, const char *cell, nap_time now,
	const struct nap_session_view *before, bool had)
{
	g_auto(GStrv) words = g_strsplit(cell, " ", -1);
	const char *state = strcmp(words[0], "new") == 0 ? words[1] : words[0],
		   *mark = words[1] && words[0] == state ? words[1] : "";
	struct nap_session_view v;
	bool has = t->fx.session != NAP_NO_SESSION && nap_box_session(t->box, now, t->fx.session, &v);

	if (strcmp(state, "INVALID") == 0) {
		if (t->fx.klass != NAP_CLASS_INVALID)
			g_test_message("%s: valid, expected %s", where, cell), g_test_fail();
		if (had && (!has || v.expires != before->expires || strcmp(v.state, before->state) != 0))
			g_test_message("%s: an invalid segment had an effect", where), g_test_fail();
		return;
	}
	if (t->verdict != NAP_PASS)
		g_test_message("%s: did not pass, expected %s", where, cell), g_test_fail();
	if (strcmp(state, "NONE") == 0) {
		if (has)
			g_test_message("%s: %s, expected no session", where, v.state), g_test_fail();
		return;
	}
	if (!has || strcmp(v.state, state) != 0) {
		g_test_message("%s: %s, expected %s", where, has ? v.state : "no session", cell);
		g_test_fail();
	} else if (strcmp(mark, "(kept)") == 0
			   ? v.expires != before->expires
			   : v.expires != now + seconds_of(*mark ? mark : state) * NAP_S) {
		g_test_message("%s: %g s left, expected %s", where, nap_time_seconds(v.expires - now), cell);
		g_test_fail();
	}
	if ((strcmp(words[0], "new") == 0 || !had) != t->fx.created)
		g_test_message("%s: %s session, expected %s", where, t->fx.created ? "new" : "old", cell),
			g_test_fail();
}

static void probe(const struct nap_scenario *sc, const char *state, const char *column, const char *cell)
{
	struct talk t = { .box = box_of(sc, 1), .next = { 1000, 50000 } };
	struct nap_session_view before = { 0 };
	g_autofree char *where = g_strdup_printf("%s, %s", state, column);
	const char *steps = "", *flags = strchr(column, ' ') + 1;
	nap_time now = 0;
	bool had = false;

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
		if (strcmp(ways[i].state, state) == 0)
			steps = ways[i].steps;
	for (const char *s = steps; *s;) {
		say(&t, now, *s, s + 1, 0);
		now += 120 * NAP_MS;
		s += strcspn(s, " ");
		s += *s == ' ';
	}
	now += 2500 * NAP_MS;
	if (*steps) {
		had = nap_box_session(t.box, now, t.fx.session, &before);
		g_assert_true(had);
		g_assert_true(g_str_has_prefix(state, before.state));
	}
	say(&t, now, column[0] == 'o' ? 'c' : 's', flags, strcmp(flags, "S") == 0 ? 1000000 : 0);
	check(&t, where, cell, now, &before, had);
	nap_box_free(t.box);
}

static void test_matrix(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct nap_scenario *sc = box_scenario(keys);
	g_auto(GStrv) columns = NULL;
	unsigned cells = 0;

	g_assert_true(g_file_get_contents("tests/groundtruth/tcp_matrix.csv", &text, NULL, &error));
	lines = g_strsplit(text, "\n", -1);
	for (char **l = lines; *l; l++) {
		g_auto(GStrv) row = g_strsplit(*l, ",", -1);

		if (**l == '#' || !**l)
			continue;
		if (!columns) {
			columns = g_steal_pointer(&row);
			continue;
		}
		for (unsigned i = 1; row[i]; i++, cells++)
			probe(sc, row[0], columns[i], row[i]);
	}
	g_assert_cmpuint(cells, ==, 13 * 14);
	nap_scenario_free(sc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/track-tcp-linux/matrix", test_matrix);
	return g_test_run();
}
