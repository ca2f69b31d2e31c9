/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that tell more of something, set where there is no such thing; those of a middlebox are in nap_box_needs. */
#include <string.h>

#include "io/doubts_inside.h"
#include "io/values.h"

/* key of group says nothing while the other key of the same group, or of in, has that value. */
static const struct {
	const char *group, *key, *in, *other, *off;
} needs[] = {
	{ "path", "loss-burst", NULL, "loss", "0%" },
	{ "path", "outage-length", NULL, "outages", "none" },
	{ "path", "outage-direction", NULL, "outages", "none" },
	{ "path", "outage-keeps-address", NULL, "outages", "none" },
	{ "path", "outage-icmp", NULL, "outages", "none" },
	{ "path", "outage-icmp-interval", NULL, "outage-icmp", "none" },
	{ "path", "icmp-error", NULL, "icmp", "none" },
	{ "server", "downtime", NULL, "restarts", "none" },
	{ "server", "restart-of", NULL, "restarts", "none" },
	{ "server", "max-age-jitter", NULL, "max-age", "never" },
	{ "server", "max-age-grace", NULL, "max-age", "never" },
	{ "client", "push-size", "server", "push", "none" },
	{ "client", "answer-size", "server", "push", "none" },
};

static const struct nap_value *find(GPtrArray *values, const char *group, const char *key)
{
	for (guint i = 0; i < values->len; i++) {
		const struct nap_value *v = values->pdata[i];

		if (strcmp(v->group, group) == 0 && strcmp(v->key, key) == 0)
			return v;
	}
	return NULL;
}

void nap_doubt_needs(struct nap_doubt_case *c)
{
	g_autoptr(GPtrArray) values = nap_scenario_values(c->sc);

	for (guint i = 0; i < values->len; i++) {
		const struct nap_value *v = values->pdata[i];
		g_autofree char *name = nap_key_name(v->group, v->key);

		if (!nap_doubt_is_own(c, name))
			continue;
		for (size_t k = 0; k < G_N_ELEMENTS(needs); k++) {
			const char *in = needs[k].in ? needs[k].in : v->group;
			bool meant =
				strcmp(needs[k].key, v->key) == 0 && strcmp(v->group, needs[k].group) == 0;
			const struct nap_value *other = meant ? find(values, in, needs[k].other) : NULL;
			g_autofree char *why = g_strdup_printf("%s is %s", needs[k].other, needs[k].off);

			if (other && strcmp(other->text, needs[k].off) == 0)
				nap_doubt_say_idle(c, name, why);
		}
	}
}
