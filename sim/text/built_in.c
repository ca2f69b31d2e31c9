/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/built_in.h"

#include <stddef.h>

const struct nap_built_in nap_built_ins[] = {
#include "profiles.inc" /* written by scripts/profiles-to-c */
	{ NULL, NULL, NULL },
};
