/* SPDX-License-Identifier: BSD-2-Clause */
/* Applications: what a client says to its server, as plain data; profiles/application/ holds one file each. */
#ifndef NAP_CLIENT_APP_H
#define NAP_CLIENT_APP_H

#include "client/tcp.h"
#include "kernel/arrivals.h"
#include "kernel/dist.h"
#include "kernel/param.h"

enum nap_transport { NAP_OVER_UDP, NAP_OVER_TCP };

/* What a client does when an answer tells it that its mapped address is a new one: its old binding had gone. */
enum nap_mapping_change {
	NAP_MAPPING_NOTE,   /* takes note; the same packet has made a new binding */
	NAP_MAPPING_IGNORE, /* is not told (answers carry no address) */
	NAP_MAPPING_REOPEN, /* counts the flow as failed and opens anew (RFC 5626 4.4.2) */
};

/* Does a server follow a client to a new address, without a new opening? */
enum nap_follow {
	NAP_FOLLOW_NEVER,         /* it takes it for a stranger */
	NAP_FOLLOW_ALWAYS,        /* at once */
	NAP_FOLLOW_AUTHENTICATED, /* by what its keys protect: not by a keepalive that asks for no answer */
	NAP_FOLLOW_STAYS,         /* it hears it, and goes on sending to the old address */
};

/* Security handshakes: rows of the table in app_open.c. */
enum nap_tls { NAP_TLS_NONE, NAP_TLS_12, NAP_TLS_13, NAP_DTLS_12, NAP_DTLS_13, NAP_QUIC, NAP_WIREGUARD };

/* What a client has from an earlier connection when it opens the next one. */
enum nap_resume {
	NAP_RESUME_NONE,   /* nothing: a full handshake each time */
	NAP_RESUME_TICKET, /* a ticket or session: an abbreviated handshake */
	NAP_RESUME_EARLY, /* the same, and the first request goes with it (0-RTT; TLS 1.3 and QUIC, else as ticket) */
};

/* What the application says of its own accord (client/requests.h). */
struct nap_report_config {
	struct nap_arrivals times;   /* when it has something to say */
	uint64_t size, answer;       /* payload of a request, and of the server's answer to it; 0: none */
	struct nap_dist answer_time; /* from a request to its answer at the server, ns */
	nap_time timeout;            /* an answer that stays out so long does not come any more */
	uint32_t tries;              /* UDP: transmissions of a request before that */
	uint32_t retries;            /* times a request goes over another flow when its own has died */
	bool retry_timeouts;         /* or when its answer has stayed out for timeout */
	bool notices_close; /* while none is out, the program sees that its connection was closed; else when it next uses it */
	/* how a pool keeps its connections (client/retire.c); NAP_NEVER: it does not */
	nap_time retire_idle, retire_age; /* closed when unused for so long; when so old */
	nap_time validate,
		validate_timeout; /* asked whether it lives before use after so long; and for how long */
};

/* Connections that requests share (client/conns.h). */
enum nap_conns_order { NAP_CONNS_LIFO, NAP_CONNS_FIFO };

struct nap_conns_config {
	uint32_t most;  /* connections at once; 0: no pool, but one flow */
	uint32_t least; /* so many are kept open without need */
	uint32_t
		order; /* enum nap_conns_order: the one that was used last, or the one that has rested longest */
	nap_time wait; /* a request that has waited for a connection for so long has failed */
};

