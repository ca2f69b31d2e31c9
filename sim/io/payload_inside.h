/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rows of payload.c share. Each function fills exactly n bytes; bool: false when they are too few for it, to then as it was. */
#ifndef NAP_IO_PAYLOAD_INSIDE_H
#define NAP_IO_PAYLOAD_INSIDE_H

#include "io/payload.h"

/* Bytes that look encrypted, the same for the same packet. */
void nap_payload_noise(uint8_t *to, uint32_t n, const struct nap_speech *what);

/* before, filler, after. */
bool nap_payload_text(uint8_t *to, uint32_t n, const char *before, const char *after);

/* Is it the first thing that this direction says? */
bool nap_payload_greets(const struct nap_speech *what);
/* Part of an opening, a new registration or new keys: its step from 0; else -1. */
int nap_payload_step(const struct nap_speech *what);

/* payload_tls.c */
void nap_payload_tls(uint8_t *to, uint32_t n, const struct nap_speech *what);
void nap_payload_dtls(uint8_t *to, uint32_t n, const struct nap_speech *what);

/* payload_tcp.c */
bool nap_payload_amqp(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_imap(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_xmpp(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_kafka(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_mqtt(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_postgresql(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_redis(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_sip(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_ssh(uint8_t *to, uint32_t n, const struct nap_speech *what);

/* payload_udp.c */
void nap_payload_quic(uint8_t *to, uint32_t n, const struct nap_speech *what);
void nap_payload_wireguard(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_coap(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_dns(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_ipsec(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_openvpn(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_pcp(uint8_t *to, uint32_t n, const struct nap_speech *what);
bool nap_payload_stun(uint8_t *to, uint32_t n, const struct nap_speech *what);

#endif
