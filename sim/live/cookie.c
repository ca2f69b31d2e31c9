/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/cookie.h"

#include <string.h>

#include <glib.h>

void nap_cookies_init(struct nap_cookies *c, const uint8_t key[NAP_COOKIE_KEY])
{
	memset(c, 0, sizeof(*c));
	nap_cookies_rotate(c, key);
}

void nap_cookies_rotate(struct nap_cookies *c, const uint8_t key[NAP_COOKIE_KEY])
{
	c->epoch++;
	memcpy(c->key[c->epoch % 2], key, NAP_COOKIE_KEY);
}

static void authenticator(const uint8_t *key, uint32_t epoch, const struct nap_inet *host,
	uint64_t association, uint8_t out[NAP_RECORD_MAC])
{
	uint8_t text[1 + 16 + 8 + 4], digest[32];
	gsize n = sizeof(digest);
	GHmac *h = g_hmac_new(G_CHECKSUM_SHA256, key, NAP_COOKIE_KEY);

	text[0] = host->family;
	memcpy(text + 1, host->addr, 16);
	for (int i = 0; i < 8; i++)
		text[17 + i] = (uint8_t)(association >> 8 * i);
	for (int i = 0; i < 4; i++)
		text[25 + i] = (uint8_t)(epoch >> 8 * i);
	g_hmac_update(h, text, sizeof(text));
	g_hmac_get_digest(h, digest, &n);
	g_hmac_unref(h);
	memcpy(out, digest, NAP_RECORD_MAC);
}

void nap_cookie_sign(const struct nap_cookies *c, const struct nap_inet *host, struct nap_record *w)
{
	w->epoch = c->epoch;
	authenticator(c->key[c->epoch % 2], c->epoch, host, w->association, w->mac);
}

bool nap_cookie_valid(const struct nap_cookies *c, const struct nap_inet *host, const struct nap_record *w)
{
	uint8_t want[NAP_RECORD_MAC], differ = 0;

	if (w->epoch == 0 || (w->epoch != c->epoch && w->epoch + 1 != c->epoch))
		return false;
	authenticator(c->key[w->epoch % 2], w->epoch, host, w->association, want);
	for (int i = 0; i < NAP_RECORD_MAC; i++)
		differ |= (uint8_t)(want[i] ^ w->mac[i]);
	return differ == 0;
}
