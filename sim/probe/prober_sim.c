/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/prober_sim.h"

#include "probe/sim_prober.h"
#include "probe/sim_send.h"
#include "probe/sim_take.h"
#include "probe/sim_tcp.h"
#include "text/tcp_text.h"

#define USUAL_PORT 7000           /* no service of that port has a timer of its own anywhere */
#define RETRANSMIT (300 * NAP_MS) /* about: the least time-out, and a round trip */

static struct nap_sim_prober *sim_of(struct nap_prober *p)
{
	return (struct nap_sim_prober *)p;
}

static struct nap_sim_flow *flow_at(struct nap_prober *p, nap_flow flow)
{
	return nap_sim_flow_at(&sim_of(p)->flows, flow);
}

static nap_time sim_now(struct nap_prober *p)
{
	return nap_sim_path_now(sim_of(p)->path);
}

static nap_flow sim_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	struct nap_flow_spec own = *spec;

	if (!own.server_port)
		own.server_port = p->usual_port;
	return sim_of(p)->flows.n_open == p->max_flows ? NAP_NO_FLOW
						       : nap_sim_flows_open(&sim_of(p)->flows, &own);
}

static void sim_close(struct nap_prober *p, nap_flow flow)
{
	nap_sim_flows_close(&sim_of(p)->flows, flow);
}

static bool sim_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	return nap_sim_send(sim_of(p), flow, what);
}

static nap_time tcp_deadline(struct nap_sim_prober *s)
{
	nap_time first = NAP_NEVER;

	for (uint32_t i = 0; i < s->timed->len;) {
		nap_time t = nap_sim_tcp_deadline(
			nap_sim_flow_at(&s->flows, g_array_index(s->timed, nap_flow, i)));

		if (t == NAP_NEVER)
			g_array_remove_index_fast(s->timed, i);
		else
			i++;
		first = nap_time_min(first, t);
	}
	return first;
}

static void tcp_timers(struct nap_sim_prober *s)
{
	for (uint32_t i = 0; i < s->timed->len; i++) {
		struct nap_sim_tcp_ctx c = { s, g_array_index(s->timed, nap_flow, i) };
		struct nap_sim_tcp_io io = nap_sim_tcp_io_of(&c);

		nap_sim_tcp_timer(nap_sim_flow_at(&s->flows, c.flow), &io);
	}
}

static bool sim_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev)
{
	struct nap_sim_prober *s = sim_of(p);

	for (;;) {
		nap_time tcp, path;
		struct nap_sim_arrival a;

		if (s->first_event < s->events->len) {
			*ev = g_array_index(s->events, struct nap_probe_event, s->first_event++);
			return true;
		}
		g_array_set_size(s->events, 0);
		s->first_event = 0;
		tcp = tcp_deadline(s);
		path = nap_sim_path_next(s->path, until);
		if (nap_time_min(tcp, path) > until) {
			nap_sim_path_step(s->path, until, &a);
			return false;
		}
		if (tcp < path) {
			nap_sim_path_step(s->path, tcp, &a);
			tcp_timers(s);
		} else if (nap_sim_path_step(s->path, until, &a)) {
			nap_sim_take(s, &a);
		}
	}
}

static struct nap_endpoint sim_local(struct nap_prober *p, nap_flow flow)
{
	return flow_at(p, flow)->local;
}

static bool is_settled(const struct nap_tcp *t)
{
	return !t || t->n == 0;
}

static struct nap_flow_activity sim_activity(struct nap_prober *p, nap_flow flow)
{
	const struct nap_sim_flow *f = flow_at(p, flow);

	return (struct nap_flow_activity){ f->sent, nap_time_max(f->sent, f->received),
		is_settled(f->tcp[NAP_CLIENT]) && is_settled(f->tcp[NAP_SERVER]), f->repeats.n, f->heard };
}

static void sim_free(struct nap_prober *p)
{
	struct nap_sim_prober *s = sim_of(p);

	nap_sim_path_free(s->path);
	g_array_free(s->events, TRUE);
	g_array_free(s->timed, TRUE);
	for (int end = 0; end < 2; end++)
		nap_reassembly_free(s->host[end]);
	nap_sim_flows_clear(&s->flows);
	g_free(s);
}

static const struct nap_prober_ops sim_ops = {
	.now = sim_now,
	.open = sim_open,
	.close = sim_close,
	.send = sim_send,
	.wait = sim_wait,
	.local = sim_local,
	.activity = sim_activity,
	.free = sim_free,
};

struct nap_prober *nap_prober_sim_new(const struct nap_scenario *sc, uint64_t seed)
{
	struct nap_sim_prober *s = g_new0(struct nap_sim_prober, 1);

	s->head = (struct nap_prober){ .ops = &sim_ops,
		.can = NAP_CAN_ALL,
		.max_flows = 1u << 20,
		.usual_port = USUAL_PORT,
		.retransmit = RETRANSMIT };
	if (sc->app.tcp.rto_initial)
		s->tcp = sc->app.tcp;
	else /* a device under test has no client beside it */
		nap_tcp_config_init(&s->tcp);
	s->path = nap_sim_path_new(sc, seed);
	nap_sim_flows_init(&s->flows, nap_sim_path_device(s->path));
	s->events = g_array_new(FALSE, FALSE, sizeof(struct nap_probe_event));
	s->timed = g_array_new(FALSE, FALSE, sizeof(nap_flow));
	return &s->head;
}

struct nap_sim_path *nap_prober_sim_path(struct nap_prober *p)
{
	return sim_of(p)->path;
}
