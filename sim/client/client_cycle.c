/* SPDX-License-Identifier: BSD-2-Clause */
/* The ends' state as whole cycles see it: how much there is, what of it is compared, and how it moves in time. */
#include "client/flow.h"
#include "client/server_inside.h"
#include "client/tcp_inside.h"

/* Fields that are compared only where something reads them. */
enum group {
	GROUP_IDLE = 1,    /* the client minds how long it has heard nothing */
	GROUP_NUMBERS = 4, /* pushes are numbered */
	GROUP_LOTS = 8,    /* waits are drawn */

	GROUP_AGES = 16, /* flows are closed for their age */
	GROUP_USES = 32, /* the client minds how long none of its requests has gone */

	GROUP_HEARD = 1, /* the server minds how long the client has been silent */
	GROUP_SAID = 2,  /* the server keeps the flow alive itself */

	GROUP_PROBES = 1,   /* TCP probes by itself */
	GROUP_STAMPS = 2,   /* it writes time stamps */
	GROUP_RECOVERS = 4, /* it recovers from a loss */
	GROUP_PROBED = 8,   /* a loss probe went */
	GROUP_WIDE = 16,    /* the window is wider than idleness leaves it */
	GROUP_PMTU = 32,    /* the path is known to be narrower than the link */
};

#define CLIENT(field, kind) NAP_FIELD(struct nap_client, field, kind)

static const struct nap_field client_rows[] = {
	CLIENT(deadline, NAP_AT),
	CLIENT(due, NAP_AT),
	CLIENT(wait, NAP_AT),
	CLIENT(outbound, NAP_AT),
	CLIENT(idle_since, NAP_AT),
	NAP_FIELD_MORE(struct nap_client, since, NAP_AT, 0, GROUP_IDLE),
	NAP_FIELD_ENDPOINT(struct nap_client, self, NAP_VALUE),
	NAP_FIELD_ENDPOINT(struct nap_client, peer, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_client, phase, throttled, NAP_VALUE),
	/* read only while a flow opens, and set when it begins to */
	CLIENT(began, NAP_IGNORE),
	NAP_FIELD_SPAN(struct nap_client, flows, opened, NAP_VALUE),
	NAP_FIELD_MORE(struct nap_client, lot, NAP_VALUE, 0, GROUP_LOTS),
	NAP_FIELD_MORE(struct nap_client, pushed, NAP_SEQUENCE, NAP_BASE_PUSH, GROUP_NUMBERS),
	CLIENT(mapped, NAP_PART), /* of UDP alone; over TCP, as `secure`, what has tables of its own */
	CLIENT(secure, NAP_PART),
	CLIENT(policy, NAP_PART),
	CLIENT(second, NAP_PART),
	CLIENT(requests, NAP_PART),
	CLIENT(keyed, NAP_PART),
};
NAP_FIELDS(client_fields, struct nap_client, client_rows);

#define REQUESTS(field, kind) NAP_FIELD(struct nap_requests, field, kind)

/* At rest none waits or is out, so what belongs to one is set before it is read. */
static const struct nap_field requests_rows[] = {
	REQUESTS(end, NAP_AT),
	REQUESTS(said, NAP_IGNORE),
	NAP_FIELD_MORE(struct nap_requests, born, NAP_AT, 0, GROUP_AGES),
	NAP_FIELD_MORE(struct nap_requests, used, NAP_AT, 0, GROUP_USES),
	REQUESTS(check_end, NAP_AT),
	/* all equal */
	NAP_FIELD_SPAN(struct nap_requests, made, done, NAP_IGNORE),
	NAP_FIELD_SPAN(struct nap_requests, behind, tries, NAP_IGNORE),
	REQUESTS(flows, NAP_VALUE),
	REQUESTS(taken, NAP_IGNORE),
	REQUESTS(at, NAP_IGNORE),
};
NAP_FIELDS(requests_fields, struct nap_requests, requests_rows);

