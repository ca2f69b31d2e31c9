/* SPDX-License-Identifier: BSD-2-Clause */
/* Making, emptying and looking into a box; what it does by itself as time passes. */
#include <stdlib.h>
#include <string.h>

#include "middlebox/alg.h"
#include "middlebox/early_drop.h"
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"
#include "middlebox/new_flow.h"
#include "middlebox/pcp.h"
#include "middlebox/reply.h"
#include "net/fragment.h"

static uint8_t dependence(uint32_t tcp, uint32_t udp)
{
	return (uint8_t)(tcp == NAP_AS_FOR_UDP ? udp : tcp);
}

static uint32_t count_list(const char *const *list)
{
	uint32_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* From the config's list; those of before are gone, and sessions that exist stay. */
static void block_ports(struct nap_box *box)
{
	const struct nap_box_config *c = &box->config;

	g_free(box->blocked);
	box->n_blocked = count_list(c->blocked_ports);
	box->blocked = g_malloc0_n(box->n_blocked, sizeof *box->blocked);
	for (uint32_t i = 0; i < box->n_blocked; i++) {
		bool parsed = nap_box_port_parse(
			c->blocked_ports[i], &box->blocked[i].proto, &box->blocked[i].port);

		g_assert(parsed);
	}
}

/* Lists of text become records; nap_box_config_check has seen them. */
static void parse_lists(struct nap_box *box)
{
	const struct nap_box_config *c = &box->config;

	box->n_forwards = count_list(c->forwards);
	box->forward = g_new0(struct nap_box_forward, box->n_forwards);
	for (uint32_t i = 0; i < box->n_forwards; i++) {
		bool parsed = nap_box_forward_parse(c->forwards[i], &box->forward[i]);

		g_assert(parsed);
		if (!box->forward[i].outside && c->addresses.n)
			box->forward[i].outside = c->addresses.addr[0];
	}
	block_ports(box);
}

/* Is there anything of which a subscriber may have only so much? */
static bool has_quotas(const struct nap_box_config *c)
{
	return c->sessions_per_subscriber || c->session_rate || c->ports_per_subscriber;
}

/* What follows from the config once and for all. */
static void derive(struct nap_box *box)
{
	const struct nap_box_config *c = &box->config;
	bool nat = c->kind == NAP_BOX_NAT;

	memcpy(box->timer, c->timer, sizeof box->timer);
	box->tracker = nap_tracker_of((enum nap_tracker)c->tracker);
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
	box->acts = c->on_expiry != NAP_EXPIRY_SILENT || c->probe_interval;
	box->numbers = (box->acts || c->reset_check) && !(box->habits & HABIT_WINDOWS);
	box->purges_above = UINT32_MAX;
	if (c->adaptive_start && c->adaptive_start < UINT32_MAX && c->purge_interval && !box->acts &&
		(box->habits & HABIT_STATE_TELLS))
		box->purges_above = (uint32_t)c->adaptive_start;
	box->algs = nap_algs_of(c);
	box->reads_on = c->ip_id != NAP_IP_ID_KEEP || box->algs || c->mss_clamp > 0;
	box->tracks_map = nat || box->filtering_dep[0] != NAP_ADDRESS_AND_PORT_DEPENDENT ||
			  box->filtering_dep[1] != NAP_ADDRESS_AND_PORT_DEPENDENT;
	box->tracks_sub = has_quotas(c) || (nat && (c->ports.word == NAP_PORTS_BLOCK || c->addresses.n > 1));
	nap_blocks_init(box);
	if (c->eviction == NAP_EVICT_LRU && c->capacity)
		box->stamp = g_new(uint64_t, 1);
}

/* Everything as in a new box; memory stays. */
static void empty(struct nap_box *box)
{
	nap_wheel_reset(&box->wheel);
	g_array_set_size(box->outbox, 0);
	nap_index_reset(&box->sessions);
	nap_index_reset(&box->mappings);
	nap_index_reset(&box->extports);
	nap_index_reset(&box->subscribers);
	nap_buckets_clear(box);
	box->high = box->live = box->window_high = box->mapping_high = box->extport_high =
		box->subscriber_high = 0;
	box->free_session = box->free_window = box->free_mapping = box->free_extport = NONE;
	nap_blocks_reset(box);
	nap_pools_reset(&box->pools);
	box->lru_head = box->lru_tail = 0;
	box->candidate_head = box->candidate_n = 0;
	nap_grant_reset(box);
	nap_reassembly_clear(box->pieces);
	g_array_set_size(box->syn, 0);
	box->last = 0;
	box->down = false;
	box->next_port = 0;
	box->next_purge = 0;
}

struct nap_box *nap_box_new(const struct nap_box_config *config, struct nap_rng rng, size_t expected)
{
	struct nap_box *box;

	if (!nap_box_config_may_be(config))
		return NULL;
	box = g_new0(struct nap_box, 1);
	box->config = *config;
	box->rng = rng;
	box->due = g_array_new(FALSE, FALSE, sizeof(struct lifetime_due));
	box->settling = -1;
	box->outbox = g_array_new(FALSE, FALSE, sizeof(struct emission));
	box->syn = g_array_new(FALSE, FALSE, sizeof(struct held_syn));
	parse_lists(box);
	derive(box);
	nap_index_init(&box->sessions, expected * (config->kind == NAP_BOX_NAT ? 2 : 1));
	nap_index_init(&box->mappings, 8);
	nap_index_init(&box->extports, 8);
	nap_index_init(&box->subscribers, 8);
	nap_index_init(&box->grants, 4);
	nap_pools_init(&box->pools);
	nap_index_init(&box->externals, config->addresses.n);
	for (uint32_t i = 0; i < config->addresses.n; i++)
		nap_index_add(&box->externals, nap_index_hash(config->addresses.addr[i], 0), i);
	empty(box);
	return box;
}

void nap_box_readdress(struct nap_box *box, nap_addr external)
{
	box->own = external;
	box->config.addresses = (struct nap_addr_list){ &box->own, 1 };
	box->blocks.n = box->blocks.per_address;
	nap_index_reset(&box->externals);
	nap_index_add(&box->externals, nap_index_hash(external, 0), 0);
	g_free(box->forward);
	parse_lists(box);
}

void nap_box_free(struct nap_box *box)
{
	if (!box)
		return;
	free(box->session);
	free(box->window);
	nap_wheel_clear(&box->wheel);
	g_free(box->mapping);
	g_free(box->extport);
	g_free(box->subscriber);
	nap_blocks_clear(box);
	nap_pools_clear(&box->pools);
	g_free(box->forward);
	g_free(box->blocked);
	nap_buckets_clear(box);
	g_free(box->lru);
	g_free(box->stamp);
	g_free(box->candidate);
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

nap_time nap_box_deadline(const struct nap_box *box)
{
	nap_time t = box->acts ? nap_wheel_earliest(&box->wheel) : NAP_NEVER;

	if (box->outbox->len)
		return g_array_index(box->outbox, struct emission, 0).at;
	return nap_time_min(t, nap_syns_lifetime.due(box, 0));
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

void nap_box_tell_live(const struct nap_box *box, nap_time now)
{
	g_assert(now < box->wheel.due);
	for (uint32_t id = 0; id < box->high && box->ended; id++) {
		const struct session *s = &box->session[id];
		struct nap_box_flow whose = nap_session_flow(s);

		if (s->flags & SF_LIVE)
			box->ended(box->ended_ctx, NAP_ENDED_SESSION, s->created, NAP_NEVER, &whose);
	}
	for (uint32_t id = 0; id < box->extport_high && box->ended; id++) {
		const struct extport *e = &box->extport[id];
		struct nap_box_flow whose = nap_owner_flow(e->owner, e->at, e->proto);

		if (box->config.kind == NAP_BOX_NAT && (e->refs > 0 || e->mappings != NONE))
			box->ended(box->ended_ctx, NAP_ENDED_PORT, e->since, NAP_NEVER, &whose);
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

static void end_all(struct nap_box *box, nap_time now)
{
	for (uint32_t id = 0; id < box->high; id++)
		if (box->session[id].flags & SF_LIVE)
			nap_table_end(box, id, now, END_CLOSED);
}

void nap_box_reboot(struct nap_box *box, nap_time now)
{
	nap_settle(box, now);
	end_all(box, now);
	nap_grant_end_all(box, now);
	nap_mapping_end_held(box, now);
	if (!box->config.hold_survives)
		nap_extport_release_held(box);
	nap_reassembly_clear(box->pieces);
	g_array_set_size(box->syn, 0);
}

void nap_box_delete(struct nap_box *box, nap_time now, uint32_t id)
{
	nap_settle(box, now);
	if (id < box->high && (box->session[id].flags & SF_LIVE))
		nap_table_end(box, id, now, END_CLOSED);
}

/* Does s use a port that a NAT chose on its external address? */
static bool is_masqueraded(const struct session *s)
{
	return (s->flags & (SF_LIVE | SF_TRANSLATED | SF_STATIC)) == (SF_LIVE | SF_TRANSLATED);
}

static void end_masqueraded(struct nap_box *box, nap_time now)
{
	nap_settle(box, now);
	for (uint32_t id = 0; id < box->high; id++)
		if (is_masqueraded(&box->session[id]))
			nap_table_end(box, id, now, END_CLOSED);
}

void nap_box_link(struct nap_box *box, nap_time now, bool up)
{
	nap_settle(box, now);
	box->down = !up;
	if (!up && box->config.link_down == NAP_LINK_DOWN_FLUSH)
		end_masqueraded(box, now);
}

/* Another external address: nothing may be left that has a port of the old one. */
static void move_to(struct nap_box *box, nap_time now, nap_addr external)
{
	end_masqueraded(box, now);
	nap_grant_end_all(box, now);
	nap_mapping_end_held(box, now);
	nap_blocks_take_back(box, now);
	for (uint32_t i = 0; i < box->subscriber_high; i++)
		box->subscriber[i].paired = 0;
	nap_box_readdress(box, external);
}

bool nap_box_may_set(const struct nap_param *row)
{
#define FIELD(name)                                                                                          \
	{                                                                                                    \
		offsetof(struct nap_box_config, name), sizeof(((struct nap_box_config *)0)->name)            \
	}
	static const struct {
		size_t from, bytes;
	} fields[] = { FIELD(timer), FIELD(udp_stream_after), FIELD(tcp_loose), FIELD(tcp_be_liberal),
		FIELD(tcp_ignore_invalid_rst), FIELD(tcp_max_retrans_count), FIELD(forward), FIELD(invalid),
		FIELD(input), FIELD(reject), FIELD(checksum), FIELD(sessions_per_subscriber),
		FIELD(ports_per_subscriber), FIELD(session_rate), FIELD(blocks_per_subscriber),
		FIELD(port_timers), FIELD(untranslated) };
#undef FIELD

	if (row->offset == offsetof(struct nap_box_config, addresses) ||
		row->offset == offsetof(struct nap_box_config, blocked_ports))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
		if (row->offset - fields[i].from < fields[i].bytes)
			return true;
	return false;
}

void nap_box_set(struct nap_box *box, nap_time now, const struct nap_param *row, const void *value)
{
	size_t bytes = row->type == NAP_P_TIME        ? sizeof(nap_time)
		       : row->type == NAP_P_BOOL      ? sizeof(bool)
		       : row->type == NAP_P_TIMERS    ? sizeof(struct nap_port_timers)
		       : row->type == NAP_P_ADDRESSES ? sizeof(struct nap_addr_list)
						      : sizeof(uint32_t);

	g_assert(nap_box_may_set(row));
	nap_settle(box, now);
	if (row->offset == offsetof(struct nap_box_config, addresses)) {
		move_to(box, now, ((const struct nap_addr_list *)value)->addr[0]);
		return;
	}
	if (row->type == NAP_P_LIST) {
		box->config.blocked_ports = *(const char *const *const *)value;
		block_ports(box);
		return;
	}
	memcpy((char *)&box->config + row->offset, value, bytes);
	memcpy(box->timer, box->config.timer, sizeof box->timer);
	if (row->type == NAP_P_TIMERS)
		nap_new_flow_timers(box);
	if (!box->tracks_sub && has_quotas(&box->config)) {
		box->tracks_sub = true;
		nap_subscribers_count(box);
	}
}

size_t nap_box_session_bytes(void)
{
	return sizeof(struct session);
}
