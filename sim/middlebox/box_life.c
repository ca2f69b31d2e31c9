/* SPDX-License-Identifier: BSD-2-Clause */
/* Making, emptying and looking into a box; what it does by itself as time passes. */
#include <stdlib.h>
#include <string.h>

#include "middlebox/alg.h"
#include "middlebox/alone.h"
#include "middlebox/early_drop.h"
#include "middlebox/legs.h"
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"
#include "middlebox/new_flow.h"
#include "middlebox/packet_context.h"
#include "middlebox/pcp.h"
#include "middlebox/reply.h"
#include "middlebox/rules.h"
#include "net/fragment.h"

static uint8_t dependence(uint32_t tcp, uint32_t udp)
{
	return (uint8_t)(tcp == NAP_AS_FOR_UDP ? udp : tcp);
}

/* Lists of text become records; nap_box_config_check has seen them. */
static void parse_lists(struct nap_box *box)
{
	const struct nap_box_config *c = box->config;

	nap_new_flow_forwards(box);
	nap_new_flow_block_ports(box);
	box->raw_rule = nap_rules_parse(c->raw_rules, true, &box->n_raw_rules);
	box->rule = nap_rules_parse(c->rules, false, &box->n_rules);
}

static void free_lists(struct nap_box *box)
{
	g_clear_pointer(&box->forward, g_free);
	g_free(box->raw_rule);
	g_free(box->rule);
}

/* What follows from the config once and for all. */
static void derive(struct nap_box *box)
{
	const struct nap_box_config *c = box->config;
	bool nat = c->kind == NAP_BOX_NAT;

	box->tracker = nap_tracker_of(c);
	box->habits = box->tracker->habits;
	box->mapping_dep[0] = (uint8_t)c->mapping;
	box->mapping_dep[1] = dependence(c->tcp_mapping, c->mapping);
	for (int tcp = 0; tcp < 2; tcp++)
		box->reuses[tcp] =
			c->reuse_mapping && box->mapping_dep[tcp] == NAP_ADDRESS_AND_PORT_DEPENDENT;
	box->filtering_dep[0] = (uint8_t)c->filtering;
	box->filtering_dep[1] = dependence(c->tcp_filtering, c->filtering);
	box->refresh_mask = c->refresh == NAP_REFRESH_OUTBOUND  ? 1 << NAP_INSIDE
			    : c->refresh == NAP_REFRESH_INBOUND ? 1 << NAP_OUTSIDE
								: 1 << NAP_INSIDE | 1 << NAP_OUTSIDE;
	box->lenient = 0;
	if (box->tracker->second_stage)
		box->lenient |= LENIENT_STAGE;
	if (c->timer_scope == NAP_SCOPE_MAPPING)
		box->lenient |= LENIENT_MAPPING;
	if (c->expiry == NAP_EXPIRE_CANDIDATE || c->purge_interval)
		box->lenient |= LENIENT_ALL;
	box->acts = c->on_expiry != NAP_EXPIRY_SILENT || c->probe_interval || c->kind == NAP_BOX_PROXY;
	box->numbers =
		(box->acts || c->reset_check || c->kind == NAP_BOX_PROXY) && !(box->habits & HABIT_WINDOWS);
	box->purges_above = UINT32_MAX;
	if (c->adaptive_start && c->adaptive_start < UINT32_MAX && c->purge_interval && !box->acts &&
		(box->habits & HABIT_STATE_TELLS))
		box->purges_above = (uint32_t)c->adaptive_start;
	box->algs = nap_algs_of(c);
	box->reads_on = c->ip_id != NAP_IP_ID_KEEP || box->algs || c->mss_clamp > 0;
	box->two_names = nat;
	box->tracks_map = nat || box->filtering_dep[0] != NAP_ADDRESS_AND_PORT_DEPENDENT ||
			  box->filtering_dep[1] != NAP_ADDRESS_AND_PORT_DEPENDENT;
	box->tracks_sub = nap_box_knows_subscribers(box);
	nap_port_set_init(&box->ports, &c->port_range);
	nap_blocks_init(box);
	if (c->sessions_per_destination)
		nap_destinations_begin(box);
	if (c->eviction == NAP_EVICT_LRU && c->capacity)
		box->stamp = g_new(uint64_t, 1);
}

