/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/prober_sim.h"

#include "probe/sim_prober.h"
#include "net/fragment.h"
#include "net/pcp.h"

#define SERVER_MAIN  NAP_ADDR(192, 0, 2, 10) /* TEST-NET-1, RFC 5737 */
#define SERVER_OTHER NAP_ADDR(192, 0, 2, 20)
#define CLIENT_FIRST NAP_ADDR(10, 0, 0, 2)
#define USUAL_PORT   7000 /* no service of that port has a timer of its own anywhere */
#define FIRST_LOCAL  32768
#define PROBE_BYTES  32

struct nap_endpoint nap_sim_place_endpoint(const struct nap_sim_flow *f, enum nap_server_place place)
{
	uint16_t port = f->spec.server_port;
	bool other_port = place == NAP_AT_OTHER_PORT || place == NAP_AT_OTHER_BOTH;

	if (f->spec.proto == NAP_ICMP)
		port = f->local.port;
	else if (other_port)
		port = (uint16_t)(port == 65535 ? 1024 : port + 1);
	if (place >= NAP_AT_OTHER_ADDRESS)
		return (struct nap_endpoint){ SERVER_OTHER, port };
	return (struct nap_endpoint){ f->spec.server ? f->spec.server : SERVER_MAIN, port };
}

enum nap_server_place nap_sim_place_of(const struct nap_sim_flow *f, struct nap_endpoint e)
{
	for (int i = 0; i < NAP_SERVER_PLACES; i++) {
		struct nap_endpoint at = nap_sim_place_endpoint(f, (enum nap_server_place)i);

		if (at.addr == e.addr && (at.port == e.port || f->spec.proto == NAP_ICMP))
			return (enum nap_server_place)i;
	}
	return NAP_AT_MAIN;
}

/* Where the server sends to: the endpoint seen at that place, else the one seen first anywhere. */
static struct nap_endpoint target(const struct nap_sim_flow *f, enum nap_server_place place)
{
	for (int i = 0; !f->mapped[place].port && i < NAP_SERVER_PLACES; i++)
		if (f->mapped[i].port)
			return f->mapped[i];
	return f->mapped[place];
}

static nap_time sim_now(struct nap_prober *p)
{
	return nap_sim_path_now(nap_sim_of(p)->path);
}

static bool local_taken(struct nap_sim_prober *s, uint8_t proto, struct nap_endpoint e)
{
	return g_hash_table_contains(s->by_local, nap_sim_local_key(proto, e));
}

/* A local port that no open flow of this host has; earlier flows' ports come again only after all others. */
static uint16_t fresh_port(struct nap_sim_prober *s, uint8_t proto, nap_addr host)
{
	gpointer key = nap_sim_local_key(proto, (struct nap_endpoint){ host, 0 });
	uint32_t at = GPOINTER_TO_UINT(g_hash_table_lookup(s->next_local, key));

	if (at < 1024)
		at = FIRST_LOCAL;
	for (uint32_t tried = 0; tried < 64512; tried++) {
		struct nap_endpoint e = { host, (uint16_t)at };

		at = at == 65535 ? 1024 : at + 1;
		if (!local_taken(s, proto, e)) {
			g_hash_table_insert(s->next_local, key, GUINT_TO_POINTER(at));
			return e.port;
		}
	}
	return 0;
}

static nap_flow sim_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	struct nap_sim_prober *s = nap_sim_of(p);
	struct nap_sim_flow f = { .open = true, .spec = *spec, .next_same = NAP_NO_FLOW };
	nap_flow id = s->flow->len;
	gpointer key;

	if (s->n_open == p->max_flows)
		return NAP_NO_FLOW;
	if (!f.spec.server_port)
		f.spec.server_port = USUAL_PORT;
	f.local.addr = s->client_first + spec->host;
	f.local.port = spec->local_port;
	if (spec->same_local)
		f.local = nap_sim_flow_at(s, spec->like)->local;
	else if (!f.local.port)
		f.local.port = fresh_port(s, spec->proto, f.local.addr);
	if (!f.local.port)
		return NAP_NO_FLOW;
	for (int end = 0; end < 2; end++)
		f.tcp[end] = (struct nap_sim_tcp){ .next = 1000000u * (uint32_t)(end + 1) + id * 7919u,
			.retransmit = NAP_NEVER };
	key = nap_sim_local_key(spec->proto, f.local);
	if (g_hash_table_contains(s->by_local, key))
		f.next_same = GPOINTER_TO_UINT(g_hash_table_lookup(s->by_local, key)) - 1;
	g_hash_table_insert(s->by_local, key, GUINT_TO_POINTER(id + 1));
	g_array_append_val(s->flow, f);
	s->n_open++;
	return id;
}

