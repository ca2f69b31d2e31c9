/* SPDX-License-Identifier: BSD-2-Clause */
/* Experiments with many flows and many hosts: pools, limits, full tables. RFC 6888, RFC 4787 REQ-2, RFC 7857 section 4. */
#include "conformance/check.h"

#define HOSTS       24
#define FIRST_FLOWS 20
#define HOST_FLOWS  64000           /* of one host: more than any limit in use, less than its ports */
#define ALL_FLOWS   66000           /* more than one external address has ports */
#define OTHERS      250             /* hosts, after a first one */
#define RATE_FLOWS  5000            /* at once: more than any host needs */
#define REFUSALS    20              /* so many in a row, and again after a wait: nothing more is let out */
#define RATE_WAIT   (1010 * NAP_MS) /* rates are so many a second */
#define WAITS       300
#define STRANGERS   40     /* other hosts, of which each external address may have some */
#define KEPT_ALIVE  100000 /* packets that keep flows alive while waiting for a rate */

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

/* A host whose flows are opened one after another, and kept alive where the rate of new ones makes it wait. */
struct filler {
	struct nap_dut *b;
	uint8_t host;
	uint16_t local_port;     /* of all flows; 0: each has its own */
	GArray *flow;            /* nap_flow of those let out */
	nap_time refreshed;      /* when all were last spoken over */
	nap_time life;           /* the least of one that is not */
	bool outwards;           /* a packet of the client's does for that, else the server's */
	uint32_t sent;           /* packets for that */
	uint32_t waits;          /* for the rate */
	struct nap_opened asked; /* what became of the last one tried */
	bool any_refused;        /* if only for a moment */
	struct nap_opened first_refused;
	bool slow;     /* it could not be gone on with */
	nap_addr seen; /* where the last one let out came from */
	bool moved;    /* ... and an earlier one came from elsewhere */
};

/* To one destination, so that each flow needs an external port; those of one local port to one each. */
static bool let_out(struct filler *f)
{
	uint16_t port = f->local_port ? (uint16_t)(1000 + f->flow->len % 64000) : 0;

	nap_dut_open(f->b, f->host, f->local_port, port, &f->asked);
	if (!f->asked.seen.port) {
		if (!f->any_refused)
			f->first_refused = f->asked;
		f->any_refused = true;
		f->b->prober->ops->close(f->b->prober, f->asked.flow); /* its local port may serve another */
		return false;
	}
	g_array_append_val(f->flow, f->asked.flow);
	f->moved = f->moved || (f->seen && f->seen != f->asked.seen.addr);
	f->seen = f->asked.seen.addr;
	return true;
}

static bool any_let_out(struct filler *f, uint32_t tries)
{
	for (uint32_t i = 0; i < tries; i++)
		if (let_out(f))
			return true;
	return false;
}

/* An end speaks over all flows, so that none dies while the rate is waited for; false when that takes too much. */
static bool keep_alive(struct filler *f)
{
	nap_time now = f->b->prober->ops->now(f->b->prober);

	if (now + RATE_WAIT - f->refreshed < f->life)
		return true;
	f->sent += f->flow->len;
	if (f->sent > KEPT_ALIVE || f->life < 2 * RATE_WAIT)
		return false;
	for (guint i = 0; i < f->flow->len; i++) {
		nap_flow flow = g_array_index(f->flow, nap_flow, i);

		nap_dut_exchange(
			f->b, flow, (struct nap_sending){ .from = f->outwards ? NAP_CLIENT : NAP_SERVER });
	}
	f->refreshed = now;
	return true;
}

/* Is it refused now, and, as no rate would be, a while later too? */
static bool refused_for_good(struct filler *f)
{
	if (any_let_out(f, REFUSALS))
		return false;
	if (f->waits++ == WAITS || !keep_alive(f)) {
		f->slow = true;
		return false;
	}
	nap_dut_pass(f->b, RATE_WAIT);
	return !any_let_out(f, REFUSALS);
}

