/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the test of orders: random scenarios as lists of keys, so that one that fails can be cut down key by key. A row
 * of a table says how often a key stands in its group, and its possible values: texts divided by '|', in which {T lo hi}
 * is a time of lo to hi percent of the keepalive interval, {S lo hi} a time in ms, {N lo hi} a number, {P lo hi} per
 * mille; all but the last one drawn evenly over the logarithm.
 */
#ifndef NAP_TESTS_ORDER_DRAW_H
#define NAP_TESTS_ORDER_DRAW_H

#include <math.h>

#include "client/policy.h"
#include "io/profile.h"
#include "io/scenario.h"
#include "order_keys.h"
#include "run/run.h"

struct order_line {
	char *group, *key, *value;
};

/* A scenario in the making: lines of one group need not stand together. */
struct order_draft {
	GPtrArray *lines; /* struct order_line */
};

/* Where a drawing stands. */
struct order_dice {
	GRand *rand;
	double interval; /* keepalive interval, ms */
	bool apart;      /* nobody meets anybody at a shared box */
	struct order_draft *draft;
};

static inline void order_line_free(gpointer data)
{
	struct order_line *l = data;

	g_free(l->group);
	g_free(l->key);
	g_free(l->value);
	g_free(l);
}

static inline struct order_draft order_draft_new(void)
{
	return (struct order_draft){ g_ptr_array_new_with_free_func(order_line_free) };
}

static inline void order_draft_clear(struct order_draft *d)
{
	g_ptr_array_unref(d->lines);
}

static inline struct order_line *order_at(const struct order_draft *d, guint i)
{
	return g_ptr_array_index(d->lines, i);
}

static inline void order_set(struct order_draft *d, const char *group, const char *key, const char *value)
{
	struct order_line *l = g_new(struct order_line, 1);

	for (guint i = 0; i < d->lines->len; i++) {
		struct order_line *old = order_at(d, i);

		if (strcmp(old->group, group) == 0 && strcmp(old->key, key) == 0) {
			g_free(old->value);
			old->value = g_strdup(value);
			g_free(l);
			return;
		}
	}
	*l = (struct order_line){ g_strdup(group), g_strdup(key), g_strdup(value) };
	g_ptr_array_add(d->lines, l);
}

/* The scenario's text. Free with g_free. */
static inline char *order_text(const struct order_draft *d)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < d->lines->len; i++) {
		const char *group = order_at(d, i)->group;
		guint first = 0;

		while (strcmp(order_at(d, first)->group, group) != 0)
			first++;
		if (first < i)
			continue;
		g_string_append_printf(s, "[%s]\n", group);
		for (; first < d->lines->len; first++)
			if (strcmp(order_at(d, first)->group, group) == 0)
				g_string_append_printf(
					s, "%s = %s\n", order_at(d, first)->key, order_at(d, first)->value);
	}
	return g_string_free(s, FALSE);
}

static inline bool order_percent(const struct order_dice *d, int percent)
{
	return g_rand_int_range(d->rand, 0, 100) < percent;
}

static inline double order_between(const struct order_dice *d, double lo, double hi)
{
	return lo * exp(g_rand_double(d->rand) * log(hi / lo));
}

/* A time in ms; round ones half the time, so that things fall together. */
static inline double order_time(const struct order_dice *d, double lo, double hi)
{
	static const double part[] = { 0.25, 0.5, 1.0, 1.0, 1.0, 1.5, 2.0, 3.0 };
	double t = part[g_rand_int_range(d->rand, 0, G_N_ELEMENTS(part))] * d->interval;

	if (order_percent(d, 30) && t >= lo && t <= hi)
		return t;
	t = order_between(d, lo, hi);
	return t > 2000 && order_percent(d, 50) ? floor(t / 1000) * 1000 : ceil(t);
}

