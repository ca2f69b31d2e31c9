/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mobile operating system withholds from the programs of a device that is left alone: Android's Doze, whose idle
 * periods grow, with maintenance windows between them, from when the device was last used. In light Doze there is no
 * network outside the windows; in deep Doze the program and its alarms wait for them too.
 */
#ifndef NAP_CLIENT_DOZE_H
#define NAP_CLIENT_DOZE_H

#include "kernel/param.h"
#include "kernel/snapshot.h"
#include "kernel/time.h"

enum nap_doze {
	NAP_DOZE_NO,
	NAP_DOZE_LIGHT,
	NAP_DOZE_DEEP,
	NAP_DOZE_BOTH, /* light until deep begins: a device that lies still */
};

/* What may be withheld. */
enum nap_allowed { NAP_ALLOWED_RUN, NAP_ALLOWED_NETWORK };

/* Light or deep Doze: an idle period and a window in turn, each twice the one before, up to its most. */
struct nap_doze_stage {
	nap_time after;              /* the first idle period begins so long after the last use */
	nap_time idle, idle_max;     /* idle periods: the first, the longest */
	nap_time window, window_max; /* maintenance windows: likewise */
};

/* Group [device]: the system's times. */
struct nap_doze_config {
	struct nap_doze_stage light, deep;
	nap_time alarm_spacing; /* least time between alarms that may go off while idle */
	nap_time alarm_run;     /* and how long the program may then run and use the network */
};

extern const struct nap_param nap_doze_params[];

/* Group [client]: how the system treats the program. */
struct nap_program {
	uint32_t doze;      /* enum nap_doze: is the device left alone? */
	bool while_idle;    /* its keepalive's alarm may go off while idle */
	bool exempt;        /* nothing is withheld from it */
	bool offload;       /* the radio sends its keepalives by itself, the processor asleep */
	nap_time wake_lock; /* it keeps the processor awake so long after each packet and alarm */
};

extern const struct nap_param nap_program_params[];

/* What a client that dozes keeps. */
struct nap_doze_state {
	nap_time since;       /* when the device was last used: the first flow's beginning */
	nap_time rang, rings; /* alarms: the one before, the next one */
};

extern const struct nap_fields nap_doze_fields;

/* The earliest time not before t at which the system lets programs run, or use the network; unused since. */
nap_time nap_doze_allowed(const struct nap_doze_config *c, enum nap_doze kind, enum nap_allowed what,
	nap_time since, nap_time t);

/* The same for this program, whose alarms may let it. */
nap_time nap_doze_lets(const struct nap_doze_config *c, const struct nap_program *p,
	const struct nap_doze_state *s, enum nap_allowed what, nap_time t);

/* The next time not before t at which deep Doze begins to withhold. */
nap_time nap_doze_stops(const struct nap_doze_config *c, enum nap_doze kind, nap_time since, nap_time t);

/* The program asks at now for an alarm at due: when does it go off? *s keeps it. */
nap_time nap_doze_alarm(const struct nap_doze_config *c, const struct nap_program *p,
	struct nap_doze_state *s, nap_time now, nap_time due);

#endif