static void sim_close(struct nap_prober *p, nap_flow flow)
{
	struct nap_sim_prober *s = nap_sim_of(p);
	struct nap_sim_flow *f = nap_sim_flow_at(s, flow);
	gpointer key = nap_sim_local_key(f->spec.proto, f->local);
	nap_flow head = GPOINTER_TO_UINT(g_hash_table_lookup(s->by_local, key)) - 1;

	if (!f->open)
		return;
	f->open = false;
	s->n_open--;
	for (int end = 0; end < 2; end++)
		f->tcp[end].retransmit = NAP_NEVER;
	if (head != flow) {
		while (nap_sim_flow_at(s, head)->next_same != flow)
			head = nap_sim_flow_at(s, head)->next_same;
		nap_sim_flow_at(s, head)->next_same = f->next_same;
	} else if (f->next_same != NAP_NO_FLOW) {
		g_hash_table_insert(s->by_local, key, GUINT_TO_POINTER(f->next_same + 1));
	} else {
		g_hash_table_remove(s->by_local, key);
	}
	for (int i = 0; i < NAP_SERVER_PLACES; i++) {
		gpointer seen = nap_sim_local_key(f->spec.proto, f->mapped[i]);

		if (f->mapped[i].port &&
			GPOINTER_TO_UINT(g_hash_table_lookup(s->by_server, seen)) == flow + 1)
			g_hash_table_remove(s->by_server, seen);
	}
}

static void transmit(
	struct nap_sim_prober *s, struct nap_sim_flow *f, enum nap_end from, const struct nap_packet *p)
{
	struct nap_packet sent = *p;

	if (!sent.ttl)
		sent.ttl = NAP_SIM_TTL;
	f->sent = nap_sim_path_now(s->path);
	nap_sim_path_send(s->path, from, &sent, nap_sim_index_of(s, f));
}

/* Addresses of a packet of this flow. */
static bool address(
	const struct nap_sim_flow *f, enum nap_end from, enum nap_server_place place, struct nap_packet *p)
{
	p->proto = f->spec.proto;
	if (from == NAP_CLIENT) {
		p->src = f->local;
		p->dst = nap_sim_place_endpoint(f, place);
		return true;
	}
	p->src = nap_sim_place_endpoint(f, place);
	p->dst = target(f, place);
	if (f->spec.proto == NAP_ICMP)
		p->src.port = p->dst.port;
	return p->dst.port != 0;
}

static void tcp_transmit(void *ctx, enum nap_end from, const struct nap_sim_segment *seg, uint32_t ack)
{
	struct nap_sim_tcp_ctx *c = ctx;
	struct nap_sim_flow *f = nap_sim_flow_at(c->s, c->flow);
	struct nap_packet p = {
		.flags = seg->flags, .len = seg->len, .seq = seg->seq, .tag = seg->tag, .win = 65535
	};

	if (seg->flags & NAP_ACK)
		p.ack = ack;
	if (address(f, from, (enum nap_server_place)f->spec.place, &p))
		transmit(c->s, f, from, &p);
}

void nap_sim_report(struct nap_sim_prober *s, const struct nap_probe_event *ev)
{
	g_array_append_vals(s->events, ev, 1);
}

static void tcp_report(void *ctx, enum nap_end end, enum nap_got what, uint32_t tag)
{
	struct nap_sim_tcp_ctx *c = ctx;
	struct nap_sim_flow *f = nap_sim_flow_at(c->s, c->flow);
	struct nap_probe_event ev = { .at = nap_sim_path_now(c->s->path),
		.sent = NAP_NEVER,
		.flow = c->flow,
		.what = what,
		.end = (uint8_t)end,
		.place = f->spec.place,
		.tag = tag };

	if (c->s->arrival) {
		ev.sent = c->s->arrival->sent;
		ev.seen = c->s->arrival->packet.src;
		ev.flags = c->s->arrival->packet.flags;
		ev.ttl = c->s->arrival->packet.ttl;
	}
	nap_sim_report(c->s, &ev);
}

struct nap_sim_tcp_io nap_sim_tcp_io_of(struct nap_sim_tcp_ctx *c)
{
	return (struct nap_sim_tcp_io){ c, nap_sim_path_now(c->s->path), tcp_transmit, tcp_report };
}

void nap_sim_watch(struct nap_sim_prober *s, nap_flow flow)
{
	for (uint32_t i = 0; i < s->timed->len; i++)
		if (g_array_index(s->timed, nap_flow, i) == flow)
			return;
	g_array_append_val(s->timed, flow);
}

