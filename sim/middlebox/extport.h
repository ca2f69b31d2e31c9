/* SPDX-License-Identifier: BSD-2-Clause */
/* External ports: their records, and what is counted of those in use. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_EXTPORT_H
#define NAP_MIDDLEBOX_EXTPORT_H

#include "middlebox/state.h"

/* Does nothing use it? */
static inline bool nap_extport_idle(const struct extport *e)
{
	return e->refs == 0 && e->mappings == NONE;
}

/* The external port's record, NONE when nothing ever used it, it was forgotten, or one session is alone on it. */
uint32_t nap_extport_find(const struct nap_box *box, uint8_t proto, struct nap_endpoint at);

/* The memory by which it is found will be needed soon. */
void nap_extport_fetch(const struct nap_box *box, uint8_t proto, struct nap_endpoint at);

/* Does anything use it, or is it held down for somebody? */
bool nap_extport_busy(const struct nap_box *box, uint8_t proto, struct nap_endpoint at);

/* Is a static port forward on that external port? */
bool nap_extport_forwarded(const struct nap_box *box, uint8_t proto, struct nap_endpoint at);

/* Is an external port taken for a new mapping of inside? Used, or held down for others. */
bool nap_extport_taken(const struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside);

/* The record of an external port, on which nobody is alone, that comes in use by inside: to be referred to at once. */
uint32_t nap_extport_use(struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside);

/* Nothing uses it any more: it is free, or held down for a while. */
void nap_extport_release(struct nap_box *box, uint32_t id, nap_time when);

/* A session comes to be alone on its external port, or was and ends. */
void nap_extport_alone(struct nap_box *box, struct session *s);
void nap_extport_alone_ends(struct nap_box *box, const struct session *s, nap_time when);

/* The record of the port that s was alone on; nothing refers to it as yet. */
uint32_t nap_extport_record(struct nap_box *box, const struct session *s);

/* All ports held down come free. */
void nap_extport_release_held(struct nap_box *box);

#endif
