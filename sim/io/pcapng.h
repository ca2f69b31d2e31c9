/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of a pcapng file (draft-ietf-opsawg-pcapng), in the machine's byte order, times in nanoseconds. */
#ifndef NAP_IO_PCAPNG_H
#define NAP_IO_PCAPNG_H

#include <stdint.h>
#include <stdio.h>

#include "kernel/time.h"
#include "net/packet.h"

/* All write to f, whose error flag tells of failures. First the section, then its interfaces, numbered from 0. */
void nap_pcapng_section(FILE *f, const char *program);
void nap_pcapng_interface(FILE *f, uint16_t link, const char *name, const char *description);

/* What an address is called. */
void nap_pcapng_name(FILE *f, nap_addr addr, const char *name);

/* n bytes of an interface at a time; comment: NULL for none. */
void nap_pcapng_packet(
	FILE *f, uint32_t interface, nap_time at, const uint8_t *data, uint32_t n, const char *comment);

#endif