static const struct nap_field serving_rows[] = {
	NAP_FIELD(struct nap_serving, rng, NAP_IGNORE), /* a cycle draws nothing */
	NAP_FIELD(struct nap_serving, answer, NAP_AT),
	/* numbers only grow: which it was is told from the next one in any case */
	NAP_FIELD(struct nap_serving, number, NAP_IGNORE),
};
NAP_FIELDS(serving_fields, struct nap_serving, serving_rows);

#define SECOND(field, kind) NAP_FIELD(struct nap_second_port, field, kind)

static const struct nap_field second_rows[] = {
	SECOND(at, NAP_AT),
	SECOND(silence, NAP_VALUE),
	NAP_FIELD_ENDPOINT(struct nap_second_port, self, NAP_VALUE),
	NAP_FIELD_ENDPOINT(struct nap_second_port, mapped, NAP_VALUE),
	SECOND(uses, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_second_port, phase, tries, NAP_VALUE),
};
NAP_FIELDS(second_fields, struct nap_second_port, second_rows);

#define TCP(field, kind) NAP_FIELD(struct nap_tcp, field, kind)

#define TCP_NUMBER(field, base, group) NAP_FIELD_MORE(struct nap_tcp, field, NAP_SEQUENCE, base, group)

/* At rest nothing is queued (nap_ends_rest), so what belongs to queued segments is set before it is read. */
static const struct nap_field tcp_rows[] = {
	NAP_FIELD_ENDPOINT(struct nap_tcp, self, NAP_VALUE),
	NAP_FIELD_ENDPOINT(struct nap_tcp, peer, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_tcp, state, recovery, NAP_VALUE),
	TCP(room, NAP_IGNORE), /* nothing is queued */
	{ offsetof(struct nap_tcp, room) + 1,
		offsetof(struct nap_tcp, mss) - offsetof(struct nap_tcp, room) - 1, NAP_VALUE, 0,
		0 }, /* bits from ack_due to limited */
	NAP_FIELD_SPAN(struct nap_tcp, mss, max_out, NAP_VALUE),
	TCP(first, NAP_IGNORE),
	NAP_FIELD_SPAN(struct nap_tcp, n, resent, NAP_VALUE),
	TCP_NUMBER(una, NAP_BASE_OWN, 0),
	TCP_NUMBER(nxt, NAP_BASE_OWN, 0),
	TCP_NUMBER(write, NAP_BASE_OWN, 0),
	TCP_NUMBER(recovered, NAP_BASE_OWN, GROUP_RECOVERS),
	TCP_NUMBER(probe_end, NAP_BASE_OWN, GROUP_PROBED),
	TCP_NUMBER(usage, NAP_BASE_OWN, 0),
	TCP_NUMBER(small, NAP_BASE_OWN, 0),
	/* all that goes from now on goes later */
	TCP(latest, NAP_IGNORE),
	TCP(peer_window, NAP_VALUE),
	TCP_NUMBER(rcv, NAP_BASE_PEER, 0),
	TCP_NUMBER(told, NAP_BASE_PEER, 0),
	TCP(burst, NAP_VALUE),
	/* all pushes are done with */
	TCP(acked, NAP_IGNORE),
	TCP(ato, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_tcp, rtt.srtt, rtt.rttvar, NAP_VALUE),
	TCP_NUMBER(rtt.round, NAP_BASE_OWN, 0),
	TCP(latest_sent, NAP_IGNORE),
	TCP(latest_rtt, NAP_IGNORE),
	NAP_FIELD_SPAN(struct nap_tcp, min_rtt, rto, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_tcp, retry, since, NAP_AT),
	NAP_FIELD_MORE(struct nap_tcp, recent, NAP_AT, 0, GROUP_STAMPS),
	NAP_FIELD_MORE(struct nap_tcp, heard, NAP_AT, 0, GROUP_PROBES),
	TCP(lately, NAP_UNTIL),
	NAP_FIELD_MORE(struct nap_tcp, wrote, NAP_AT, 0, GROUP_WIDE),
	TCP(quiet, NAP_UNTIL),
	TCP(keep, NAP_AT),
	NAP_FIELD_MORE(struct nap_tcp, probed_at, NAP_AT, 0, GROUP_PROBES),
	NAP_FIELD_MORE(struct nap_tcp, pmtu_until, NAP_UNTIL, 0, GROUP_PMTU),
	TCP(option, NAP_VALUE),
	TCP(own, NAP_IGNORE),
	/* no cycle is stepped over while there is anything in it */
	TCP(aside, NAP_PART),
};
NAP_FIELDS(tcp_fields, struct nap_tcp, tcp_rows);