static void say(const struct nap_sending *what, struct nap_packet *p)
{
	p->says = what->says;
	p->quote.src = what->names;
}

static bool send_raw(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	struct nap_sim_tcp *t = &f->tcp[what->from];
	uint8_t place = what->place;
	struct nap_packet p = {
		.flags = what->flags, .len = what->len, .tag = what->tag, .ttl = what->ttl, .win = 65535
	};

	if (what->from == NAP_CLIENT || place == NAP_AT_MAIN)
		place = f->spec.place;
	if (!address(f, (enum nap_end)what->from, (enum nap_server_place)place, &p))
		return false;
	if (what->to != NAP_NO_FLOW)
		p.dst = target(nap_sim_flow_at(s, what->to), NAP_AT_MAIN);
	say(what, &p);
	p.seq = (what->again ? t->last.seq : t->next) + (uint32_t)what->seq_shift;
	if (what->flags & NAP_ACK)
		p.ack = t->expected;
	if (!what->again && !what->seq_shift) {
		t->last = (struct nap_sim_segment){ .seq = t->next, .len = what->len, .flags = what->flags };
		t->next += what->len + (what->flags & NAP_SYN ? 1 : 0) + (what->flags & NAP_FIN ? 1 : 0);
	}
	transmit(s, f, (enum nap_end)what->from, &p);
	return true;
}

/* An ICMP error about the last packet this end received, as it looked there. */
static bool send_icmp_error(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	const struct nap_packet *about = what->from == NAP_SERVER ? &f->at_server : &f->at_client;
	struct nap_packet p = { .proto = NAP_ICMP,
		.icmp_type = what->icmp_type,
		.icmp_code = what->icmp_code,
		.len = 28,
		.ttl = NAP_SIM_TTL,
		.tag = what->tag };

	if (!(what->from == NAP_SERVER ? f->seen_by_server : f->seen_by_client))
		return false;
	p.src.addr = what->from == NAP_SERVER && what->place >= NAP_AT_OTHER_ADDRESS ? SERVER_OTHER
										     : about->dst.addr;
	p.bad_csum = what->bad_csum;
	p.dst.addr = about->src.addr;
	p.quote = (struct nap_quote){ about->proto, about->src, about->dst };
	nap_sim_path_send(s->path, (enum nap_end)what->from, &p,
		nap_sim_index_of(s, f)); /* no packet of the flow: its activity stays */
	return true;
}

/* The fragments of a datagram that a probe asks for. */
static void transmit_pieces(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what,
	const struct nap_packet *p)
{
	uint32_t n = nap_fragment_count(p, what->fragment), first = what->pieces == NAP_PIECES_ALL_BUT_FIRST;
	struct nap_packet piece;

	for (uint32_t i = first; i < n; i++) {
		uint32_t k = what->pieces == NAP_PIECES_FIRST_LAST ? n - 1 - i : i;

		nap_fragment_cut(p, what->fragment, k, &piece);
		transmit(s, f, (enum nap_end)what->from, &piece);
		if (what->pieces == NAP_PIECES_FIRST_ONLY)
			break;
	}
}

static bool send_datagram(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	struct nap_packet p = {
		.len = what->len ? what->len : PROBE_BYTES, .tag = what->tag, .ttl = what->ttl
	};

	say(what, &p);
	p.ip_frag = what->df ? NAP_DF : 0;
	p.ip_id = what->ip_id ? what->ip_id : ++s->next_ip_id;
	address(f, (enum nap_end)what->from, (enum nap_server_place)what->place, &p);
	if (what->to != NAP_NO_FLOW)
		p.dst = target(nap_sim_flow_at(s, what->to), NAP_AT_MAIN);
	if (!p.dst.port)
		return false;
	if (p.proto == NAP_ICMP)
		p.icmp_type = what->from == NAP_CLIENT ? 8 : 0; /* RFC 792: echo, echo reply */
	transmit_pieces(s, f, what, &p);
	return true;
}

/* Asks the box for a mapping (RFC 6887 11.1, RFC 6886 3.3). */
static bool ask_mapping(struct nap_sim_prober *s, struct nap_sim_flow *f, const struct nap_sending *what)
{
	struct nap_packet p = { .src = { f->local.addr, NAP_PCP_CLIENT_PORT },
		.dst = { NAP_PCP_ANYCAST, NAP_PCP_PORT },
		.proto = NAP_UDP,
		.ttl = NAP_SIM_TTL,
		.message = what->flags ? NAP_PMP_MAP : NAP_PCP_MAP,
		.len = what->flags ? NAP_PMP_REQUEST_BYTES : NAP_PCP_BYTES,
		.tag = 3600,
		.quote = { f->spec.proto, f->local, { 0, 0 } } };

	if (what->from != NAP_CLIENT)
		return false;
	nap_sim_path_send(s->path, NAP_CLIENT, &p, NAP_NO_FLOW);
	return true;
}

