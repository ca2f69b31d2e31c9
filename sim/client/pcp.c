/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/pcp.h"

#include "net/pcp.h"

/* How each version repeats a request that nobody answers, and when it renews what it has. */
static const struct version {
	nap_time first, longest; /* wait for an answer: first; doubles up to longest */
	uint8_t tries;           /* then it gives up, until there is a new flow; 0: never */
	double jitter;           /* of these waits, either way */
	double spread;           /* of renewals: share of the rest of the lifetime */
	uint8_t message;
	uint32_t bytes;
} versions[] = {
	[NAP_PCP_V2] = { 3 * NAP_S, 1024 * NAP_S, 0, 0.1, 0.25, NAP_PCP_MAP,
		NAP_PCP_BYTES }, /* RFC 6887 8.1.1, 11.2.1 */
	[NAP_PCP_V0] = { 250 * NAP_MS, 64 * NAP_S, 9, 0.0, 0.0, NAP_PMP_MAP,
		NAP_PMP_REQUEST_BYTES }, /* RFC 6886 3.1 */
};

static void ask(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now, struct nap_outbox *out)
{
	const struct version *v = &versions[p->version];

	p->asked = now;
	*nap_outbox_add(out) = (struct nap_packet){
		.src = { p->inside.addr, NAP_PCP_CLIENT_PORT },
		.dst = { NAP_PCP_ANYCAST, NAP_PCP_PORT },
		.proto = NAP_UDP,
		.cause = NAP_CAUSE_KEEPALIVE,
		.message = v->message,
		.len = v->bytes,
		.tag = (uint32_t)(c->request / NAP_S),
		.stamp = now,
		.quote = { p->proto, p->inside, p->outside },
	};
	out->notes |= NAP_NOTE_KEEPALIVE;
}

static nap_time share(nap_time span, double by)
{
	return (nap_time)((double)span * by + 0.5);
}

/* A request for a mapping that is not there, and the wait for its answer. */
static void solicit(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now, struct nap_rng *rng,
	struct nap_outbox *out)
{
	const struct version *v = &versions[p->version];
	double jitter = v->jitter > 0.0 ? 1.0 + v->jitter * (2.0 * nap_rng_unit(rng) - 1.0) : 1.0;

	if (v->tries && p->tries >= v->tries) {
		p->at = NAP_NEVER;
		return;
	}
	p->tries = p->tries < UINT8_MAX ? p->tries + 1 : p->tries;
	p->wait = share(p->wait == 0 ? v->first : nap_time_min(2 * p->wait, v->longest), jitter);
	ask(p, c, now, out);
	p->at = now + p->wait;
}

/* The next renewal: at 1/2 of the lifetime, then 3/4, 7/8 ..., each put off by up to a quarter of the rest; 4 s apart. */
static void schedule_renewal(struct nap_pcp *p, nap_time now, struct nap_rng *rng)
{
	const struct version *v = &versions[p->version];
	nap_time rest = p->renewals < 32 ? p->lifetime >> (p->renewals + 1) : 0;
	nap_time at = p->until - rest;

	if (v->spread > 0.0)
		at += share(rest, v->spread * nap_rng_unit(rng));
	at = nap_time_max(at, p->asked + 4 * NAP_S);
	p->at = nap_time_max(nap_time_min(at, p->until), now + 1);
}

void nap_pcp_begin(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now, uint8_t proto,
	struct nap_endpoint inside, struct nap_rng *rng, struct nap_outbox *out)
{
	*p = (struct nap_pcp){ .inside = inside, .proto = proto, .version = (uint8_t)c->version };
	solicit(p, c, now, rng, out);
}

bool nap_pcp_is_answer(const struct nap_packet *p)
{
	return p->proto == NAP_UDP && p->src.port == NAP_PCP_PORT && p->dst.port == NAP_PCP_CLIENT_PORT;
}

static enum nap_pcp_outcome granted(
	struct nap_pcp *p, nap_time now, const struct nap_packet *answer, struct nap_rng *rng)
{
	bool moved = p->outside.addr != 0 && !nap_endpoint_equal(p->outside, answer->quote.dst);

	p->outside = answer->quote.dst;
	p->lifetime = (nap_time)answer->tag * NAP_S;
	p->until = now + p->lifetime;
	p->renewals = p->tries = 0;
	p->wait = 0;
	schedule_renewal(p, now, rng);
	return moved ? NAP_PCP_MOVED : NAP_PCP_KEPT;
}

enum nap_pcp_outcome nap_pcp_input(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now,
	const struct nap_packet *answer, struct nap_rng *rng, struct nap_outbox *out)
{
	if (!nap_endpoint_equal(answer->quote.src, p->inside) || answer->quote.proto != p->proto)
		return NAP_PCP_NOTHING; /* about an earlier flow */
	switch (answer->message) {
	case NAP_PCP_GRANTED:
		return answer->tag > 0 ? granted(p, now, answer, rng) : NAP_PCP_NOTHING;
	case NAP_PCP_OTHER_VERSION: /* RFC 6887 9: on with NAT-PMP */
		if (p->version != NAP_PCP_V2)
			return NAP_PCP_NOTHING;
		p->version = NAP_PCP_V0;
		p->tries = 0;
		p->wait = 0;
		solicit(p, c, now, rng, out);
		return NAP_PCP_NOTHING;
	case NAP_PCP_NO_RESOURCES:
	case NAP_PCP_WRONG_ADDRESS:
		if (p->lifetime == 0) /* else what there is stays till its end */
			p->at = now + (nap_time)answer->tag * NAP_S;
		return NAP_PCP_NOTHING;
	default:
		return NAP_PCP_NOTHING;
	}
}

enum nap_pcp_outcome nap_pcp_timer(struct nap_pcp *p, const struct nap_pcp_config *c, nap_time now,
	struct nap_rng *rng, struct nap_outbox *out)
{
	if (now < p->at)
		return NAP_PCP_NOTHING;
	if (nap_pcp_holds(p, now)) {
		p->renewals++;
		ask(p, c, now, out);
		schedule_renewal(p, now, rng);
		return NAP_PCP_NOTHING;
	}
	if (p->lifetime == 0) {
		solicit(p, c, now, rng, out);
		return NAP_PCP_NOTHING;
	}
	p->lifetime = 0;
	solicit(p, c, now, rng, out);
	return NAP_PCP_LOST;
}
