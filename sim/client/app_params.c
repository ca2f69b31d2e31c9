/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/app.h"

#define ROW(field) offsetof(struct nap_app_config, field)

static const char *const transport_words[] = { "udp", "tcp", NULL };
static const char *const mapping_words[] = { "note", "ignore", "reopen", NULL };

const struct nap_param nap_app_params[] = { { "source", NAP_P_TEXT, ROW(source), "", NULL, NULL, NULL,
						    "Where the profile's numbers are from." },
	{ "note", NAP_P_TEXT, ROW(note), "", NULL, NULL, NULL, "What to know about the numbers." },
	{ "verified", NAP_P_TEXT, ROW(verified), "", NULL, NULL, NULL,
		"yes: every number was seen in the source; else which were not." },
	{ "transport", NAP_P_WORD, ROW(transport), "udp", NULL, NULL, transport_words,
		"What carries the application." },
	{ "port", NAP_P_UINT, ROW(port), "4500", "1", "65535", NULL, "The server's port." },
	{ "start", NAP_P_DIST_TIME, ROW(start), "0s", "0s", "3650d", NULL,
		"When the client opens its flow; give populations a distribution (uniform 0s 55s), or all "
		"speak at once." },
	{ "keepalive-size", NAP_P_BYTES, ROW(keepalive_size), "1B", "0B", "60kB", NULL,
		"Payload of a keepalive." },
	{ "keepalive-answer", NAP_P_BYTES, ROW(keepalive_answer), "0B", "0B", "60kB", NULL,
		"Payload of the server's answer to a keepalive; 0B: it does not answer." },
	{ "push-size", NAP_P_BYTES, ROW(push_size), "100B", "1B", "60kB", NULL, "Payload of a push." },
	{ "answer-size", NAP_P_BYTES, ROW(answer_size), "1B", "0B", "60kB", NULL,
		"Payload of the client's answer to a push." },
	{ "answer", NAP_P_BOOL, ROW(answer), "yes", NULL, NULL, NULL,
		"Does the client answer each push by one packet?" },
	{ "open-round-trips", NAP_P_UINT, ROW(open_round_trips), "0", "0", "100", NULL,
		"Round trips of TLS and login after the transport's own handshake." },
	{ "open-up", NAP_P_BYTES, ROW(open_up), "0B", "0B", "1MB", NULL,
		"Bytes sent in these round trips, in all." },
	{ "open-down", NAP_P_BYTES, ROW(open_down), "0B", "0B", "1MB", NULL,
		"Bytes received in these round trips, in all." },
	{ "open-timeout", NAP_P_TIME, ROW(open_timeout), "1s", "1ms", "1h", NULL,
		"UDP: how long the client waits for the answer to an opening packet before it repeats it; "
		"doubles each time." },
	{ "open-tries", NAP_P_UINT, ROW(open_tries), "7", "1", "16", NULL,
		"UDP: transmissions of an opening packet before the opening has failed (Rc of RFC 8489 "
		"6.2.1)." },
	{ "mapping-change", NAP_P_WORD, ROW(mapping_change), "note", NULL, NULL, mapping_words,
		"UDP: what the client does when the answer to a keepalive names a new mapped address (STUN): "
		"note it as a lost "
		"binding, ignore (answers name none), or count the flow as failed and reopen (RFC 5626 "
		"4.4.2)." },
	{ "follow", NAP_P_BOOL, ROW(follow), "yes", NULL, NULL, NULL,
		"UDP: does the server follow the client to a new address without a new opening (connection "
		"ID: QUIC, DTLS of RFC "
		"9146; roaming: WireGuard)?" },
	{ "reliable", NAP_P_BOOL, ROW(reliable), "no", NULL, NULL, NULL,
		"UDP: are pushes kept and repeated until the client has answered them (QUIC streams, CoAP "
		"confirmable)?" },
	{ "push-timeout", NAP_P_TIME, ROW(push_timeout), "1s", "1ms", "1h", NULL,
		"UDP, reliable: how long the server waits for the answer to a push before it repeats it; "
		"doubles each time." },
	{ "push-tries", NAP_P_UINT, ROW(push_tries), "8", "1", "16", NULL,
		"UDP, reliable: transmissions of a push after which the server gives the flow up." },
	{ "answer-timeout", NAP_P_TIME, ROW(answer_timeout), "30s", "1ms", "1d", NULL,
		"A keepalive that was to be answered and was not for so long has failed." },
	{ "answer-tries", NAP_P_UINT, ROW(answer_tries), "1", "1", "100", NULL,
		"Failed keepalives in a row after which the client takes its flow for dead and opens anew." },
	{ "reconnect-delay", NAP_P_TIME, ROW(reconnect_delay), "0s", "0s", "1d", NULL,
		"From noticing a dead flow to opening the next one." },
	NAP_PARAM_END };
