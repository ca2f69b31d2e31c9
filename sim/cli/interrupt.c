/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/interrupt.h"

#include <stdlib.h>

#include "cli/cli.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	if (interrupted)
		_Exit(NAP_EXIT_FAILED);
	interrupted = 1;
}

const volatile sig_atomic_t *nap_catch_interrupts(void)
{
	/* writes under way are restarted, waits for packets are not */
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, was;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler != SIG_IGN) /* nohup */
		sigaction(SIGHUP, &action, NULL);
	return &interrupted;
}
