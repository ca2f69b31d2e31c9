/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Experiments for which the tester does more than send packets of a flow: he asks the box for mappings, switches it off
 * and on, gives it another outside address, reads the log that it writes. RFC 6888 REQ-8, 9, 12 to 14, RFC 4787 REQ-7.
 */
#include "conformance/check.h"
#include "probe/prober_sim.h"
#include "probe/sim_path.h"

#define OWN_PORT     6000
#define DESTINATIONS 20
#define SUBSCRIBERS  250
#define WANTED       60 /* ports of each: 23 % of those that one external address has */
#define NEIGHBOUR    75 /* the server's address is so far above the client's: in the same network */

/* The box itself. */
static struct nap_box *box_of(struct nap_dut *b)
{
	return nap_sim_path_box(nap_prober_sim_path(b->prober), 0);
}

static nap_time now_of(struct nap_dut *b)
{
	return b->prober->ops->now(b->prober);
}

/* --- mappings that clients ask for --- */

static bool asks(struct nap_dut *b, nap_flow flow, bool nat_pmp, struct nap_endpoint *at)
{
	struct nap_sending ask = {
		.from = NAP_CLIENT, .act = NAP_ACT_MAP, .flags = nat_pmp, .to = NAP_NO_FLOW
	};
	struct nap_probe_event ev;
	bool granted = false;

	b->prober->ops->send(b->prober, flow, &ask);
	while (b->prober->ops->wait(b->prober, now_of(b), &ev))
		if (ev.what == NAP_GOT_MAPPED && ev.flow == flow) {
			granted = true;
			*at = ev.seen;
		}
	return granted;
}

enum nap_check_verdict nap_check_mapping_asked(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_flow_spec spec = { .proto = NAP_UDP, .local_port = OWN_PORT };
	struct nap_endpoint at = { 0, 0 };
	bool pcp;
	nap_flow flow;

	(void)r;
	nap_dut_fresh(b);
	flow = b->prober->ops->open(b->prober, &spec);
	pcp = asks(b, flow, false, &at);
	if (!pcp && !asks(b, flow, true, &at))
		return nap_violates(b, "neither PCP nor NAT-PMP was answered");
	nap_dut_pass(b, 30 * NAP_MIN);
	if (!nap_dut_reaches(b, flow))
		return nap_violates(b, "%s granted port %u, but after 30 min a packet to it does not come in",
			pcp ? "PCP" : "NAT-PMP", at.port);
	return nap_meets(b,
		"%s granted port %u; after 30 min in which the client was silent a packet to it came in",
		pcp ? "PCP" : "NAT-PMP", at.port);
}

/* Is PCP what they are asked for by? */
enum nap_check_verdict nap_check_pcp(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_flow_spec spec = { .proto = NAP_UDP, .local_port = OWN_PORT };
	struct nap_endpoint at = { 0, 0 };

	(void)r;
	nap_dut_fresh(b);
	return asks(b, b->prober->ops->open(b->prober, &spec), false, &at)
		       ? nap_meets(b, "PCP granted port %u", at.port)
		       : nap_violates(b, "PCP was not answered");
}

/* --- a restart --- */

enum nap_check_verdict nap_check_port_reuse_reboot(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_opened o;

	(void)r;
	nap_dut_fresh(b);
	nap_dut_open(b, 0, 0, 0, &o);
	if (!o.seen.port)
		return nap_untested(b, "a packet did not get out");
	nap_dut_pass(b, NAP_S);
	nap_box_reboot(box_of(b), now_of(b));
	nap_dut_pass(b, NAP_CHECK_HOLD);
	if (nap_check_port_given(b, o.seen))
		return nap_violates(b,
			"119 s after a restart external port %u, in use before it, was given to "
			"another host",
			o.seen.port);
	return nap_meets(b,
		"119 s after a restart external port %u, in use before it, was given to no other host",
		o.seen.port);
}

static struct nap_exchanged segment(
	struct nap_dut *b, nap_flow flow, enum nap_end from, uint8_t flags, uint32_t len)
{
	struct nap_sending what = NAP_SENDING_INIT;

	what.from = (uint8_t)from;
	what.act = NAP_ACT_SEGMENT;
	what.flags = flags;
	what.len = len;
	return nap_dut_exchange(b, flow, what);
}

/* What becomes of one end's data when the box has forgotten the connection; NULL: it does not come about. */
static const char *stray_fate(struct nap_dut *b, enum nap_end from)
{
	struct nap_flow_spec spec = { .proto = NAP_TCP, .raw = true };
	struct nap_exchanged stray;
	nap_flow flow;

	nap_dut_fresh(b);
	flow = b->prober->ops->open(b->prober, &spec);
	if (!segment(b, flow, NAP_CLIENT, NAP_SYN, 0).arrived ||
		!segment(b, flow, NAP_SERVER, NAP_SYN | NAP_ACK, 0).arrived ||
		!segment(b, flow, NAP_CLIENT, NAP_ACK, 0).arrived)
		return NULL;
	nap_dut_pass(b, NAP_S);
	nap_box_reboot(box_of(b), now_of(b));
	nap_dut_pass(b, NAP_S);
	stray = segment(b, flow, from, NAP_ACK | NAP_PSH, 1);
	return stray.arrived          ? "passes"
	       : stray.rst            ? "is answered by RST"
	       : stray.icmp_type >= 0 ? "is answered by ICMP"
				      : "is dropped";
}

/* RFC 5382 section 5 leaves it open, so whatever a box does meets it; who depends on it wants to know. */
enum nap_check_verdict nap_check_stray_told(struct nap_dut *b, const struct nap_requirement *r)
{
	const char *inside = stray_fate(b, NAP_CLIENT), *outside = stray_fate(b, NAP_SERVER);

