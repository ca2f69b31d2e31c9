/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/load.h"

#include <math.h>

#include "text/address_text.h"
#include "text/csv.h"

static nap_time end_of(const struct nap_scenario *sc, const struct nap_load *l, uint32_t interval)
{
	nap_time end = (nap_time)(interval + 1) * l->width;

	return interval + 1 < NAP_LOAD_ROWS ? nap_time_min(end, sc->general.duration) : sc->general.duration;
}

/* What the run's end cuts off may take some back. */
static double number(uint64_t count)
{
	return (int64_t)count > 0 ? (double)count : 0.0;
}

static double share(uint64_t of, uint64_t all)
{
	return number(all) > 0.0 ? number(of) / number(all) : (double)NAN;
}

static void put_counts(struct nap_csv_writer *w, const struct nap_load_counts *c, double s)
{
	nap_csv_put_digits(w, number(c->promotions) / s, 10);
	nap_csv_put_digits(w, number(c->pages) / s, 10);
	nap_csv_put_digits(w, number(c->signalling) / s, 10);
	nap_csv_put_digits(w, number(c->packets) / s, 10);
	nap_csv_put_digits(w, share(c->keepalive_packets, c->packets), 10);
	nap_csv_put_digits(w, number(c->pushes_offered) / s, 10);
	nap_csv_put_digits(w, share(c->pushes_offered - c->pushes_delivered, c->pushes_offered), 10);
	nap_csv_put_digits(w, number(c->reconnects) / s, 10);
}

GString *nap_load_csv(const struct nap_scenario *sc, const struct nap_load *l)
{
	static const char *const head[] = { "time_s", "promotions_per_s", "pages_per_s", "signalling_per_s",
		"packets_per_s", "keepalive_packet_fraction", "pushes_per_s", "pushes_lost_fraction",
		"reconnects_per_s", NULL };
	struct nap_csv_writer w;
	nap_time from = 0;

	nap_csv_begin(&w, head);
	for (uint32_t i = 0; i < NAP_LOAD_ROWS && from < sc->general.duration; i++) {
		nap_time to = end_of(sc, l, i);

		nap_csv_put_digits(&w, nap_time_seconds(to), 10);
		put_counts(&w, &l->all[i], nap_time_seconds(to - from));
		nap_csv_end(&w);
		from = to;
	}
	return w.text;
}

/* The rows of one middlebox for an interval; sum: of its addresses up to the one before. */
static void put_addresses(struct nap_csv_writer *w, const char *name, nap_time at,
	const struct nap_load_address *a, const struct nap_addr_list *list, uint32_t interval,
	int64_t (*sum)[3])
{
	for (uint32_t i = 0; i < list->n; i++) {
		g_autofree char *address = nap_address_format(list->addr[i]);

		sum[i][0] += a[i].sessions[interval];
		sum[i][1] += a[i].ports[interval];
		sum[i][2] += a[i].blocks[interval];
		nap_csv_put_digits(w, nap_time_seconds(at), 10);
		nap_csv_put(w, name);
		nap_csv_put(w, address);
		for (int k = 0; k < 3; k++)
			nap_csv_put_int(w, sum[i][k]);
		nap_csv_end(w);
	}
}

GString *nap_addresses_csv(const struct nap_scenario *sc, const struct nap_load *l)
{
	static const char *const head[] = { "time_s", "middlebox", "address", "sessions", "ports", "blocks",
		NULL };
	int64_t(*sum[NAP_HOPS_MAX])[3] = { NULL };
	struct nap_csv_writer w;
	bool any = false;

	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		sum[k] = l->address[k] ? g_malloc0_n(l->addresses[k].n, sizeof *sum[k]) : NULL;
		any |= sum[k] != NULL;
	}
	nap_csv_begin(&w, head);
	for (uint32_t i = 0; any && i < NAP_LOAD_ROWS; i++)
		for (uint32_t k = 0; k < sc->n_middleboxes; k++)
			if (sum[k])
				put_addresses(&w, sc->middlebox[k].name, end_of(sc, l, i), l->address[k],
					&l->addresses[k], i, sum[k]);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		g_free(sum[k]);
	if (!any)
		g_string_free(g_steal_pointer(&w.text), TRUE);
	return w.text;
}
