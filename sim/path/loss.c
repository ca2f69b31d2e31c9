/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/loss.h"

#include "path/reach.h"

/* The server's account. */
struct nap_loss {
	nap_time at; /* NAP_NEVER: all is well, or it has no flow */
};

size_t nap_loss_bytes(const struct nap_line *line)
{
	return nap_server_notices(&line->server) ? sizeof(struct nap_loss) : 0;
}

/* NULL where the server cannot notice. */
static struct nap_loss *server_account(const struct nap_subscriber *s, const struct nap_line *line)
{
	if (!line->server_notices)
		return NULL;
	return (struct nap_loss *)(void *)((char *)nap_reach_of(s, line) + nap_reach_bytes(line));
}

void nap_loss_init(struct nap_subscriber *s, const struct nap_line *line)
{
	struct nap_loss *server = server_account(s, line);

	s->lost_at = NAP_NEVER;
	if (server)
		server->at = NAP_NEVER;
}

NAP_HOT void nap_loss_begin(
	struct nap_subscriber *s, const struct nap_line *line, nap_time at, enum nap_loss_why why)
{
	struct nap_loss *server = server_account(s, line);

	if (line->client.pooled) /* another connection may be there already */
		return;
	if (nap_client_of(s)->open && s->lost_at == NAP_NEVER) {
		s->lost_at = at;
		s->lost_why = (uint8_t)why;
	}
	if (server && nap_server_of(s)->open && server->at == NAP_NEVER && why != NAP_LOST_SERVER) {
		server->at = at;
		s->server_lost_why = (uint8_t)why;
	}
}

NAP_HOT void nap_loss_blame(struct nap_subscriber *s, const struct nap_line *line, enum nap_loss_why why)
{
	const struct nap_loss *server = server_account(s, line);

	if (s->lost_at != NAP_NEVER)
		s->lost_why = (uint8_t)why;
	if (server && server->at != NAP_NEVER)
		s->server_lost_why = (uint8_t)why;
}

NAP_HOT void nap_loss_over_at_server(struct nap_subscriber *s, const struct nap_line *line)
{
	server_account(s, line)->at = NAP_NEVER;
}

static void tell(const struct nap_line *line, nap_time now, bool server, nap_time since, uint8_t why)
{
	if (line->observer && line->observer->noticed)
		line->observer->noticed(line->observer->ctx, now, server, since, (enum nap_loss_why)why);
}

/* Ends that forget a flow in agreement, without a word, leave none to the other end that it could take for whole. */
static void forgotten(struct nap_subscriber *s, uint32_t notes)
{
	if (notes & NAP_NOTE_FORGOTTEN)
		s->was_open = false;
}

NAP_HOT void nap_loss_client_did(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t notes)
{
	nap_time since = s->lost_at;

	forgotten(s, notes);
	if (notes & NAP_NOTE_RETIRED) { /* it never knew */
		s->lost_at = NAP_NEVER;
		return;
	}
	if (since == NAP_NEVER || !(notes & (NAP_NOTE_DEAD | NAP_NOTE_CLOSED)))
		return;
	s->lost_at = NAP_NEVER;
	if ((notes & NAP_NOTE_TOLD) && s->lost_why == NAP_LOST_SERVER)
		return; /* closed in order: the word was only under way */
	line->tally->dead_noticed++;
	line->tally->dead_ns += (uint64_t)(now - since);
	tell(line, now, false, since, s->lost_why);
}

void nap_loss_server_did(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t notes)
{
	struct nap_loss *server = server_account(s, line);
	nap_time since;

	forgotten(s, notes);
	if (!server || server->at == NAP_NEVER || !(notes & (NAP_NOTE_FLOW_ENDED | NAP_NOTE_UNHEARD)))
		return;
	since = server->at;
	server->at = NAP_NEVER;
	if (notes & NAP_NOTE_RESTARTED)
		return; /* it does not know any more what it had */
	if ((notes & NAP_NOTE_TOLD) && s->server_lost_why == NAP_LOST_CLIENT)
		return;
	line->tally->server_noticed++;
	line->tally->server_dead_ns += (uint64_t)(now - since);
	tell(line, now, true, since, s->server_lost_why);
}

static const struct nap_field rows[] = { NAP_FIELD(struct nap_loss, at, NAP_AT) };
NAP_FIELDS(loss_fields, struct nap_loss, rows);

const struct nap_fields *const nap_loss_tables[] = { &loss_fields, NULL };

NAP_HOT uint64_t nap_loss_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m)
{
	const struct nap_loss *server = server_account(s, line);

	return server ? nap_rows_mix(h, &loss_fields, server, m) : h;
}

void nap_loss_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span)
{
	struct nap_loss *server = server_account(s, line);

	if (server)
		nap_rows_move(&loss_fields, server, span, false);
}
