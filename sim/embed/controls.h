/* SPDX-License-Identifier: BSD-2-Clause */
/* What keys there are, and in a scenario the values that hold, with what a form needs to let a person move them. */
#ifndef NAP_EMBED_CONTROLS_H
#define NAP_EMBED_CONTROLS_H

#include "embed/study.h"

/* natnap-schema/1; s: loaded, or NULL. */
JsonNode *nap_schema_json(const struct nap_study *s);

#endif
