/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/tcp_rtt.h"

static void first_sample(struct nap_tcp_rtt *r, uint32_t rtt, uint32_t floor, uint32_t nxt)
{
	r->srtt = 8 * rtt;
	r->mdev = 2 * rtt;
	r->rttvar = r->mdev > floor ? r->mdev : floor;
	r->mdev_max = r->rttvar;
	r->round = nxt;
}

/* A shorter round trip than expected raises the deviation by an eighth of what a longer one does. */
static uint32_t deviation(uint32_t mdev, int32_t error)
{
	int32_t by = (error < 0 ? -error : error) - (int32_t)(mdev / 4);

	if (error < 0 && by > 0)
		by /= 8;
	return (uint32_t)((int32_t)mdev + by);
}

void nap_tcp_rtt_sample(struct nap_tcp_rtt *r, nap_time rtt, nap_time rto_min, uint32_t una, uint32_t nxt)
{
	/* up to four minutes: beyond, no number of 32 bits holds eight times it */
	uint32_t us = (uint32_t)nap_time_min(nap_time_max(rtt / NAP_US, 1), 240 * NAP_S / NAP_US);
	uint32_t floor = (uint32_t)(rto_min / NAP_US);
	int32_t error;

	if (r->srtt == 0) {
		first_sample(r, us, floor, nxt);
		return;
	}
	error = (int32_t)us - (int32_t)(r->srtt / 8);
	r->srtt = (uint32_t)((int32_t)r->srtt + error);
	r->mdev = deviation(r->mdev, error);
	if (r->mdev > r->mdev_max) {
		r->mdev_max = r->mdev;
		if (r->mdev_max > r->rttvar)
			r->rttvar = r->mdev_max;
	}
	if ((int32_t)(r->round - una) < 0) {
		if (r->mdev_max < r->rttvar)
			r->rttvar -= (r->rttvar - r->mdev_max) / 4;
		r->round = nxt;
		r->mdev_max = floor;
	}
}

nap_time nap_tcp_rtt_rto(const struct nap_tcp_rtt *r, nap_time max)
{
	return nap_time_min((nap_time)(r->srtt / 8 + r->rttvar) * NAP_US, max);
}

nap_time nap_tcp_rtt_smoothed(const struct nap_tcp_rtt *r)
{
	return (nap_time)(r->srtt / 8) * NAP_US;
}
