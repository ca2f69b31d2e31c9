/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of replaying: frames in the making, and what a scenario makes of them. */
#ifndef NAP_TESTS_REPLAY_TRACE_H
#define NAP_TESTS_REPLAY_TRACE_H

#include "harness.h"
#include "report/replay_report.h"

#define T_DEVICE NAP_ADDR(192, 168, 1, 23)
#define T_SERVER NAP_ADDR(192, 0, 2, 7)

struct t_frame {
	uint8_t data[2048];
	uint32_t n;
};

static inline void t_put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static inline void t_put32(uint8_t *at, uint32_t v)
{
	t_put16(at, v >> 16);
	t_put16(at + 2, v & 0xffff);
}

/* IPv4, and TCP (flags not 0xff) or UDP with so many bytes of payload. */
static inline struct t_frame t_ip4(nap_addr src, uint16_t sport, nap_addr dst, uint16_t dport, uint8_t flags,
	uint32_t seq, uint32_t ack, uint32_t len)
{
	bool tcp = flags != 0xff;
	struct t_frame f = { .n = 20 + (tcp ? 20u : 8u) + len };
	uint8_t *t = f.data + 20;

	f.data[0] = 0x45;
	t_put16(f.data + 2, f.n);
	f.data[8] = 64;
	f.data[9] = tcp ? NAP_TCP : NAP_UDP;
	t_put32(f.data + 12, src);
	t_put32(f.data + 16, dst);
	t_put16(t, sport);
	t_put16(t + 2, dport);
	if (!tcp) {
		t_put16(t + 4, 8 + len);
		return f;
	}
	t_put32(t + 4, seq);
	t_put32(t + 8, ack);
	t[12] = 5 << 4;
	t[13] = flags;
	t_put16(t + 14, 65535);
	return f;
}

static inline struct t_frame t_udp(bool up, uint16_t port, uint32_t len)
{
	return up ? t_ip4(T_DEVICE, port, T_SERVER, 4500, 0xff, 0, 0, len)
		  : t_ip4(T_SERVER, 4500, T_DEVICE, port, 0xff, 0, 0, len);
}

static inline struct t_frame t_tcp(
	bool up, uint16_t port, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	return up ? t_ip4(T_DEVICE, port, T_SERVER, 443, flags, seq, ack, len)
		  : t_ip4(T_SERVER, 443, T_DEVICE, port, flags, seq, ack, len);
}

/* A replay under way. */
struct t_replay {
	struct nap_scenario *sc;
	struct nap_replay *replay;
	struct nap_trace trace;
	struct nap_replayed seen;
};

static inline void t_on_flow(void *ctx, const struct nap_flow *f)
{
	nap_replayed_flow(ctx, f);
}

static inline void t_on_burst(void *ctx, const struct nap_burst *b)
{
	nap_replayed_burst(ctx, b);
}

/* text: a scenario; device: 0: to be found out. */
static inline struct t_replay *t_begin(const char *text, nap_addr device, nap_time span)
{
	struct t_replay *t = g_new0(struct t_replay, 1);
	struct nap_ip ip = nap_ip_of(device);

	t->sc = h_scenario(text);
	nap_replayed_init(&t->seen, t->sc);
	t->replay = nap_replay_new(t->sc, &(struct nap_replay_sink){ &t->seen, t_on_flow, t_on_burst }, NULL);
	nap_trace_init(&t->trace, &ip, device != 0, span, nap_replay_packet, t->replay);
	return t;
}

static inline void t_add(struct t_replay *t, nap_time at, struct t_frame f)
{
	nap_trace_frame(&t->trace, 1700000000 + at / NAP_S, at % NAP_S, NAP_LINK_RAW, f.data, f.n, f.n);
}

static inline void t_finish(struct t_replay *t, nap_time end)
{
	nap_trace_end(&t->trace);
	nap_replay_finish(t->replay, end, &t->seen.sums);
	nap_replayed_sort(&t->seen);
}

static inline const struct nap_flow *t_flow(const struct t_replay *t, guint i)
{
	g_assert_cmpuint(i, <, t->seen.flows->len);
	return t->seen.flows->pdata[i];
}

static inline void t_free(struct t_replay *t)
{
	nap_replay_free(t->replay);
	nap_trace_clear(&t->trace);
	nap_replayed_clear(&t->seen);
	nap_scenario_free(t->sc);
	g_free(t);
}

#endif
