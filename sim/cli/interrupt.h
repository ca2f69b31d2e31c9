/* SPDX-License-Identifier: BSD-2-Clause */
/* Ctrl-C, SIGTERM and SIGHUP, the same for every command: begin nothing new and keep what is complete; asked twice, end now. */
#ifndef NAP_CLI_INTERRUPT_H
#define NAP_CLI_INTERRUPT_H

#include <signal.h>

/* From now on the flag returned becomes 1 at the first signal; the second ends the program with NAP_EXIT_FAILED. */
const volatile sig_atomic_t *nap_catch_interrupts(void);

#endif
