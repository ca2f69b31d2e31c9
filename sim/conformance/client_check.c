/* SPDX-License-Identifier: BSD-2-Clause */
#include "conformance/client_check.h"

#include <stdarg.h>

#define TWO_HOURS (2 * NAP_H)
#define IDLE_MOST (29 * NAP_MIN)
#define UDP_LEAST (15 * NAP_S)
/* packets closer than this to the one before belong to what it began: openings, repeats */
#define EXCHANGE     (10 * NAP_S)
#define EXCHANGE_UDP (3 * NAP_S)

struct nap_client_trace {
	uint8_t proto;
	uint16_t port;        /* of the server */
	uint32_t sent;        /* packets of the client */
	nap_time first, last; /* packets of either end */
	nap_time longest;     /* between two packets of either end */
	nap_time longest_up;  /* between two messages of the client */
	nap_time last_up;
	/* keepalives: the client's first packets after a pause */
	nap_time keepalive, shortest,
		longest_keepalive; /* when the last was; least and greatest gap between them */
	uint32_t keepalives;
	/* TCP's keepalive option: segments below what was sent already, with one byte at most */
	uint32_t highest; /* sequence number after the last byte sent */
	bool highest_known;
	uint32_t probes;
	nap_time probe, probe_gap; /* when the last was; least gap between two, or before the first */
};

struct nap_client_trace *nap_client_trace_new(void)
{
	struct nap_client_trace *t = g_new0(struct nap_client_trace, 1);

	t->shortest = t->probe_gap = NAP_NEVER;
	return t;
}

void nap_client_trace_free(struct nap_client_trace *t)
{
	g_free(t);
}

static void note_probe(struct nap_client_trace *t, nap_time now, const struct nap_packet *p)
{
	uint32_t end = p->seq + p->len + (p->flags & (NAP_SYN | NAP_FIN) ? 1 : 0);

	if (p->flags & NAP_SYN || !t->highest_known) {
		t->highest = end;
		t->highest_known = true;
	} else if (p->len <= 1 && p->seq + 1 == t->highest && p->flags & NAP_ACK &&
		   !(p->flags & (NAP_FIN | NAP_RST))) {
		nap_time since = t->probes ? t->probe : t->last;

		t->probe_gap = nap_time_min(t->probe_gap, now - since);
		t->probe = now;
		t->probes++;
	} else if ((int32_t)(end - t->highest) > 0) {
		t->highest = end;
	}
}

static void note_up(struct nap_client_trace *t, nap_time now, const struct nap_packet *p)
{
	bool pause = t->sent && now - t->last >= (p->proto == NAP_UDP ? EXCHANGE_UDP : EXCHANGE);

	if (!t->sent++) {
		t->proto = p->proto;
		t->port = p->dst.port;
	}
	if (p->proto == NAP_TCP)
		note_probe(t, now, p);
	if (pause) {
		if (t->keepalives++) {
			t->shortest = nap_time_min(t->shortest, now - t->keepalive);
			t->longest_keepalive = nap_time_max(t->longest_keepalive, now - t->keepalive);
		}
		t->keepalive = now;
	}
	if (p->len) {
		if (t->last_up)
			t->longest_up = nap_time_max(t->longest_up, now - t->last_up);
		t->last_up = now;
	}
}

void nap_client_trace_packet(struct nap_client_trace *t, nap_time now, bool up, const struct nap_packet *p)
{
	if (nap_packet_is_icmp_error(p))
		return;
	if (up)
		note_up(t, now, p);
	if (!t->first)
		t->first = now;
	else
		t->longest = nap_time_max(t->longest, now - t->last);
	t->last = now;
}

/* --- the rules --- */

typedef enum nap_check_verdict rule_fn(const struct nap_client_trace *t, nap_time end, char *observed);

static enum nap_check_verdict G_GNUC_PRINTF(3, 4)
	say(enum nap_check_verdict v, char *observed, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_vsnprintf(observed, NAP_OBSERVED, format, args);
	va_end(args);
	return v;
}

static enum nap_check_verdict two_hours(const struct nap_client_trace *t, nap_time end, char *observed)
{
	nap_time longest = nap_time_max(t->longest, end - t->last);

	if (t->proto != NAP_TCP)
		return say(NAP_NOT_APPLICABLE, observed, "it does not use TCP");
	if (longest >= TWO_HOURS)
		return say(NAP_VIOLATES, observed,
			"the connection stayed without a packet for %.0f s or more",
			nap_time_seconds(longest));
	return say(NAP_MEETS, observed, "the connection was never without a packet for more than %.0f s",
		nap_time_seconds(longest));
}