#define QUIC(field, kind) NAP_FIELD(struct nap_quic, field, kind)

static const struct nap_field quic_rows[] = {
	NAP_FIELD_SPAN(struct nap_quic, srtt, min_rtt, NAP_VALUE),
	/* at rest nothing is outstanding, or owed */
	QUIC(first, NAP_AT),
	QUIC(sent, NAP_IGNORE),
	NAP_FIELD_SPAN(struct nap_quic, probe, idle, NAP_AT),
	NAP_FIELD_SPAN(struct nap_quic, heard, got, NAP_IGNORE),
	QUIC(ack, NAP_AT),
	/* of a probe under way: then something is outstanding */
	QUIC(mtu_sent, NAP_IGNORE),
	QUIC(mtu_next, NAP_UNTIL),
	QUIC(answer, NAP_AT),
	QUIC(answer_tag, NAP_IGNORE),
	NAP_FIELD_SPAN(struct nap_quic, mtu, confirmed, NAP_VALUE),
	QUIC(last, NAP_IGNORE),
};
NAP_FIELDS(quic_fields, struct nap_quic, quic_rows);

#define WIREGUARD(field, kind) NAP_FIELD(struct nap_wireguard, field, kind)

static const struct nap_field wireguard_rows[] = {
	WIREGUARD(keyed, NAP_AT),
	WIREGUARD(silent, NAP_UNTIL),
	NAP_FIELD_SPAN(struct nap_wireguard, retry, asked, NAP_AT),
	NAP_FIELD_SPAN(struct nap_wireguard, tries, last_minute, NAP_VALUE),
	/* at rest nothing waits */
	NAP_FIELD_SPAN(struct nap_wireguard, n, staged, NAP_IGNORE),
};
NAP_FIELDS(wireguard_fields, struct nap_wireguard, wireguard_rows);

#define SERVER(field, kind)              NAP_FIELD(struct nap_server, field, kind)
#define SERVER_WHERE(field, kind, group) NAP_FIELD_MORE(struct nap_server, field, kind, 0, group)
#define SERVER_NUMBER(field)             NAP_FIELD_MORE(struct nap_server, field, NAP_SEQUENCE, NAP_BASE_PUSH, 0)

static const struct nap_field server_rows[] = {
	SERVER(deadline, NAP_AT),
	SERVER_WHERE(heard, NAP_AT, GROUP_HEARD),
	SERVER_WHERE(said, NAP_AT, GROUP_SAID),
	NAP_FIELD_ENDPOINT(struct nap_server, self, NAP_VALUE),
	NAP_FIELD_ENDPOINT(struct nap_server, peer, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_server, open, down, NAP_VALUE),
	SERVER_NUMBER(taken),
	SERVER_NUMBER(sent),
	SERVER_NUMBER(pushes),
	/* all pushes are done with; when they were offered is a fact that does not move */
	SERVER(offered, NAP_IGNORE),
	SERVER(wait, NAP_PART), /* of UDP alone, as above */
	SERVER(secure, NAP_PART),
	SERVER(more, NAP_PART),
	SERVER(serving, NAP_PART),
};
NAP_FIELDS(server_fields, struct nap_server, server_rows);

#define MORE(field, kind) NAP_FIELD(struct nap_server_more, field, kind)

