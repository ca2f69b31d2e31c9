/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Experiments with payloads: what the other end reads must be what this end said. RFC 5382 REQ-6, RFC 4787 REQ-10, RFC
 * 5383 section 6.
 */
#include "conformance/check.h"
#include "probe/steps.h"

#define NAMED_PORT 6000 /* the client says that it can be reached there */

/* Services whose payloads name endpoints, by the port of their servers. */
static const uint16_t tcp_services[] = { 5060, 1720, 554 }; /* SIP, H.323, RTSP; FTP is the exception */
static const uint16_t udp_services[] = { 5060, 69 };        /* SIP, TFTP */

static nap_flow open_at(struct nap_dut *b, uint8_t proto, uint16_t port)
{
	struct nap_flow_spec spec = { .proto = proto, .raw = proto == NAP_TCP, .server_port = port };
	nap_flow flow = b->prober->ops->open(b->prober, &spec);
	static const uint8_t flags[] = { NAP_SYN, NAP_SYN | NAP_ACK, NAP_ACK };

	for (uint32_t i = 0; proto == NAP_TCP && i < G_N_ELEMENTS(flags); i++)
		nap_dut_exchange(b, flow,
			(struct nap_sending){ .from = i % 2,
				.act = NAP_ACT_SEGMENT,
				.flags = flags[i] }); /* client, server, client */
	return flow;
}

/* An end says something in an open flow. */
static struct nap_exchanged tell(
	struct nap_dut *b, nap_flow flow, uint8_t proto, enum nap_end from, enum nap_says says)
{
	struct nap_sending what = { .from = (uint8_t)from,
		.act = proto == NAP_TCP ? NAP_ACT_SEGMENT : NAP_ACT_DATA,
		.flags = proto == NAP_TCP ? DATA : 0,
		.len = 200,
		.says = (uint8_t)says };

	if (says == NAP_SAYS_ENDPOINT)
		what.names = (struct nap_endpoint){ b->prober->ops->local(b->prober, flow).addr, NAMED_PORT };
	return nap_dut_exchange(b, flow, what);
}

/* The first service in whose payload the client's endpoint was changed; 0: none; UINT16_MAX: nothing got out. */
static uint16_t changed(struct nap_dut *b, uint8_t proto, const uint16_t *port, uint32_t n)
{
	uint32_t out = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct nap_exchanged o;
		nap_flow flow;

		nap_dut_fresh(b);
		flow = open_at(b, proto, port[i]);
		o = tell(b, flow, proto, NAP_CLIENT, NAP_SAYS_ENDPOINT);
		if (!o.arrived)
			continue;
		out++;
		if (o.event.names.addr != b->prober->ops->local(b->prober, flow).addr ||
			o.event.names.port != NAMED_PORT)
			return port[i];
	}
	return out ? 0 : UINT16_MAX;
}

static enum nap_check_verdict judge_changed(
	struct nap_dut *b, const char *what, uint16_t port, const char *services)
{
	if (port == UINT16_MAX)
		return nap_untested(b, "nothing got out to these ports");
	if (port)
		return nap_violates(b,
			"on port %u of %s the server read another endpoint than the client named", port,
			what);
	return nap_meets(
		b, "the endpoints that clients name arrive unchanged on the %s ports of %s", what, services);
}

enum nap_check_verdict nap_check_tcp_algs(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return judge_changed(b, "TCP", changed(b, NAP_TCP, tcp_services, G_N_ELEMENTS(tcp_services)),
		"SIP, H.323 and RTSP");
}

/* Is the server's other port let in to a flow with this one of it? */
static bool lets_other_port_in(struct nap_dut *b, uint16_t port)
{
	struct nap_sending answer = { .from = NAP_SERVER, .place = NAP_AT_OTHER_PORT };
	nap_flow flow;

	nap_dut_fresh(b);
	flow = open_at(b, NAP_UDP, port);
	tell(b, flow, NAP_UDP, NAP_CLIENT, NAP_SAYS_NOTHING);
	return nap_dut_exchange(b, flow, answer).arrived;
}

enum nap_check_verdict nap_check_udp_algs(struct nap_dut *b, const struct nap_requirement *r)
{
	uint16_t port = changed(b, NAP_UDP, udp_services, G_N_ELEMENTS(udp_services));

	(void)r;
	if (port == 0 && lets_other_port_in(b, 69) && !lets_other_port_in(b, 0))
		return nap_violates(
			b, "the server's other ports are let in to a flow to port 69 and to no other");
	return judge_changed(b, "UDP", port, "SIP and TFTP");
}

/* An extension of a mail protocol: the server offers it, the client uses it. Which of both is read as it was said? */
struct negotiation {
	bool open, offered, used;
};

static struct negotiation negotiate(struct nap_dut *b, uint16_t port)
{
	struct negotiation n;
	struct nap_exchanged o;
	nap_flow flow;

	nap_dut_fresh(b);
	flow = open_at(b, NAP_TCP, port);
	o = tell(b, flow, NAP_TCP, NAP_SERVER, NAP_SAYS_COMMAND);
	n.open = o.arrived;
	n.offered = o.arrived && o.event.says == NAP_SAYS_COMMAND;
	o = tell(b, flow, NAP_TCP, NAP_CLIENT, NAP_SAYS_COMMAND);
	n.used = o.arrived && o.event.says == NAP_SAYS_COMMAND;
	return n;
}

static const uint16_t mail_ports[] = { 143, 587 };

enum nap_check_verdict nap_check_undamaged(struct nap_dut *b, const struct nap_requirement *r)
{
	if (!nap_check_dialogues(b))
		return NAP_VIOLATES;
	for (uint32_t i = 0; i < G_N_ELEMENTS(mail_ports); i++) {
		struct negotiation n = negotiate(b, mail_ports[i]);

		if (!n.offered || !n.used)
			return nap_violates(b, "port %u: the %s of an extension is made unreadable",
				mail_ports[i], n.offered ? "use" : "offer");
	}
	(void)r;
	return nap_meets(b,
		"on ports 143 and 587 segments of 1 to 1400 bytes, offers and uses of extensions all "
		"arrived as sent");
}

enum nap_check_verdict nap_check_not_partial(struct nap_dut *b, const struct nap_requirement *r)
{
	bool open[2] = { false, false };

	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(mail_ports); i++) {
		struct negotiation n = negotiate(b, mail_ports[i]);

		open[i] = n.open;
		if (n.offered != n.used)
			return nap_violates(b,
				"port %u: the server's offer of an extension arrives%s, the client's use of "
				"it%s",
				mail_ports[i], n.offered ? "" : " unreadable", n.used ? "" : " unreadable");
	}
	if (open[0] != open[1])
		return nap_violates(b, "of ports 143 and 587 one is closed");
	return nap_meets(
		b, "of the negotiation of an extension both sides pass, or neither, on ports 143 and 587");
}
