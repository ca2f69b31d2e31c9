/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/held.h"

#include "path/awake.h"
#include "path/loss.h"
#include "path/reach.h"

size_t nap_held_bytes(const struct nap_line *line)
{
	return line->holds ? sizeof(struct nap_held) : 0;
}

struct nap_held *nap_held_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_held *)(void *)((char *)nap_reach_of(s, line) + nap_reach_bytes(line) +
					   nap_loss_bytes(line) + nap_awake_bytes(line));
}

void nap_held_init(struct nap_subscriber *s, const struct nap_line *line)
{
	struct nap_held *h = nap_held_of(s, line);

	if (!line->holds)
		return;
	h->since = nap_client_of(s)->deadline;
	h->source = s->at[NAP_T_PUSH];
	h->opens = NAP_NEVER;
	h->rng = nap_rng_stream(line->seed, line->replication, s->id, NAP_RNG_PRIORITY);
}

bool nap_held_keeps(struct nap_held *h, const struct nap_line *line, nap_time now)
{
	bool high = nap_rng_unit(&h->rng) < line->server.server->high_priority;
	nap_time window = nap_doze_allowed(
		line->holds, (enum nap_doze)line->client.program->doze, NAP_ALLOWED_NETWORK, h->since, now);

	if (now < h->since || window <= now || high)
		return false;
	if (h->n == NAP_HELD_MAX) {
		h->n = 0; /* with this one */
		h->opens = NAP_NEVER;
		return true;
	}
	h->offered[h->n++] = now;
	h->opens = window;
	return true;
}
