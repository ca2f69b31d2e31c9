/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secure transports over UDP that have timers of their own, whatever the application above them does: QUIC's recovery
 * (client/quic.h) and WireGuard's keys (client/wireguard.h). Both ends keep the same.
 */
#ifndef NAP_CLIENT_SECURE_H
#define NAP_CLIENT_SECURE_H

#include "client/quic.h"
#include "client/wireguard.h"

union nap_secure {
	struct nap_quic quic;
	struct nap_wireguard wireguard;
};

/* Does the application have one? */
static inline bool nap_app_has_secure(const struct nap_app_config *app)
{
	return app->tls >= NAP_QUIC && app->transport == NAP_OVER_UDP;
}

static inline bool nap_app_is_quic(const struct nap_app_config *app)
{
	return app->tls == NAP_QUIC && app->transport == NAP_OVER_UDP;
}

static inline bool nap_app_is_wireguard(const struct nap_app_config *app)
{
	return app->tls == NAP_WIREGUARD && app->transport == NAP_OVER_UDP;
}

/* Bytes of it; 0: there is none. */
size_t nap_secure_bytes(const struct nap_app_config *app);

/* A new one. */
void nap_secure_init(union nap_secure *s, const struct nap_speaker *sp);

/* Before what is said goes: true when it has to wait, and goes later by itself. */
bool nap_secure_holds(union nap_secure *s, const struct nap_speaker *sp, const struct nap_saying *what);

/* Packet p goes, which says that: what it carries besides; then what rides on it. */
void nap_secure_stamp(union nap_secure *s, const struct nap_speaker *sp, struct nap_packet *p);
void nap_secure_sent(union nap_secure *s, const struct nap_speaker *sp, const struct nap_saying *what);

/* A packet came; what came of it, when its message has been taken. */
unsigned nap_secure_heard(union nap_secure *s, const struct nap_speaker *sp, const struct nap_packet *p);
void nap_secure_settle(union nap_secure *s, const struct nap_speaker *sp, unsigned events);

/* Takes what is due; when that is. */
unsigned nap_secure_timer(union nap_secure *s, const struct nap_speaker *sp);
nap_time nap_secure_deadline(const union nap_secure *s, const struct nap_app_config *app);

/* Is nothing under way that only the other end can end? */
bool nap_secure_rests(const union nap_secure *s, const struct nap_app_config *app);

#endif
