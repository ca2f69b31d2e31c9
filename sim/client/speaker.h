/* SPDX-License-Identifier: BSD-2-Clause */
/* What a secure transport over UDP (client/secure.h) needs of the end that keeps it: a voice; and what it reports. */
#ifndef NAP_CLIENT_SPEAKER_H
#define NAP_CLIENT_SPEAKER_H

#include "client/app.h"
#include "net/packet.h"

/* Something said, or to be said. */
struct nap_saying {
	uint8_t message, cause; /* enum nap_message, enum nap_cause */
	uint32_t len, tag;
	nap_time stamp; /* when what it carries was first offered */
};

/* An end, as its secure transport sees it. */
struct nap_speaker {
	void (*say)(void *ctx, const struct nap_saying *what); /* sends it now; the transport hears of that */
	void *ctx;
	const struct nap_app_config *app;
	nap_time now;
	uint32_t salt; /* tells ends apart: what a transport draws, it draws by this */
};

/* What came of a packet or a timer, or-ed. */
enum nap_secure_event {
	NAP_SECURE_OWN = 1,      /* the packet was the transport's own: nothing for the application */
	NAP_SECURE_KEYED = 2,    /* there are new keys that may be used */
	NAP_SECURE_GIVEN_UP = 4, /* the other end does not answer: nothing more is tried */
	NAP_SECURE_ACKED = 8,    /* all that was sent has been acknowledged, or is known to be lost */
	NAP_SECURE_PROBE = 16,   /* nothing was acknowledged in time: what is outstanding goes again */
	NAP_SECURE_ANSWER = 32,  /* the answer to the opening that was being worked on is ready */
};

#endif