static inline void order_append_hole(
	const struct order_dice *d, GString *out, char kind, double lo, double hi)
{
	if (kind == 'T')
		g_string_append_printf(
			out, "%.0fms", order_time(d, lo * d->interval / 100, hi * d->interval / 100));
	else if (kind == 'S')
		g_string_append_printf(out, "%.0fms", order_time(d, lo, hi));
	else if (kind == 'N')
		g_string_append_printf(out, "%.0f", floor(order_between(d, lo, hi + 0.999)));
	else
		g_string_append_printf(out, "%.1f%%", (lo + g_rand_double(d->rand) * (hi - lo)) / 10);
}

/* One of a row's values. Free with g_free. */
static inline char *order_value(const struct order_dice *d, const char *values)
{
	g_auto(GStrv) choice = g_strsplit(values, "|", -1);
	const char *p = choice[g_rand_int_range(d->rand, 0, (gint32)g_strv_length(choice))];
	GString *out = g_string_new(NULL);

	for (; *p; p++) {
		char *end;

		if (*p != '{') {
			g_string_append_c(out, *p);
			continue;
		}
		double lo = strtod(p + 2, &end), hi = strtod(end, &end);

		order_append_hole(d, out, p[1], lo, hi);
		p = end;
	}
	return g_string_free(out, FALSE);
}

static inline void order_row(
	const struct order_dice *d, const char *group, const char *key, const char *values)
{
	g_autofree char *value = order_value(d, values);

	order_set(d->draft, group, key, value);
}

static inline void order_rows(const struct order_dice *d, const char *group, const struct order_key *rows)
{
	for (; rows->key; rows++)
		if (order_percent(d, rows->percent))
			order_row(d, group, rows->key, rows->values);
}

static inline void order_profile(
	const struct order_dice *d, const char *group, const char *key, enum nap_profile_kind kind)
{
	g_auto(GStrv) names = nap_profile_names(kind);

	order_set(d->draft, group, key, names[g_rand_int_range(d->rand, 0, (gint32)g_strv_length(names))]);
}

static inline void order_middlebox(const struct order_dice *d, const char *name)
{
	g_autofree char *group = g_strconcat("middlebox ", name, NULL);

	if (order_percent(d, 25))
		order_row(d, group, "profile", order_populations);
	else if (order_percent(d, 50))
		order_profile(d, group, "profile", NAP_MIDDLEBOX);
	if (order_percent(d, 60))
		order_set(d->draft, group, "shared", "yes");
	order_rows(d, group, order_box_keys);
	if (order_percent(d, 50))
		order_rows(d, group, order_timer_keys);
}

/*
 * Some scenarios have shared boxes at which nobody meets anybody, so that the subscriber order may run them: firewalls,
 * NATs with ports of each address' own.
 */
static inline void order_keep_apart(const struct order_dice *d, const char *group, int hop, bool network)
{
	static const char *const limits[] = { "capacity", "adaptive-start", "adaptive-end",
		"incoming-syn-hold", "pcp", "profile", "sessions-per-destination" };
	struct order_draft *draft = d->draft;

	for (guint i = draft->lines->len; i-- > 0;)
		for (size_t k = 0; k < G_N_ELEMENTS(limits); k++)
			if (strcmp(order_at(draft, i)->group, group) == 0 &&
				strcmp(order_at(draft, i)->key, limits[k]) == 0) {
				g_ptr_array_remove_index(draft->lines, i);
				break;
			}
	if (hop > 0 || network || order_percent(d, 60)) {
		order_set(draft, group, "kind", "firewall");
		return;
	}
	order_row(d, group, "ports", "block {N 1 4}|block {N 2 64}");
	order_set(draft, group, "port-range", "1024-65535");
	order_set(draft, group, "block-allocation", "deterministic");
	order_set(draft, group, "inside-first", "10.0.0.2");
}

