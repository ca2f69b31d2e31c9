/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keepalive policies: pure decisions. Told what happened, a policy answers
 * when the next keepalive is due. One file each (policy_NAME.c), ending in one
 * constant `nap_policy_NAME`; the build gathers them.
 */
#ifndef NAP_CLIENT_POLICY_H
#define NAP_CLIENT_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/param.h"
#include "kernel/rng.h"
#include "kernel/snapshot.h"
#include "kernel/time.h"

enum nap_policy_what {
	NAP_EV_START,       /* the flow is open (first time, or again after a reconnect) */
	NAP_EV_DUE,         /* the time it asked for has come: a keepalive is being sent now */
	NAP_EV_SENT,        /* the client sent something else */
	NAP_EV_RECEIVED,    /* the client received something (a push, data) */
	NAP_EV_ANSWERED,    /* the server answered a keepalive */
	NAP_EV_LOST,        /* the binding turned out to be gone (no answer, RST, new mapping) */
	NAP_EV_RADIO_UP,    /* the radio is up anyway: sending now costs no promotion */
	NAP_EV_NETWORK,     /* moved to network number ev->network */
	NAP_EV_BINDING,     /* something is new about the binding: ev->until */
	NAP_EV_SECOND_HELD, /* the second port was still reachable after the silence that it tried */
	NAP_EV_SECOND_LOST, /* it was not, or a packet was lost */
	NAP_EV_GRANT,       /* a mapping was granted or renewed by PCP, or its lifetime is over */
};

/*
 * Times count from the event itself: now is 0, what has been lies before. The times in a policy's state follow by its
 * field table. Only a policy that says `clock` gets times since the start of the run.
 */
struct nap_policy_event {
	nap_time now;
	enum nap_policy_what what;
	nap_time due;        /* the deadline it last gave, NAP_NEVER when none, or when it has come */
	nap_time idle_since; /* last packet on the flow, either direction */
	nap_time outbound;   /* last packet sent */
	uint32_t network;    /* which network the client is on: key of per-network memory */
	bool radio_up;       /* would sending now need no promotion? */
	nap_time until;  /* when the binding will go if nothing more passes; not after now: there is none */
	nap_time tested; /* NAP_EV_SECOND_HELD, NAP_EV_SECOND_LOST: the silence that was tried */
	struct nap_rng *rng; /* the subscriber's policy stream */
};

/* What a policy's keepalive is on the wire. */
enum nap_policy_wire {
	NAP_WIRE_MESSAGE,    /* a message of the application */
	NAP_WIRE_TCP_OPTION, /* TCP's own probe; its config starts with a struct nap_tcp_keepalive */
	NAP_WIRE_PCP, /* a message, and requests to the box; config and state start with struct nap_pcp_config, nap_pcp */
	NAP_WIRE_POLL, /* over TCP a request that the server answers when the next would be due: long polling */
	NAP_WIRE_SERVER, /* the server's: the client asks for it when opening; config starts with the interval */
};

#define NAP_EV_BIT(what) (1u << (what))
#define NAP_EV_TIMER                                                                                         \
	(NAP_EV_BIT(NAP_EV_START) | NAP_EV_BIT(NAP_EV_DUE)) /* what a policy deaf to traffic needs */
/* what a policy needs that learns from its keepalives (client/adapt.h) */
#define NAP_EV_TRIALS                                                                                        \
	(NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_SENT) | NAP_EV_BIT(NAP_EV_RECEIVED) |                              \
		NAP_EV_BIT(NAP_EV_ANSWERED) | NAP_EV_BIT(NAP_EV_LOST) | NAP_EV_BIT(NAP_EV_NETWORK))

struct nap_policy {
	const char *name, *summary;     /* as written in a scenario; shown by `natnap help policy` */
	const struct nap_param *params; /* its keys in [client] */
	size_t config_size;
	/* What each field of its state is; NULL: it keeps none. State is zeroed before NAP_EV_START of the first flow. */
	const struct nap_fields *state;
	/* When is the next keepalive? A time after ev->now (or NAP_NEVER); called on the events it listens to. */
	nap_time (*next)(const void *config, void *state, const struct nap_policy_event *ev);
	/* Silence that a second port is to try out from now, NAP_NEVER: none. NULL: it uses no second port. UDP only. */
	nap_time (*try_silence)(const void *config, const void *state, nap_time now);
	/* What of its config follows from the application's idle-timeout (NAP_NEVER: none); called once, when both are read. May be NULL. */
	void (*settle)(void *config, nap_time idle);
	/* The longest interval that its client tells the server, and the key it is from; NULL: that of interval or max-interval. */
	nap_time (*told)(const void *config, const char **key);
	/*
	 * When did the device last wake for others, not after t? NAP_NEVER: it does not. NULL: nobody knows. State as it stands
	 * between calls: times of the run.
	 */
	nap_time (*woken)(const void *config, const void *state, nap_time t);
	uint32_t listens; /* NAP_EV_BIT of each event that can change its mind; on others it is not called */
	bool draws;       /* takes random numbers: no two of its cycles repeat */
	bool may_draw; /* takes some with some of its keys; without this and the last one ev->rng is NULL */
	bool clock; /* needs the time of the run: the hour of the day, alarms on a grid. No two of its cycles repeat */
	enum nap_policy_wire wire;
};

/* Bytes of a policy's state. */
static inline size_t nap_policy_state_size(const struct nap_policy *p)
{
	return p->state ? p->state->bytes : 0;
}

/* The same in whole words, as it is kept. */
static inline size_t nap_policy_state_room(const struct nap_policy *p)
{
	return (nap_policy_state_size(p) + 7) / 8 * 8;
}

extern const struct nap_policy *const nap_policies[]; /* all of them, NULL-terminated, by name */

/* The policy of that name, NULL when there is none. */
const struct nap_policy *nap_policy_find(const char *name);

#endif
