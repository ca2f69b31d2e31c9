/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/explorer_page.h"

#ifdef NATNAP_EXPLORER
__asm__(".section .rodata\n"
	"nap_explorer_begin: .incbin \"" NATNAP_EXPLORER "\"\n"
	"nap_explorer_end: .byte 0\n"
	".previous\n");
extern const char nap_explorer_begin[], nap_explorer_end[];

const char *nap_explorer_page(size_t *length)
{
	*length = (size_t)(nap_explorer_end - nap_explorer_begin);
	return nap_explorer_begin;
}
#else
const char *nap_explorer_page(size_t *length)
{
	*length = 0;
	return NULL;
}
#endif