/* So many middleboxes; returns their list as a value. Free with g_free. */
static inline char *order_middleboxes(const struct order_dice *d, int first, int n)
{
	GString *list = g_string_new(NULL);

	for (int i = first; i < first + n; i++) {
		char name[] = { (char)('a' + i), 0 };

		g_string_append_printf(list, "%s%s", i > first ? "; " : "", name);
		order_middlebox(d, name);
		if (d->apart) {
			g_autofree char *group = g_strconcat("middlebox ", name, NULL);

			order_keep_apart(d, group, i, i == first && first > 0);
		}
	}
	return g_string_free(list, FALSE);
}

static inline void order_path(const struct order_dice *d)
{
	int n = 1 + g_rand_int_range(d->rand, 0, 3);
	g_autofree char *list = order_middleboxes(d, 0, n);

	order_set(d->draft, "path", "middleboxes", list);
	order_rows(d, "path", order_path_keys);
	if (!order_percent(d, 15))
		return;
	order_row(d, "path", "stay", "{T 100 2000}|exponential {T 200 1000}|uniform {T 100 200} {T 300 900}");
	order_rows(d, "path", order_move_keys);
	for (int i = 0; i <= g_rand_int_range(d->rand, 0, 2); i++) {
		g_autofree char *group = g_strdup_printf("network n%d", i), *boxes = NULL;

		order_profile(d, group, "radio", NAP_RADIO);
		order_rows(d, group, order_network_keys);
		boxes = order_middleboxes(d, n, g_rand_int_range(d->rand, 0, 2));
		n += *boxes != 0;
		order_set(d->draft, group, "middleboxes", boxes);
	}
}

static inline void order_radio(const struct order_dice *d)
{
	if (order_percent(d, 20))
		order_set(d->draft, "radio", "profile", "lte-two-state");
	else if (order_percent(d, 35)) {
		order_row(d, "radio", "profile", order_sleepers);
		order_rows(d, "radio", order_sleeper_keys);
	} else
		order_profile(d, "radio", "profile", NAP_RADIO);
}

static inline void order_client(const struct order_dice *d)
{
	const char *policy;

	if (order_percent(d, 60))
		order_row(d, "client", "application", "udp|tcp");
	else
		order_profile(d, "client", "application", NAP_APPLICATION);
	policy = order_policies[g_rand_int_range(d->rand, 0, G_N_ELEMENTS(order_policies))].policy;
	order_set(d->draft, "client", "policy", policy);
	for (size_t i = 0; i < G_N_ELEMENTS(order_policies); i++)
		if (strcmp(order_policies[i].policy, policy) == 0)
			order_rows(d, "client", order_policies[i].keys);
	order_rows(d, "client", order_client_keys);
}

/* Now and then subscribers are of several kinds: they differ in what is each one's own. */
static inline void order_mix(const struct order_dice *d)
{
	if (!order_percent(d, 25))
		return;
	order_row(d, "mix", "radio.profile",
		"lte-two-state 50%; umts-qian-2010-carrier1 50%|lte-edrx-psm 30%; nb-iot-psm 70%");
	if (order_percent(d, 50))
		order_row(d, "mix", "server.push", "none 20%; poisson 6/h 80%|periodic 7min 50%; none 50%");
	if (order_percent(d, 50))
		order_row(d, "mix", "path.loss", "0% 50%; 2% 50%");
	if (order_percent(d, 40))
		order_row(d, "mix", "client.application", "udp 50%; tcp 50%|udp 10%; quic 80%; tcp 10%");
	if (order_percent(d, 30))
		order_row(d, "mix", "client.policy", "none 50%; fixed 50%");
}

/* As long as so many keepalives in all can be run quickly. */
static inline void order_general(const struct order_dice *d)
{
	double cycles = order_between(d, 4, 60), ms = fmin(fmax(cycles * d->interval, 300e3), 86400e3);
	int replications = g_rand_int_range(d->rand, 1, 4), subscribers = (int)order_between(d, 1.0, 40.99);
	double budget = 500.0 / (ms / d->interval) / replications;
	g_autofree char *duration = g_strdup_printf("%.0fms", ms);
	g_autofree char *subs = g_strdup_printf("%d", (int)fmax(1, fmin(subscribers, budget)));
	g_autofree char *reps = g_strdup_printf("%d", replications);

	order_set(d->draft, "scenario", "duration", duration);
	order_set(d->draft, "scenario", "subscribers", subs);
	order_set(d->draft, "scenario", "replications", reps);
	order_row(d, "scenario", "seed", "{N 1 1000000}");
}

