/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP as [client] has it where nothing is said, for those that have no scenario of a client. */
#ifndef NAP_TEXT_TCP_TEXT_H
#define NAP_TEXT_TCP_TEXT_H

#include "client/tcp.h"

/* Fill *config with the defaults of the schema's rows (client/app_params.c, each with its source). */
void nap_tcp_config_init(struct nap_tcp_config *config);

#endif