static const struct nap_field more_rows[] = {
	MORE(rng, NAP_IGNORE),       /* a cycle draws nothing */
	MORE(push_wait, NAP_IGNORE), /* drawn with each push */
	NAP_FIELD_SPAN(struct nap_server_more, age_end, check, NAP_AT),
	NAP_FIELD_ENDPOINT(struct nap_server_more, valid, NAP_VALUE),
	NAP_FIELD_SPAN(struct nap_server_more, credit, warned, NAP_VALUE),
};
NAP_FIELDS(more_fields, struct nap_server_more, more_rows);

const struct nap_fields *const nap_client_tables[] = { &client_fields, &requests_fields, &serving_fields,
	&second_fields, &tcp_fields, &server_fields, &more_fields, &quic_fields, &wireguard_fields,
	&nap_doze_fields, NULL };

/* Bytes that its transport takes; and with its policy's state; and with the second port. */
static size_t transport_bytes(const struct nap_client_setup *setup)
{
	return nap_flow_over_tcp(setup) ? offsetof(struct nap_client, old) + sizeof(struct nap_tcp *)
					: offsetof(struct nap_client, secure) + nap_secure_bytes(setup->app);
}

static size_t policy_end(const struct nap_client_setup *setup)
{
	return transport_bytes(setup) + nap_policy_state_room(setup->policy) +
	       (setup->dozes ? sizeof(struct nap_doze_state) : 0);
}

static size_t second_end(const struct nap_client_setup *setup)
{
	return policy_end(setup) + (nap_flow_has_second(setup) ? sizeof(struct nap_second_port) : 0);
}

static size_t requests_end(const struct nap_client_setup *setup)
{
	return second_end(setup) + (nap_flow_requests(setup) ? sizeof(struct nap_requests) : 0);
}

size_t nap_client_bytes(const struct nap_client_setup *setup)
{
	return requests_end(setup) + (nap_flow_keys_age(setup) ? sizeof(nap_time) : 0);
}

nap_time *nap_client_keyed(const struct nap_client *c, const struct nap_client_setup *setup)
{
	return (nap_time *)(void *)((char *)(uintptr_t)c + requests_end(setup));
}

struct nap_requests *nap_client_requests(const struct nap_client *c, const struct nap_client_setup *setup)
{
	return (struct nap_requests *)(void *)((char *)(uintptr_t)c + second_end(setup));
}

void *nap_client_policy(const struct nap_client *c, const struct nap_client_setup *setup)
{
	return (char *)(uintptr_t)c + transport_bytes(setup);
}

struct nap_second_port *nap_client_second(const struct nap_client *c, const struct nap_client_setup *setup)
{
	return (struct nap_second_port *)(void *)((char *)(uintptr_t)c + policy_end(setup));
}

static bool tcp_rests(const struct nap_tcp *t)
{
	return (t->n == 0 && !nap_tcp_store_of(t) && !nap_tcp_epoch_of(t) && t->ack_at == NAP_NEVER) ||
	       t->state == NAP_TCP_CLOSED;
}

static bool left_rests(const struct nap_tcp *left)
{
	return !left || tcp_rests(left);
}

NAP_HOT bool nap_ends_rest(
	const struct nap_client *c, const struct nap_client_setup *setup, const struct nap_server *s)
{
	if (!c->open || s->taken != s->pushes)
		return false;
	if (nap_flow_requests(setup) &&
		nap_client_requests(c, setup)->done != nap_client_requests(c, setup)->made)
		return false;
	if (nap_app_has_secure(setup->app))
		return nap_secure_rests(&c->secure, setup->app) && nap_secure_rests(&s->secure, setup->app);
	return !nap_flow_over_tcp(setup) ||
	       (tcp_rests(c->tcp) && left_rests(c->old) && tcp_rests(s->tcp) && left_rests(s->old));
}

