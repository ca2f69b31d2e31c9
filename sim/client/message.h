/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two ends say to each other: the values of nap_packet.message. */
#ifndef NAP_CLIENT_MESSAGE_H
#define NAP_CLIENT_MESSAGE_H

enum nap_message {
	NAP_MSG_NONE,      /* no message: TCP's own segments */
	NAP_MSG_OPEN_UP,   /* the client's part of an opening round trip (TLS, login); tag: NAP_OPEN_TAG */
	NAP_MSG_OPEN_DOWN, /* the server's part; tag: the same */
	NAP_MSG_KEEPALIVE, /* the client's keepalive */
	NAP_MSG_KEEPALIVE_ANSWER, /* the server's answer; quote.src: where the server saw the client (STUN) */
	NAP_MSG_SERVER_KEEPALIVE, /* the server's own keepalive; tag: bytes of the answer it wants */
	NAP_MSG_SERVER_ANSWER,    /* the client's answer to it */
	NAP_MSG_PUSH,             /* a push; tag: its number, from 1; stamp: when it was offered */
	NAP_MSG_PUSH_SILENT,      /* the same, and the client is not to answer */
	NAP_MSG_PUSH_ANSWER,      /* the client has all pushes up to number tag */
	NAP_MSG_SECOND_LEARN,     /* the second port asks how it is mapped */
	NAP_MSG_SECOND_LEARNT,    /* the answer; quote.src: its mapping, stamp: when it was asked */
	NAP_MSG_SECOND_ASK,       /* asks the server to send to quote.src */
	NAP_MSG_SECOND_REPLY,     /* which it does */
	NAP_MSG_CHALLENGE,        /* the server wants to know that the client is where its packet came from */
	NAP_MSG_RESPONSE,         /* it is */
	NAP_MSG_REKEY,    /* the client wants new keys; tag: NAP_OPEN_TAG of the step that is done again */
	NAP_MSG_REKEYED,  /* the server's part of it */
	NAP_MSG_LIVENESS, /* the client asks whether the server lives, beside its keepalives */
	NAP_MSG_LIVENESS_ANSWER, /* it does */
	NAP_MSG_BYE,             /* an end closes the flow; tag: enum nap_bye */
	NAP_MSG_NOTICE,          /* the server will close the flow before long */
	NAP_MSG_MOVED,           /* the client is at another address, and the server's answer to that */
	NAP_MSG_ACK,             /* QUIC: acknowledges, and says nothing else */
	NAP_MSG_MTU_PROBE,       /* QUIC: may the path carry so much? */
	NAP_MSG_REPORT, /* a request of the client's own; tag: its number, from 1; stamp: when it was made */
	NAP_MSG_REPORT_ANSWER, /* the server's answer to it; tag: the same */
	NAP_MSG_REPORT_ERROR,  /* a proxy's: it has waited for that for too long (HTTP 504); tag: the same */
	NAP_MSG_REPORT_ALONE,  /* a request that wants no answer; as NAP_MSG_REPORT */
	NAP_MSG_HANDSHAKE,     /* WireGuard: either end wants new keys */
	NAP_MSG_HANDSHAKE_ANSWER, /* and here is the other's part of them */
};

/* Why an end closes by itself. */
enum nap_bye { NAP_BYE_CLOSED, NAP_BYE_TOO_MANY_PINGS };

/* Tag of an opening step: its number, and whether an earlier connection shortens the handshake. */
#define NAP_OPEN_TAG(step, resumed) ((uint32_t)(step) | (uint32_t)(resumed) << 8)
#define NAP_OPEN_STEP(tag)          ((tag)&0xff)
#define NAP_OPEN_RESUMED(tag)       (((tag) >> 8) != 0)

#endif