static enum nap_check_verdict tcp_option(const struct nap_client_trace *t, nap_time end, char *observed)
{
	(void)end;
	if (t->proto != NAP_TCP)
		return say(NAP_NOT_APPLICABLE, observed, "it does not use TCP");
	if (!t->probes)
		return say(NAP_MEETS, observed, "no segment of TCP's keepalive option in %.0f h",
			nap_time_seconds(end) / 3600);
	if (t->probe_gap < TWO_HOURS)
		return say(NAP_VIOLATES, observed, "TCP keepalive probes, the first after %.0f s",
			nap_time_seconds(t->probe_gap));
	return say(NAP_MEETS, observed, "TCP keepalive probes, never closer than %.0f s",
		nap_time_seconds(t->probe_gap));
}

static enum nap_check_verdict imap_idle(const struct nap_client_trace *t, nap_time end, char *observed)
{
	nap_time longest = nap_time_max(t->longest_up, end - t->last_up);

	if (t->proto != NAP_TCP || (t->port != 143 && t->port != 993))
		return say(NAP_NOT_APPLICABLE, observed, "its server port is %u, not that of IMAP", t->port);
	if (longest > IDLE_MOST + EXCHANGE)
		return say(NAP_VIOLATES, observed, "it said nothing for %.0f s", nap_time_seconds(longest));
	return say(
		NAP_MEETS, observed, "it never said nothing for more than %.0f s", nap_time_seconds(longest));
}

static enum nap_check_verdict udp_interval(const struct nap_client_trace *t, nap_time end, char *observed)
{
	(void)end;
	if (t->proto != NAP_UDP)
		return say(NAP_NOT_APPLICABLE, observed, "it does not use UDP");
	if (t->shortest == NAP_NEVER)
		return say(NAP_MEETS, observed, "no two keepalives in %.0f h", nap_time_seconds(end) / 3600);
	if (t->shortest < UDP_LEAST)
		return say(NAP_VIOLATES, observed, "keepalives only %.2f s apart",
			nap_time_seconds(t->shortest));
	return say(NAP_MEETS, observed, "keepalives never closer than %.2f s", nap_time_seconds(t->shortest));
}

static enum nap_check_verdict udp_jitter(const struct nap_client_trace *t, nap_time end, char *observed)
{
	(void)end;
	if (t->proto != NAP_UDP)
		return say(NAP_NOT_APPLICABLE, observed, "it does not use UDP");
	if (t->keepalives < 3)
		return say(NAP_NOT_TESTED, observed, "fewer than three keepalives");
	if (t->longest_keepalive - t->shortest <= t->shortest / 100)
		return say(NAP_VIOLATES, observed, "all keepalives are %.2f s apart, within 1 %%",
			nap_time_seconds(t->shortest));
	return say(NAP_MEETS, observed, "the times between keepalives vary by %.2f s",
		nap_time_seconds(t->longest_keepalive - t->shortest));
}

static const struct rule {
	struct nap_requirement r;
	rule_fn *judge;
} rules[] = {
	{ { .id = "5383-4.1-5",
		  .section = "4.1",
		  .keyword = "SHOULD",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "Client and server see to it that a connection is not idle for two hours.",
		  .how = "the scenario's client for 9 h without pushes: the longest time without a packet" },
		two_hours },
	{ { .id = "5383-4.2-2",
		  .section = "4.2",
		  .keyword = "SHOULD NOT",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "TCP's keepalive option is not used, or not more often than every two hours.",
		  .how = "its segments below what was sent already: are there any, and how far apart?" },
		tcp_option },
	{ { .id = "2177-3",
		  .section = "3",
		  .keyword = "advised",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "An IMAP client in IDLE speaks every 29 min or more often.",
		  .how = "the longest time between its messages" },
		imap_idle },
	{ { .id = "8085-3.5-3",
		  .section = "3.5",
		  .keyword = "SHOULD NOT",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "UDP keepalives are not closer than 15 s.",
		  .how = "the shortest time between its keepalives" },
		udp_interval },
	{ { .id = "8085-3.5-4",
		  .section = "3.5",
		  .keyword = "RECOMMENDED",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "The times of UDP keepalives are jittered.",
		  .how = "the spread of the times between its keepalives" },
		udp_jitter },
};

void nap_client_trace_judge(const struct nap_client_trace *t, nap_time end, GArray *out)
{
	for (uint32_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		struct nap_judgement j = { .requirement = &rules[i].r };

		if (!t->sent)
			j.verdict = say(NAP_NOT_TESTED, j.observed, "the client sent nothing in %.0f h",
				nap_time_seconds(end) / 3600);
		else
			j.verdict = rules[i].judge(t, end, j.observed);
		g_array_append_val(out, j);
	}
}
