/* SPDX-License-Identifier: BSD-2-Clause */
/* Experiments with many flows and many hosts: pools, limits, full tables. RFC 6888, RFC 4787 REQ-2, RFC 7857 section 4. */
#include "conformance/check.h"

#define HOSTS       24
#define FIRST_FLOWS 20
#define HOST_FLOWS  64000 /* of one host: more than any limit in use, less than its ports */
#define ALL_FLOWS   66000 /* more than one external address has ports */
#define OTHERS      250   /* hosts, after a first one */
#define RATE_FLOWS  5000  /* at once: more than any host needs */
#define REFUSALS    50    /* flows tried after the first refused one */

/* --- pooling --- */

static bool seen_of(struct nap_dut *b, uint8_t proto, uint8_t host, nap_addr *addr)
{
	struct nap_flow_spec spec = { .proto = proto, .raw = proto == NAP_TCP, .host = host };
	struct nap_sending probe = { .from = NAP_CLIENT,
		.act = proto == NAP_TCP ? NAP_ACT_SEGMENT : NAP_ACT_DATA,
		.flags = NAP_SYN,
		.to = NAP_NO_FLOW };
	nap_flow flow = b->prober->ops->open(b->prober, &spec);
	struct nap_probe_event ev;
	bool got = false;

	probe.tag = nap_trials_tag(b->trials);
	b->prober->ops->send(b->prober, flow, &probe);
	while (b->prober->ops->wait(b->prober, b->prober->ops->now(b->prober), &ev))
		if (ev.flow == flow && ev.end == NAP_SERVER && ev.what == NAP_GOT_PACKET) {
			*addr = ev.seen.addr;
			got = true;
		}
	return got;
}

/* Paired: one external address a host, over all protocols and flows. Says nothing where all hosts share one address. */
enum nap_check_verdict nap_check_pooling(struct nap_dut *b, const struct nap_requirement *r)
{
	static const uint8_t protos[] = { NAP_UDP, NAP_TCP, NAP_ICMP, NAP_UDP, NAP_TCP, NAP_UDP };
	nap_addr of_host[HOSTS] = { 0 };
	bool several = false;

	(void)r;
	nap_dut_fresh(b);
	for (uint32_t i = 0; i < G_N_ELEMENTS(protos); i++)
		for (uint8_t host = 0; host < HOSTS; host++) {
			nap_addr addr;

			if (!seen_of(b, protos[i], host, &addr))
				continue;
			if (of_host[host] && of_host[host] != addr)
				return nap_violates(b, "a host had flows from two external addresses");
			of_host[host] = addr;
			several = several || (of_host[0] && of_host[0] != addr);
		}
	if (!several)
		return nap_does_not_apply(b, "%u hosts had one external address: there is no pool", HOSTS);
	return nap_meets(b,
		"%u hosts had several external addresses, each one of its own in UDP, TCP and ICMP", HOSTS);
}

/* --- filling --- */

static void note_refusal(struct nap_fill *f, const struct nap_opened *o)
{
	f->refused = true;
	f->icmp_type = o->icmp_type;
	f->icmp_code = o->icmp_code;
}

static void fill_first_host(struct nap_dut *b, struct nap_fill *f, nap_flow *first)
{
	nap_addr addr = 0;
	struct nap_opened o;
	uint32_t refusals = 0;

	for (uint32_t i = 0; i < HOST_FLOWS && refusals < REFUSALS; i++) {
		nap_dut_open(b, 0, 0, 0, &o);
		if (!o.seen.port) {
			if (!refusals++)
				note_refusal(f, &o);
			continue;
		}
		if (f->opened < FIRST_FLOWS)
			first[f->opened] = o.flow;
		f->second_address = f->second_address || (addr && addr != o.seen.addr);
		addr = o.seen.addr;
		f->opened++;
	}
}

/* Other hosts: a few, to see that they are served; or, when the first met no limit, as many as fill the box. */
static void fill_others(struct nap_dut *b, struct nap_fill *f)
{
	uint32_t most = f->refused ? 5 : ALL_FLOWS - HOST_FLOWS, refusals = 0;

	f->total = f->opened;
	for (uint32_t i = 0; i < most && refusals < REFUSALS; i++) {
		struct nap_opened o;

		nap_dut_open(b, (uint8_t)(1 + i % 5), 0, 0, &o);
		if (o.seen.port) {
			f->others = true;
			f->total++;
		} else if (!refusals++ && !f->refused) {
			f->icmp_type = o.icmp_type;
			f->icmp_code = o.icmp_code;
		}
	}
	f->full = refusals > 0;
}

static const struct nap_fill *fill(struct nap_dut *b)
{
	struct nap_fill *f = &b->fill;
	nap_flow first[FIRST_FLOWS];

	if (f->done)
		return f;
	*f = (struct nap_fill){ .done = true, .icmp_type = -1, .icmp_code = -1 };
	nap_dut_fresh(b);
	fill_first_host(b, f, first);
	fill_others(b, f);
	for (uint32_t i = 0; i < FIRST_FLOWS && i < f->opened; i++)
		f->first_alive += nap_dut_reaches(b, first[i]);
	return f;
}

static bool has_limit(struct nap_dut *b)
{
	const struct nap_fill *f = fill(b);

	return f->refused || f->full;
}

enum nap_check_verdict nap_check_port_limit(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_fill *f = fill(b);

	(void)r;
	if (!f->refused)
		return nap_violates(b, "one host opened %u flows and met no limit", f->opened);
	if (!f->others)
		return nap_violates(b, "after %u flows of one host, others are refused too", f->opened);
	return nap_meets(b, "one host was refused after %u flows; others were still served", f->opened);
}

