/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/sniff.h"

#include <glib.h>
#include <pcap/pcap.h>

#include "live/sockets.h"

#define SNAP 256 /* bytes of a frame that matter: link header, IP with options, ICMP, the quoted headers */

struct nap_sniff {
	pcap_t *pcap;
	int link;
};

static bool configure(pcap_t *p, const char *filter)
{
	char unused[PCAP_ERRBUF_SIZE];
	struct bpf_program program;
	bool ok;

	pcap_set_snaplen(p, SNAP);
	pcap_set_immediate_mode(p, 1);
	if (pcap_activate(p) < 0 || pcap_setnonblock(p, 1, unused) || pcap_setdirection(p, PCAP_D_IN) ||
		pcap_compile(p, &program, filter, 1, PCAP_NETMASK_UNKNOWN))
		return false;
	ok = pcap_setfilter(p, &program) == 0;
	pcap_freecode(&program);
	return ok;
}

struct nap_sniff *nap_sniff_open(const char *filter)
{
	char unused[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create("any", unused);
	struct nap_sniff *s;

	if (!p)
		return NULL;
	if (!configure(p, filter) || pcap_get_selectable_fd(p) < 0) {
		pcap_close(p);
		return NULL;
	}
	s = g_new0(struct nap_sniff, 1);
	s->pcap = p;
	s->link = pcap_datalink(p);
	return s;
}

void nap_sniff_free(struct nap_sniff *s)
{
	if (!s)
		return;
	pcap_close(s->pcap);
	g_free(s);
}

int nap_sniff_fd(const struct nap_sniff *s)
{
	return pcap_get_selectable_fd(s->pcap);
}

bool nap_sniff_next(struct nap_sniff *s, struct nap_frame *out)
{
	struct pcap_pkthdr *head;
	const uint8_t *data;

	for (int i = 0; i < NAP_SOCKET_BATCH && pcap_next_ex(s->pcap, &head, &data) == 1; i++) {
		if (!nap_frame_read(s->link, data, head->caplen, out))
			continue;
		out->at = nap_clock_from_real(
			(nap_time)head->ts.tv_sec * NAP_S + (nap_time)head->ts.tv_usec * NAP_US);
		return true;
	}
	return false;
}
