/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/policy.h"

#include <string.h>

#define NAP_POLICY(name) extern const struct nap_policy nap_policy_##name;
#include "policies.inc"
#undef NAP_POLICY

const struct nap_policy *const nap_policies[] = {
#define NAP_POLICY(name) &nap_policy_##name,
#include "policies.inc"
#undef NAP_POLICY
	NULL
};

const struct nap_policy *nap_policy_find(const char *name)
{
	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		if (strcmp((*p)->name, name) == 0)
			return *p;
	return NULL;
}
