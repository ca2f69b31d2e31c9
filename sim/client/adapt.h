/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What adaptive policies share: each keepalive after a silence tries
 * that silence. An answer proves that the binding outlives it, a lost flow
 * that it may not. Traffic in between restarts the silence (a packet sent) or
 * spoils the proof (a packet received may have refreshed the binding).
 */
#ifndef NAP_CLIENT_ADAPT_H
#define NAP_CLIENT_ADAPT_H

#include "client/policy.h"

enum nap_proof {
	NAP_PROOF_NONE,    /* nothing learnt */
	NAP_PROOF_HELD,    /* the binding outlived tested */
	NAP_PROOF_SPOILED, /* an answer came, but to nothing that proves anything */
	NAP_PROOF_LOST,    /* the flow or binding was gone */
};

struct nap_silence {
	nap_time sent;   /* start of the present silence: the last packet sent */
	nap_time tested; /* silence before the last keepalive; 0: spoiled */
	bool clean;      /* nothing was received since sent, but answers */
};

/* What each field of it is, for a policy's table. */
#define NAP_SILENCE_ROWS(type, m)                                                                            \
	NAP_FIELD(type, m.sent, NAP_AT), NAP_FIELD_SPAN(type, m.tested, m.clean, NAP_VALUE)

/* Takes one event; says what it proves. */
static inline enum nap_proof nap_silence_observe(struct nap_silence *t, const struct nap_policy_event *ev)
{
	switch (ev->what) {
	case NAP_EV_DUE:
		t->tested = t->clean ? ev->now - t->sent : 0;
		/* fall through */
	case NAP_EV_START:
	case NAP_EV_SENT:
		t->sent = ev->now;
		t->clean = true;
		return NAP_PROOF_NONE;
	case NAP_EV_RECEIVED:
		t->clean = false;
		return NAP_PROOF_NONE;
	case NAP_EV_ANSWERED:
		return t->tested > 0 ? NAP_PROOF_HELD : NAP_PROOF_SPOILED;
	case NAP_EV_LOST:
		return NAP_PROOF_LOST;
	default:
		return NAP_PROOF_NONE;
	}
}

/* The next keepalive: after a silence of interval. */
static inline nap_time nap_silence_due(
	const struct nap_silence *t, const struct nap_policy_event *ev, nap_time interval)
{
	return nap_time_max(nap_time_after(t->sent, interval), ev->now + 1);
}

/* span times the real factor, to the nanosecond. */
static inline nap_time nap_scale(nap_time span, double factor)
{
	return (nap_time)((double)span * factor + 0.5);
}

#endif
