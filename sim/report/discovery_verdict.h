/* SPDX-License-Identifier: BSD-2-Clause */
/* What findings mean to who runs an application behind the path: what kind of NAT it is, and how often to speak. */
#ifndef NAP_REPORT_DISCOVERY_VERDICT_H
#define NAP_REPORT_DISCOVERY_VERDICT_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "discovery/discovery.h"

enum nap_chance { NAP_CHANCE_UNKNOWN, NAP_CHANCE_UNLIKELY, NAP_CHANCE_LIKELY };

/* How often a client has to speak. */
struct nap_speak {
	nap_time every;   /* 0: not known */
	nap_time lives;   /* a flow so long idle was still alive */
	bool at_least;    /* no longer idle time was tried */
	uint32_t packets; /* so many in a row fit into that time: all but the last may be lost */
};

struct nap_verdict {
	/* as RFC 4787 (UDP) and RFC 5382 (TCP) name them; "none" where nothing is translated, "" when not known */
	const char *mapping, *filtering, *tcp_mapping, *tcp_filtering;
	const char *nat_type; /* RFC 3489's names, which people use; "" when not known */
	enum nap_chance udp_punch, tcp_punch;
	bool tcp_refused;      /* a SYN that may not come in is answered by a RST */
	bool inside_is_silent; /* packets from inside refresh nothing: the server has to speak */
	struct nap_speak udp, tcp;
	bool of_nat, of_timers; /* was any test made that would tell? */
};

/* Of what is known by now. */
void nap_verdict_of(const struct nap_discovery *d, struct nap_verdict *out);

/* Is all known, or given up, that the behaviour depends on? */
bool nap_verdict_ripe(const struct nap_discovery *d);

/* Lines of text: the kind of NAT and what hole punching may hope for; how often to speak. "" when no test was made. g_free. */
char *nap_verdict_behaviour(const struct nap_verdict *v);
char *nap_verdict_speak(const struct nap_verdict *v);

/* What the path does, in a sentence; "": nothing is known that says it. Free with g_free. */
char *nap_discovery_answer(const struct nap_discovery *d);

/* A member `verdict`, an object. */
void nap_verdict_json(JsonBuilder *b, const struct nap_verdict *v);

/* A value of the verdict by its name in the document (nat-type or nat_type ...), NULL: no such name. */
const char *nap_verdict_word(const struct nap_verdict *v, const char *name);

/* A span to the nearest of two units, as people say it. Free with g_free. */
char *nap_span(nap_time t);

#endif
