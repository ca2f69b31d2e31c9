/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's end: transport, application and keepalive policy of one
 * subscriber. Packets and times in, packets and notes out; it knows neither
 * radio nor path.
 */
#ifndef NAP_CLIENT_CLIENT_H
#define NAP_CLIENT_CLIENT_H

#include "client/app.h"
#include "client/doze.h"
#include "client/outbox.h"
#include "client/policy.h"
#include "client/requests.h"
#include "client/second_port.h"
#include "client/secure.h"
#include "client/tcp.h"
#include "kernel/snapshot.h"

#define NAP_POLICY_STATE 256 /* bytes a policy may keep; checked when a run starts */

/* What a client needs to know and does not change: shared by all subscribers of a run. */
struct nap_client_setup {
	const struct nap_app_config *app;
	const struct nap_policy *policy;
	const void *policy_config;
	bool plain;  /* nap_client_is_plain: known beforehand, as each keepalive asks */
	bool pooled; /* it is one connection of a pool (client/conns.h), which says when it is opened */
	const struct nap_program *program;   /* NULL: as by its defaults */
	const struct nap_doze_config *dozes; /* NULL: the system withholds nothing from it */
};

/* Over UDP, with no timers but the policy's keepalive and the wait for an answer, and free to run at any time? */
bool nap_client_is_plain(const struct nap_client_setup *setup);

/* Does it take random numbers: its policy, or waits of its own that are drawn? */
bool nap_client_draws(const struct nap_client_setup *setup);

/* What the world around tells a client with each call. */
struct nap_client_world {
	bool radio_up;    /* sending now needs no promotion */
	uint32_t network; /* number of the network it is on */
	nap_time until; /* when its binding will go if nothing more passes, for the oracle; 0: it has none */
	struct nap_rng *rng; /* the policy's stream; NULL where nap_client_draws says that nothing is drawn */
};

enum nap_client_phase {
	NAP_CLIENT_CLOSED,     /* no flow; the next one opens at wait */
	NAP_CLIENT_CONNECTING, /* TCP handshake */
	NAP_CLIENT_OPENING,    /* round trips of TLS and login */
	NAP_CLIENT_OPEN,
	NAP_CLIENT_CLOSING, /* given up; it waits for the server's close */
};

enum nap_asked {
	NAP_ASKED_KEEPALIVE = 1, /* a keepalive; its acknowledgement will do where it wants no answer */
	NAP_ASKED_LIVENESS = 2,  /* whether the server lives */
};

/* One client end. Plain; zeroed, then nap_client_init. Hot part first: all that a keepalive over UDP touches. */
struct nap_client {
	nap_time deadline;   /* when nap_client_timer wants to be called: the earliest of all its timers */
	nap_time due;        /* the policy's next keepalive */
	nap_time wait;       /* CLOSED: when to open; OPENING: the step is lost; OPEN: no answer in time */
	nap_time outbound;   /* last packet sent on this flow */
	nap_time idle_since; /* last packet on this flow, sent or received */
	nap_time since;      /* idle time-out: last receipt, or the first sending after it (RFC 9000 10.1) */
	struct nap_endpoint self; /* its own address and port: a new port for each new flow */
	struct nap_endpoint peer; /* the server */
	uint8_t phase;            /* enum nap_client_phase */
	bool open;                /* phase is OPEN: the flow is open as far as it knows */
	uint8_t asked;            /* enum nap_asked, or-ed: whose answer is still out */
	bool wants : 1;    /* opens because there is something to say (reopen = no), and says it once open */
	bool sent : 1;     /* something has gone since the last receipt */
	uint8_t fails;     /* OPENING: transmissions of this step; OPEN: keepalives without answer in a row */
	uint8_t step;      /* OPENING: round trips done */
	uint8_t failures;  /* openings in a row that came to nothing */
	uint8_t throttled; /* times that the server has found its keepalives too many */
	nap_time began;    /* when the last flow's opening was begun */
	uint32_t flows;    /* flows begun so far */
	uint32_t opened;   /* and of these opened */
	uint32_t lot;      /* what this keepalive's or step's waits are drawn by, where they are drawn */
	uint32_t pushed;   /* number of the last push taken, where the server repeats them */
	union {
		struct { /* over UDP */
			struct nap_endpoint
				mapped; /* where the server saw this flow come from, addr 0: not told yet */
			union nap_secure secure; /* with QUIC or WireGuard */
		};
		struct {                     /* over TCP */
			struct nap_tcp *tcp; /* nap_tcp_none while it has no connection, mostly */
			struct nap_tcp
				*old; /* what the kernel still does for the flow before; NULL: nothing */
		};
	};
	/* What some have stands where the bytes of its transport end, one behind the other. */
	uint64_t
		policy[NAP_POLICY_STATE / 8]; /* the policy's own, and of one that dozes: nap_client_policy */
	struct nap_second_port
		second;               /* for policies that try silences on a second port: nap_client_second */
	struct nap_requests requests; /* of its application: nap_client_requests */
	nap_time keyed;               /* when the keys were made, where they grow old: nap_client_keyed */
};

/* What a client knows of what will follow a packet that it sends. */
enum nap_follows { NAP_FOLLOWS_UNKNOWN, NAP_FOLLOWS_NOTHING, NAP_FOLLOWS_ONE_ANSWER };