	(void)r;
	if (!inside || !outside)
		return nap_untested(b, "no connection opens");
	return nap_meets(b, "after a restart the client's next segment %s, the server's %s", inside, outside);
}

/* --- the same numbers inside and outside --- */

static bool reaches_neighbour(struct nap_dut *b, uint8_t proto, struct nap_endpoint *seen)
{
	struct nap_flow_spec spec = { .proto = proto, .raw = proto == NAP_TCP };
	struct nap_sending what = { .from = NAP_CLIENT,
		.act = proto == NAP_TCP ? NAP_ACT_SEGMENT : NAP_ACT_DATA,
		.flags = proto == NAP_TCP ? NAP_SYN : 0 };
	struct nap_exchanged o;
	nap_flow flow = b->prober->ops->open(b->prober, &spec);

	spec.server = b->prober->ops->local(b->prober, flow).addr + NEIGHBOUR;
	flow = b->prober->ops->open(b->prober, &spec);
	o = nap_dut_exchange(b, flow, what);
	*seen = o.event.seen;
	what.from = NAP_SERVER;
	what.flags = proto == NAP_TCP ? NAP_SYN | NAP_ACK : 0;
	return o.arrived && nap_dut_exchange(b, flow, what).arrived;
}

/* The outside network gives the box an address of the inside network, and the server has one, too. */
enum nap_check_verdict nap_check_overlap(struct nap_dut *b, const struct nap_requirement *r)
{
	static const uint8_t protos[] = { NAP_UDP, NAP_TCP };

	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(protos); i++) {
		struct nap_flow_spec spec = { .proto = NAP_UDP };
		struct nap_endpoint seen = { 0, 0 };
		nap_addr outside;
		nap_flow flow;

		nap_dut_fresh(b);
		flow = b->prober->ops->open(b->prober, &spec);
		outside = b->prober->ops->local(b->prober, flow).addr + NEIGHBOUR - 1;
		nap_box_readdress(box_of(b), outside);
		if (!reaches_neighbour(b, protos[i], &seen))
			return nap_violates(b,
				"%s to a server outside whose address belongs to the inside network gets "
				"nowhere",
				protos[i] == NAP_TCP ? "TCP" : "UDP");
		if (seen.addr != outside)
			return nap_violates(b, "it arrives, but not from the box' outside address");
	}
	return nap_meets(b,
		"with an outside address of the inside network, a server there that has one, too, is "
		"reached by UDP and TCP, and answers");
}

/* --- the log of allocations --- */

static uint64_t log_records(struct nap_dut *b)
{
	struct nap_box_counts c;

	nap_box_settle(box_of(b), now_of(b));
	nap_box_counts(box_of(b), now_of(b), &c);
	return c.log_records;
}

/* One subscriber speaks to many destinations from one port: each external endpoint may be a record, no destination more. */
enum nap_check_verdict nap_check_log_destinations(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_endpoint seen[DESTINATIONS];
	uint32_t n = 0;
	uint64_t first = 0;

	(void)r;
	nap_dut_fresh(b);
	for (uint16_t i = 0; i < DESTINATIONS; i++) {
		struct nap_opened o;
		uint32_t k = 0;

		nap_dut_open(b, 0, 40000, (uint16_t)(7000 + i), &o);
		while (k < n && !nap_endpoint_equal(seen[k], o.seen))
			k++;
		if (k == n && o.seen.port)
			seen[n++] = o.seen;
		if (i == 0)
			first = log_records(b);
	}
	first = log_records(b) - first;
	if (first >= n)
		return nap_violates(b,
			"19 further destinations of one port, seen from %u external endpoints, made %u "
			"log records",
			n, (uint32_t)first);
	return nap_meets(b,
		"19 further destinations of one port, seen from %u external endpoint%s, made %u log records",
		n, n == 1 ? "" : "s", (uint32_t)first);
}

/* Many subscribers of one external address want some ports each. */
static const struct nap_share *share(struct nap_dut *b)
{
	struct nap_addr_list own = b->chain[0].box.addresses;

	if (b->share.done)
		return &b->share;
	b->share.done = true;
	b->chain[0].box.addresses.n = MIN(own.n, 1);
	nap_dut_fresh(b);
	b->chain[0].box.addresses = own;
	for (uint32_t i = 0; i < SUBSCRIBERS * WANTED; i++) {
		struct nap_opened o;

		nap_dut_open(b, (uint8_t)(i % SUBSCRIBERS), 0, 0, &o);
		b->share.served += o.seen.port != 0;
	}
	b->share.log_records = log_records(b);
	return &b->share;
}

enum nap_check_verdict nap_check_port_utilisation(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_share *s = share(b);
	uint32_t percent = s->served * 100 / (SUBSCRIBERS * WANTED);

	(void)r;
	if (percent < 90)
		return nap_violates(b,
			"of the %u ports that %u subscribers of one external address wanted they got %u %%",
			SUBSCRIBERS * WANTED, SUBSCRIBERS, percent);
	return nap_meets(b,
		"of the %u ports that %u subscribers of one external address wanted they got %u %%",
		SUBSCRIBERS * WANTED, SUBSCRIBERS, percent);
}

enum nap_check_verdict nap_check_log_volume(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_share *s = share(b);

	(void)r;
	if (!s->served)
		return nap_untested(b, "no packet got out");
	return s->log_records > s->served / 4
		       ? nap_violates(b, "%u flows made %u log records", s->served, (uint32_t)s->log_records)
		       : nap_meets(b, "%u flows made %u log records", s->served, (uint32_t)s->log_records);
}
