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

/* --- boxes of one profile --- */

static uint32_t boxes_of(const struct nap_middlebox *m)
{
	return m->n_draws ? NAP_CHECK_BOXES : 1;
}

/* The first box is that of a run with this seed. */
static uint64_t seed_of(uint64_t seed, uint32_t box)
{
	return seed ^ box * UINT64_C(0x9e3779b97f4a7c15);
}

/* What says most: one box that violates is enough, and one that could be tested is more than others that could not. */
static uint32_t weight(enum nap_check_verdict v)
{
	static const uint32_t weights[] = {
		[NAP_VIOLATES] = 3, [NAP_MEETS] = 2, [NAP_NOT_TESTED] = 1, [NAP_NOT_APPLICABLE] = 0
	};

	return weights[v];
}

/* What the next box of n shows, added to what those before it have shown. */
static void add_box(struct nap_judgement *all, const struct nap_judgement *j, uint32_t box, uint32_t n)
{
	if (box > 0 && weight(j->verdict) <= weight(all->verdict))
		return;
	*all = *j;
	if (j->verdict == NAP_VIOLATES && n > 1)
		g_snprintf(
			all->observed, sizeof all->observed, "box %u of %u: %.200s", box + 1, n, j->observed);
}

/* Judges the boxes of the profile by the requirements that belong together, each until one violates it. */
static void judge_boxes(const struct nap_middlebox *m, uint64_t seed, const struct nap_requirement *const *r,
	struct nap_judgement **out, uint32_t n)
{
	for (uint32_t box = 0; box < boxes_of(m); box++) {
		struct nap_dut b;

		nap_dut_init(&b, m, seed_of(seed, box));
		for (uint32_t i = 0; i < n; i++) {
			struct nap_judgement j;

			if (box > 0 && out[i]->verdict == NAP_VIOLATES)
				continue;
			judge(&b, r[i], &j);
			add_box(out[i], &j, box, boxes_of(m));
		}
		nap_dut_clear(&b);
	}
}

void nap_check_one(const struct nap_middlebox *m, uint64_t seed, const struct nap_requirement *r,
	struct nap_judgement *out)
{
	judge_boxes(m, seed, &r, &out, 1);
}

/* --- in pieces --- */

struct nap_check {
	const struct nap_middlebox *m;
	uint64_t seed;
	struct nap_judgement *by; /* each requirement */
};

/* Experiments that look at the same full box, or the same shared one, are one piece; each other is one of its own. */
static uint32_t piece_of(uint32_t requirement)
{
	static nap_check_fn *const full[] = { nap_check_port_limit, nap_check_full_drops,
		nap_check_pool_empty, nap_check_full_icmp, nap_check_full_keeps };
	static nap_check_fn *const share[] = { nap_check_port_utilisation, nap_check_log_volume };
	nap_check_fn *run = nap_requirements[requirement].run;

	for (uint32_t i = 0; i < G_N_ELEMENTS(full); i++)
		if (run == full[i])
			return 0;
	for (uint32_t i = 0; i < G_N_ELEMENTS(share); i++)
		if (run == share[i])
			return 1;
	return 2 + nap_n_requirements - 1 - requirement; /* the last ones take longest, so they begin */
}

struct nap_check *nap_check_new(const struct nap_middlebox *m, uint64_t seed)
{
	struct nap_check *c = g_new0(struct nap_check, 1);

	c->m = m;
	c->seed = seed;
	c->by = g_new0(struct nap_judgement, nap_n_requirements);
	return c;
}

void nap_check_free(struct nap_check *c)
{
	g_free(c->by);
	g_free(c);
}

uint32_t nap_check_pieces(const struct nap_check *c)
{
	(void)c;
	return 2 + nap_n_requirements;
}

void nap_check_run(struct nap_check *c, uint32_t piece)
{
	g_autofree const struct nap_requirement **r =
		g_new(const struct nap_requirement *, nap_n_requirements);
	g_autofree struct nap_judgement **out = g_new(struct nap_judgement *, nap_n_requirements);
	uint32_t n = 0;

	for (uint32_t i = 0; i < nap_n_requirements; i++)
		if (piece_of(i) == piece) {
			r[n] = &nap_requirements[i];
			out[n++] = &c->by[i];
		}
	if (n)
		judge_boxes(c->m, c->seed, r, out, n);
}

void nap_check_sum(const struct nap_check *c, GArray *out)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct nap_judgement));

	g_array_append_vals(all, c->by, nap_n_requirements);
	for (uint32_t i = 0; i < all->len; i++) {
		struct nap_judgement *j = &g_array_index(all, struct nap_judgement, i);

		if (j->requirement->run == nap_check_all_of_it && j->verdict != NAP_NOT_APPLICABLE)
			judge_all_of_it(all, j);
	}
	g_array_append_vals(out, all->data, all->len);
}

void nap_check_box(const struct nap_middlebox *m, uint64_t seed, GArray *out)
{
	struct nap_check *c = nap_check_new(m, seed);

	for (uint32_t i = 0; i < nap_check_pieces(c); i++)
		nap_check_run(c, i);
	nap_check_sum(c, out);
	nap_check_free(c);
}
