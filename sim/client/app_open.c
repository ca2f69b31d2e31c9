/* SPDX-License-Identifier: BSD-2-Clause */
/* What opening costs after the transport's handshake: STARTTLS, TLS, login, in round trips and bytes. */
#include "client/app.h"

#define ROUNDS_MAX 3

/*
 * Handshakes as round trips, record headers included, certificates apart; last_up is what the client sends last,
 * together with its first request. TLS as recorded from OpenSSL 3 (X25519, RSA of 2048 bits, AES-256-GCM, a server name
 * of 18 bytes); DTLS and QUIC are the sums of the messages' fields (ECDSA P-256, AES-128-GCM).
 */
struct handshake {
	uint32_t rounds;
	struct nap_app_step round[ROUNDS_MAX];
	uint32_t certificates_in; /* round that carries the chain, from 1; 0: none does */
	uint32_t last_up;
	uint32_t last_down; /* what the server sends when it has that: TLS 1.3's session tickets */
};

/* [enum nap_tls][resumed] */
static const struct handshake handshakes[][2] = {
	[NAP_TLS_NONE] = { { 0 }, { 0 } },
	/* RFC 5246 7.3, RFC 5077 3.1: hello; certificate, key exchange, done / key exchange, finished; ticket, finished */
	[NAP_TLS_12] = { { 2, { { 215, 399 }, { 93, 242 } }, 1, 0, 0 }, { 1, { { 423, 141 } }, 0, 51, 0 } },
	/* RFC 8446 2, 2.2: hello / hello, extensions, certificate, verify, finished; the client's finished goes with data */
	[NAP_TLS_13] = { { 1, { { 252, 556 } }, 1, 80, 2 * 255 }, { 1, { { 523, 241 } }, 0, 80, 255 } },
	/* RFC 6347 4.2.1: a cookie exchange first; 12 bytes more a message, 8 more a record */
	[NAP_DTLS_12] = { { 3, { { 200, 60 }, { 220, 110 + 140 + 29 }, { 62 + 14 + 61, 14 + 61 + 200 } }, 2,
				  0, 0 },
		{ 2, { { 380, 60 }, { 400, 110 + 14 + 61 } }, 0, 14 + 61, 0 } },
	/* RFC 9147 5.1: the cookie comes in a HelloRetryRequest; resumption validates the address by the ticket */
	[NAP_DTLS_13] = { { 2, { { 270, 110 }, { 300, 140 + 44 + 113 + 70 } }, 2, 70, 0 },
		{ 1, { { 540, 146 + 44 + 70 } }, 0, 70, 0 } },
	/* Donenfeld, NDSS 2017, 5.4.2 and 5.4.3 */
	[NAP_WIREGUARD] = { { 1, { { 148, 92 } }, 0, 0, 0 }, { 1, { { 148, 92 } }, 0, 0, 0 } },
	/* RFC 9000 8.1, 14.1: client Initials are padded to 1200 bytes, the server's too; it may send three times as much */
	[NAP_QUIC] = { { 1, { { 1200, 1200 + 350 } }, 1, 1200, 0 }, { 1, { { 1200, 1200 } }, 0, 120, 0 } },
};

static const struct handshake *handshake(const struct nap_app_config *app, bool resumed)
{
	return &handshakes[app->tls][resumed && app->resume != NAP_RESUME_NONE];
}

/* Does the first request go with the client's hello, so that one round trip serves both? */
static bool early(const struct nap_app_config *app, bool resumed)
{
	bool can = app->tls == NAP_TLS_13 || app->tls == NAP_DTLS_13 || app->tls == NAP_QUIC;

	return resumed && can && app->resume == NAP_RESUME_EARLY && app->open_round_trips > 0;
}

static uint32_t starttls_steps(const struct nap_app_config *app)
{
	return app->starttls && app->tls != NAP_TLS_NONE ? app->starttls_round_trips : 0;
}

uint32_t nap_app_steps(const struct nap_app_config *app, bool resumed)
{
	uint32_t n = starttls_steps(app) + handshake(app, resumed)->rounds + app->open_round_trips;

	return early(app, resumed) ? n - 1 : n;
}

/* Share i of total in n parts whose sum is total. */
static uint32_t share(uint64_t total, uint32_t n, uint32_t i)
{
	return (uint32_t)(total * (i + 1) / n - total * i / n);
}

static struct nap_app_step login_step(const struct nap_app_config *app, uint32_t i)
{
	uint32_t n = app->open_round_trips;

	return (struct nap_app_step){ share(app->open_up, n, i), share(app->open_down, n, i) };
}

static struct nap_app_step tls_step(const struct nap_app_config *app, bool resumed, uint32_t i)
{
	const struct handshake *h = handshake(app, resumed);
	struct nap_app_step step = h->round[i];

	if (h->certificates_in == i + 1)
		step.down += (uint32_t)app->certificates;
	if (early(app, resumed) && i == 0) {
		struct nap_app_step login = login_step(app, 0);

		step.up += login.up;
		step.down += login.down;
	}
	return step;
}

struct nap_app_step nap_app_step(const struct nap_app_config *app, bool resumed, uint32_t i)
{
	const struct handshake *h = handshake(app, resumed);
	uint32_t n = starttls_steps(app);
	struct nap_app_step step;

	if (i < n)
		return (struct nap_app_step){ share(app->starttls_up, n, i),
			share(app->starttls_down, n, i) };
	i -= n;
	if (i < h->rounds)
		return tls_step(app, resumed, i);
	i -= h->rounds;
	step = login_step(app, early(app, resumed) ? i + 1 : i);
	if (i == 0) {
		step.up += h->last_up;
		step.down += h->last_down;
	}
	return step;
}