/* Everything as in a new box; memory stays. */
static void empty(struct nap_box *box)
{
	nap_wheel_reset(&box->wheel);
	nap_legs_clear(box);
	g_array_set_size(box->outbox, 0);
	nap_index_reset(&box->sessions);
	nap_index_reset(&box->mappings);
	nap_index_reset(&box->extports);
	nap_index_reset(&box->subscribers);
	nap_buckets_clear(box);
	nap_alone_begin(box);
	box->high = box->live = box->window_high = box->mapping_high = box->extport_high =
		box->subscriber_high = 0;
	box->free_session = box->free_window = box->free_mapping = box->free_extport = NONE;
	nap_blocks_reset(box);
	nap_pools_reset(&box->pools);
	nap_destinations_reset(box);
	box->lru_head = box->lru_tail = 0;
	box->candidate_head = box->candidate_n = 0;
	nap_grant_reset(box);
	nap_reassembly_clear(box->pieces);
	g_array_set_size(box->syn, 0);
	box->last = 0;
	box->down = false;
	nap_pass_derive(box);
	box->zone = (struct zone){ 0, 0 };
	box->n_gre_past = 0;
	box->next_port = 0;
	box->next_purge = 0;
}

/* Several external addresses are found by an index, one by itself. */
static void index_externals(struct nap_box *box)
{
	const struct nap_addr_list *a = &box->addresses;

	nap_index_reset(&box->externals);
	for (uint32_t i = 0; i < a->n && a->n > 1; i++)
		nap_index_add(&box->externals, nap_index_hash(a->addr[i], 0), i);
}

struct nap_box *nap_box_new_shared(const struct nap_box_config *config, struct nap_rng rng, size_t expected)
{
	enum { MOST_ROOM = 1 << 24 };
	struct nap_box *box;

	if (!nap_box_config_may_be(config))
		return NULL;
	box = g_new0(struct nap_box, 1);
	box->config = config;
	box->addresses = config->addresses;
	box->rng = rng;
	box->due = g_array_new(FALSE, FALSE, sizeof(struct lifetime_due));
	box->settling = -1;
	box->outbox = g_array_new(FALSE, FALSE, sizeof(struct emission));
	box->syn = g_array_new(FALSE, FALSE, sizeof(struct held_syn));
	nap_pools_init(&box->pools);
	box->room =
		(uint32_t)CLAMP(config->capacity ? MIN(expected, config->capacity) : expected, 4, MOST_ROOM);
	parse_lists(box);
	derive(box);
	nap_index_init(&box->sessions, expected * (config->kind == NAP_BOX_NAT ? 2 : 1));
	nap_index_none(&box->mappings);
	nap_index_none(&box->extports);
	nap_index_none(&box->subscribers);
	nap_index_none(&box->grants);
	nap_index_none(&box->externals);
	index_externals(box);
	nap_zones_begin(box);
	empty(box);
	return box;
}

struct nap_box_config *nap_box_own_config(struct nap_box *box)
{
	if (!box->own_config) {
		box->own_config = g_new(struct nap_box_config, 1);
		*box->own_config = *box->config;
		box->config = box->own_config;
	}
	return box->own_config;
}

struct nap_box *nap_box_new(const struct nap_box_config *config, struct nap_rng rng, size_t expected)
{
	struct nap_box *box = nap_box_new_shared(config, rng, expected);

	if (box)
		nap_box_own_config(box);
	return box;
}

void nap_box_readdress(struct nap_box *box, nap_addr external)
{
	box->own = external;
	box->addresses = (struct nap_addr_list){ &box->own, 1 };
	box->blocks.n = box->blocks.per_address;
	index_externals(box);
	free_lists(box);
	parse_lists(box);
	nap_pass_derive(box);
}

nap_addr nap_box_address(const struct nap_box *box)
{
	return box->addresses.addr[0];
}

void nap_box_free(struct nap_box *box)
{
	if (!box)
		return;
	nap_legs_clear(box);
	g_free(box->session);
	g_free(box->window);
	nap_wheel_clear(&box->wheel);
	g_free(box->mapping);
	g_free(box->extport);
	g_free(box->subscriber);
	nap_port_set_clear(&box->ports);
	nap_blocks_clear(box);
	nap_destinations_clear(box);
	nap_pools_clear(&box->pools);
	free_lists(box);
	g_free(box->blocked);
	g_free(box->gre_past);
	g_free(box->zones);
	nap_buckets_clear(box);
	g_free(box->lru);
	g_free(box->stamp);
	g_free(box->candidate);
	g_free(box->own_config);
	g_array_free(box->due, TRUE);
	g_array_free(box->outbox, TRUE);
	g_array_free(box->syn, TRUE);
	nap_index_clear(&box->sessions);
	nap_index_clear(&box->mappings);
	nap_index_clear(&box->extports);
	nap_index_clear(&box->subscribers);
	nap_index_clear(&box->externals);
	nap_grant_clear(box);
	nap_reassembly_free(box->pieces);
	g_free(box);
}

