/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sim_flows.h"

#include <stddef.h>

#include "kernel/wide.h"
#include "path/chain.h"

#define SERVER_OTHER NAP_ADDR(192, 0, 2, 20) /* TEST-NET-1, RFC 5737, as the main one */
#define FIRST_LOCAL  32768

/* Protocol and endpoint in one number. */
static uint64_t key_of(uint8_t proto, struct nap_endpoint e)
{
	return (uint64_t)proto << 48 | (uint64_t)e.addr << 16 | e.port;
}

/* That and another endpoint, as good as unique: who finds a flow by it looks whether it is the one. */
static uint64_t ends_key(uint8_t proto, struct nap_endpoint local, struct nap_endpoint server)
{
	return nap_wide_fold(key_of(proto, local) ^ UINT64_C(0x9e3779b97f4a7c15),
		key_of(1, server) ^ UINT64_C(0xbf58476d1ce4e5b9));
}

static struct nap_endpoint own_server(const struct nap_sim_flow *f)
{
	return nap_sim_place_endpoint(f, (enum nap_server_place)f->spec.place);
}

void nap_sim_flows_init(struct nap_sim_flows *t, nap_addr client_first)
{
	*t = (struct nap_sim_flows){ .client_first = client_first,
		.flow = g_array_new(FALSE, FALSE, sizeof(struct nap_sim_flow)) };
	nap_sim_keys_init(&t->by_local);
	nap_sim_keys_init(&t->by_ends);
	nap_sim_keys_init(&t->by_server);
	nap_sim_keys_init(&t->next_local);
}

static void free_tcp(struct nap_sim_flow *f)
{
	for (int end = 0; end < 2; end++)
		if (f->tcp[end]) {
			nap_tcp_clear(f->tcp[end]);
			g_clear_pointer(&f->tcp[end], g_free);
		}
}

void nap_sim_flows_clear(struct nap_sim_flows *t)
{
	for (uint32_t i = 0; i < t->flow->len; i++)
		free_tcp(nap_sim_flow_at(t, i));
	g_array_free(t->flow, TRUE);
	nap_sim_keys_clear(&t->by_local);
	nap_sim_keys_clear(&t->by_ends);
	nap_sim_keys_clear(&t->by_server);
	nap_sim_keys_clear(&t->next_local);
}

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
	return (struct nap_endpoint){ f->spec.server ? f->spec.server : NAP_SERVER_ADDR, port };
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

struct nap_endpoint nap_sim_target(const struct nap_sim_flow *f, enum nap_server_place place)
{
	for (int i = 0; !f->mapped[place].addr && i < NAP_SERVER_PLACES; i++)
		if (f->mapped[i].addr)
			return f->mapped[i];
	return f->mapped[place];
}

/* A local port that no open flow of this host has; earlier flows' ports come again only after all others. */
static uint16_t fresh_port(struct nap_sim_flows *t, uint8_t proto, nap_addr host)
{
	uint64_t key = key_of(proto, (struct nap_endpoint){ host, 0 });
	uint32_t at = nap_sim_keys_find(&t->next_local, key);

	if (at < 1024)
		at = FIRST_LOCAL;
	for (uint32_t tried = 0; tried < 64512; tried++) {
		struct nap_endpoint e = { host, (uint16_t)at };

		at = at == 65535 ? 1024 : at + 1;
		if (!nap_sim_keys_find(&t->by_local, key_of(proto, e))) {
			nap_sim_keys_set(&t->next_local, key, at);
			return e.port;
		}
	}
	return 0;
}

/* From now on it is found by both ends. */
static void link_by_ends(struct nap_sim_flows *t, struct nap_sim_flow *f, nap_flow id)
{
	uint64_t ends = ends_key(f->spec.proto, f->local, own_server(f));

	if (f->by_ends)
		return;
	f->by_ends = true;
	f->next_ends = nap_sim_keys_find(&t->by_ends, ends) - 1;
	nap_sim_keys_set(&t->by_ends, ends, id + 1);
}