static bool send_managed(struct nap_sim_prober *s, nap_flow flow, const struct nap_sending *what)
{
	struct nap_sim_tcp_ctx c = { s, flow };
	struct nap_sim_tcp_io io = nap_sim_tcp_io_of(&c);
	struct nap_sim_flow *f = nap_sim_flow_at(s, flow);

	nap_sim_watch(s, flow);
	switch (what->act) {
	case NAP_ACT_CONNECT:
		return nap_sim_tcp_connect(f, what->tag, &io);
	case NAP_ACT_DATA:
		return nap_sim_tcp_write(f, (enum nap_end)what->from, NAP_PSH, PROBE_BYTES, what->tag, &io);
	case NAP_ACT_FIN:
		return nap_sim_tcp_write(f, (enum nap_end)what->from, NAP_FIN, 0, what->tag, &io);
	default:
		return false;
	}
}

static bool sim_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	struct nap_sim_prober *s = nap_sim_of(p);
	struct nap_sim_flow *f = nap_sim_flow_at(s, flow);

	if (what->act == NAP_ACT_ICMP)
		return send_icmp_error(s, f, what);
	if (what->act == NAP_ACT_MAP)
		return ask_mapping(s, f, what);
	if (f->spec.proto != NAP_TCP)
		return what->act == NAP_ACT_DATA && send_datagram(s, f, what);
	if (f->spec.raw || what->act == NAP_ACT_SEGMENT)
		return what->act == NAP_ACT_SEGMENT && send_raw(s, f, what);
	return send_managed(s, flow, what);
}

static nap_time tcp_deadline(struct nap_sim_prober *s)
{
	nap_time first = NAP_NEVER;

	for (uint32_t i = 0; i < s->timed->len;) {
		nap_time t = nap_sim_tcp_deadline(nap_sim_flow_at(s, g_array_index(s->timed, nap_flow, i)));

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

		nap_sim_tcp_timer(nap_sim_flow_at(s, c.flow), &io);
	}
}

static bool sim_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev)
{
	struct nap_sim_prober *s = nap_sim_of(p);

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
		path = nap_sim_path_next(s->path);
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
	return nap_sim_flow_at(nap_sim_of(p), flow)->local;
}

static struct nap_flow_activity sim_activity(struct nap_prober *p, nap_flow flow)
{
	const struct nap_sim_flow *f = nap_sim_flow_at(nap_sim_of(p), flow);

	return (struct nap_flow_activity){ f->sent, nap_time_max(f->sent, f->received),
		!f->tcp[NAP_CLIENT].n_unacked && !f->tcp[NAP_SERVER].n_unacked };
}

static void sim_free(struct nap_prober *p)
{
	struct nap_sim_prober *s = nap_sim_of(p);

	nap_sim_path_free(s->path);
	g_array_free(s->flow, TRUE);
	g_array_free(s->events, TRUE);
	g_array_free(s->timed, TRUE);
	for (int end = 0; end < 2; end++)
		nap_reassembly_free(s->host[end]);
	g_hash_table_destroy(s->by_local);
	g_hash_table_destroy(s->by_server);
	g_hash_table_destroy(s->next_local);
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
	const struct nap_box_config *first = sc->n_path_middleboxes ? &sc->middlebox[0].box : NULL;

	s->head = (struct nap_prober){ .ops = &sim_ops,
		.can = NAP_CAN_ALL,
		.max_flows = 1u << 20,
		.usual_port = USUAL_PORT,
		.retransmit = NAP_SIM_RTO };
	s->path = nap_sim_path_new(sc, seed);
	s->client_first = first && first->inside_first.n ? first->inside_first.addr[0] : CLIENT_FIRST;
	s->flow = g_array_new(FALSE, FALSE, sizeof(struct nap_sim_flow));
	s->events = g_array_new(FALSE, FALSE, sizeof(struct nap_probe_event));
	s->timed = g_array_new(FALSE, FALSE, sizeof(nap_flow));
	s->by_local = g_hash_table_new(NULL, NULL);
	s->by_server = g_hash_table_new(NULL, NULL);
	s->next_local = g_hash_table_new(NULL, NULL);
	return &s->head;
}

struct nap_sim_path *nap_prober_sim_path(struct nap_prober *p)
{
	return nap_sim_of(p)->path;
}
