/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/hops.h"

#include <glib.h>

uint32_t nap_hops_away(uint8_t ttl)
{
	static const uint8_t begin[] = { 32, 64, 128, 255 }; /* what stacks begin with */
	uint32_t i = 0;

	while (begin[i] < ttl)
		i++;
	return ttl ? begin[i] - ttl + 1u : 0;
}

void nap_hops_name(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT])
{
	if (p->ops->name)
		p->ops->name(p, a, out);
	else
		g_snprintf(
			out, NAP_ADDRESS_TEXT, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

/* The latest packet of the other end's own that arrived at `end`; NULL when none did. */
static const struct nap_answer *own_packet(const struct nap_trial_result *r, enum nap_end end)
{
	const struct nap_answer *found = NULL;

	for (uint32_t i = 0; i < r->steps; i++) {
		const struct nap_step *s = &r->procedure->step[i];

		if (r->answer[i].got && s->probe.from != end && !s->probe.ttl && r->answer[i].ttl &&
			s->probe.act != NAP_ACT_CONNECT)
			found = &r->answer[i];
	}
	return found;
}

uint32_t nap_hops_length(const struct nap_trial_result *r)
{
	const struct nap_answer *own = own_packet(r, NAP_CLIENT);

	if (!own)
		own = own_packet(r, NAP_SERVER);
	return own ? nap_hops_away(own->ttl) : 0;
}

char *nap_hops_sender(const struct nap_trial_result *r, enum nap_end end, struct nap_endpoint from,
	uint8_t ttl, uint32_t *hop)
{
	const struct nap_answer *own = own_packet(r, end);
	uint32_t away = nap_hops_away(ttl), length = own ? nap_hops_away(own->ttl) : 0;
	const char *other = end == NAP_CLIENT ? "server" : "client";
	char name[NAP_ADDRESS_TEXT] = "";
	bool claims = own && own->seen.addr == from.addr; /* the other end's address: says nothing */

	*hop = 0;
	if (from.addr)
		nap_hops_name(r->prober, from.addr, name);
	if (!away || !length)
		return from.addr ? g_strdup_printf(" from %s", name) : g_strdup("");
	if (away >= length)
		return claims ? g_strdup_printf(" from the %s itself", other)
			      : g_strdup_printf(" from beyond the %s (%s)", other, name);
	*hop = end == NAP_CLIENT ? away : length - away;
	if (claims && r->hops && *hop <= NAP_MOST_HOPS && r->hops->at[*hop - 1])
		nap_hops_name(r->prober, r->hops->at[*hop - 1], name);
	else if (claims)
		return g_strdup_printf(" from hop %u of %u, with the %s's address", *hop, length, other);
	return g_strdup_printf(" from hop %u of %u (%s)", *hop, length, name);
}
