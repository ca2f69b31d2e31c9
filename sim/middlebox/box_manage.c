/* SPDX-License-Identifier: BSD-2-Clause */
/* Management of a box whose sessions live: what a reboot, a link that goes down or a changed rule does to them. */
#include <string.h>

#include "middlebox/alone.h"
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"
#include "middlebox/new_flow.h"
#include "middlebox/packet_context.h"
#include "middlebox/pcp.h"
#include "middlebox/rules.h"

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
	if (!box->config->hold_survives)
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
	nap_pass_derive(box);
	if (!up && box->config->link_down == NAP_LINK_DOWN_FLUSH)
		end_masqueraded(box, now);
}

/*
 * Another external address. Sessions on the old one are lost with it or, where link-down keeps them, go on there; nothing
 * new has a part in what they use.
 */
void nap_box_move(struct nap_box *box, nap_time now, nap_addr external)
{
	nap_settle(box, now);
	if (box->config->link_down == NAP_LINK_DOWN_FLUSH)
		end_masqueraded(box, now);
	nap_grant_end_all(box, now);
	nap_mapping_leave_behind(box, now);
	for (uint32_t i = 0; i < box->subscriber_high; i++)
		box->subscriber[i].paired = 0;
	nap_box_readdress(box, external);
}

/* Subscribers begin to matter: what they have already counts. */
static void know_subscribers(struct nap_box *box)
{
	if (box->tracks_sub || !nap_box_knows_subscribers(box))
		return;
	box->tracks_sub = true;
	nap_subscribers_count(box);
}

/* A rule to translate comes or goes: new flows go by it, those that exist stay as they are. */
static void become(struct nap_box *box, nap_time now, enum nap_box_kind kind)
{
	if (kind == box->config->kind)
		return;
	nap_grant_end_all(box, now);
	nap_alone_end(box);
	nap_mapping_leave_behind(box, now);
	nap_box_own_config(box)->kind = kind;
	if (kind != NAP_BOX_NAT)
		return;
	nap_new_flow_forwards(box);
	nap_table_name_twice(box);
	box->tracks_map = true;
	if (!box->blocks.n)
		nap_blocks_init(box);
	know_subscribers(box);
}

bool nap_box_may_set(const struct nap_param *row)
{
#define FIELD(name)                                                                                          \
	{                                                                                                    \
		offsetof(struct nap_box_config, name), sizeof(((struct nap_box_config *)0)->name)            \
	}
	static const struct {
		size_t from, bytes;
	} fields[] = { FIELD(kind), FIELD(timer), FIELD(udp_stream_after), FIELD(tcp_loose),
		FIELD(tcp_be_liberal), FIELD(tcp_ignore_invalid_rst), FIELD(tcp_max_retrans_count),
		FIELD(forward), FIELD(invalid), FIELD(input), FIELD(reject), FIELD(checksum),
		FIELD(sessions_per_subscriber), FIELD(ports_per_subscriber), FIELD(session_rate),
		FIELD(sessions_per_destination), FIELD(blocks_per_subscriber), FIELD(port_timers),
		FIELD(untranslated), FIELD(addresses), FIELD(forwards), FIELD(blocked_ports),
		FIELD(raw_rules), FIELD(rules) };
#undef FIELD

	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
		if (row->offset - fields[i].from < fields[i].bytes)
			return true;
	return false;
}

/* A list of texts: what is made of it is made anew. */
static void set_list(struct nap_box *box, const struct nap_param *row, const void *value)
{
	struct nap_box_config *c = nap_box_own_config(box);

	nap_box_config_put(c, row, value);
	if (row->offset == offsetof(struct nap_box_config, forwards)) {
		nap_new_flow_forwards(box);
	} else if (row->offset == offsetof(struct nap_box_config, blocked_ports)) {
		nap_new_flow_block_ports(box);
	} else {
		g_free(box->raw_rule);
		g_free(box->rule);
		box->raw_rule = nap_rules_parse(c->raw_rules, true, &box->n_raw_rules);
		box->rule = nap_rules_parse(c->rules, false, &box->n_rules);
		nap_zones_begin(box);
	}
	nap_pass_derive(box);
}

void nap_box_config_put(struct nap_box_config *config, const struct nap_param *row, const void *value)
{
	size_t bytes = row->type == NAP_P_TIME        ? sizeof(nap_time)
		       : row->type == NAP_P_BOOL      ? sizeof(bool)
		       : row->type == NAP_P_LIST      ? sizeof(const char *const *)
		       : row->type == NAP_P_TIMERS    ? sizeof(struct nap_port_timers)
		       : row->type == NAP_P_ADDRESSES ? sizeof(struct nap_addr_list)
						      : sizeof(uint32_t);

	g_assert(nap_box_may_set(row));
	memcpy((char *)config + row->offset, value, bytes);
}

void nap_box_set(struct nap_box *box, nap_time now, const struct nap_param *row, const void *value)
{
	nap_settle(box, now);
	if (row->offset == offsetof(struct nap_box_config, addresses)) {
		nap_box_move(box, now, ((const struct nap_addr_list *)value)->addr[0]);
		return;
	}
	if (row->type == NAP_P_LIST) {
		set_list(box, row, value);
		return;
	}
	if (row->offset == offsetof(struct nap_box_config, kind)) {
		become(box, now, (enum nap_box_kind) * (const uint32_t *)value);
		nap_pass_derive(box);
		return;
	}
	if (box->config->gre_timers == NAP_GRE_TIMERS_CREATED)
		nap_track_keep_gre(box);
	nap_box_config_put(nap_box_own_config(box), row, value);
	nap_pass_derive(box);
	if (row->type == NAP_P_TIMERS)
		nap_new_flow_timers(box);
	know_subscribers(box);
	if (!box->destinations && box->config->sessions_per_destination)
		nap_destinations_begin(box);
}
