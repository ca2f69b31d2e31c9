/* SPDX-License-Identifier: BSD-2-Clause */
/* How often must a client speak behind a NAT, and what does it cost? One day of it for some intervals. */
#include <natnap.h>
#include <stdio.h>

static const char form[] = "[scenario]\nduration = 24h\n[path]\nmiddleboxes = home\n[middlebox home]\n"
			   "profile = linux\ntcp-established = 30min\n[radio]\nprofile = lte-huang-2012\n"
			   "[client]\napplication = imap-idle\npolicy = fixed\ninterval = %s\n[server]\n"
			   "push = poisson 4/h\n";

/* Energy and reachability with keepalives every interval; false when it cannot be run. */
static bool day(const char *interval)
{
	char text[sizeof form + 16], *why = NULL;
	struct nap_scenario *sc;
	struct nap_replication *r;
	double energy, reachable;
	bool good = false;

	snprintf(text, sizeof text, form, interval);
	sc = nap_scenario_parse(text, &why);
	r = sc ? nap_replicate(sc, 0, &why) : NULL;
	if (r && nap_replication_metric(sc, r, "energy_j", &energy) &&
		nap_replication_metric(sc, r, "reachable_fraction", &reachable)) {
		printf("every %-5s %6.0f J, reachable %5.1f %%\n", interval, energy, 100 * reachable);
		good = true;
	}
	if (why)
		fprintf(stderr, "%s\n", why);
	nap_free(why);
	nap_replication_free(r);
	nap_scenario_free(sc);
	return good;
}

int main(void)
{
	return day("5min") && day("15min") && day("29min") && day("1h") ? 0 : 1;
}
