/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/server.h"

#define SRV(field) offsetof(struct nap_server_config, field)

const struct nap_param nap_server_params[] = { { "push", NAP_P_ARRIVALS, SRV(push), "none", NULL, NULL, NULL,
						       "When the server has something for the client." },
	{ "push-size", NAP_P_BYTES, SRV(push_size), "0B", "0B", "1MB", NULL,
		"Payload of a push; 0B takes the application's push-size." },
	{ "answer", NAP_P_BOOL, SRV(answer), "yes", NULL, NULL, NULL,
		"Does the client answer each push by one packet?" },
	{ "queue", NAP_P_BOOL, SRV(queue), "yes", NULL, NULL, NULL,
		"Does the server keep pushes that did not get through until the client has a flow again? "
		"Without it they are "
		"lost. A bare UDP flow never knows, and loses them either way." },
	{ "idle-timeout", NAP_P_TIME, SRV(idle_timeout), "never", "1s", NULL, NULL,
		"The server closes a connection on which the client has been silent so long (IMAP "
		"autologout: 30 min or more, "
		"RFC 9051 5.4)." },
	NAP_PARAM_END };
