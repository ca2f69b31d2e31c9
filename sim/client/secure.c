/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/secure.h"

size_t nap_secure_bytes(const struct nap_app_config *app)
{
	return nap_app_is_quic(app)        ? sizeof(struct nap_quic)
	       : nap_app_is_wireguard(app) ? sizeof(struct nap_wireguard)
					   : 0;
}

void nap_secure_init(union nap_secure *s, const struct nap_speaker *sp)
{
	if (nap_app_is_quic(sp->app))
		nap_quic_init(&s->quic, sp);
	else
		nap_wireguard_init(&s->wireguard);
}

bool nap_secure_holds(union nap_secure *s, const struct nap_speaker *sp, const struct nap_saying *what)
{
	return nap_app_is_wireguard(sp->app) && nap_wireguard_holds(&s->wireguard, sp, what);
}

void nap_secure_stamp(union nap_secure *s, const struct nap_speaker *sp, struct nap_packet *p)
{
	if (nap_app_is_quic(sp->app))
		nap_quic_stamp(&s->quic, sp, p);
}

void nap_secure_sent(union nap_secure *s, const struct nap_speaker *sp, const struct nap_saying *what)
{
	if (nap_app_is_quic(sp->app))
		nap_quic_sent(&s->quic, sp, what);
	else
		nap_wireguard_sent(&s->wireguard, sp, what);
}

unsigned nap_secure_heard(union nap_secure *s, const struct nap_speaker *sp, const struct nap_packet *p)
{
	return nap_app_is_quic(sp->app) ? nap_quic_heard(&s->quic, sp, p)
					: nap_wireguard_heard(&s->wireguard, sp, p);
}

void nap_secure_settle(union nap_secure *s, const struct nap_speaker *sp, unsigned events)
{
	if (nap_app_is_quic(sp->app))
		nap_quic_settle(&s->quic, sp);
	else if (events & NAP_SECURE_KEYED)
		nap_wireguard_release(&s->wireguard, sp);
}

unsigned nap_secure_timer(union nap_secure *s, const struct nap_speaker *sp)
{
	return nap_app_is_quic(sp->app) ? nap_quic_timer(&s->quic, sp)
					: nap_wireguard_timer(&s->wireguard, sp);
}

nap_time nap_secure_deadline(const union nap_secure *s, const struct nap_app_config *app)
{
	return nap_app_is_quic(app) ? nap_quic_deadline(&s->quic) : nap_wireguard_deadline(&s->wireguard);
}

bool nap_secure_rests(const union nap_secure *s, const struct nap_app_config *app)
{
	return nap_app_is_quic(app) ? nap_quic_rests(&s->quic) : nap_wireguard_rests(&s->wireguard);
}