/* Group [client], less the policy's own keys. Sizes are payload above UDP or TCP (TLS records included). */
struct nap_app_config {
	const char *source, *note, *verified, *unverified;
	enum nap_transport transport;
	uint32_t port;                   /* of the server */
	struct nap_dist start;           /* when the client opens its flow, ns */
	uint64_t keepalive_size;         /* a keepalive */
	uint64_t keepalive_answer;       /* the server's answer to it; 0: none */
	uint64_t push_size, answer_size; /* a push, and the client's answer to it */
	bool release_assistance; /* UDP: does the client tell the network what follows each message? */
	bool answer;             /* does the client answer pushes? A reliable application always does */
	bool starttls;           /* TLS inside the application's protocol, after an exchange in the clear */
	uint32_t starttls_round_trips;
	uint64_t starttls_up, starttls_down; /* bytes of these in all, each way */
	enum nap_tls tls;
	enum nap_resume resume;
	uint64_t certificates;       /* bytes of the server's chain */
	uint32_t open_round_trips;   /* login, after transport and TLS */
	uint64_t open_up, open_down; /* bytes of these round trips in all, each way */
	nap_time open_timeout;       /* UDP: first wait for the answer to an opening packet; doubles */
	double open_of;              /* as struct nap_wait has it, with the time before: likewise below */
	struct nap_dist open_dist;
	uint32_t open_tries;                    /* UDP: transmissions of it before the opening has failed */
	nap_time open_limit;                    /* UDP: an opening is given up after so long */
	enum nap_mapping_change mapping_change; /* UDP */
	bool icmp_fails;       /* UDP: is the flow over when an ICMP error about it says unreachable? */
	uint32_t follow;       /* UDP: enum nap_follow */
	uint64_t move_size;    /* UDP: what tells of a new address where keepalives do not */
	bool reliable;         /* UDP: are pushes repeated until answered? */
	nap_time push_timeout; /* UDP, reliable: first wait for the answer to a push; doubles */
	double push_of;
	struct nap_dist push_dist;
	uint32_t push_tries;     /* UDP, reliable: transmissions before the server gives the flow up */
	nap_time answer_timeout; /* a keepalive without answer for so long has failed */
	double answer_of;        /* its share of the interval */
	struct nap_dist answer_dist;
	uint32_t answer_tries; /* UDP: failed keepalives in a row before the flow counts as dead */
	bool answer_backoff;   /* UDP: each try waits twice as long for its answer as the one before */
	double answer_growth;  /* with answer_backoff: each wait is so many times the one before */
	nap_time answer_most;  /* what such a share comes to at most */
	nap_time answer_last;  /* UDP: after the last try; NAP_NEVER: as the others */
	uint64_t
		validation; /* UDP: bytes of a challenge to a client at a new address, and of its response; 0: none */
	uint32_t
		validation_limit; /* until it has responded, so many times what came from there; 0: no limit */
	nap_time
		rekey; /* UDP: a keepalive after so long makes new keys first: a handshake of the last step's size */
	nap_time renew; /* a keepalive after so long renews the registration: likewise */
	double renew_of;
	nap_time liveness; /* the client asks for a word when it has received nothing for so long */
	double liveness_of;
	uint64_t liveness_size, liveness_answer;
	nap_time window; /* the server pushes only so long after it heard the client (queue mode) */
	nap_time rekey_jitter, rekey_attempt_time, reject_after, passive_keepalive; /* WireGuard */
	nap_time max_ack_delay, handshake_time;                                     /* QUIC */
	uint32_t pto_packets; /* QUIC: what a probe time-out sends */
	uint64_t mtu_from,
		mtu_to;    /* QUIC: datagrams that are known to pass, and the largest tried; 0: none are */
	nap_time interval; /* of the client's keepalives, as the loader found it; NAP_NEVER: none is told */
	nap_time session_timeout; /* the server closes when it has not heard the client for so long */
	double session_of;        /* its share of the interval */
	nap_time idle_timeout;    /* both ends forget a flow on which nothing was received for so long */
	double idle_of;
	nap_time server_idle; /* the server's end of that where it differs, NAP_NEVER: as idle_timeout */
	double server_idle_of;
	nap_time
		server_keepalive; /* where the protocol has the server ping as the client does, on its own silence */
	double server_keepalive_of;
	double server_ping_stretch; /* each wait before a server's keepalive is so many times what it is set to */
	uint32_t
		server_ping_count; /* keepalives of the server's in a row without answer, then it closes; 0: any */
	nap_time server_ping_timeout; /* or one that had none for so long */
	double server_ping_timeout_of;
	nap_time min_ping;     /* keepalives of the client's closer together than this ... */
	uint32_t ping_strikes; /* ... are borne so often; 0 as min_ping: however close */
	double ping_backoff;   /* a client that was closed for it then waits so many times as long */
	uint64_t close_size;   /* what an end says before it closes by itself; over TCP 0: nothing */
	nap_time
		close_timeout; /* TCP: from giving up to closing, waiting for the other end's close; the client's */
	nap_time server_close_timeout; /* and the server's */
	bool idle_restarts;            /* UDP: by the client's first sending after the last receipt */
	bool reopen;              /* at once when the flow is over? Else when there is something to say */
	nap_time reconnect_delay; /* from noticing a dead flow to opening the next */
	double reconnect_of;
	struct nap_dist reconnect_dist;
	nap_time connect_timeout; /* TCP: the program gives up an attempt to connect after so long */
	bool hands_on;            /* answer_timeout is TCP's user time-out as well */
	uint32_t from_attempt;    /* 1: waits after failed openings count from the attempt's beginning */
	nap_time reconnect_max;   /* longest wait after openings that failed; grows up to it */
	double reconnect_growth;  /* so many times the one before */
	double reconnect_jitter;  /* these waits are shortened at random by up to this share */
	struct nap_arrivals background; /* other traffic of the device */
	uint64_t background_size;       /* bytes of it each time */
	struct nap_tcp_config tcp;
	struct nap_tcp_keepalive tcp_keepalive;        /* the client's */
	struct nap_tcp_keepalive server_tcp_keepalive; /* its servers', where the scenario does not say */
	struct nap_report_config report;
	struct nap_conns_config pool;
};

extern const struct nap_param nap_app_params[], nap_stack_params[]; /* both of struct nap_app_config */

/* The times that are given as shares of the client's interval, made from it; NAP_NEVER: the client tells none. */
void nap_app_set_interval(struct nap_app_config *app, nap_time interval);

/* One round trip of an opening. */
struct nap_app_step {
	uint32_t up, down; /* payload bytes */
};

/* Is the flow bare: nothing but the transport, open by its first packet or handshake? */
static inline bool nap_app_is_bare(const struct nap_app_config *app)
{
	return app->tls == NAP_TLS_NONE && app->open_round_trips == 0;
}

/* Is there a pool of connections? */
static inline bool nap_app_pools(const struct nap_app_config *app)
{
	return app->pool.most > 0;
}

/* How many round trips follow the transport's own handshake; resumed: there was a connection before. */
uint32_t nap_app_steps(const struct nap_app_config *app, bool resumed);

/* The i-th of them, from 0. */
struct nap_app_step nap_app_step(const struct nap_app_config *app, bool resumed, uint32_t i);

#endif
