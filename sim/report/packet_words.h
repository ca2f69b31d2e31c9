/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet's protocol and flags as reports write them. */
#ifndef NAP_REPORT_PACKET_WORDS_H
#define NAP_REPORT_PACKET_WORDS_H

#include "net/packet.h"

/* tcp, udp, icmp or other; static text. */
const char *nap_packet_proto_word(const struct nap_packet *p);

/* TCP: letters of S A F R P; else empty. */
void nap_packet_flag_letters(const struct nap_packet *p, char text[8]);

/* What it is sent for: keepalive, push, reconnect, background or update; static text. */
const char *nap_packet_cause_word(const struct nap_packet *p);

#endif