void nap_box_reset(struct nap_box *box, struct nap_rng rng)
{
	empty(box);
	box->rng = rng;
	box->born = 0;
	memset(&box->counts, 0, sizeof box->counts);
}

/* t: of the wheel. */
static nap_time next_act(const struct nap_box *box, nap_time t)
{
	if (box->outbox->len)
		return g_array_index(box->outbox, struct emission, 0).at;
	return nap_time_min(box->acts ? t : NAP_NEVER, nap_syns_lifetime.due(box, 0));
}

nap_time nap_box_deadline(const struct nap_box *box)
{
	return next_act(box, box->acts ? nap_wheel_earliest(&box->wheel) : NAP_NEVER);
}

nap_time nap_box_quiet_until(const struct nap_box *box)
{
	return next_act(box, box->wheel.due);
}

void nap_box_settle(struct nap_box *box, nap_time now)
{
	nap_settle(box, now);
}

void nap_box_advance(struct nap_box *box, nap_time now, nap_box_emit_fn fn, void *ctx)
{
	GArray *out = box->outbox;

	nap_settle(box, now);
	if (out->len == 0)
		return;
	box->outbox = g_array_new(FALSE, FALSE, sizeof(struct emission)); /* fn may put packets in */
	for (guint i = 0; i < out->len; i++) {
		const struct emission *e = &g_array_index(out, struct emission, i);

		fn(ctx, e->side, &e->packet, e->at, e->has_flow ? &e->about : NULL);
	}
	g_array_free(out, TRUE);
}

bool nap_box_session(const struct nap_box *box, nap_time now, uint32_t id, struct nap_session_view *v)
{
	const struct session *s = &box->session[id];

	if (id >= box->high || !(s->flags & SF_LIVE) || (now >= s->expires && now >= nap_session_end(box, s)))
		return false;
	*v = (struct nap_session_view){ .proto = s->proto,
		.inside = { s->inside, s->inside_port },
		.mapped = { s->mapped, s->mapped_port },
		.remote = { s->remote, s->remote_port },
		.state = nap_track_state_name(box, s, now),
		.created = s->created,
		.expires = now < s->expires ? s->expires : nap_session_end(box, s),
		.end = nap_session_end(box, s),
		.assured = s->flags & SF_ASSURED,
		.replied = s->flags & SF_REPLIED };
	return true;
}

void nap_box_watch(struct nap_box *box, nap_box_ended_fn fn, void *ctx)
{
	box->ended = fn;
	box->ended_ctx = ctx;
}

/* A port in use, by owner since then. */
static void tell_port(
	const struct nap_box *box, nap_addr owner, struct nap_endpoint at, uint8_t proto, nap_time since)
{
	struct nap_box_flow whose = nap_owner_flow(owner, at, proto);

	box->ended(box->ended_ctx, NAP_ENDED_PORT, since, NAP_NEVER, &whose);
}

void nap_box_tell_live(const struct nap_box *box, nap_time now)
{
	g_assert(now < box->wheel.due);
	for (uint32_t id = 0; id < box->high && box->ended; id++) {
		const struct session *s = &box->session[id];
		struct nap_box_flow whose = nap_session_flow(s);

		if (!(s->flags & SF_LIVE))
			continue;
		box->ended(box->ended_ctx, NAP_ENDED_SESSION, s->created, NAP_NEVER, &whose);
		if (nap_is_alone(s))
			tell_port(box, s->inside, whose.mapped, s->proto, s->created);
	}
	for (uint32_t id = 0; id < box->extport_high && box->ended; id++) {
		const struct extport *e = &box->extport[id];

		if (e->counted && (e->refs > 0 || e->mappings != NONE))
			tell_port(box, e->owner, e->at, e->proto, e->since);
	}
	nap_blocks_tell(box);
}

void nap_box_counts(const struct nap_box *box, nap_time now, struct nap_box_counts *out)
{
	g_assert(now < box->wheel.due);
	*out = box->counts;
	out->live = box->live;
	out->alive_ns = (uint64_t)box->live * (uint64_t)now - box->born;
}

size_t nap_box_session_bytes(void)
{
	return sizeof(struct session);
}
