/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the live prober, shared by its files: flows, the event queue, the two ends' addresses. */
#ifndef NAP_LIVE_LIVE_H
#define NAP_LIVE_LIVE_H

#include "live/control.h"
#include "live/local.h"
#include "live/prober_live.h"
#include "live/raw.h"
#include "live/sniff.h"
#include "live/tags.h"
#include "live/record.h"

#define NAP_LIVE_SNIFF                                                                                       \
	(UINT32_MAX - 1)   /* epoll's name of the watch on raw segments; flows go by their number */
#define NAP_LIVE_WAITING 8 /* segments that wait for the server to know of their flow */

struct nap_live_flow {
	struct nap_flow_spec spec;
	int fd;              /* -1: closed, or raw */
	bool open;           /* not closed by discovery */
	bool told;           /* the server may know of it */
	bool connecting, up; /* TCP */
	uint8_t port;        /* index of its server port */
	struct nap_inet local;
	struct nap_inet mapped;  /* as the server saw it last; family 0: not yet */
	nap_time opened;         /* nothing that either end tells of it was earlier */
	nap_time sent, received; /* last packet that either end is known to have sent, and its arrival */
	/* by the end that sent. The server's at the time of the order: its packet left later, by a way and a wait that nobody measured */
	struct nap_tags tags[2];
	uint8_t buf[NAP_RECORD_SIZE]; /* TCP: a record not yet complete */
	uint32_t have;
	struct nap_tcb tcb;                           /* raw flows */
	bool expected;                                /* raw: the server knows it will come */
	struct nap_sending waiting[NAP_LIVE_WAITING]; /* raw: segments until it does */
	uint32_t n_waiting;
	/* TCP: tag of the FIN that an end sent, or was told to send; 0: none, so that a FIN is the host's own doing */
	uint32_t fin_tag[2];
};

struct nap_live {
	struct nap_prober head;
	struct nap_live_options options;
	struct nap_control *control;
	int control_fd, epoll;
	struct nap_local local;
	struct nap_live_flow *flow;
	uint32_t n_flows, room;
	uint16_t ports[NAP_RECORD_PORTS];
	GQueue events; /* struct nap_probe_event *, in order of discovery */
	bool echo_raw; /* ICMP echo needs the privilege here */
	char advice[160];
	nap_time awake;      /* when this process last looked at the clock */
	struct nap_raw *raw; /* with sniff; both or neither */
	struct nap_sniff *sniff;
	uint32_t next_isn;
};

/* The server's address and port at a place, as flow f sees it; false when there is none. */
bool nap_live_place(const struct nap_live *l, const struct nap_live_flow *f, enum nap_server_place place,
	struct nap_inet *out);

/* The place of flow f that has this address and port; -1 when it is none of the server's. */
int nap_live_place_of(const struct nap_live *l, const struct nap_live_flow *f, const struct nap_inet *from);

/* A new event, zero but for flow, what, end, at; kept until nap_prober.wait hands it out. */
struct nap_probe_event *nap_live_note(
	struct nap_live *l, nap_flow flow, enum nap_got what, enum nap_end end, nap_time at);

/*
 * The time. What came at `expected` (0: nothing) is handled so late that this process must have been kept from running:
 * then that is counted, as is a clock that has jumped since it was last looked at.
 */
nap_time nap_live_clock(struct nap_live *l, nap_time expected);

/* A packet has just been sent on f, begun at `began`: when it left, and by when it must have passed every box. */
void nap_live_left(struct nap_live *l, struct nap_live_flow *f, nap_time began);

/*
 * The server's packet with this tag arrived at `at`: notes the activity and returns when it was sent, or NAP_NEVER when its order was
 * so long under way that it must have been repeated: then only the order's time is known, which the caller of send knows too.
 */
nap_time nap_live_heard(struct nap_live *l, struct nap_live_flow *f, uint32_t tag, nap_time at);

/* Order the server to do something on a flow; price: records that doing it costs it. */
void nap_live_order(struct nap_live *l, nap_flow flow, enum nap_record_act act,
	const struct nap_sending *what, uint32_t price);

/* Sockets of flows: live_flow.c */
/* May this process send ICMP echo? Sets how. */
bool nap_live_can_echo(struct nap_live *l);

/* The operations of a prober (prober.h) on flows with a socket of their own; ready: epoll says so. */
bool nap_live_flow_open(struct nap_live *l, nap_flow flow);
void nap_live_flow_close(struct nap_live *l, nap_flow flow);
bool nap_live_flow_send(struct nap_live *l, nap_flow flow, const struct nap_sending *what);
void nap_live_flow_ready(struct nap_live *l, nap_flow flow, uint32_t events);
struct nap_flow_activity nap_live_flow_activity(struct nap_live *l, nap_flow flow);

/* A socket bound to the port that f wishes, shares or draws; sets f->local. */
int nap_live_bind(struct nap_live *l, struct nap_live_flow *f, int (*bind_at)(const struct nap_inet *at));

/* Raw flows: live_raw.c. Opens crafting and watching; false without privilege. */
bool nap_live_raw_start(struct nap_live *l);
bool nap_live_raw_open(struct nap_live *l, nap_flow flow);
bool nap_live_raw_send(struct nap_live *l, nap_flow flow, const struct nap_sending *what);
void nap_live_raw_expected(struct nap_live *l, nap_flow flow);
void nap_live_raw_ready(struct nap_live *l);

#endif
