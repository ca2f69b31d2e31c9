/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/tests_path.h"

#include <glib.h>
#include <string.h>

#include "discovery/hops.h"
#include "probe/steps.h"

/* --- what happens at expiry: a look from both ends, once the server's packet has shown that the flow is dead. The
 * procedures of udp-3 and tcp-1 and more, so that their searches can run these instead. --- */
#define WHEN_DEAD(...)                                                                                       \
	{                                                                                                    \
		.what = NAP_DO_ASK, .flow = 0, .last = true, .probe = {.from = NAP_SERVER, __VA_ARGS__ }     \
	}
const struct nap_procedure nap_script_udp_expiry = { "udp-expiry", { UDP },
	{ UDP_STREAM, NAP_IDLE(0), WHEN_DEAD(.act = NAP_ACT_DATA), NAP_ASK_CLIENT(0), NAP_ASK_SERVER(0) } };
const struct nap_procedure nap_procedure_tcp_expiry = { "tcp-expiry", { RAW },
	{ RAW_STREAM, NAP_IDLE(0), WHEN_DEAD(.act = NAP_ACT_SEGMENT, .flags = DATA, .len = 1),
		NAP_ASK_CLIENT_SEG(0, DATA, 1), NAP_ASK_SERVER_SEG(0, NAP_ACK, 0) } };
const struct nap_procedure nap_procedure_tcp_expiry_sockets = { "tcp-expiry", { TCP },
	{ TCP_STREAM, NAP_IDLE(0), WHEN_DEAD(.act = NAP_ACT_DATA) } };

/* A half-closed connection, idle beyond its timer: is that told as the end of an open one is? */
const struct nap_procedure nap_script_closing_expiry = { "tcp-closing-expiry", { RAW },
	{ RAW_STREAM, NAP_CLIENT_SEG(0, NAP_FIN | NAP_ACK, 0), NAP_SERVER_SEG(0, NAP_ACK, 0), NAP_IDLE(0),
		WHEN_DEAD(.act = NAP_ACT_SEGMENT, .flags = DATA, .len = 1) } };

static const char *answered(const struct nap_answer *a)
{
	return a->got ? "passes" : a->rst ? "RST" : a->icmp ? "ICMP" : "silence";
}

/* Who answered, in words; nothing when the packet got through or nobody did. */
static char *answerer(
	const struct nap_trial_result *r, const struct nap_answer *a, enum nap_end end, uint32_t *hop)
{
	*hop = 0;
	return a && !a->got && (a->rst || a->icmp) ? nap_hops_sender(r, end, a->from, a->ttl, hop)
						   : g_strdup("");
}

/* What the ends were told when the timer ran out, in words. */
static char *told_text(const struct nap_trial_result *r, const bool told[2], struct nap_finding *f)
{
	static const char *const to[] = { "RST to the client", "RST to the server" };
	GString *s = g_string_new(NULL);

	for (int end = 0; end < 2; end++) {
		const struct nap_heard *h = &r->heard[end];
		uint32_t hop;
		g_autofree char *from =
			told[end] ? nap_hops_sender(r, (enum nap_end)end, h->rst_from, h->rst_ttl, &hop)
				  : NULL;

		if (!from)
			continue;
		f->rst_hop = hop;
		g_string_append_printf(s, "%s%s; ", to[end], from);
	}
	return g_string_free(s, FALSE);
}

void nap_judge_expiry(const struct nap_trial_result *r, struct nap_finding *f)
{
	uint32_t n = nap_procedure_steps(r->procedure), idle = 0;
	const struct nap_answer *server, *client, *again;
	bool told[2] = { false, false };
	g_autofree char *by_server = NULL, *by_client = NULL, *at_expiry = NULL;

	while (r->procedure->step[idle].what != NAP_DO_IDLE)
		idle++;
	server = &r->answer[idle + 1];
	client = idle + 2 < n ? &r->answer[idle + 2] : NULL;
	again = idle + 3 < n ? &r->answer[idle + 3] : NULL;
	for (int end = 0; end < 2; end++)
		told[end] = r->heard[end].rst && r->heard[end].rst_step == idle;
	nap_finding_say(f,
		told[NAP_CLIENT] && told[NAP_SERVER] ? "rst"
		: told[NAP_CLIENT]                   ? "rst-inside"
		: told[NAP_SERVER]                   ? "rst-outside"
						     : "silent",
		"");
	f->error = server->got ? 0 : server->error;
	g_snprintf(f->after_server, sizeof(f->after_server), "%s", answered(server));
	g_snprintf(f->after_client, sizeof(f->after_client), "%s",
		client && client->done ? answered(client) : NAP_NOT_TRIED);
	f->recreated = client && client->got && again && again->got;
	f->hops = nap_hops_length(r);
	at_expiry = told_text(r, told, f);
	by_server = answerer(r, server, NAP_SERVER, &f->server_answer_hop);
	by_client = answerer(r, client, NAP_CLIENT, &f->client_answer_hop);
	g_snprintf(f->detail, sizeof(f->detail), "%sserver's packet after %.*f s: %s%s; client's: %s%s%s",
		at_expiry, r->idle < 100 * NAP_S, nap_time_seconds(r->idle), f->after_server, by_server,
		f->after_client, by_client,
		!client || !client->got ? ""
		: !f->recreated         ? ", the server still gets nothing back"
		: nap_endpoint_equal(client->seen, r->answer[0].seen)
			? ", opens it anew, same external endpoint"
			: ", opens it anew, another external endpoint");
}

void nap_judge_after_expiry(const struct nap_trial_result *r, struct nap_finding *f)
{
	bool client, server;

	nap_judge_expiry(r, f);
	client = !strcmp(f->after_client, "RST");
	server = !strcmp(f->after_server, "RST");
	g_strlcpy(f->word,
		client && server                                                       ? "rst-both"
		: client                                                               ? "rst-inside"
		: server                                                               ? "rst-outside"
		: !strcmp(f->after_client, "passes")                                   ? "create"
		: !strcmp(f->after_client, "ICMP") || !strcmp(f->after_server, "ICMP") ? "icmp"
										       : "silence",
		sizeof(f->word));
}

/* --- every hop: the packets of the trial's TTL --- */
#define DYING NAP_BY(CLIENT, ASK, 0, .act = NAP_ACT_DATA, .ttl = NAP_TRIAL_TTL)

const struct nap_procedure nap_script_path = { "path", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), DYING } };

/* 60 % and 70 % of the timer: past it since the start, not since the packet between */
const struct nap_procedure nap_script_refresh_ttl = { "refresh-ttl", { UDP },
	{ UDP_STREAM, NAP_IDLE_SHARE(0, 60), DYING, NAP_IDLE_SHARE(0, 70), NAP_ASK_SERVER(0) } };