static inline bool order_is_policys(const char *key)
{
	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		for (const struct nap_param *row = (*p)->params; row->key; row++)
			if (strcmp(row->key, key) == 0)
				return true;
	return false;
}

/* Another policy in the place of the client's. */
static inline void order_other_policy(const struct order_dice *d)
{
	int which = g_rand_int_range(d->rand, 0, G_N_ELEMENTS(order_later_policies));

	for (guint i = d->draft->lines->len; i-- > 0;)
		if (strcmp(order_at(d->draft, i)->group, "client") == 0 &&
			order_is_policys(order_at(d->draft, i)->key))
			g_ptr_array_remove_index(d->draft->lines, i);
	order_set(d->draft, "client", "policy", order_later_policies[which].policy);
	order_rows(d, "client", order_later_policies[which].keys);
}

/* The client has a pool of connections. */
static inline void order_pool(const struct order_dice *d)
{
	for (guint i = d->draft->lines->len; i-- > 0;) {
		const struct order_line *l = order_at(d->draft, i);

		if (strcmp(l->group, "mix") == 0)
			g_ptr_array_remove_index(d->draft->lines, i);
	}
	order_row(d, "client", "application", "tcp|tcp|http2|grpc|websocket|udp|udp|quic|coap-observe|dtls");
	order_rows(d, "client", order_pool_keys);
	if (order_percent(d, 85))
		order_rows(d, "client", order_request_keys);
}

/* A middlebox before the server, whose forwards may lead elsewhere later. */
static inline void order_before_server(const struct order_dice *d)
{
	order_set(d->draft, "path", "server-middleboxes", "before");
	order_rows(d, "middlebox before", order_server_box_keys);
	order_set(d->draft, "middlebox before", "forwards",
		"udp/1-65535 > 10.0.0.9:1; tcp/1-65535 > 10.0.0.9:1");
	if (order_percent(d, 40))
		order_row(d, "middlebox before", "changes",
			"{N 1 9}min: forwards = udp/1-65535 > 10.0.0.8:1, tcp/1-65535 > 10.0.0.8:1; 20min: "
			"forwards =");
}

/* Takes all lines of groups that begin so, or of such a key in any group (NULL: all). */
static inline void order_drop(const struct order_dice *d, const char *group, const char *key)
{
	for (guint i = d->draft->lines->len; i-- > 0;) {
		const struct order_line *l = order_at(d->draft, i);

		if (g_str_has_prefix(l->group, group) && (!key || strcmp(l->key, key) == 0))
			g_ptr_array_remove_index(d->draft->lines, i);
	}
}

/* The first middlebox ends connections. */
static inline void order_proxy(const struct order_dice *d)
{
	order_set(d->draft, "middlebox a", "kind", "proxy");
	order_set(d->draft, "middlebox a", "tracker", "simple");
	order_drop(d, "middlebox a", "profile");
	order_rows(d, "middlebox a", order_proxy_keys);
	order_row(d, "client", "application", "tcp|websocket|http2|grpc|mqtt|xmpp|imap-idle");
}

/* The program's other end is a client, with a box of its own. */
static inline void order_peer(const struct order_dice *d)
{
	static const char *const none[] = { "shared", "mtu" };

	order_drop(d, "network ", NULL);
	order_drop(d, "mix", NULL);
	order_drop(d, "path", "stay");
	order_drop(d, "path", "server-middleboxes");
	order_drop(d, "middlebox before", NULL);
	order_middlebox(d, "x");
	order_drop(d, "middlebox", "profile");
	for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
		order_drop(d, "middlebox", none[i]);
	order_set(d->draft, "peer", "middleboxes", "x");
	order_rows(d, "peer", order_peer_keys);
	if (order_percent(d, 30))
		order_set(d->draft, "peer", "behind", "a");
	order_row(d, "client", "application", "udp|udp|quic|wireguard|openvpn|webrtc-ice");
}

