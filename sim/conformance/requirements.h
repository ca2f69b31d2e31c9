/* SPDX-License-Identifier: BSD-2-Clause */
/* What the RFCs ask of middleboxes: one row a requirement. */
#ifndef NAP_CONFORMANCE_REQUIREMENTS_H
#define NAP_CONFORMANCE_REQUIREMENTS_H

#include "conformance/requirement.h"

/* Those of boxes, in order of RFC; those of clients follow them in their own table. */
extern const struct nap_requirement nap_requirements[];
extern const uint32_t nap_n_requirements;

#endif
