/* SPDX-License-Identifier: BSD-2-Clause */
#include "conformance/dut.h"

#include <stdarg.h>
#include <string.h>

#include "probe/prober_sim.h"
#include "discovery/tests.h"

#define LONGEST NAP_DAY /* that anybody waits for a flow's end */

void nap_dut_init(struct nap_dut *b, const struct nap_middlebox *m, uint64_t seed)
{
	memset(b, 0, sizeof *b);
	b->middlebox = m;
	b->seed = seed;
	b->chain = g_new0(struct nap_middlebox, 1);
	b->chain[0] = *m;
	b->chain[0].hop = (struct nap_hop_config){ .delay = nap_dist_constant(0) };
	b->scenario.path.delay = nap_dist_constant(0);
	b->scenario.path.loss_burst = 1;
	b->scenario.middlebox = b->chain;
	b->scenario.n_middleboxes = b->scenario.n_path_middleboxes = 1;
}

static void drop_prober(struct nap_dut *b)
{
	nap_trials_free(b->trials);
	if (b->prober)
		b->prober->ops->free(b->prober);
	b->trials = NULL;
	b->prober = NULL;
}

void nap_dut_clear(struct nap_dut *b)
{
	drop_prober(b);
	g_free(b->chain);
}

void nap_dut_fresh(struct nap_dut *b)
{
	/* the path loses nothing, so one packet a question is enough */
	struct nap_trials_options o = nap_trials_defaults;

	drop_prober(b);
	o.naive = true;
	b->prober = nap_prober_sim_new(&b->scenario, b->seed);
	b->trials = nap_trials_new(b->prober, &o);
}

bool nap_dut_run_port(struct nap_dut *b, const struct nap_procedure *s, nap_time idle, uint16_t port,
	struct nap_trial_result *r)
{
	struct nap_trial_spec spec = { .procedure = s, .idle = idle, .gap = 20 * NAP_S, .server_port = port };

	nap_trials_run(b->trials, &spec, r);
	if (r->why_void == NAP_NOT_VOID)
		return true;
	g_snprintf(b->observed, sizeof b->observed,
		"%s, port %u: packet %u of the opening did not get through", s->name,
		port ? port : b->prober->usual_port, r->steps);
	return false;
}

bool nap_dut_run(struct nap_dut *b, const struct nap_procedure *s, nap_time idle, struct nap_trial_result *r)
{
	return nap_dut_run_port(b, s, idle, 0, r);
}

const struct nap_procedure *nap_dut_procedure(const char *test)
{
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (!strcmp(nap_tests[i].name, test))
			return nap_tests[i].procedure;
	g_assert_not_reached();
}

const struct nap_answer *nap_last_answer(const struct nap_trial_result *r)
{
	return &r->answer[nap_procedure_steps(r->procedure) - 1];
}

bool nap_dut_translates(struct nap_dut *b)
{
	struct nap_opened o;

	if (!b->translates) {
		nap_dut_fresh(b);
		nap_dut_open(b, 0, 0, 0, &o);
		b->translates = o.seen.port && nap_endpoint_equal(o.seen, o.local) ? -1 : 1;
	}
	return b->translates > 0;
}

/* Is the procedure's last question answered, after so much idleness of a flow that begins so late? -1: it does not open. */
static int lives(
	struct nap_dut *b, const struct nap_procedure *s, uint16_t port, nap_time after, nap_time idle)
{
	struct nap_trial_spec spec = {
		.procedure = s, .idle = idle, .gap = 20 * NAP_S, .server_port = port, .after = after
	};
	struct nap_trial_result r;

	nap_dut_fresh(b);
	nap_trials_run(b->trials, &spec, &r);
	return r.why_void == NAP_NOT_VOID ? nap_last_answer(&r)->got : -1;
}

nap_time nap_dut_life(struct nap_dut *b, const struct nap_procedure *s, uint16_t port, nap_time after)
{
	nap_time lo = 0, hi = NAP_NEVER;

	while (hi == NAP_NEVER ? lo < LONGEST : hi - lo > NAP_MS) {
		nap_time t = hi == NAP_NEVER ? nap_time_min(LONGEST, nap_time_max(8 * NAP_S, 2 * lo))
					     : lo + (hi - lo) / 2;
		int alive = lives(b, s, port, after, t);

		if (alive < 0)
			return 0;
		*(alive ? &lo : &hi) = t;
	}
	return hi;
}

#define ABOUT (2 * NAP_MS) /* more than the ends of flows are known to */

nap_time nap_dut_least_life(
	struct nap_dut *b, const struct nap_procedure *s, uint16_t port, nap_time idle, nap_time *after)
{
	/* a flow that begins so late has room for others that begin later and end with it */
	nap_time begin = 2 * LONGEST, life = nap_dut_life(b, s, port, begin), lo = 0, hi = life;

