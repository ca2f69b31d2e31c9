/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/hosts.h"

#include <glib.h>

#include "net/fragment.h"

struct nap_hosts {
	struct nap_reassembly *at[2]; /* at the device, at the server */
	uint16_t ip_id[2];            /* of the last datagram that the server, the device has sent */
};

size_t nap_hosts_bytes(const struct nap_line *line)
{
	return line->cuts ? sizeof(struct nap_hosts) : 0;
}

uint16_t nap_hosts_ip_id(struct nap_subscriber *s, const struct nap_line *line, bool up)
{
	return ++nap_hosts_of(s, line)->ip_id[up];
}

bool nap_hosts_join(struct nap_subscriber *s, const struct nap_line *line, nap_time now, struct nap_flight *f)
{
	struct nap_reassembly **host;
	struct nap_datagram d;

	g_assert(nap_hosts_of(s, line));
	host = &nap_hosts_of(s, line)->at[f->up];
	if (!*host) /* RFC 1122 3.3.2: 60 s at least */
		*host = nap_reassembly_new(64, 60 * NAP_S, true);
	if (nap_reassembly_add(*host, now, &f->packet, &d) != NAP_PIECE_COMPLETE)
		return false;
	f->packet = d.packet;
	return true;
}

void nap_hosts_finish(struct nap_subscriber *s, const struct nap_line *line)
{
	for (int i = 0; nap_hosts_of(s, line) && i < 2; i++)
		nap_reassembly_free(nap_hosts_of(s, line)->at[i]);
}