NAP_HOT struct nap_moment nap_ends_moment(const struct nap_client *c, const struct nap_client_setup *setup,
	const struct nap_server *s, nap_time now)
{
	bool tcp = nap_flow_over_tcp(setup);

	return (struct nap_moment){ .now = now,
		.base = { [NAP_BASE_OWN] = tcp ? c->tcp->nxt : 0,
			[NAP_BASE_PEER] = tcp ? s->tcp->nxt : 0,
			[NAP_BASE_PUSH] = s->pushes } };
}

static uint64_t mix_tcp(
	uint64_t h, const struct nap_tcp *t, const struct nap_tcp_config *cfg, struct nap_moment m)
{
	m.groups = (t->option && t->option->idle != NAP_NEVER ? GROUP_PROBES : 0) |
		   (t->stamps ? GROUP_STAMPS : 0) | (t->recovery ? GROUP_RECOVERS : 0) |
		   (t->probed ? GROUP_PROBED : 0) | (nap_tcp_is_wide(t, cfg, m.now) ? GROUP_WIDE : 0) |
		   (t->pmtu > 0 ? GROUP_PMTU : 0);
	return nap_rows_mix(h, &tcp_fields, t, &m);
}

/* The connection before, which may be there for ever: its numbers count from its own. */
static uint64_t mix_old(
	uint64_t h, const struct nap_tcp *t, const struct nap_tcp_config *cfg, struct nap_moment m)
{
	if (!t)
		return h;
	m.base[NAP_BASE_OWN] = t->nxt;
	m.base[NAP_BASE_PEER] = t->rcv;
	return mix_tcp(h, t, cfg, m);
}

static uint64_t mix_secure(
	uint64_t h, const union nap_secure *s, const struct nap_app_config *app, const struct nap_moment *at)
{
	return nap_app_is_quic(app) ? nap_rows_mix(h, &quic_fields, &s->quic, at)
				    : nap_rows_mix(h, &wireguard_fields, &s->wireguard, at);
}

static void move_secure(union nap_secure *s, const struct nap_app_config *app, nap_time span)
{
	if (nap_app_is_quic(app))
		nap_rows_move(&quic_fields, &s->quic, span, false);
	else
		nap_rows_move(&wireguard_fields, &s->wireguard, span, false);
}

NAP_HOT uint64_t nap_client_fingerprint(
	const struct nap_client *c, const struct nap_client_setup *setup, const struct nap_moment *at)
{
	const struct nap_app_config *app = setup->app;
	bool tcp = nap_flow_over_tcp(setup);
	struct nap_moment m = *at;
	uint64_t h;

	m.groups =
		(nap_time_min(app->idle_timeout, app->liveness) != NAP_NEVER ? GROUP_IDLE : 0) |
		(tcp || app->reliable ? GROUP_NUMBERS : 0) |
		(app->answer_dist.kind != NAP_DIST_CONSTANT ? GROUP_LOTS : 0) |
		(app->report.retire_age != NAP_NEVER ? GROUP_AGES : 0) |
		(nap_time_min(app->report.retire_idle, app->report.validate) != NAP_NEVER ? GROUP_USES : 0);
	h = nap_rows_mix(0, &client_fields, c, &m);
	h = nap_mix(h, tcp ? 0 : (uint64_t)c->mapped.addr << 16 | c->mapped.port);
	if (nap_flow_keys_age(setup))
		h = nap_mix(h, (uint64_t)(at->now - *nap_client_keyed(c, setup)));
	if (setup->policy->state)
		h = nap_fields_mix(h, setup->policy->state, nap_client_policy(c, setup), at);
	if (setup->dozes)
		h = nap_fields_mix(h, &nap_doze_fields, nap_client_doze(c, setup), at);
	if (nap_flow_has_second(setup))
		h = nap_rows_mix(h, &second_fields, nap_client_second(c, setup), at);
	if (nap_flow_requests(setup))
		h = nap_rows_mix(h, &requests_fields, nap_client_requests(c, setup), &m);
	if (nap_app_has_secure(app))
		h = mix_secure(h, &c->secure, app, at);
	return tcp ? mix_old(mix_tcp(h, c->tcp, &app->tcp, *at), c->old, &app->tcp, *at) : h;
}

