/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, port ranges and per-port timers as text. */
#ifndef NAP_TEXT_ADDRESS_TEXT_H
#define NAP_TEXT_ADDRESS_TEXT_H

#include <stdbool.h>

#include <glib.h>

#include "text/arena.h"
#include "kernel/param.h"

/* 203.0.113.1 at the start of *text, host order; moves *text behind it. */
bool nap_address_scan(const char **text, uint32_t *addr);
char *nap_address_format(uint32_t addr);

/* "203.0.113.1; 203.0.113.8-203.0.113.15; 198.51.100.0/28"; every address of a prefix counts. */
bool nap_addresses_parse(
	const char *text, struct nap_arena *arena, struct nap_addr_list *out, GError **error);
char *nap_addresses_format(const struct nap_addr_list *list);

/* "1024-65535", or one port. */
bool nap_port_ranges_parse(
	const char *text, struct nap_arena *arena, struct nap_port_ranges *out, GError **error);
char *nap_port_ranges_format(const struct nap_port_ranges *ranges);

/* "53: 10s; udp/4500: 30s 5min": one time, or before and after the first answer. */
bool nap_port_timers_parse(
	const char *text, struct nap_arena *arena, struct nap_port_timers *out, GError **error);
char *nap_port_timers_format(const struct nap_port_timers *timers);

#endif
