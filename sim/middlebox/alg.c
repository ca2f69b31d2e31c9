/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/alg.h"

#include <string.h>

#include "middlebox/pcp.h"

#define INSIDE  (1 << NAP_INSIDE)
#define OUTSIDE (1 << NAP_OUTSIDE)

/* What each gateway watches and does. Pinholes let everyone in; real ones may ask for the peer's address. */
static const struct alg {
	const char *name;
	uint16_t port[2];  /* of the server */
	uint8_t protos[2]; /* of the session */
	uint8_t opens;     /* protocol of the pinhole for the endpoint that the client names; 0: none */
	bool rewrites;     /* that endpoint becomes the external one */
	bool opens_own;    /* the client's own port is open to the server's other ports */
	uint8_t masks;     /* commands of extensions from these sides (bits) are made unreadable */
	nap_time lifetime; /* of pinholes */
} algs[] = {
	{ "ftp", { 21 }, { NAP_TCP }, NAP_TCP, true, false, 0, 5 * NAP_MIN },            /* RFC 959 PORT */
	{ "sip", { 5060 }, { NAP_UDP, NAP_TCP }, NAP_UDP, true, false, 0, 3 * NAP_MIN }, /* RFC 3261, SDP */
	{ "h323", { 1720 }, { NAP_TCP }, NAP_TCP, true, false, 0, 5 * NAP_MIN },
	{ "rtsp", { 554 }, { NAP_TCP }, NAP_UDP, true, false, 0, 5 * NAP_MIN },     /* RFC 2326 SETUP */
	{ "tftp", { 69 }, { NAP_UDP }, 0, false, true, 0, 5 * NAP_MIN },            /* RFC 1350 4 */
	{ "smtp", { 25, 587 }, { NAP_TCP }, 0, false, false, INSIDE | OUTSIDE, 0 }, /* EHLO keywords */
	{ "imap", { 143 }, { NAP_TCP }, 0, false, false, INSIDE, 0 }, /* commands, not the capabilities */
};

static uint32_t find(const char *name)
{
	for (uint32_t i = 0; i < G_N_ELEMENTS(algs); i++)
		if (!strcmp(algs[i].name, name))
			return i;
	return NONE;
}

bool nap_box_alg_known(const char *name)
{
	return find(name) != NONE;
}

uint32_t nap_algs_of(const struct nap_box_config *c)
{
	uint32_t bits = 0;

	for (const char *const *t = c->algs; t && *t; t++)
		if (find(*t) != NONE)
			bits |= 1u << find(*t);
	return bits;
}

static bool watches(const struct alg *a, const struct session *s)
{
	uint16_t port = s->flags & SF_FROM_OUTSIDE ? s->inside_port : s->remote_port;

	return (port == a->port[0] || port == a->port[1]) &&
	       (s->proto == a->protos[0] || s->proto == a->protos[1]);
}

static void apply(struct nap_box *box, nap_time now, const struct alg *a, const struct session *s,
	enum nap_side side, struct nap_packet *p)
{
	struct nap_endpoint own = { s->inside, s->inside_port }, mapped = { s->mapped, s->mapped_port }, at;

	if (p->says == NAP_SAYS_COMMAND && (a->masks >> side & 1))
		p->says = NAP_SAYS_MASKED;
	if (side != NAP_INSIDE)
		return;
	if (a->opens_own)
		nap_grant_pinhole(box, now, s->proto, own, &mapped, a->lifetime, &at);
	if (a->opens && p->says == NAP_SAYS_ENDPOINT && p->quote.src.addr == s->inside &&
		nap_grant_pinhole(box, now, a->opens, p->quote.src, NULL, a->lifetime, &at) && a->rewrites)
		p->quote.src = at;
}

void nap_alg_apply(
	struct nap_box *box, nap_time now, const struct session *s, enum nap_side side, struct nap_packet *p)
{
	for (uint32_t i = 0; i < G_N_ELEMENTS(algs); i++)
		if ((box->algs >> i & 1) && watches(&algs[i], s))
			apply(box, now, &algs[i], s, side, p);
}
