/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/peer_metrics.h"

bool nap_peer_metric_has_peer(const struct nap_scenario *sc)
{
	return sc->peer.there;
}

/* A sum of the tally, in units of so much, by what it is divided by. */
#define OF_PEER(metric, field, unit, by)                                                                     \
	double nap_peer_metric_##metric(const struct nap_scenario *sc, const struct nap_replication *r)      \
	{                                                                                                    \
		(void)sc;                                                                                    \
		return NAP_TALLIED(r, peer.field) / (unit) / (by);                                           \
	}

OF_PEER(openings, openings, 1.0, r->subscribers)
OF_PEER(checks_sent, checks, 1.0, r->subscribers)
OF_PEER(all_openings, openings, 1.0, 1.0)
OF_PEER(opened_ways, opened, 1.0, 1.0)
OF_PEER(punch_success_fraction, opened, 1.0, NAP_TALLIED(r, peer.openings))
OF_PEER(punch_time_s, opening_ns, 1e9, NAP_TALLIED(r, peer.opened))
OF_PEER(punch_packets, opening_packets, 1.0, NAP_TALLIED(r, peer.opened))
OF_PEER(direct_fraction, direct_ns, r->subscribers, (double)nap_measured(sc))
OF_PEER(relayed_fraction, relayed_ns, r->subscribers, (double)nap_measured(sc))
