/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/server.h"

static const char *const silence_words[] = { "own-silence", "clients-silence", "silence", NULL };
static const char *const close_words[] = { [NAP_CLOSE_FIN] = "fin", [NAP_CLOSE_RST] = "rst", NULL };
static const char *const restart_words[] = {
	[NAP_RESTART_HOST] = "host", [NAP_RESTART_PROGRAM] = "program", NULL
};

#define SRV(field) offsetof(struct nap_server_config, field)

const struct nap_param nap_server_params[] = { { "push", NAP_P_ARRIVALS, SRV(push), "none", NULL, NULL, NULL,
						       "When the server has something for the client." },
	{ "push-size", NAP_P_BYTES, SRV(push_size), "0B", "0B", "1MB", NULL,
		"Payload of a push; 0B takes the application's push-size." },
	{ "high-priority", NAP_P_SHARE, SRV(high_priority), "100%", "0%", "100%", NULL,
		"Share of pushes that go to a device in Doze at once (FCM's high priority). The push service "
		"keeps the others for its next maintenance window, 100 at most: one more, and all are "
		"dropped. "
		"Of clients that are exempt; what comes to others waits in the device." },
	{ "answer", NAP_P_BOOL, SRV(answer), "yes", NULL, NULL, NULL,
		"Does the client answer each push by one packet?" },
	{ "queue", NAP_P_BOOL, SRV(queue), "yes", NULL, NULL, NULL,
		"Does the server keep pushes that did not get through until the client has a flow again? "
		"Without it they are "
		"lost. A bare UDP flow never knows, and loses them either way." },
	{ "idle-timeout", NAP_P_TIME, SRV(idle_timeout), "never", "1s", NULL, NULL,
		"The server closes a connection on which the client's program has been silent so long (IMAP "
		"autologout: 30 min or more, RFC 9051 5.4). What TCP acknowledges or probes by itself does "
		"not "
		"count." },
	{ "close", NAP_P_WORD, SRV(close), "fin", NULL, NULL, close_words,
		"TCP: how the server ends a connection by itself: by FIN, or by RST (RabbitMQ)." },
	{ "max-age", NAP_P_TIME, SRV(max_age), "never", "1s", NULL, NULL,
		"The server ends a connection so long after it was opened, whatever goes on (gRPC "
		"MAX_CONNECTION_AGE; RFC 5383 4.1 forbids it)." },
	{ "max-age-jitter", NAP_P_SHARE, SRV(max_age_jitter), "0%", "0%", "100%", NULL,
		"Share of max-age by which each connection's age is more or less, at random (gRPC: 10%)." },
	{ "max-age-grace", NAP_P_TIME, SRV(max_age_grace), "0s", "0s", NULL, NULL,
		"How long a connection that is too old still lasts, after a word to the client (close-size), "
		"for what is under way on it." },
	{ "service-time", NAP_P_DIST_TIME, SRV(service_time), "0s", "0s", NULL, NULL,
		"How long the server takes for a request of the client until it answers (keepalive-answer), "
		"one after another; idle-timeout counts from the answer." },
	{ "think-time", NAP_P_DIST_TIME, SRV(think_time), "0s", "0s", NULL, NULL,
		"How long the server takes to send a push that was kept, from when it heard the client, and "
		"the next one from when that was answered. Above 0s kept pushes go "
		"one by one." },
	{ "restarts", NAP_P_ARRIVALS, SRV(restarts), "none", NULL, NULL, NULL,
		"When the server restarts, for all subscribers at once: all its connections are lost, and "
		"what still comes for them is answered by RST." },
	{ "downtime", NAP_P_DIST_TIME, SRV(downtime), "0s", "0s", "3650d", NULL,
		"How long it is away then; 3650d: for good." },
	{ "restart-of", NAP_P_WORD, SRV(restart_of), "host", NULL, NULL, restart_words,
		"What restarts: the host, silent until it is back; or the program, whose connections the "
		"host ends by FIN, and whose port it then says is closed (RST, ICMP port "
		"unreachable)." },
	{ "half-closed", NAP_P_BOOL, SRV(stays), "no", NULL, NULL, NULL,
		"TCP: does the server's program leave its side open when the client has closed? What it "
		"still says is answered by RST, or meets a binding that has ended." },
	{ "keepalive", NAP_P_TIME, SRV(keepalive), "never", "1s", NULL, NULL,
		"The server's own keepalive, after so long a silence (a mail server's 'still here'); whose "
		"silence, "
		"keepalive-after says." },
	{ "keepalive-after", NAP_P_WORD, SRV(keepalive_after), "own-silence", NULL, NULL, silence_words,
		"Whose silence the server's keepalive waits for: its own, whatever the client does (OpenVPN, "
		"AMQP, "
		"gRPC); the client's (SSH, XMPP); or that of both." },
	{ "keepalive-size", NAP_P_BYTES, SRV(keepalive_size), "20B", "1B", "60kB", NULL,
		"Payload of the server's keepalive." },
	{ "keepalive-answer", NAP_P_BYTES, SRV(keepalive_answer), "0B", "0B", "60kB", NULL,
		"Payload of the client's answer to it; 0B: none (TCP acknowledges by itself)." },
	{ "user-timeout", NAP_P_TIME, SRV(user_timeout), "never", "1s", NULL, NULL,
		"TCP: data of the server's unacknowledged for so long ends the connection "
		"(TCP_USER_TIMEOUT); never: "
		"tcp-retries decides." },
	{ "tcp-keepalive", NAP_P_TIME, SRV(tcp_keepalive.idle), "never", "1s", NULL, NULL,
		"TCP: the keepalive option of the server's socket: probe when nothing was heard for so long; "
		"never: off." },
	{ "tcp-keepalive-interval", NAP_P_TIME, SRV(tcp_keepalive.interval), "75s", "1s", "1h", NULL,
		"TCP: time between probes; where neither this nor the application says, the host's "
		"(stack)." },
	{ "tcp-keepalive-count", NAP_P_UINT, SRV(tcp_keepalive.count), "9", "1", "100", NULL,
		"TCP: unanswered probes after which the connection is dead." },
	NAP_PARAM_END };

void nap_server_set_tcp(struct nap_server_config *server, const struct nap_tcp_config *client)
{
	server->tcp = *client;
	server->tcp.user_timeout = server->user_timeout;
}