/* Flows of one external port to many destinations: state, not ports. */
enum nap_check_verdict nap_check_state_limit(struct nap_dut *b, const struct nap_requirement *r)
{
	uint32_t n = 0;

	(void)r;
	nap_dut_fresh(b);
	for (; n < HOST_FLOWS; n++) {
		struct nap_opened o;

		nap_dut_open(b, 0, 40000, (uint16_t)(1000 + n), &o);
		if (!o.seen.port)
			return nap_meets(b,
				"a host's flow from one port was refused after %u to other destinations", n);
	}
	return nap_violates(b, "a host opened %u flows from one port and met no limit", n);
}

/* As many flows at once as are let out, then the same a minute later: a limit of the rate, apart from one of the number. */
enum nap_check_verdict nap_check_session_rate(struct nap_dut *b, const struct nap_requirement *r)
{
	uint32_t let[2] = { 0, 0 };

	(void)r;
	nap_dut_fresh(b);
	for (uint32_t round = 0; round < G_N_ELEMENTS(let); round++) {
		for (uint32_t refusals = 0; let[round] < RATE_FLOWS && refusals < REFUSALS;) {
			struct nap_opened o;

			nap_dut_open(b, 0, 0, 0, &o);
			*(o.seen.port ? &let[round] : &refusals) += 1;
		}
		nap_dut_pass(b, NAP_MIN);
	}
	if (let[0] >= RATE_FLOWS)
		return nap_violates(b, "a host opened %u flows at one moment", let[0]);
	if (!let[1])
		return nap_violates(b,
			"a host opened %u flows at one moment, and none a minute later: their number "
			"is limited, not their rate",
			let[0]);
	return nap_meets(b, "a host opened %u flows at one moment, and %u a minute later", let[0], let[1]);
}

enum nap_check_verdict nap_check_full_drops(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_fill *f = fill(b);

	(void)r;
	if (f->first_alive < FIRST_FLOWS)
		return nap_violates(b, "no flow is dropped: each is let out, in place of earlier ones");
	if (!has_limit(b))
		return nap_untested(b, "%u flows met no limit", f->total);
	return nap_meets(b, "beyond its limit, %u flows, packets of further ones were dropped", f->total);
}

enum nap_check_verdict nap_check_pool_empty(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_fill *f;
	enum nap_check_verdict v = nap_check_pooling(b, r);

	if (v != NAP_MEETS)
		return v == NAP_VIOLATES ? nap_does_not_apply(b, "pooling is not paired") : v;
	f = fill(b);
	if (f->second_address)
		return nap_violates(
			b, "after %u flows a host was moved to another external address", f->opened);
	if (!f->refused)
		return nap_untested(b, "%u flows of one host met no limit", f->opened);
	return nap_meets(b, "after %u flows a host's further ones were refused, not moved to another address",
		f->opened);
}

enum nap_check_verdict nap_check_full_icmp(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_fill *f = fill(b);
	int wanted = r->subject == NAP_OF_CGN ? 1 : 13;

	if (!has_limit(b))
		return nap_untested(b, "%u flows met no limit", f->total);
	if (f->icmp_type != NAP_ICMP_UNREACHABLE)
		return nap_violates(b, "the flow that was refused, after %u, had no ICMP answer", f->total);
	if (f->icmp_code != wanted)
		return nap_violates(b, "the flow that was refused was answered by ICMP 3/%d, not 3/%d",
			f->icmp_code, wanted);
	return nap_meets(
		b, "the flow that was refused, after %u, was answered by ICMP 3/%d", f->total, wanted);
}

enum nap_check_verdict nap_check_full_keeps(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_fill *f = fill(b);

	(void)r;
	if (f->first_alive < FIRST_FLOWS)
		return nap_violates(b, "of the first %u flows only %u outlived the opening of %u",
			FIRST_FLOWS, f->first_alive, f->total);
	if (!has_limit(b))
		return nap_untested(b, "%u flows met no limit", f->total);
	return nap_meets(
		b, "when flows were refused, after %u, the first %u still lived", f->total, FIRST_FLOWS);
}

/* --- reuse of a freed port --- */

/* Flows of other hosts, asking for the port itself first, until none of them is let out any more. */
bool nap_check_port_given(struct nap_dut *b, struct nap_endpoint freed)
{
	for (uint32_t i = 0, refusals = 0; i < ALL_FLOWS && refusals <= 2 * OTHERS; i++) {
		struct nap_opened o;

		nap_dut_open(b, (uint8_t)(1 + i % OTHERS), i < OTHERS ? freed.port : 0, 0, &o);
		if (nap_endpoint_equal(o.seen, freed))
			return true;
		refusals = o.seen.port ? 0 : refusals + 1;
	}
	return false;
}

enum nap_check_verdict nap_check_port_reuse(struct nap_dut *b, const struct nap_requirement *r)
{
	nap_time life = nap_check_udp_life(b), silent = 0;
	struct nap_opened o;

	(void)r;
	if (!life || life == NAP_NEVER)
		return nap_untested(b, "the UDP timer is not known or longer than a day");
	nap_dut_fresh(b);
	nap_dut_open(b, 0, 0, 0, &o);
	if (!o.seen.port)
		return NAP_NOT_TESTED;
	for (nap_time t = 0; t < 2 * NAP_H && nap_dut_reaches(b, o.flow);
		t += life) { /* each packet in may refresh */
		silent += life;
		nap_dut_pass(b, silent);
	}
	nap_dut_pass(b, NAP_MIN);
	if (nap_check_port_given(b, o.seen))
		return nap_violates(b,
			"a minute after it had expired, a flow's external port %u was given to another host",
			o.seen.port);
	return nap_meets(b,
		"a minute after it had expired, a flow's port %u was given to no flow of %u other hosts",
		o.seen.port, OTHERS);
}
