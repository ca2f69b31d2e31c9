/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/conformance_report.h"

#include "io/json.h"
#include "text/csv.h"
#include "report/text_table.h"

#define OBSERVED_AT 47 /* characters before what was observed */

static const char *const verdict_words[] = {
	[NAP_MEETS] = "meets",
	[NAP_VIOLATES] = "violates",
	[NAP_NOT_APPLICABLE] = "not applicable",
	[NAP_NOT_TESTED] = "not tested",
};

static void free_judged(gpointer p)
{
	struct nap_judged *j = p;

	g_free(j->title);
	g_array_unref(j->judgement);
	g_free(j);
}

GPtrArray *nap_judged_list_new(void)
{
	return g_ptr_array_new_with_free_func(free_judged);
}

struct nap_judged *nap_judged_add(GPtrArray *list, const char *title)
{
	struct nap_judged *j = g_new0(struct nap_judged, 1);

	j->title = g_strdup(title);
	j->judgement = g_array_new(FALSE, FALSE, sizeof(struct nap_judgement));
	g_ptr_array_add(list, j);
	return j;
}

uint32_t nap_judged_violations(const GPtrArray *list, enum nap_level level)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < list->len; i++)
		n += nap_judgements_count(
			((struct nap_judged *)list->pdata[i])->judgement, NAP_VIOLATES, level);
	return n;
}

static const struct nap_judgement *judgement_at(const struct nap_judged *j, uint32_t i)
{
	return &g_array_index(j->judgement, struct nap_judgement, i);
}

/* "MUST: 20 meet, 3 violate; SHOULD: ..." */
static char *tally(const struct nap_judged *j)
{
	static const char *const levels[] = { [NAP_MUST] = "MUST", [NAP_SHOULD] = "SHOULD" };
	GString *s = g_string_new(NULL);

	for (int level = NAP_MUST; level <= NAP_SHOULD; level++) {
		g_string_append_printf(s, "%s%s:", level ? "; " : "", levels[level]);
		for (int v = NAP_MEETS; v <= NAP_NOT_TESTED; v++)
			g_string_append_printf(s, "%s %u %s", v ? "," : "",
				nap_judgements_count(
					j->judgement, (enum nap_check_verdict)v, (enum nap_level)level),
				verdict_words[v]);
	}
	return g_string_free(s, FALSE);
}

#define NAMED 4u /* requirements of the first line */

/* Judgements of that level that say anything: that meet, or violate. */
static uint32_t judged(const GPtrArray *list, enum nap_level level)
{
	uint32_t n = nap_judged_violations(list, level);

	for (uint32_t i = 0; i < list->len; i++)
		n += nap_judgements_count(((struct nap_judged *)list->pdata[i])->judgement, NAP_MEETS, level);
	return n;
}

/* The first line: how many MUSTs are violated, and which; RFC 5383's stand before the others'. */
static void verdict(GString *s, const GPtrArray *list, const char *origin)
{
	uint32_t bad = nap_judged_violations(list, NAP_MUST), named = 0;

	if (bad == 0) {
		g_string_append_printf(s, "%s: meets all %u MUSTs that apply, violates %u of %u SHOULDs.\n",
			origin, judged(list, NAP_MUST), nap_judged_violations(list, NAP_SHOULD),
			judged(list, NAP_SHOULD));
		return;
	}
	g_string_append_printf(s, "%s: violates %u of %u MUSTs: ", origin, bad, judged(list, NAP_MUST));
	for (uint32_t i = 0; i < list->len; i++) {
		const struct nap_judged *j = list->pdata[i];

		for (uint32_t k = 0; k < j->judgement->len; k++) {
			const struct nap_judgement *g = judgement_at(j, k);

			if (g->verdict != NAP_VIOLATES || g->requirement->level != NAP_MUST || named == NAMED)
				continue;
			g_string_append_printf(s, "%s%s", named ? ", " : "", g->requirement->id);
			named++;
		}
	}
	g_string_append_printf(s, "%s; %u of %u SHOULDs.\n", bad > named ? " ..." : "",
		nap_judged_violations(list, NAP_SHOULD), judged(list, NAP_SHOULD));
}

/* A requirement; of one that is violated its words below. */
static void add_row(GString *s, const struct nap_judgement *g)
{
	const struct nap_requirement *r = g->requirement;
	g_autofree char *words = g_strdup_printf("(RFC %.4s section %s) %s", r->id, r->section, r->text);

	g_string_append_printf(s, "%-17s %-12s %-15s ", r->id, r->keyword, verdict_words[g->verdict]);
	nap_table_wrap(s, g->observed, OBSERVED_AT);
	g_string_append_c(s, '\n');
	if (g->verdict != NAP_VIOLATES)
		return;
	g_string_append_printf(s, "%*s", OBSERVED_AT, "");
	nap_table_wrap(s, words, OBSERVED_AT);
	g_string_append_c(s, '\n');
}