	if (after)
		*after = life && life != NAP_NEVER && life > idle ? begin + life - idle + ABOUT : begin;
	if (life == NAP_NEVER || !life)
		return life;
	/* one that is idle for t when that one ends has ended, too, if its own timer is over */
	while (hi - lo > NAP_MS) {
		nap_time t = lo + (hi - lo) / 2;

		*(lives(b, s, port, begin + life - t + ABOUT, t) > 0 ? &lo : &hi) = t;
	}
	return hi;
}

void nap_dut_pass(struct nap_dut *b, nap_time span)
{
	nap_time until = b->prober->ops->now(b->prober) + span;
	struct nap_probe_event ev;

	while (b->prober->ops->wait(b->prober, until, &ev))
		;
}

void nap_dut_open(
	struct nap_dut *b, uint8_t host, uint16_t local_port, uint16_t server_port, struct nap_opened *out)
{
	struct nap_flow_spec spec = {
		.proto = NAP_UDP, .host = host, .local_port = local_port, .server_port = server_port
	};
	struct nap_sending probe = NAP_SENDING_INIT;
	struct nap_probe_event ev;

	*out = (struct nap_opened){ .icmp_type = -1, .icmp_code = -1 };
	out->flow = b->prober->ops->open(b->prober, &spec);
	out->local = b->prober->ops->local(b->prober, out->flow);
	probe.from = NAP_CLIENT;
	probe.tag = nap_trials_tag(b->trials);
	b->prober->ops->send(b->prober, out->flow, &probe);
	while (b->prober->ops->wait(b->prober, b->prober->ops->now(b->prober), &ev)) {
		if (ev.flow != out->flow)
			continue;
		if (ev.end == NAP_SERVER && ev.what == NAP_GOT_PACKET)
			out->seen = ev.seen;
		if (ev.end == NAP_CLIENT && ev.what == NAP_GOT_ICMP) {
			out->icmp_type = ev.icmp_type;
			out->icmp_code = ev.icmp_code;
		}
	}
}

struct nap_exchanged nap_dut_exchange(struct nap_dut *b, nap_flow flow, struct nap_sending what)
{
	struct nap_exchanged o = { .icmp_type = -1, .icmp_code = -1 };
	struct nap_probe_event ev;

	what.to = NAP_NO_FLOW;
	what.tag = nap_trials_tag(b->trials);
	b->prober->ops->send(b->prober, flow, &what);
	while (b->prober->ops->wait(b->prober, b->prober->ops->now(b->prober), &ev)) {
		if (ev.flow != flow)
			continue;
		if (ev.what == NAP_GOT_PACKET && ev.end != what.from && ev.tag == what.tag) {
			o.arrived = true;
			o.event = ev;
		} else if (ev.what == NAP_GOT_RST && ev.end == what.from) {
			o.rst = true;
		} else if (ev.what == NAP_GOT_ICMP && ev.end == what.from) {
			o.icmp_type = ev.icmp_type;
			o.icmp_code = ev.icmp_code;
			o.icmp_mtu = ev.mtu;
		}
	}
	return o;
}

bool nap_dut_reaches(struct nap_dut *b, nap_flow flow)
{
	struct nap_sending probe = NAP_SENDING_INIT;
	struct nap_probe_event ev;
	bool got = false;

	probe.from = NAP_SERVER;
	probe.tag = nap_trials_tag(b->trials);
	b->prober->ops->send(b->prober, flow, &probe);
	while (b->prober->ops->wait(b->prober, b->prober->ops->now(b->prober), &ev))
		got = got || (ev.flow == flow && ev.end == NAP_CLIENT && ev.tag == probe.tag &&
				     ev.what == NAP_GOT_PACKET);
	return got;
}

#define JUDGE(name, verdict)                                                                                 \
	enum nap_check_verdict name(struct nap_dut *b, const char *format, ...)                              \
	{                                                                                                    \
		va_list args;                                                                                \
                                                                                                             \
		va_start(args, format);                                                                      \
		g_vsnprintf(b->observed, sizeof b->observed, format, args);                                  \
		va_end(args);                                                                                \
		return verdict;                                                                              \
	}

JUDGE(nap_meets, NAP_MEETS)
JUDGE(nap_violates, NAP_VIOLATES)
JUDGE(nap_does_not_apply, NAP_NOT_APPLICABLE)
JUDGE(nap_untested, NAP_NOT_TESTED)

enum nap_check_verdict nap_dut_question(
	struct nap_dut *b, const struct nap_procedure *s, bool wanted, const char *arrived, const char *lost)
{
	struct nap_trial_result t;
	bool got;

	nap_dut_fresh(b);
	if (!nap_dut_run(b, s, 0, &t))
		return NAP_NOT_TESTED;
	got = nap_last_answer(&t)->got;
	return (got == wanted ? nap_meets : nap_violates)(b, "%s", got ? arrived : lost);
}
