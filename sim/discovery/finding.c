/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/finding.h"

#include <glib.h>

void nap_finding_say(struct nap_finding *f, const char *word, const char *detail)
{
	g_strlcpy(f->word, word, sizeof(f->word));
	g_strlcpy(f->detail, detail, sizeof(f->detail));
}