/* Up to so many flows of the host; returns whether more are refused for good. */
static bool fill_host(struct filler *f, uint32_t most)
{
	while (f->flow->len < most && !f->slow)
		if (!let_out(f) && refused_for_good(f))
			return true;
	return false;
}

/* As a flow is of which the client has let hear twice. */
static const struct nap_procedure twice = { "two packets out, none back", { { .proto = NAP_UDP } },
	{ NAP_CLIENT_DATA(0), NAP_CLIENT_DATA(0), NAP_IDLE(0), NAP_ASK_SERVER(0) } };

static struct filler filler_new(struct nap_dut *b, uint16_t local_port)
{
	const struct nap_procedure *const opening[] = { nap_dut_procedure("udp-1"),
		nap_dut_procedure("udp-quick"), &twice };
	struct filler f = { .b = b, .local_port = local_port };

	f.life = NAP_NEVER;
	for (uint32_t i = 0; i < G_N_ELEMENTS(opening); i++)
		f.life = nap_time_min(f.life, nap_dut_least_life(b, opening[i], 0, 0, NULL));
	f.outwards = nap_check_outbound_restarts(b);
	f.flow = g_array_new(FALSE, FALSE, sizeof(nap_flow));
	nap_dut_fresh(b);
	return f;
}

/* How many of so many other hosts, which have no flow yet, are refused one? */
static uint32_t others_refused(struct nap_dut *b, uint32_t hosts)
{
	uint32_t refused = 0;

	for (uint32_t i = 0; i < hosts; i++) {
		struct nap_opened o;

		nap_dut_open(b, (uint8_t)(1 + i), 0, 0, &o);
		refused += o.seen.port == 0;
	}
	return refused;
}

/*
 * How many other hosts to ask once the first one is refused: so many that a box without a flow serves twice as many. What these are
 * refused, the first one has taken. Leaves the box with flows.
 */
static uint32_t hosts_to_ask(struct nap_dut *b)
{
	nap_dut_fresh(b);
	return (2 * STRANGERS - others_refused(b, 2 * STRANGERS)) / 2;
}

/* When the first host met no limit: as many flows of others as there are ports, until these are refused. */
static void fill_others(struct nap_dut *b, struct nap_fill *f)
{
	for (uint32_t i = 0, refusals = 0; i < ALL_FLOWS - HOST_FLOWS && !f->full; i++) {
		struct nap_opened o;

		nap_dut_open(b, (uint8_t)(1 + i % 5), 0, 0, &o);
		refusals = o.seen.port ? 0 : refusals + 1;
		f->total += o.seen.port != 0;
		f->full = refusals >= REFUSALS;
		if (f->full && !f->any_refused) {
			f->icmp_type = o.icmp_type;
			f->icmp_code = o.icmp_code;
		}
	}
}

static const struct nap_fill *fill(struct nap_dut *b)
{
	struct nap_fill *f = &b->fill;
	struct filler host;
	uint32_t others;

	if (f->done)
		return f;
	others = hosts_to_ask(b);
	*f = (struct nap_fill){ .done = true, .icmp_type = -1, .icmp_code = -1 };
	host = filler_new(b, 0);
	f->refused = fill_host(&host, HOST_FLOWS);
	f->any_refused = host.any_refused;
	f->icmp_type = host.any_refused ? host.first_refused.icmp_type : -1;
	f->icmp_code = host.any_refused ? host.first_refused.icmp_code : -1;
	f->slow = host.slow;
	f->second_address = host.moved;
	f->opened = f->total = host.flow->len;
	if (f->refused) {
		uint32_t refused = others_refused(b, others);

		f->full = refused > 0;
		f->total += others - refused;
	} else if (!f->slow) {
		fill_others(b, f);
	}
	for (uint32_t i = 0; i < FIRST_FLOWS && i < host.flow->len; i++)
		f->first_alive += nap_dut_reaches(b, g_array_index(host.flow, nap_flow, i));
	g_array_free(host.flow, TRUE);
	return f;
}