char *nap_conformance_text(const GPtrArray *list, const char *origin)
{
	GString *s = g_string_new(NULL);

	verdict(s, list, origin);
	for (uint32_t i = 0; i < list->len; i++) {
		const struct nap_judged *j = list->pdata[i];
		g_autofree char *sum = tally(j);

		g_string_append_printf(s, "\n%s\n%s\n\n%-17s %-12s %-15s %s\n", j->title, sum, "requirement",
			"asked", "verdict", "observed");
		for (uint32_t k = 0; k < j->judgement->len; k++) {
			const struct nap_judgement *g = judgement_at(j, k);

			add_row(s, g);
		}
	}
	return g_string_free(s, FALSE);
}

/* What was done to find out; "" when nothing was. */
static const char *experiment(const struct nap_requirement *r)
{
	return r->run || r->subject == NAP_OF_CLIENT ? r->how : "";
}

/* A cell of a Markdown table: bars would end it. */
static void cell(GString *s, const char *text)
{
	g_string_append(s, "| ");
	for (; *text; text++) {
		if (*text == '|')
			g_string_append_c(s, '\\');
		g_string_append_c(s, *text);
	}
	g_string_append_c(s, ' ');
}

char *nap_conformance_markdown(const GPtrArray *list, const char *origin)
{
	GString *s = g_string_new(NULL);

	g_string_append_printf(s, "# Conformance of %s\n", origin);
	for (uint32_t i = 0; i < list->len; i++) {
		const struct nap_judged *j = list->pdata[i];
		g_autofree char *sum = tally(j);

		g_string_append_printf(s,
			"\n## %s\n\n%s.\n\n| requirement | section | asked | what | experiment | verdict | "
			"observed |\n"
			"|---|---|---|---|---|---|---|\n",
			j->title, sum);
		for (uint32_t k = 0; k < j->judgement->len; k++) {
			const struct nap_judgement *g = judgement_at(j, k);
			const struct nap_requirement *r = g->requirement;
			g_autofree char *section = g_strdup_printf("RFC %.4s, %s", r->id, r->section);
			const char *const cells[] = { r->id, section, r->keyword, r->text, experiment(r),
				verdict_words[g->verdict], g->observed };

			for (size_t c = 0; c < G_N_ELEMENTS(cells); c++)
				cell(s, cells[c]);
			g_string_append(s, "|\n");
		}
	}
	return g_string_free(s, FALSE);
}

static const char *level_word(const struct nap_requirement *r)
{
	return r->level == NAP_MUST ? "MUST" : r->level == NAP_SHOULD ? "SHOULD" : "OPEN";
}

char *nap_conformance_csv(const GPtrArray *list)
{
	static const char *const head[] = { "subject", "id", "document", "section", "level", "verdict",
		"text", "observed", NULL };
	struct nap_csv_writer w;

	nap_csv_begin(&w, head);
	for (uint32_t i = 0; i < list->len; i++) {
		const struct nap_judged *j = list->pdata[i];

		for (uint32_t k = 0; k < j->judgement->len; k++) {
			const struct nap_judgement *g = judgement_at(j, k);
			const struct nap_requirement *r = g->requirement;

			nap_csv_put(&w, j->title);
			nap_csv_put(&w, r->id);
			nap_csv_put_format(&w, "RFC %.4s", r->id);
			nap_csv_put(&w, r->section);
			nap_csv_put(&w, level_word(r));
			nap_csv_put(&w, verdict_words[g->verdict]);
			nap_csv_put(&w, r->text);
			nap_csv_put(&w, g->observed);
			nap_csv_end(&w);
		}
	}
	return g_string_free(w.text, FALSE);
}

static void judgement_json(JsonBuilder *b, const struct nap_judgement *g)
{
	const struct nap_requirement *r = g->requirement;
	g_autofree char *document = g_strdup_printf("RFC %.4s", r->id); /* ids begin so */

	json_builder_begin_object(b);
	nap_json_put_text(b, "id", r->id);
	nap_json_put_text(b, "document", document);
	nap_json_put_text(b, "section", r->section);
	nap_json_put_text(b, "keyword", r->keyword);
	nap_json_put_text(b, "level", level_word(r));
	nap_json_put_text(b, "text", r->text);
	nap_json_put_text(b, "experiment", experiment(r));
	nap_json_put_text(b, "verdict", verdict_words[g->verdict]);
	nap_json_put_text(b, "observed", g->observed);
	json_builder_end_object(b);
}

char *nap_conformance_json(const GPtrArray *list, const char *origin)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-check/1");
	nap_json_put_text(b, "version", NATNAP_VERSION);
	nap_json_put_text(b, "origin", origin);
	nap_json_put_int(b, "must_violations", nap_judged_violations(list, NAP_MUST));
	nap_json_put_int(b, "should_violations", nap_judged_violations(list, NAP_SHOULD));
	json_builder_set_member_name(b, "judged");
	json_builder_begin_array(b);
	for (uint32_t i = 0; i < list->len; i++) {
		const struct nap_judged *j = list->pdata[i];

		json_builder_begin_object(b);
		nap_json_put_text(b, "subject", j->title);
		json_builder_set_member_name(b, "requirements");
		json_builder_begin_array(b);
		for (uint32_t k = 0; k < j->judgement->len; k++)
			judgement_json(b, judgement_at(j, k));
		json_builder_end_array(b);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	return nap_json_built(b);
}