/* What a scenario's error blames, as "[group] key: ..." or "[group]: ..."; group and key are freed by the caller. False: nothing by name. */
static inline bool order_blamed(const char *message, char **group, char **key)
{
	const char *open = strchr(message, '['), *close = open ? strchr(open, ']') : NULL;
	const char *colon = close ? strchr(close, ':') : NULL;

	if (!colon)
		return false;
	*group = g_strndup(open + 1, (gsize)(close - open - 1));
	*key = colon > close + 2 ? g_strndup(close + 2, (gsize)(colon - close - 2)) : NULL;
	return true;
}

/* Why it cannot be run, NULL: it can. Free with g_free. */
static inline char *order_flaw(const struct order_draft *draft)
{
	g_autofree char *text = order_text(draft);
	g_autofree struct nap_plan *plan = g_new(struct nap_plan, 1);
	g_autoptr(GError) error = NULL;
	struct nap_document *doc = nap_document_new("drawn", NULL, text, strlen(text), &error);
	struct nap_scenario *sc = doc ? nap_scenario_new(doc, NULL, 0, &error) : NULL;
	char *why = !sc ? g_strdup(error->message) : !nap_plan_make(plan, sc) ? g_strdup(plan->why) : NULL;

	nap_scenario_free(sc);
	nap_document_free(doc);
	return why;
}

/* Keys that contradict others are taken away, the blamed one each time, so that nearly all that is drawn can be run. */
static inline void order_settle(const struct order_dice *d)
{
	for (int i = 0; i < 12; i++) {
		g_autofree char *why = order_flaw(d->draft), *group = NULL, *key = NULL;
		guint lines = d->draft->lines->len;

		if (!why || !order_blamed(why, &group, &key))
			return;
		order_drop(d, group, key);
		if (g_strcmp0(key, "adaptive-end") == 0)
			order_drop(d, group, "adaptive-start");
		if (d->draft->lines->len == lines) /* it is a profile's */
			order_drop(d, group, "profile");
		if (d->draft->lines->len == lines)
			return;
	}
}

/* Scenario number n of a seed; not all that is drawn can be run. */
static inline struct order_draft order_draw(guint32 seed, guint32 n)
{
	const guint32 both[] = { seed, n };
	struct order_draft draft = order_draft_new();
	struct order_dice d = { g_rand_new_with_seed_array(both, 2), 0, false, &draft };

	d.interval = ceil(order_between(&d, 5e3, 1200e3) / 1000) * 1000;
	d.apart = order_percent(&d, 20);
	order_general(&d);
	order_path(&d);
	order_radio(&d);
	order_client(&d);
	order_rows(&d, "server", order_server_keys);
	if (order_percent(&d, 25))
		order_rows(&d, "device", order_device_keys);
	order_mix(&d);
	if (order_percent(&d, 25))
		order_row(&d, "scenario", "warm-up", "{T 100 4000}");
	if (order_percent(&d, 20))
		order_rows(&d, "client", order_request_keys);
	if (order_percent(&d, 12))
		order_other_policy(&d);
	order_rows(&d, "path", order_later_path_keys);
	if (order_percent(&d, 7))
		order_pool(&d);
	order_rows(&d, "middlebox a", order_later_box_keys);
	if (order_percent(&d, 10))
		order_before_server(&d);
	if (order_percent(&d, 7))
		order_proxy(&d);
	else if (order_percent(&d, 8))
		order_peer(&d);
	order_settle(&d);
	g_rand_free(d.rand);
	return draft;
}

#endif
