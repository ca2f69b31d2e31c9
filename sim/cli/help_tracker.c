/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a middlebox' tracker decides: what it follows, and which keys it reads; and beside which keys another is read. */
#include "cli/help_text.h"
#include "middlebox/box_config.h"
#include "text/schema.h"

static const char *const habits[] = {
	[NAP_TRACK_LINUX] =
		"States and timers of nf_conntrack, with windows: segments out of the window and "
		"wrong RSTs are invalid. An ACK may open a session (tcp-loose). "
		"UDP: the packet after the reply makes a stream, not the reply itself. "
		"port-timers that name some "
		"states of TCP set all of them, as a timeout object does. That is all: what else "
		"Linux does has keys, which profile linux sets (invalid, track-own-resets, "
		"hairpin-by, hairpin-unsent, port-search, port-takeover, peer-port, closed-count, "
		"gre-timers).",
	[NAP_TRACK_RFC7857] = "States of RFC 7857 figure 1: a SYN from each side makes a connection "
			      "ESTABLISHED. What runs out of "
			      "tcp-established, or sees a RST, lives on for tcp-trans, in which data brings "
			      "it back: so tcp-established = "
			      "300s forgets after 300 s and tcp-trans.",
	[NAP_TRACK_RFC6146] =
		"As rfc7857, but a RST ends nothing save an established session (RFC 6146 3.5.2).",
	[NAP_TRACK_SIMPLE] = "By flags alone, a timer for each phase: opening, handshake until the opener's "
			     "ACK, established, half closed "
			     "after one FIN, closing after both, closed after a RST. A SYN of the opener "
			     "opens a closing or closed one anew (reopen). "
			     "With purge-interval and adaptive-start each purge scales all timers.",
};

/* The keys that some trackers never read, and this one does (reads) or does not. */
static char *keys_of(enum nap_tracker tracker, bool reads)
{
	GString *list = g_string_new(NULL);

	for (const struct nap_param *row = nap_box_params; row->key; row++) {
		const char *instead;
		bool all = true;

		for (int t = NAP_TRACK_LINUX; t <= NAP_TRACK_SIMPLE; t++)
			all &= nap_box_reads(row->key, (enum nap_tracker)t, &instead);
		if (all || nap_box_reads(row->key, tracker, &instead) != reads)
			continue;
		g_string_append_printf(list, "%s%s", list->len ? ", " : "", row->key);
		if (instead)
			g_string_append_printf(list, " (%s)", instead);
	}
	return g_string_free(list, FALSE);
}

static void append(GString *out, const char *text)
{
	g_autofree char *wrapped = nap_help_wrap(text, "    ");

	g_string_append(out, wrapped);
}

void nap_help_trackers(GString *out)
{
	const struct nap_param *row = nap_row_find(nap_box_params, "tracker");

	for (int t = NAP_TRACK_LINUX; t <= NAP_TRACK_SIMPLE; t++) {
		g_autofree char *read = keys_of((enum nap_tracker)t, true),
				*unread = keys_of((enum nap_tracker)t, false),
				*reads = g_strdup_printf("Reads, as not all do: %s.", read),
				*not = g_strdup_printf(
					"Never reads (and what it reads in place): %s.", unread);

		g_string_append_printf(out, "  %s\n", row->words[t]);
		append(out, habits[t]);
		append(out, reads);
		append(out, not );
	}
}

/* "mtu is not 0", "hairpin = yes", "ports = preserve or random". */
static void append_condition(GString *s, const char *key, uint32_t of)
{
	const struct nap_param *row = nap_row_find(nap_box_params, key);
	bool words = row->type == NAP_P_WORD || row->type == NAP_P_WORD_ARG, any = false;

	g_string_append(s, key);
	if (!words)
		g_string_append(s, row->type == NAP_P_BOOL   ? " = yes"
				   : row->type == NAP_P_LIST ? " has any"
							     : " is not 0");
	for (int i = 0; words && row->words[i]; i++) {
		if (!(of >> i & 1))
			continue;
		g_string_append_printf(s, "%s%s", any ? " or " : " = ", row->words[i]);
		any = true;
	}
}

char *nap_help_needs(const struct nap_param *row)
{
	GString *s = g_string_new(NULL);

	for (const struct nap_box_need *n = nap_box_needs; row && n->key; n++) {
		if (strcmp(n->key, row->key) != 0)
			continue;
		g_string_append(s, s->len ? "; " : "Read only where ");
		append_condition(s, n->other, n->of);
		if (n->or_other) {
			g_string_append(s, ", or ");
			append_condition(s, n->or_other, n->or_of);
		}
	}
	if (s->len)
		g_string_append_c(s, '.');
	return g_string_free(s, FALSE);
}
