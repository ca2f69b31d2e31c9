/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's end of one subscriber's flow: pushes, answers, its own timers. */
#ifndef NAP_CLIENT_SERVER_H
#define NAP_CLIENT_SERVER_H

#include "client/app.h"
#include "client/offers.h"
#include "client/outbox.h"
#include "client/policy.h"
#include "client/requests.h"
#include "client/secure.h"
#include "client/tcp.h"
#include "kernel/arrivals.h"
#include "kernel/snapshot.h"

/* Whose silence a server's keepalive waits for. */
enum nap_silence {
	NAP_SILENCE_OWN,    /* it has sent nothing */
	NAP_SILENCE_PEERS,  /* it has received nothing, and not asked meanwhile */
	NAP_SILENCE_EITHER, /* neither */
};

/* How a server ends a connection. */
enum nap_server_close { NAP_CLOSE_FIN, NAP_CLOSE_RST };

/* What of it restarts. */
enum nap_restart { NAP_RESTART_HOST, NAP_RESTART_PROGRAM };

/* Group [server]. */
struct nap_server_config {
	struct nap_arrivals push;     /* when it has something for the client */
	uint64_t push_size;           /* payload bytes of a push; 0: the application's */
	double high_priority;         /* share of pushes that do not wait for a device in Doze */
	bool answer;                  /* does the client answer a push? */
	bool queue;                   /* keep pushes until the client has a flow again */
	nap_time idle_timeout;        /* closes a connection without traffic from the client */
	uint32_t close;               /* enum nap_server_close */
	nap_time max_age;             /* closes it so long after it was opened, NAP_NEVER: never */
	double max_age_jitter;        /* more or less by this share */
	nap_time max_age_grace;       /* and so long after a word about it */
	struct nap_dist service_time; /* from a request to its answer, ns */
	struct nap_dist think_time;   /* from hearing the client to the next kept push, ns */
	struct nap_arrivals restarts; /* when it restarts */
	struct nap_dist downtime;     /* and how long it is away then, ns */
	uint32_t restart_of;          /* enum nap_restart */
	bool stays;                   /* it leaves its side open when the client has closed */
	bool more;                /* something of this or of the application needs a struct nap_server_more */
	bool still;               /* over UDP, with no timer but what the policy may give it */
	nap_time keepalive;       /* its own keepalive after such a silence, NAP_NEVER: none */
	uint32_t keepalive_after; /* enum nap_silence: whose silence that is */
	uint64_t keepalive_size;
	uint64_t keepalive_answer;              /* the client's answer to it; 0: none */
	struct nap_tcp_keepalive tcp_keepalive; /* the server's socket option */
	nap_time user_timeout;                  /* and its TCP_USER_TIMEOUT */
	struct nap_tcp_config tcp;              /* its host: as the client's, but for that option */
};

extern const struct nap_param nap_server_params[];

/* To be called when it, the application and the client's policy (or NULL) are there: what they come to. */
void nap_server_settle(
	struct nap_server_config *server, const struct nap_app_config *app, const struct nap_policy *policy);

/* Its host is as the client's: to be called when both are filled. */
void nap_server_set_tcp(struct nap_server_config *server, const struct nap_tcp_config *client);

/* What a server needs to know and does not change: shared by all subscribers of a run. */
struct nap_server_setup {
	const struct nap_app_config *app;
	const struct nap_server_config *server;
	/* the client's policy: one of wire NAP_WIRE_SERVER is for the server to keep; may be NULL */
	const struct nap_policy *policy;
	const void *policy_config;
};

#define NAP_SERVER_QUEUE 128 /* pushes a server keeps for a client; beyond, new ones are lost */

/* What only some servers need (nap_server_has_more); times NAP_NEVER: not now. Stands behind the rest of a server. */
struct nap_server_more {
	struct nap_rng rng;        /* service and thinking times, ages */
	nap_time push_wait;        /* what the pushes in flight waited for first, where that is drawn */
	nap_time age_end;          /* when the connection is too old, then when its grace is over */
	nap_time pinged;           /* the client's last keepalive since the server sent data */
	nap_time ping_end;         /* when a keepalive of its own is too long without an answer */
	nap_time close_end;        /* when it stops waiting for the client to close */
	nap_time answer;           /* when the request at hand is answered */
	nap_time think;            /* when the next kept push may go */
	nap_time check;            /* when the challenge to a new address goes again */
	struct nap_endpoint valid; /* where the client was before */
	uint32_t credit;           /* bytes that may yet be sent to the new address */
	uint32_t owed;             /* requests not answered */
	uint8_t checks;            /* challenges sent; 0: the client's address is beyond doubt */
	uint8_t strikes;           /* keepalives of the client that came too soon */
	uint8_t unanswered;        /* keepalives of its own after which nothing was heard */
	uint8_t warned;            /* 1: the client has been told that its connection is too old */
};

