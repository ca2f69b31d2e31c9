/* SPDX-License-Identifier: BSD-2-Clause */
/* STUN messages, captured frames and echo replies, as they come from the network: what is taken is sane. */
#include "fuzz/fuzz.h"

#include <pcap/dlt.h>

#include "live/frame.h"
#include "live/sockets.h"
#include "live/stun.h"

static void is_address(const struct nap_inet *a)
{
	g_assert_true(a->family == 0 || a->family == 4 || a->family == 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int links[] = { DLT_RAW, DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL };
	/* exactly as long as it says, so that a read beyond is seen */
	g_autofree uint8_t *exact = size > 1 ? g_memdup2(data + 1, size - 1) : NULL;
	size_t n = exact ? size - 1 : 0, n_data = 0;
	uint8_t how = size ? data[0] : 0;
	struct nap_frame f;
	struct nap_stun m;
	const uint8_t *reply;

	if (nap_stun_read(exact, n, &m)) {
		uint8_t buf[NAP_STUN_MAX];

		is_address(&m.mapped);
		is_address(&m.other);
		is_address(&m.origin);
		if (m.klass <= NAP_STUN_INDICATION)
			g_assert_cmpuint(nap_stun_write(&m, buf), <=, sizeof buf);
	}
	if (nap_frame_read(links[how % G_N_ELEMENTS(links)], exact, n, &f)) {
		is_address(&f.segment.src);
		g_assert_cmpuint(f.n_payload, <=, sizeof f.payload);
	}
	reply = nap_echo_data(exact, n, how & 8 ? 6 : 4, how & 16, &n_data);
	g_assert_true(!reply || (reply >= exact && reply + n_data == exact + n));
	return 0;
}

/* A binding request, its answer, an IPv4 echo request; the rest is found. */
static const char *const corpus[] = { "\x01", "\x02\x45", "\x11\x60" };

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), NULL, 0);
}
