/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/packet_words.h"

const char *nap_packet_proto_word(const struct nap_packet *p)
{
	return p->proto == NAP_TCP    ? "tcp"
	       : p->proto == NAP_UDP  ? "udp"
	       : p->proto == NAP_ICMP ? "icmp"
				      : "other";
}

void nap_packet_flag_letters(const struct nap_packet *p, char text[8])
{
	static const struct {
		uint8_t bit;
		char letter;
	} letters[] = { { NAP_SYN, 'S' }, { NAP_ACK, 'A' }, { NAP_FIN, 'F' }, { NAP_RST, 'R' },
		{ NAP_PSH, 'P' } };
	int n = 0;

	for (size_t i = 0; p->proto == NAP_TCP && i < sizeof letters / sizeof letters[0]; i++)
		if (p->flags & letters[i].bit)
			text[n++] = letters[i].letter;
	text[n] = '\0';
}

const char *nap_packet_cause_word(const struct nap_packet *p)
{
	static const char *const words[] = {
		[NAP_CAUSE_KEEPALIVE] = "keepalive",
		[NAP_CAUSE_PUSH] = "push",
		[NAP_CAUSE_RECONNECT] = "reconnect",
		[NAP_CAUSE_BACKGROUND] = "background",
		[NAP_CAUSE_UPDATE] = "update",
	};
	_Static_assert(sizeof(words) / sizeof(words[0]) == NAP_CAUSES, "each cause has its word");

	return words[p->cause];
}
