/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/tags.h"

#include "live/segment.h"

void nap_tags_add(struct nap_tags *t, uint32_t tag, nap_time at)
{
	t->row[t->n % NAP_TAGS].tag = tag;
	t->row[t->n++ % NAP_TAGS].at = at;
}

nap_time nap_tags_time(const struct nap_tags *t, uint32_t tag)
{
	for (uint32_t i = 0; i < t->n && i < NAP_TAGS; i++)
		if (t->row[i].tag == tag)
			return t->row[i].at;
	return NAP_NEVER;
}

uint32_t nap_tags_last(const struct nap_tags *t)
{
	return t->n ? t->row[(t->n - 1) % NAP_TAGS].tag : 0;
}

uint32_t nap_tags_marked(const struct nap_tags *t, uint32_t mark)
{
	for (uint32_t i = t->n; mark && i > 0 && t->n - i < NAP_TAGS; i--)
		if (t->row[(i - 1) % NAP_TAGS].tag % NAP_SEGMENT_MARKS == mark)
			return t->row[(i - 1) % NAP_TAGS].tag;
	return 0;
}