/* One server end. Plain; zeroed, then nap_server_init. Hot part first: all that a bare UDP flow touches. */
struct nap_server {
	nap_time deadline;         /* when nap_server_timer wants to be called */
	nap_time heard;            /* last message from the client; over TCP, its program's */
	nap_time said;             /* last message to it, of those that put a keepalive off */
	struct nap_endpoint self;  /* its address and port */
	struct nap_endpoint peer;  /* where it last heard the client from: pushes go there */
	bool open;                 /* it has a flow to push on */
	uint8_t tries;             /* transmissions of the pushes in flight */
	bool quiet;                /* UDP: pushes had no answer; they wait until the client speaks */
	uint8_t down;              /* enum nap_restart + 1 of what is away; 0: all is up */
	uint32_t taken;            /* number of the last push done with */
	uint32_t sent;             /* number of the last push given to the transport */
	uint32_t pushes;           /* number of the last push offered; taken <= sent <= pushes */
	struct nap_offers offered; /* pushes number taken + 1 to pushes, where they are kept */
	union {
		struct {                         /* over UDP */
			nap_time wait;           /* reliable pushes: when to repeat those in flight */
			union nap_secure secure; /* with QUIC or WireGuard */
		};
		struct {                     /* over TCP */
			struct nap_tcp *tcp; /* nap_tcp_none until there is a first connection */
			struct nap_tcp *
				old; /* the connection before, of which the client knows no more; NULL: none */
		};
	};
	struct nap_server_more more; /* stands where the bytes of its transport end: nap_server_more */
	struct nap_serving serving;  /* and this behind it, or there: nap_server_serving */
};

/* The server's end of a flow that nobody has opened yet; setup stays the caller's. */
void nap_server_init(struct nap_server *s, const struct nap_server_setup *setup, struct nap_endpoint self);

/* What it holds outside of the struct is given back. */
void nap_server_clear(struct nap_server *s, const struct nap_server_setup *setup);

/* Has this server a struct nap_server_more? Where it is, then; and the stream that it draws from, before anything happens. */
static inline bool nap_server_has_more(const struct nap_server_setup *setup)
{
	return setup->server->more;
}

struct nap_server_more *nap_server_more(const struct nap_server *s, const struct nap_server_setup *setup);
void nap_server_seed(struct nap_server *s, const struct nap_server_setup *setup, struct nap_rng rng);

/* The same where the client makes requests of its own. */
struct nap_serving *nap_server_serving(const struct nap_server *s, const struct nap_server_setup *setup);
void nap_server_seed_serving(struct nap_server *s, const struct nap_server_setup *setup, struct nap_rng rng);

/* It goes down, for a moment or until it is up again: its connections are lost. */
void nap_server_down(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out);
void nap_server_up(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out);

/* A packet arrived. */
void nap_server_input(struct nap_server *s, const struct nap_server_setup *setup, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out);

/* The server has something for the client at now: one push, offered then or before. */
void nap_server_push(struct nap_server *s, const struct nap_server_setup *setup, nap_time now,
	const struct nap_push_offer *offer, struct nap_outbox *out);

/* Take what is due at now (s->deadline). Early calls do nothing. */
void nap_server_timer(
	struct nap_server *s, const struct nap_server_setup *setup, nap_time now, struct nap_outbox *out);

/* What a push sent now would look like, for asking a path whether it would pass. */
struct nap_packet nap_server_sample(const struct nap_server *s, const struct nap_server_setup *setup);

/* How many leading bytes of a struct nap_server this setup uses: what populations need to store. */
size_t nap_server_bytes(const struct nap_server_setup *setup);

/* Can it notice that its client is gone? A bare UDP flow without time-outs never ends. */
bool nap_server_notices(const struct nap_server_setup *setup);

/* The interval of the keepalives that are the server's to send, and how long it bears a silent client; NAP_NEVER: none, for ever. */
nap_time nap_server_own_interval(const struct nap_server_setup *setup);
nap_time nap_server_patience(const struct nap_server_setup *setup);

/* As nap_client_fingerprint and nap_client_shift (client_cycle.c). */
uint64_t nap_server_fingerprint(
	const struct nap_server *s, const struct nap_server_setup *setup, const struct nap_moment *at);
void nap_server_shift(struct nap_server *s, const struct nap_server_setup *setup, nap_time span);

#endif
