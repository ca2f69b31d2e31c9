/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Jobs that look at every hop: a trial for each TTL, all at once. The trial's ASK of the client has that TTL; whoever lets
 * it die may say so by an ICMP error, and the server gets it only when the TTL is large enough.
 */
#include <string.h>

#include "discovery/job.h"

#define USUAL_HOPS 8 /* tried when the path's length is not known */

static void name_hop(const struct nap_job *j, uint32_t hop, char out[NAP_ADDRESS_TEXT])
{
	g_strlcpy(out, "?", NAP_ADDRESS_TEXT);
	if (j->hop[hop - 1].from)
		nap_hops_name(j->d->prober, j->hop[hop - 1].from, out);
}

static void note(struct nap_job *j, const struct nap_trial_result *r)
{
	struct nap_hop_seen *h = &j->hop[r->ttl - 1];
	uint32_t ask = 0, n = nap_procedure_steps(r->procedure);
	const struct nap_answer *last = &r->answer[n - 1];
	nap_addr server = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (r->procedure->step[i].probe.ttl == NAP_TRIAL_TTL)
			ask = i;
		else if (r->procedure->step[i].probe.from == NAP_SERVER && r->answer[i].got)
			server = r->answer[i].seen.addr;
	}
	*h = (struct nap_hop_seen){ .seen = true, .arrived = r->answer[ask].got, .kept = last->got };
	/* who answers in the server's name does not tell his own */
	if (!h->arrived && r->answer[ask].icmp && r->answer[ask].from.addr != server)
		h->from = r->answer[ask].from.addr;
	h->error =
		r->answer[ask].error * !h->arrived + (last->got || last == &r->answer[ask] ? 0 : last->error);
}

/* The path: its hops until the server. */
static void conclude_path(struct nap_job *j)
{
	struct nap_finding *f = &j->finding;
	struct nap_hops *hops = &j->d->hops;
	GString *s = g_string_new(NULL);

	for (uint32_t i = 1; i <= j->n_hops; i++) {
		char name[NAP_ADDRESS_TEXT];

		f->error += j->hop[i - 1].error;
		if (j->hop[i - 1].arrived) {
			hops->length = f->hops = i;
			break;
		}
		hops->at[i - 1] = j->hop[i - 1].from;
		name_hop(j, i, name);
		g_string_append_printf(s, "%s%u %s", i > 1 ? ", " : "", i, name);
	}
	if (f->hops) {
		g_snprintf(f->word, sizeof(f->word), "%u", f->hops);
		g_string_append_printf(s, "%s%u the server", f->hops > 1 ? ", " : "", f->hops);
	} else {
		g_snprintf(f->word, sizeof(f->word), "more than %u", j->n_hops);
	}
	g_strlcpy(f->detail, s->str, sizeof(f->detail));
	g_string_free(s, TRUE);
}

/* How far a keepalive must go: the least TTL that keeps the flow, and whether the server is spared. */
static void conclude_refresh(struct nap_job *j)
{
	struct nap_finding *f = &j->finding;
	GString *s = g_string_new(NULL);
	uint32_t i;

	for (i = 1; i <= j->n_hops && !j->hop[i - 1].arrived; i++) {
		const struct nap_hop_seen *h = &j->hop[i - 1];
		char name[NAP_ADDRESS_TEXT];

		f->error += h->error;
		name_hop(j, i, name);
		g_string_append_printf(s, "%sTTL %u (dies at %s): the flow %s", i > 1 ? "; " : "", i, name,
			h->kept ? "is kept, the server gets nothing"
				: "dies, a binding beyond is not refreshed");
		if (h->kept) {
			f->least_ttl = i;
			break;
		}
	}
	if (i <= j->n_hops && j->hop[i - 1].arrived)
		f->hops = i;
	if (!f->least_ttl && f->hops)
		g_string_append_printf(s, "%sTTL %u reaches the server", i > 1 ? "; " : "", i);
	g_strlcpy(f->word, f->least_ttl ? "yes" : "no", sizeof(f->word));
	g_strlcpy(f->detail, s->str, sizeof(f->detail));
	g_string_free(s, TRUE);
}

static void conclude(struct nap_job *j)
{
	if (j->finding.test->timer)
		conclude_refresh(j);
	else
		conclude_path(j);
	if (j->d->hops.length)
		j->finding.hops = j->d->hops.length;
	j->finding.silences += j->finding.error > 0;
	nap_job_end(j, NAP_FINDING_DONE);
}

static void hop_done(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct nap_job *j = ctx;
	nap_time idle;

	if (nap_job_take(j, trial, r, &idle))
		note(j, r);
}

void nap_job_hops(struct nap_job *j)
{
	struct nap_discovery *d = j->d;
	const char *needs = j->finding.test->timer;
	const struct nap_finding *timer = needs ? &nap_job_find(d, needs, 0)->finding : NULL;
	bool open = false;

	if (!j->n_hops)
		j->n_hops = !timer ? NAP_MOST_HOPS : d->hops.length ? d->hops.length : USUAL_HOPS;
	for (uint32_t i = 1; i <= j->n_hops; i++) {
		if (j->hop[i - 1].seen)
			continue;
		open = true;
		j->ttl = (uint8_t)i;
		nap_job_try(j, timer ? timer->bracket.alive : 0, 0, hop_done);
	}
	if (!open)
		conclude(j);
}