static void move_tcp(struct nap_tcp *now, struct nap_tcp *old, nap_time span)
{
	if (!nap_tcp_is_none(now))
		nap_rows_move(&tcp_fields, now, span, false);
	if (old)
		nap_rows_move(&tcp_fields, old, span, false);
}

NAP_HOT void nap_client_shift(struct nap_client *c, const struct nap_client_setup *setup, nap_time span)
{
	nap_rows_move(&client_fields, c, span, false);
	if (nap_flow_keys_age(setup))
		*nap_client_keyed(c, setup) += span;
	if (setup->policy->state)
		nap_fields_move(setup->policy->state, nap_client_policy(c, setup), span, false);
	if (setup->dozes)
		nap_fields_move(&nap_doze_fields, nap_client_doze(c, setup), span, false);
	if (nap_flow_has_second(setup))
		nap_rows_move(&second_fields, nap_client_second(c, setup), span, false);
	if (nap_flow_requests(setup))
		nap_rows_move(&requests_fields, nap_client_requests(c, setup), span, false);
	if (nap_app_has_secure(setup->app))
		move_secure(&c->secure, setup->app, span);
	if (nap_flow_over_tcp(setup))
		move_tcp(c->tcp, c->old, span);
}

NAP_HOT uint64_t nap_server_fingerprint(
	const struct nap_server *s, const struct nap_server_setup *setup, const struct nap_moment *at)
{
	const struct nap_app_config *app = setup->app;
	bool speaks = nap_server_own_interval(setup) != NAP_NEVER;
	struct nap_moment m = *at;
	uint64_t h;

	m.groups = speaks ? GROUP_HEARD | GROUP_SAID : 0;
	if (nap_server_patience(setup) != NAP_NEVER || app->window != NAP_NEVER)
		m.groups |= GROUP_HEARD;
	h = nap_rows_mix(0, &server_fields, s, &m);
	if (nap_server_repeats(setup))
		h = nap_mix(h, (uint64_t)(s->wait == NAP_NEVER ? NAP_NEVER : s->wait - at->now));
	if (speaks) /* a flow that opens anew falls in with keepalives that have gone since the run began */
		h = nap_mix(h, (uint64_t)(at->now % nap_server_own_interval(setup)));
	if (nap_server_has_more(setup))
		h = nap_rows_mix(h, &more_fields, nap_server_more(s, setup), at);
	if (nap_app_requests(app))
		h = nap_rows_mix(h, &serving_fields, nap_server_serving(s, setup), at);
	if (nap_app_has_secure(app))
		return mix_secure(h, &s->secure, app, at);
	if (app->transport != NAP_OVER_TCP)
		return h;
	m.base[NAP_BASE_OWN] = at->base[NAP_BASE_PEER];
	m.base[NAP_BASE_PEER] = at->base[NAP_BASE_OWN];
	return mix_old(mix_tcp(h, s->tcp, &setup->server->tcp, m), s->old, &setup->server->tcp, m);
}

NAP_HOT void nap_server_shift(struct nap_server *s, const struct nap_server_setup *setup, nap_time span)
{
	nap_rows_move(&server_fields, s, span, false);
	if (nap_server_wait(s, setup) != NAP_NEVER)
		s->wait += span;
	if (nap_server_has_more(setup))
		nap_rows_move(&more_fields, nap_server_more(s, setup), span, false);
	if (nap_app_requests(setup->app))
		nap_rows_move(&serving_fields, nap_server_serving(s, setup), span, false);
	if (nap_app_has_secure(setup->app))
		move_secure(&s->secure, setup->app, span);
	if (setup->app->transport == NAP_OVER_TCP)
		move_tcp(s->tcp, s->old, span);
}
