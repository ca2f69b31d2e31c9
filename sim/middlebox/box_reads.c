/* SPDX-License-Identifier: BSD-2-Clause */
/* Which trackers read which keys. A key that is not here all of them read. */
#include "middlebox/box_config.h"

#include <string.h>

enum {
	LINUX = 1 << NAP_TRACK_LINUX,
	SIMPLE = 1 << NAP_TRACK_SIMPLE,
	RFC = 1 << NAP_TRACK_RFC7857 | 1 << NAP_TRACK_RFC6146
};

static const struct {
	const char *key;
	unsigned by;
	const char *to_linux, *to_simple,
		*to_rfc; /* the key that says it to those that do not read this one; NULL: none */
} keys[] = {
	{ "reset-check", SIMPLE | RFC, "tcp-be-liberal", NULL, NULL },
	{ "udp-single", SIMPLE | RFC, "udp", NULL, NULL },
	{ "tcp-syn-sent2", LINUX, NULL, "tcp-syn-sent", "tcp-syn-sent" },
	{ "tcp-syn-recv", LINUX | SIMPLE, NULL, NULL, "tcp-syn-sent" },
	{ "tcp-fin-wait", LINUX, NULL, "tcp-half-closed", "tcp-half-closed" },
	{ "tcp-close-wait", LINUX, NULL, "tcp-half-closed", "tcp-half-closed" },
	{ "tcp-last-ack", LINUX, NULL, "tcp-closing", "tcp-closing" },
	{ "tcp-time-wait", LINUX, NULL, "tcp-closing", "tcp-closing" },
	{ "tcp-close", LINUX | SIMPLE, NULL, NULL, "tcp-trans" },
	{ "tcp-max-retrans", LINUX, NULL, "tcp-established", "tcp-established" },
	{ "tcp-unacknowledged", LINUX, NULL, "tcp-established", "tcp-established" },
	{ "tcp-half-closed", SIMPLE | RFC, "tcp-fin-wait", NULL, NULL },
	{ "tcp-closing", SIMPLE | RFC, "tcp-time-wait", NULL, NULL },
	{ "tcp-trans", RFC, "tcp-close", "tcp-close", NULL },
	{ "half-closed-needs-ack", SIMPLE, NULL, NULL, NULL },
	{ "reopen", SIMPLE, NULL, NULL, NULL },
	{ "port-takeover", LINUX, NULL, NULL, NULL },
	{ "closed-count", LINUX, NULL, NULL, NULL },
	{ "tcp-loose", LINUX, NULL, "on-miss", "on-miss" },
	{ "tcp-be-liberal", LINUX, NULL, NULL, NULL },
	{ "tcp-ignore-invalid-rst", LINUX, NULL, "reset-check", "reset-check" },
	{ "tcp-max-retrans-count", LINUX, NULL, NULL, NULL },
};

bool nap_box_reads(const char *key, enum nap_tracker tracker, const char **instead)
{
	*instead = NULL;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(keys[i].key, key) != 0)
			continue;
		if (keys[i].by >> tracker & 1)
			return true;
		*instead = tracker == NAP_TRACK_LINUX    ? keys[i].to_linux
			   : tracker == NAP_TRACK_SIMPLE ? keys[i].to_simple
							 : keys[i].to_rfc;
		return false;
	}
	return true;
}
