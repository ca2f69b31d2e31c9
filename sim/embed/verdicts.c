/* SPDX-License-Identifier: BSD-2-Clause */
#include "embed/verdicts.h"

#include <string.h>

#include "conformance/client_check.h"
#include "conformance/client_dut.h"
#include "parallel/checking.h"
#include "run/run.h"
#include "text/input_error.h"

static void see_packet(
	void *ctx, nap_time now, enum nap_place point, int hop, bool up, const struct nap_packet *p)
{
	(void)hop;
	if (up ? point == NAP_AT_DEVICE : point == NAP_AT_SERVER) /* where it is sent */
		nap_client_trace_packet(ctx, now, up, p);
}

/* The scenario's client alone with its server: no middlebox, no loss, no push, nothing else on the device. */
static struct nap_scenario client_alone(const struct nap_scenario *sc)
{
	struct nap_scenario alone = *sc;

	alone.kinds.n = 0;
	alone.n_middleboxes = alone.n_path_middleboxes = alone.n_server_middleboxes = alone.n_networks = 0;
	alone.peer.there = false;
	alone.path.loss = 0;
	alone.path.outages = alone.server.push = alone.app.background =
		(struct nap_arrivals){ .kind = NAP_ARRIVALS_NONE };
	alone.general.duration = NAP_CLIENT_WATCH;
	alone.general.subscribers = alone.general.replications = 1;
	alone.general.order = NAP_ORDER_SUBSCRIBER;
	alone.general.skip = false;
	return alone;
}

static bool judge_client(const struct nap_scenario *sc, GArray *out, GError **error)
{
	struct nap_scenario alone = client_alone(sc);
	struct nap_client_trace *trace = nap_client_trace_new();
	struct nap_observer observer = { .ctx = trace, .packet = see_packet };
	struct nap_workspace *ws;
	struct nap_part part;
	struct nap_plan plan;

	if (!nap_plan_make(&plan, &alone)) {
		nap_client_trace_free(trace);
		return nap_fail(error, "client: %s", plan.why);
	}
	ws = nap_workspace_new(&plan, NULL);
	nap_run_job(ws, 0, 0, &observer, &part);
	nap_client_trace_judge(trace, NAP_CLIENT_WATCH, out);
	nap_client_dut_judge(&alone, out);
	nap_workspace_free(ws);
	nap_client_trace_free(trace);
	return true;
}

static bool same_judgements(const GArray *a, const GArray *b)
{
	for (guint i = 0; a->len == b->len && i < a->len; i++) {
		const struct nap_judgement *x = &g_array_index(a, struct nap_judgement, i),
					   *y = &g_array_index(b, struct nap_judgement, i);

		if (x->requirement != y->requirement || x->verdict != y->verdict ||
			strcmp(x->observed, y->observed) != 0)
			return false;
	}
	return a->len == b->len;
}

/* Clients of several kinds: each that is judged otherwise than those before it. */
static bool judge_clients(const struct nap_scenario *sc, GPtrArray *list, GError **error)
{
	const guint boxes = list->len;

	for (uint32_t k = 0; k < MAX(1, sc->kinds.n); k++) {
		g_autofree char *title = k ? g_strdup_printf("client of kind %u", k + 1) : g_strdup("client");
		struct nap_judged *own = nap_judged_add(list, title);

		if (!judge_client(sc->kinds.n ? sc->kinds.kind[k] : sc, own->judgement, error))
			return false;
		for (guint i = boxes; i + 1 < list->len; i++)
			if (same_judgements(
				    ((struct nap_judged *)list->pdata[i])->judgement, own->judgement)) {
				g_ptr_array_remove_index(list, list->len - 1);
				break;
			}
	}
	return true;
}

static void judge_boxes(const struct nap_scenario *sc, uint64_t seed, uint32_t threads, GPtrArray *list)
{
	g_autofree struct nap_check **check = g_new(struct nap_check *, sc->n_middleboxes);

	for (uint32_t i = 0; i < sc->n_middleboxes; i++)
		check[i] = nap_check_new(&sc->middlebox[i], seed);
	nap_checks_run(check, sc->n_middleboxes, threads);
	for (uint32_t i = 0; i < sc->n_middleboxes; i++) {
		g_autofree char *title = g_strdup_printf("middlebox %s", sc->middlebox[i].name);

		nap_check_sum(check[i], nap_judged_add(list, title)->judgement);
		nap_check_free(check[i]);
	}
}

GPtrArray *nap_verdicts(
	const struct nap_scenario *sc, bool whole, uint64_t seed, uint32_t threads, GError **error)
{
	GPtrArray *list = nap_judged_list_new();

	judge_boxes(sc, seed, threads, list);
	if (whole && !judge_clients(sc, list, error)) {
		g_ptr_array_unref(list);
		return NULL;
	}
	return list;
}

char *nap_verdicts_scenario(const char *profile)
{
	return g_strdup_printf(
		"[scenario]\nduration = 1h\n[path]\nmiddleboxes = box\n[middlebox box]\nprofile = %s\n",
		profile);
}