/* What it tells the network of that with packet p (release assistance). Over TCP nothing: acknowledgements and repeats are not its own. */
enum nap_follows nap_client_follows(const struct nap_client_setup *setup, const struct nap_packet *p);

/* Do application and policy go together? NULL when they do, else what is wrong, and *key of [client] to blame: static texts. */
const char *nap_client_check(const struct nap_client_setup *setup, const char **key);

/*
 * The port of a device's first flow: each begins somewhere among the ephemeral ones, and counts up from there (RFC 6056
 * algorithm 3, for one destination).
 */
uint16_t nap_client_first_port(struct nap_rng *rng);

/* The port after this one; where several connections count up side by side, each in steps of their number, from its place. */
uint16_t nap_client_next_port(uint16_t port, uint32_t step);
uint16_t nap_client_pool_port(uint16_t first, uint32_t step, uint32_t place);

/* Nothing is sent before the first deadline, which is start. The first flow has self's port. */
void nap_client_init(struct nap_client *c, const struct nap_client_setup *setup, struct nap_endpoint self,
	struct nap_endpoint peer, nap_time start);

/* What it holds outside of the struct is given back. */
void nap_client_clear(struct nap_client *c, const struct nap_client_setup *setup);

/* A packet reached the device. */
void nap_client_input(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, const struct nap_packet *p, struct nap_outbox *out);

/* Take what is due at now. Early calls do nothing. */
void nap_client_timer(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out);

/* The device's address changed (a move, an outage that did not keep it). */
void nap_client_readdress(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, nap_addr self, struct nap_outbox *out);

/* Its application has something to say of its own accord (client/requests.h). */
void nap_client_report(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out);

/* A connection of a pool: opened by its next timer; given a request that was made before; closed, as there is no use for it. */
static inline void nap_client_wake(struct nap_client *c, nap_time now)
{
	c->deadline = c->wait = now;
}
void nap_client_give(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, const struct nap_asking *request, struct nap_outbox *out);
void nap_client_retire(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out);

/* Where its policy's state is; its second port, of a policy that has one; its requests, of an application that makes any; keyed. */
void *nap_client_policy(const struct nap_client *c, const struct nap_client_setup *setup);
struct nap_second_port *nap_client_second(const struct nap_client *c, const struct nap_client_setup *setup);
struct nap_requests *nap_client_requests(const struct nap_client *c, const struct nap_client_setup *setup);
nap_time *nap_client_keyed(const struct nap_client *c, const struct nap_client_setup *setup);

/* The radio came up for something that is none of the client's: policies may use it. */
void nap_client_radio_up(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out);

/* Something is new about its binding: for policies that are told. */
void nap_client_binding(struct nap_client *c, const struct nap_client_setup *setup, nap_time now,
	const struct nap_client_world *w, struct nap_outbox *out);

/* What a client that dozes keeps: behind its policy's state. */
static inline struct nap_doze_state *nap_client_doze(
	const struct nap_client *c, const struct nap_client_setup *setup)
{
	return (struct nap_doze_state *)(void *)((char *)nap_client_policy(c, setup) +
						 nap_policy_state_room(setup->policy));
}

/*
 * When may its program next run, or use the network, not before t? What reaches the device before then waits for it, what
 * the program sends before then is lost in the device.
 */
static inline nap_time nap_client_allowed(
	const struct nap_client *c, const struct nap_client_setup *setup, enum nap_allowed what, nap_time t)
{
	return setup->dozes && t != NAP_NEVER
		       ? nap_doze_lets(setup->dozes, setup->program, nap_client_doze(c, setup), what, t)
		       : t;
}

/* Until when, from now, does its program keep the processor awake? */
static inline nap_time nap_client_holds(
	const struct nap_client *c, const struct nap_client_setup *setup, nap_time now)
{
	nap_time until = nap_time_after(now, setup->program->wake_lock);

	if (setup->dozes && until > now) /* a lock is void in deep Doze */
		until = nap_time_min(until, nap_doze_stops(setup->dozes, (enum nap_doze)setup->program->doze,
						    nap_client_doze(c, setup)->since, now));
	return until;
}

/* How many leading bytes of a struct nap_client this setup uses: what populations need to store. */
size_t nap_client_bytes(const struct nap_client_setup *setup);

struct nap_server;

/* --- for exact skipping of whole cycles: client_cycle.c ---------------------------------------------------------- */

/* Are both ends at rest: the flow open, nothing kept, nothing to be acknowledged? Only then do fingerprints count. */
bool nap_ends_rest(
	const struct nap_client *c, const struct nap_client_setup *setup, const struct nap_server *s);

/* What their state is relative to: now, and the sequence numbers that both have reached. */
struct nap_moment nap_ends_moment(const struct nap_client *c, const struct nap_client_setup *setup,
	const struct nap_server *s, nap_time now);

/* The client's state relative to a moment, mixed: equal numbers, equal future. nap_client_shift moves all times by span. */
uint64_t nap_client_fingerprint(
	const struct nap_client *c, const struct nap_client_setup *setup, const struct nap_moment *at);
void nap_client_shift(struct nap_client *c, const struct nap_client_setup *setup, nap_time span);

/* The field tables of this directory's structs, NULL-terminated; policies have their own. */
extern const struct nap_fields *const nap_client_tables[];

#endif
