/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/stun.h"

#include <string.h>

#include <glib.h>

#define BINDING 0x0001
#define COOKIE  UINT32_C(0x2112a442) /* RFC 8489 5 */
#define HEAD    20

enum attribute { /* RFC 8489 18.3, RFC 5780 9.1 */
	MAPPED_ADDRESS = 0x0001,
	CHANGE_REQUEST = 0x0003,
	CHANGED_ADDRESS = 0x0005, /* RFC 3489 11.2.3: what OTHER-ADDRESS was called */
	ERROR_CODE = 0x0009,
	XOR_MAPPED_ADDRESS = 0x0020,
	RESPONSE_PORT = 0x0027,
	RESPONSE_ORIGIN = 0x802b,
	OTHER_ADDRESS = 0x802c,
};

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* The class is spread over two bits of the type: RFC 8489 figure 3. */
static uint16_t type_of(uint8_t klass)
{
	return (uint16_t)(BINDING | (klass & 1) << 4 | (klass & 2) << 7);
}

static size_t put_attribute(uint8_t *buf, size_t at, enum attribute type, uint32_t value)
{
	put16(buf + at, type);
	put16(buf + at + 2, 4);
	put32(buf + at + 4, value);
	return at + 8;
}

size_t nap_stun_write(const struct nap_stun *m, uint8_t buf[NAP_STUN_MAX])
{
	size_t at = HEAD;

	put16(buf, type_of(m->klass));
	put32(buf + 4, COOKIE);
	memcpy(buf + 8, m->id, NAP_STUN_ID);
	if (m->change)
		at = put_attribute(buf, at, CHANGE_REQUEST, m->change);
	if (m->response_port)
		at = put_attribute(buf, at, RESPONSE_PORT, (uint32_t)m->response_port << 16);
	put16(buf + 2, (uint32_t)(at - HEAD));
	return at;
}

/* An address attribute's value; with mask (16 bytes) it is XORed: RFC 8489 14.2. */
static bool read_address(const uint8_t *v, size_t n, const uint8_t *mask, struct nap_inet *out)
{
	struct nap_inet a = { 0 };
	size_t size;

	if (n < 4)
		return false;
	size = v[1] == 1 ? 4 : v[1] == 2 ? 16 : 0;
	if (!size || n != 4 + size)
		return false;
	a.family = size == 4 ? 4 : 6;
	a.port = get16(v + 2);
	memcpy(a.addr, v + 4, size);
	if (mask) {
		a.port ^= get16(mask);
		for (size_t i = 0; i < size; i++)
			a.addr[i] ^= mask[i];
	}
	*out = a;
	return true;
}

static bool read_attribute(uint16_t type, const uint8_t *v, size_t n, const uint8_t *mask, struct nap_stun *m)
{
	switch (type) {
	case MAPPED_ADDRESS:
		return m->mapped.family || read_address(v, n, NULL, &m->mapped);
	case XOR_MAPPED_ADDRESS:
		return read_address(v, n, mask, &m->mapped);
	case CHANGED_ADDRESS:
		return m->other.family || read_address(v, n, NULL, &m->other);
	case OTHER_ADDRESS:
		return read_address(v, n, NULL, &m->other);
	case RESPONSE_ORIGIN:
		return read_address(v, n, NULL, &m->origin);
	case CHANGE_REQUEST:
		m->change = n == 4 ? (uint8_t)(get32(v) & (NAP_STUN_CHANGE_PORT | NAP_STUN_CHANGE_IP)) : 0;
		return n == 4;
	case RESPONSE_PORT:
		m->response_port = n >= 2 ? get16(v) : 0;
		return n == 4 || n == 2;
	case ERROR_CODE:
		m->error = n >= 4 ? (uint16_t)((v[2] & 7) * 100 + v[3] % 100) : 0;
		return n >= 4;
	default:
		return true;
	}
}

bool nap_stun_read(const uint8_t *buf, size_t n, struct nap_stun *m)
{
	struct nap_stun got = { 0 };
	uint16_t type;

	if (n < HEAD || n > NAP_STUN_MAX || n % 4 || get32(buf + 4) != COOKIE || get16(buf + 2) != n - HEAD)
		return false;
	type = get16(buf);
	got.klass = (uint8_t)((type >> 4 & 1) | (type >> 7 & 2));
	if (type != type_of(got.klass))
		return false;
	memcpy(got.id, buf + 8, NAP_STUN_ID);
	for (size_t at = HEAD; at < n;) {
		size_t len;

		if (n - at < 4)
			return false;
		len = get16(buf + at + 2);
		if (len > n - at - 4 || !read_attribute(get16(buf + at), buf + at + 4, len, buf + 4, &got))
			return false;
		at += 4 + (len + 3) / 4 * 4;
	}
	*m = got;
	return true;
}
