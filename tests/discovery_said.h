/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a discovery found, as lines of text, for tests that compare it with what was recorded. */
#ifndef NAP_TESTS_DISCOVERY_SAID_H
#define NAP_TESTS_DISCOVERY_SAID_H

#include <glib.h>

#include "discovery/discovery.h"

static inline void discovery_say(GString *s, const struct nap_finding *f)
{
	g_string_append_printf(s, "  %s:%u state %d, %.6f to %.6f s, %s|%s|%s|%s\n", f->test->name, f->port,
		(int)f->state, nap_time_seconds(f->bracket.alive),
		f->bracket.dead == NAP_NEVER ? -1.0 : nap_time_seconds(f->bracket.dead), f->word, f->detail,
		f->after_server, f->after_client);
	g_string_append_printf(s,
		"    %u trials, %u silences, %u voids, %u contradictions, %u repeats, %.3f s; error %.3g; "
		"hops %u %u %u %u, ttl %u, bindings %" G_GUINT64_FORMAT "%s\n",
		f->trials, f->silences, f->voids, f->contradictions, f->repeats, nap_time_seconds(f->elapsed),
		f->error, f->hops, f->rst_hop, f->server_answer_hop, f->client_answer_hop, f->least_ttl,
		f->bindings, f->recreated ? ", recreated" : "");
}

#endif
