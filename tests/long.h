/* SPDX-License-Identifier: BSD-2-Clause */
/* What `make check-long` tests in full, `make check` tests on cases that stand for the others. */
#ifndef NATNAP_TESTS_LONG_H
#define NATNAP_TESTS_LONG_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* AddressSanitizer keeps what was freed for a while: how much is in use tells nothing there. */
#ifdef __SANITIZE_ADDRESS__
enum { MEMORY_TELLS = 0 };
#else
enum { MEMORY_TELLS = 1 };
#endif

static inline bool in_full(void)
{
	return g_getenv("NATNAP_LONG") != NULL;
}

/* Is a case among those to be tested now? usual: names of those that are always, NULL-terminated. */
static inline bool is_tested(const char *name, const char *const *usual)
{
	return in_full() || g_strv_contains(usual, name);
}

/* So many, or so many in full. */
static inline uint32_t how_many(uint32_t usual, uint32_t full)
{
	return in_full() ? full : usual;
}

#endif
