/* SPDX-License-Identifier: BSD-2-Clause */
/* What text, JSON and CSV of a replay share: which rows are kept, and how they are said. */
#include <arpa/inet.h>
#include <math.h>
#include <string.h>

#include "replay/cost.h"
#include "report/replay_report.h"

void nap_replayed_init(struct nap_replayed *r, const struct nap_scenario *sc)
{
	*r = (struct nap_replayed){ .sc = sc,
		.flows = g_ptr_array_new_with_free_func(g_free),
		.bursts = g_array_new(FALSE, FALSE, sizeof(struct nap_burst)) };
}

void nap_replayed_clear(struct nap_replayed *r)
{
	if (r->flows)
		g_ptr_array_unref(r->flows);
	if (r->bursts)
		g_array_unref(r->bursts);
	r->flows = NULL;
	r->bursts = NULL;
}

static int by_wide(struct nap_wide a, struct nap_wide b)
{
	if (a.high != b.high)
		return a.high < b.high ? 1 : -1;
	return (a.low < b.low) - (a.low > b.low);
}

static gint flow_by_cost(gconstpointer a, gconstpointer b)
{
	const struct nap_flow *const *x = a, *const *y = b;
	int d = by_wide((*x)->paid, (*y)->paid);

	return d ? d : ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static gint flow_by_number(gconstpointer a, gconstpointer b)
{
	const struct nap_flow *const *x = a, *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static gint burst_by_cost(gconstpointer a, gconstpointer b)
{
	const struct nap_burst *x = a, *y = b;
	int d = by_wide(x->paid, y->paid);

	return d ? d : (x->begun > y->begun) - (x->begun < y->begun);
}

static gint burst_by_time(gconstpointer a, gconstpointer b)
{
	const struct nap_burst *x = a, *y = b;

	return (x->begun > y->begun) - (x->begun < y->begun);
}

static void keep_dearest_flows(struct nap_replayed *r)
{
	if (r->flows->len <= NAP_REPLAY_ROWS)
		return;
	g_ptr_array_sort(r->flows, flow_by_cost);
	g_ptr_array_set_size(r->flows, NAP_REPLAY_ROWS);
}

static void keep_dearest_bursts(struct nap_replayed *r)
{
	if (r->bursts->len <= NAP_REPLAY_ROWS)
		return;
	g_array_sort(r->bursts, burst_by_cost);
	g_array_set_size(r->bursts, NAP_REPLAY_ROWS);
}

void nap_replayed_flow(struct nap_replayed *r, const struct nap_flow *f)
{
	size_t hops = MAX(r->sc->n_path_middleboxes, 1);

	g_ptr_array_add(r->flows, g_memdup2(f, sizeof *f + hops * sizeof f->hop[0]));
	if (r->flows->len >= 2 * NAP_REPLAY_ROWS)
		keep_dearest_flows(r);
}

void nap_replayed_burst(struct nap_replayed *r, const struct nap_burst *b)
{
	g_array_append_val(r->bursts, *b);
	if (r->bursts->len >= 2 * NAP_REPLAY_ROWS)
		keep_dearest_bursts(r);
}

void nap_replayed_sort(struct nap_replayed *r)
{
	keep_dearest_flows(r);
	keep_dearest_bursts(r);
	g_ptr_array_sort(r->flows, flow_by_number);
	g_array_sort(r->bursts, burst_by_time);
}

char *nap_replay_ip(struct nap_ip ip)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	bool v4 = nap_ip_is_v4(ip);

	for (int i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(ip.high >> (56 - 8 * i));
		bytes[8 + i] = (uint8_t)(ip.low >> (56 - 8 * i));
	}
	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? bytes + 12 : bytes, text, sizeof text);
	return g_strdup(text);
}

char *nap_replay_end(struct nap_ip ip, uint16_t port)
{
	g_autofree char *address = nap_replay_ip(ip);

	return port == 0          ? g_steal_pointer(&address)
	       : nap_ip_is_v4(ip) ? g_strdup_printf("%s:%u", address, port)
				  : g_strdup_printf("[%s]:%u", address, port);
}

char *nap_replay_proto(uint8_t proto)
{
	return proto == NAP_TCP    ? g_strdup("tcp")
	       : proto == NAP_UDP  ? g_strdup("udp")
	       : proto == NAP_ICMP ? g_strdup("icmp")
	       : proto == NAP_GRE  ? g_strdup("gre")
	       : proto == 50       ? g_strdup("esp")
				   : g_strdup_printf("%u", proto);
}

double nap_replay_reachable(const struct nap_flow *f)
{
	nap_time life = f->last - f->begun;

	return life > 0 && !f->stays ? 1.0 - nap_time_seconds(f->unreachable) / nap_time_seconds(life)
				     : (double)NAN;
}

double nap_replay_joules(const struct nap_replay_sums *s, enum nap_purpose_seen seen)
{
	return nap_cost_joules(s->seen[seen]);
}
