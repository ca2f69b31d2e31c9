/* SPDX-License-Identifier: BSD-2-Clause */
#include "conformance/conformance.h"

#include <string.h>

#include "conformance/check.h"

const struct nap_requirement *nap_requirement_find(const char *id)
{
	for (uint32_t i = 0; i < nap_n_requirements; i++)
		if (!strcmp(nap_requirements[i].id, id))
			return &nap_requirements[i];
	return NULL;
}

uint32_t nap_judgements_count(const GArray *judgements, enum nap_check_verdict verdict, enum nap_level level)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < judgements->len; i++) {
		const struct nap_judgement *j = &g_array_index(judgements, struct nap_judgement, i);

		n += j->verdict == verdict && j->requirement->level == level;
	}
	return n;
}

/* Why a requirement does not concern this box at all; NULL when it does. */
static const char *does_not_concern(struct nap_dut *b, const struct nap_requirement *r)
{
	bool nat = nap_dut_translates(b), shared = b->middlebox->box.shared;

	switch (r->subject) {
	case NAP_OF_NAT:
		return nat ? NULL : "it does not translate";
	case NAP_OF_CGN:
		return nat && shared ? NULL : "it is no NAT that subscribers share";
	case NAP_OF_CPE:
		return nat && !shared ? NULL : "it is no NAT of one subscriber";
	case NAP_OF_ALL:
	case NAP_OF_CLIENT:
		break;
	}
	return NULL;
}

static void judge(struct nap_dut *b, const struct nap_requirement *r, struct nap_judgement *out)
{
	const char *why = does_not_concern(b, r);

	b->observed[0] = '\0';
	*out = (struct nap_judgement){ .requirement = r };
	if (why)
		out->verdict = nap_does_not_apply(b, "%s", why);
	else if (!r->run)
		out->verdict = nap_untested(b, "%s", r->how);
	else
		out->verdict = r->run(b, r);
	g_strlcpy(out->observed, b->observed, sizeof out->observed);
}

/* Made from the other judgements by nap_check_box; alone it has nothing to say. */
enum nap_check_verdict nap_check_all_of_it(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return nap_untested(b, "follows from the other judgements");
}

/* RFC 6888 REQ-1: the requirements of the three documents that it names. */
static void judge_all_of_it(const GArray *others, struct nap_judgement *out)
{
	static const char *const documents[] = { "4787-", "5382-", "5508-" };
	uint32_t violated = 0, met = 0;
	const char *first = "";

	for (uint32_t i = 0; i < others->len; i++) {
		const struct nap_judgement *j = &g_array_index(others, struct nap_judgement, i);
		bool named = false;

		for (uint32_t k = 0; k < G_N_ELEMENTS(documents); k++)
			named = named || g_str_has_prefix(j->requirement->id, documents[k]);
		if (!named || j->requirement->level != NAP_MUST)
			continue;
		met += j->verdict == NAP_MEETS;
		if (j->verdict == NAP_VIOLATES && !violated++)
			first = j->requirement->id;
	}
	out->verdict = violated ? NAP_VIOLATES : NAP_MEETS;
	if (violated)
		g_snprintf(out->observed, sizeof out->observed,
			"%u of their MUST requirements are violated, the first %s", violated, first);
	else
		g_snprintf(out->observed, sizeof out->observed,
			"none of their MUST requirements is violated, %u are met", met);
}

void nap_check_box(const struct nap_middlebox *m, GArray *out)
{
	struct nap_dut b;
	uint32_t first = out->len;

	nap_dut_init(&b, m);
	for (uint32_t i = 0; i < nap_n_requirements; i++) {
		struct nap_judgement j;

		judge(&b, &nap_requirements[i], &j);
		g_array_append_val(out, j);
	}
	for (uint32_t i = first; i < out->len; i++) {
		struct nap_judgement *j = &g_array_index(out, struct nap_judgement, i);

		if (j->requirement->run == nap_check_all_of_it && j->verdict != NAP_NOT_APPLICABLE)
			judge_all_of_it(out, j);
	}
	nap_dut_clear(&b);
}

void nap_check_one(const struct nap_middlebox *m, const struct nap_requirement *r, struct nap_judgement *out)
{
	struct nap_dut b;

	nap_dut_init(&b, m);
	judge(&b, r, out);
	nap_dut_clear(&b);
}