nap_flow nap_sim_flows_open(struct nap_sim_flows *t, const struct nap_flow_spec *spec)
{
	struct nap_sim_flow f = { .open = true, .spec = *spec };
	nap_flow id = t->flow->len;
	uint64_t key;

	f.local.addr = t->client_first + spec->host;
	f.local.port = spec->local_port;
	if (spec->same_local)
		f.local = nap_sim_flow_at(t, spec->like)->local;
	else if (!f.local.port)
		f.local.port = fresh_port(t, spec->proto, f.local.addr);
	if (!f.local.port)
		return NAP_NO_FLOW;
	for (int end = 0; end < 2; end++)
		f.raw[end].next = 1000000u * (uint32_t)(end + 1) + id * 7919u;
	key = key_of(spec->proto, f.local);
	f.next_local = nap_sim_keys_find(&t->by_local, key) - 1; /* NAP_NO_FLOW where there is none */
	if (f.next_local != NAP_NO_FLOW) {
		link_by_ends(t, nap_sim_flow_at(t, f.next_local), f.next_local);
		link_by_ends(t, &f, id);
	}
	nap_sim_keys_set(&t->by_local, key, id + 1);
	g_array_append_val(t->flow, f);
	t->n_open++;
	return id;
}

/* Out of the chain of flows with one key; next: the member of a flow by which it goes on. */
static void unlink_flow(
	struct nap_sim_flows *t, struct nap_sim_keys *keys, uint64_t key, size_t next, nap_flow flow)
{
#define NEXT(id) (*(nap_flow *)((char *)nap_sim_flow_at(t, id) + next))
	nap_flow before = nap_sim_keys_find(keys, key) - 1, after = NEXT(flow);

	if (before == flow) {
		nap_sim_keys_set(keys, key, after == NAP_NO_FLOW ? 0 : after + 1);
		return;
	}
	while (NEXT(before) != flow)
		before = NEXT(before);
	NEXT(before) = after;
#undef NEXT
}

void nap_sim_flows_close(struct nap_sim_flows *t, nap_flow flow)
{
	struct nap_sim_flow *f = nap_sim_flow_at(t, flow);

	if (!f->open)
		return;
	f->open = false;
	t->n_open--;
	free_tcp(f);
	unlink_flow(t, &t->by_local, key_of(f->spec.proto, f->local),
		offsetof(struct nap_sim_flow, next_local), flow);
	if (f->by_ends)
		unlink_flow(t, &t->by_ends, ends_key(f->spec.proto, f->local, own_server(f)),
			offsetof(struct nap_sim_flow, next_ends), flow);
	for (int i = 0; i < NAP_SERVER_PLACES; i++) {
		uint64_t seen = key_of(f->spec.proto, f->mapped[i]);

		if (f->mapped[i].addr && nap_sim_keys_find(&t->by_server, seen) == flow + 1)
			nap_sim_keys_set(&t->by_server, seen, 0);
	}
}

nap_flow nap_sim_flows_local(const struct nap_sim_flows *t, uint8_t proto, struct nap_endpoint local)
{
	return nap_sim_keys_find(&t->by_local, key_of(proto, local)) - 1;
}

nap_flow nap_sim_flows_client(
	const struct nap_sim_flows *t, uint8_t proto, struct nap_endpoint local, struct nap_endpoint src)
{
	nap_flow latest = nap_sim_flows_local(t, proto, local);

	if (latest == NAP_NO_FLOW || nap_sim_flow_at(t, latest)->next_local == NAP_NO_FLOW)
		return latest;
	for (nap_flow id = nap_sim_keys_find(&t->by_ends, ends_key(proto, local, src)) - 1; id != NAP_NO_FLOW;
		id = nap_sim_flow_at(t, id)->next_ends) {
		const struct nap_sim_flow *f = nap_sim_flow_at(t, id);

		if (f->spec.proto == proto && nap_endpoint_equal(f->local, local) &&
			nap_endpoint_equal(own_server(f), src))
			return id;
	}
	return latest;
}

nap_flow nap_sim_flows_server(const struct nap_sim_flows *t, uint8_t proto, struct nap_endpoint mapped)
{
	return nap_sim_keys_find(&t->by_server, key_of(proto, mapped)) - 1;
}

void nap_sim_flows_seen(struct nap_sim_flows *t, nap_flow flow, struct nap_endpoint mapped)
{
	nap_sim_keys_set(&t->by_server, key_of(nap_sim_flow_at(t, flow)->spec.proto, mapped), flow + 1);
}
