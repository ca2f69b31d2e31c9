/* SPDX-License-Identifier: BSD-2-Clause */
/* The explorer's page, which `make explorer` builds and links in. */
#ifndef NAP_CLI_EXPLORER_PAGE_H
#define NAP_CLI_EXPLORER_PAGE_H

#include <stddef.h>

/* Its text, with @SCENARIO@ where the scenario goes, and its length; NULL: this program was built without it. */
const char *nap_explorer_page(size_t *length);

#endif
