/* SPDX-License-Identifier: BSD-2-Clause */
#include "radio/meter.h"

#include <math.h>
#include <string.h>

#include <glib.h>

/* Rows are made of 64-bit counts alone, so that adding them is one loop. */
#define WORDS(type) (sizeof(type) / sizeof(uint64_t))

static void add_words(uint64_t *restrict to, const uint64_t *restrict from, size_t words, uint64_t n)
{
	for (size_t i = 0; i < words; i++)
		to[i] += n * from[i];
}

struct nap_meter *nap_meter_new(void)
{
	return g_new0(struct nap_meter, 1);
}

void nap_meter_free(struct nap_meter *meter)
{
	g_free(meter);
}

void nap_meter_add(
	struct nap_meter *into, const struct nap_meter *from, uint64_t n, const struct nap_radio_tech *tech)
{
	add_words((uint64_t *)into->state, (const uint64_t *)from->state,
		tech->n_states * WORDS(struct nap_meter_state), n);
	add_words((uint64_t *)into->edge, (const uint64_t *)from->edge,
		tech->n_edges * WORDS(struct nap_meter_edge), n);
	add_words((uint64_t *)into->packets, (const uint64_t *)from->packets, WORDS(into->packets), n);
	into->events += n * from->events;
	into->pages += n * from->pages;
}

void nap_meter_difference(struct nap_meter *to, const struct nap_meter *a, const struct nap_meter *b,
	const struct nap_radio_tech *tech)
{
	struct nap_meter d;

	memset(&d, 0, sizeof d);
	nap_meter_add(&d, a, 1, tech);
	nap_meter_add(&d, b, UINT64_MAX, tech); /* times -1, modulo 2^64 */
	*to = d;
}

/* What one state took for one cause, mJ. */
struct share {
	double base;   /* its time */
	double cycles; /* its on-windows */
	double bytes;
};

/* What needs less than the state is charged in full, and the state's time goes without it: of *base, power over ns. */
static void charge(double *part, double *base, double power_mw, double ns)
{
	double own = power_mw * ns * 1e-9;

	if (*part >= 0.0)
		return;
	own = fmin(own, *base);
	*part += own;
	*base -= own;
}

static struct share share_of(
	const struct nap_meter_state *row, const struct nap_radio_state *s, unsigned cause)
{
	struct share e = { .base = s->power_mw * (double)row->dwell[cause] * 1e-9,
		.cycles = (s->on_power_mw - s->power_mw) * (double)row->on[cause] * 1e-9 };

	charge(&e.cycles, &e.base, s->power_mw, (double)row->on[cause]);
	e.cycles += s->cycle_energy_mj * (double)row->cycles[cause];
	for (unsigned link = 0; link < NAP_LINKS; link++) {
		double n = (double)row->bytes[link][cause], bytes = s->byte_mj[link] * n;

		charge(&bytes, &e.base, s->power_mw, s->byte_ns[link] * n);
		e.bytes += bytes;
	}
	return e;
}

static void add_state(
	struct nap_energy *e, const struct nap_meter_state *row, const struct nap_radio_state *s)
{
	for (unsigned c = 0; c < NAP_CAUSES; c++) {
		struct share of = share_of(row, s, c);

		e->transfer += of.bytes;
		e->cause[c] += of.bytes;
		if (s->connected) {
			e->tail += of.base;
			e->drx += of.cycles;
			e->cause[c] += of.base + of.cycles;
		} else {
			e->base += of.base;
			e->paging += of.cycles;
		}
	}
}

struct nap_energy nap_meter_energy(const struct nap_meter *meter, const struct nap_radio_tech *tech)
{
	struct nap_energy e;

	memset(&e, 0, sizeof e);
	for (unsigned i = 0; i < tech->n_states; i++) {
		struct nap_meter_state row = { { 0 }, { 0 }, { 0 }, { { 0 } } };

		for (unsigned k = i; k < tech->n_states; k++) /* its twins' bytes may be in its own time */
			if (tech->twin_of[k] == i)
				add_words(
					(uint64_t *)&row, (const uint64_t *)&meter->state[k], WORDS(row), 1);
		add_state(&e, &row, &tech->state[i]);
	}
	for (unsigned i = 0; i < tech->n_edges; i++) {
		const struct nap_radio_edge *edge = &tech->edge[i];

		for (unsigned c = 0; c < NAP_CAUSES; c++) {
			double mj = edge->power_mw * (double)meter->edge[i].ns[c] * 1e-9 +
				    edge->energy_mj * (double)meter->edge[i].taken[c];

			*(edge->on == NAP_ON_IDLE ? &e.tail : &e.promotion) += mj;
			e.cause[c] += mj;
		}
	}
	e.idle = e.base + e.paging;
	e.total = e.promotion + e.transfer + e.tail + e.drx + e.paging + e.base;
	return e;
}

/* How often an edge was taken, whatever for. */
static uint64_t taken(const struct nap_meter *meter, unsigned edge)
{
	uint64_t n = 0;

	for (unsigned c = 0; c < NAP_CAUSES; c++)
		n += meter->edge[edge].taken[c];
	return n;
}

uint64_t nap_meter_promotions(const struct nap_meter *meter, const struct nap_radio_tech *tech)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < tech->n_edges; i++)
		n += tech->edge[i].promotion ? taken(meter, i) : 0;
	return n;
}

uint64_t nap_meter_signalling(const struct nap_meter *meter, const struct nap_radio_tech *tech)
{
	uint64_t n = meter->pages * tech->page_messages;

	for (unsigned i = 0; i < tech->n_edges; i++)
		n += tech->edge[i].messages ? taken(meter, i) * tech->edge[i].messages : 0;
	return n;
}

nap_time nap_meter_connected(const struct nap_meter *meter, const struct nap_radio_tech *tech)
{
	nap_time ns = 0;

	for (unsigned i = 0; i < tech->n_states; i++) {
		for (unsigned c = 0; tech->state[i].connected && c < NAP_CAUSES; c++)
			ns += meter->state[i].dwell[c];
	}
	return ns;
}

uint64_t nap_meter_sleeps(const struct nap_meter *meter, const struct nap_radio_tech *tech, nap_time *ns)
{
	uint64_t n = 0;

	*ns = 0;
	for (unsigned c = 0; c < NAP_CAUSES; c++) {
		for (unsigned i = 0; i < tech->n_states; i++)
			*ns += tech->state[i].reachable ? 0 : meter->state[i].dwell[c];
		for (unsigned i = 0; i < tech->n_edges; i++) {
			const struct nap_radio_edge *e = &tech->edge[i];
			bool sleeps = tech->state[e->from].reachable && !tech->state[e->to].reachable;

			n += sleeps ? meter->edge[i].taken[c] : 0;
		}
	}
	return n;
}

uint64_t nap_meter_bytes(const struct nap_meter *meter, enum nap_direction link)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < NAP_RADIO_STATES_MAX; i++) {
		for (unsigned c = 0; c < NAP_CAUSES; c++)
			n += meter->state[i].bytes[link][c];
	}
	return n;
}
