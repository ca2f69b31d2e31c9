/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the values of a scenario are from: what set each key last, kept while it is loaded. */
#ifndef NAP_TEXT_ORIGIN_H
#define NAP_TEXT_ORIGIN_H

#include <stdbool.h>

#include <glib.h>

#include "text/keyfile.h"

struct nap_origin {
	char *text;  /* as written */
	char *where; /* "FILE:LINE", "--set", "profile middlebox/linux:12" */
	bool own;    /* by the scenario, --set or a sweep; else by a profile */
};

/* "middlebox.home.udp" for key udp of [middlebox home], as --set and sweeps write it. Free with g_free. */
char *nap_key_name(const char *group, const char *key);

/* Empty: names as of nap_key_name -> struct nap_origin. A key that is not in it afterwards has its default. */
GHashTable *nap_origins_new(void);

/* An entry has set its key of a group; origins may be NULL. */
void nap_origin_note(GHashTable *origins, const char *group, const struct nap_entry *entry, bool own);

#endif
