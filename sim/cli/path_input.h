/* SPDX-License-Identifier: BSD-2-Clause */
/* What discover and check look at: a middlebox profile by name, a profile's file, or a scenario, of which the path alone counts. */
#ifndef NAP_CLI_PATH_INPUT_H
#define NAP_CLI_PATH_INPUT_H

#include <stdbool.h>

#include "io/scenario.h"

struct nap_path_input {
	struct nap_document *document;
	struct nap_override *set; /* n of them, what the command line sets last */
	uint32_t n;
	bool whole; /* a scenario, not a middlebox alone */
};

/* set may be NULL. False with an input error; clear it in either case. */
bool nap_path_input_read(struct nap_path_input *in, const char *what, char **set, GError **error);
void nap_path_input_clear(struct nap_path_input *in);

#endif