static bool has_limit(struct nap_dut *b)
{
	const struct nap_fill *f = fill(b);

	return f->any_refused || f->full;
}

static enum nap_check_verdict untested_for_slowness(struct nap_dut *b, uint32_t flows)
{
	return nap_untested(b,
		"so few flows are let out a second that no more than %u could be held, and met no limit of "
		"their number",
		flows);
}

enum nap_check_verdict nap_check_port_limit(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_fill *f = fill(b);

	(void)r;
	if (f->slow)
		return untested_for_slowness(b, f->opened);
	if (!f->refused)
		return nap_violates(b, "one host opened %u flows and met no limit", f->opened);
	if (f->full)
		return nap_violates(b, "after %u flows of one host, others are refused too", f->opened);
	return nap_meets(b, "one host was refused after %u flows; others were still served", f->opened);
}

/* Flows of one external port to many destinations: state, not ports. */
enum nap_check_verdict nap_check_state_limit(struct nap_dut *b, const struct nap_requirement *r)
{
	uint32_t others = hosts_to_ask(b), n;
	struct filler host = filler_new(b, 40000);
	bool refused = fill_host(&host, HOST_FLOWS);

	(void)r;
	n = host.flow->len;
	g_array_free(host.flow, TRUE);
	if (host.slow)
		return untested_for_slowness(b, n);
	if (!refused)
		return nap_violates(b, "a host opened %u flows from one port and met no limit", n);
	if (others_refused(b, others))
		return nap_violates(b, "after %u flows of one host from one port, others are refused too", n);
	return nap_meets(b, "a host's flow from one port was refused after %u to other destinations", n);
}

/* As many flows at once as are let out, then more a second later: a limit of the rate, apart from one of the number. */
enum nap_check_verdict nap_check_session_rate(struct nap_dut *b, const struct nap_requirement *r)
{
	struct filler host = filler_new(b, 0);
	uint32_t at_once, later = 0;

	(void)r;
	while (host.flow->len < RATE_FLOWS && any_let_out(&host, REFUSALS))
		;
	at_once = host.flow->len;
	if (at_once < RATE_FLOWS) {
		nap_dut_pass(b, RATE_WAIT);
		while (host.flow->len < RATE_FLOWS && any_let_out(&host, REFUSALS))
			;
		later = host.flow->len - at_once;
	}
	g_array_free(host.flow, TRUE);
	if (at_once >= RATE_FLOWS)
		return nap_violates(b, "a host opened %u flows at one moment", at_once);
	if (host.life < 2 * RATE_WAIT)
		return nap_untested(b, "flows die within the second for which the rate has to be waited");
	if (!later)
		return nap_violates(b,
			"a host opened %u flows at one moment, and none a second later: their number "
			"is limited, not their rate",
			at_once);
	return nap_meets(b, "a host opened %u flows at one moment, and %u a second later", at_once, later);
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

/* One packet out, none back. */
static const char lone[] = "udp-1";

enum nap_check_verdict nap_check_port_reuse(struct nap_dut *b, const struct nap_requirement *r)
{
	nap_time life = nap_dut_life(b, nap_dut_procedure(lone), 0, 0);
	struct nap_opened o;

	(void)r;
	if (!life || life == NAP_NEVER)
		return nap_untested(b, "the UDP timer is not known or longer than a day");
	nap_dut_fresh(b);
	nap_dut_open(b, 0, 0, 0, &o);
	if (!o.seen.port)
		return nap_untested(b, "a packet did not get out");
	nap_dut_pass(b, life + NAP_CHECK_HOLD);
	if (nap_check_port_given(b, o.seen))
		return nap_violates(b,
			"119 s after it had expired, a flow's external port %u was given to another host",
			o.seen.port);
	return nap_meets(b,
		"119 s after it had expired, a flow's port %u was given to no flow of %u other hosts",
		o.seen.port, OTHERS);
}
