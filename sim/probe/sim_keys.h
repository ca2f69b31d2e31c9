/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows by protocol and endpoint: a number for a key, open addressing. Zero stands for nothing, so values count from 1. */
#ifndef NAP_PROBE_SIM_KEYS_H
#define NAP_PROBE_SIM_KEYS_H

#include <stdint.h>

struct nap_sim_key {
	uint64_t key;
	uint32_t value; /* 0: empty */
};

struct nap_sim_keys {
	struct nap_sim_key *slot;
	uint32_t mask, used;
};

void nap_sim_keys_init(struct nap_sim_keys *t);
void nap_sim_keys_clear(struct nap_sim_keys *t);

/* 0: not there. */
uint32_t nap_sim_keys_find(const struct nap_sim_keys *t, uint64_t key);

/* In place of what was there; value 0 takes it out. */
void nap_sim_keys_set(struct nap_sim_keys *t, uint64_t key, uint32_t value);

#endif
