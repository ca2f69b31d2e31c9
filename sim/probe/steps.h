/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows and steps that many procedures begin with: private to tests*.c and check*.c. */
#ifndef NAP_PROBE_STEPS_H
#define NAP_PROBE_STEPS_H

#include "probe/procedure.h"

#define UDP                                                                                                  \
	{                                                                                                    \
		.proto = NAP_UDP                                                                             \
	}
#define TCP                                                                                                  \
	{                                                                                                    \
		.proto = NAP_TCP                                                                             \
	}
#define RAW                                                                                                  \
	{                                                                                                    \
		.proto = NAP_TCP, .raw = true                                                                \
	}
#define ECHO                                                                                                 \
	{                                                                                                    \
		.proto = NAP_ICMP                                                                            \
	}

#define DATA    (NAP_ACK | NAP_PSH)
#define CONNECT NAP_BY(CLIENT, SEND, 0, .act = NAP_ACT_CONNECT)

/* Traffic both ways that is older than the age some trackers ask of a stream (Linux: 2 s). */
#define UDP_STREAM                                                                                           \
	NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_PAUSE(3 * NAP_S), NAP_CLIENT_DATA(0),                    \
		NAP_SERVER_DATA(0), NAP_CLIENT_DATA(0)

/* An open connection with data both ways, all of it acknowledged. */
#define RAW_STREAM_OF(slot)                                                                                  \
	NAP_RAW_OPEN(slot), NAP_CLIENT_SEG(slot, DATA, 1), NAP_SERVER_SEG(slot, NAP_ACK, 0),                 \
		NAP_SERVER_SEG(slot, DATA, 1), NAP_CLIENT_SEG(slot, NAP_ACK, 0)
#define RAW_STREAM RAW_STREAM_OF(0)
/* The pause: the server's stack has acknowledged by then, or its data might overtake that. */
#define TCP_STREAM CONNECT, NAP_CLIENT_DATA(0), NAP_PAUSE(NAP_S), NAP_SERVER_DATA(0)

#endif
