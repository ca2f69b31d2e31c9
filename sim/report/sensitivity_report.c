/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/sensitivity_report.h"

#include <math.h>

#define ONE_WAY 0.9 /* share of mu* that mu is at least, where effects go one way */

void nap_sensitivity_report_free(struct nap_sensitivity_report *r)
{
	for (uint32_t k = 0; k < r->s.keys; k++) {
		g_free(r->key[k].name);
		g_free(r->key[k].lo);
		g_free(r->key[k].hi);
	}
	nap_sensitivity_clear(&r->s);
	g_free(r->key);
	g_free(r->where);
	g_free(r);
}

/* Does key a do more than b? Keys without an index come behind those with one. */
static bool does_more(const struct nap_sensitivity_report *r, uint32_t metric, uint32_t a, uint32_t b)
{
	double x = r->s.sobol[a * r->s.metrics + metric].total;
	double y = r->s.sobol[b * r->s.metrics + metric].total;

	if (isnan(x) != isnan(y))
		return isnan(y);
	if (!isnan(x) && x != y)
		return x > y;
	return r->s.morris[a * r->s.metrics + metric].star > r->s.morris[b * r->s.metrics + metric].star;
}

void nap_sensitivity_rank(const struct nap_sensitivity_report *r, uint32_t metric, uint32_t *key)
{
	for (uint32_t k = 0; k < r->s.keys; k++) {
		uint32_t at = k;

		for (; at > 0 && does_more(r, metric, k, key[at - 1]); at--)
			key[at] = key[at - 1];
		key[at] = k;
	}
}

bool nap_sensitivity_varies(const struct nap_sensitivity_report *r, uint32_t metric)
{
	for (uint32_t k = 0; k < r->s.keys; k++)
		if (r->s.morris[k * r->s.metrics + metric].star > 0.0)
			return true;
	return false;
}

int nap_sensitivity_way(const struct nap_sensitivity_report *r, uint32_t metric, uint32_t key)
{
	const struct nap_morris *e = &r->s.morris[key * r->s.metrics + metric];

	if (!(e->star > 0.0) || fabs(e->mu) < ONE_WAY * e->star)
		return 0;
	return e->mu > 0.0 ? 1 : -1;
}
