/* SPDX-License-Identifier: BSD-2-Clause */
#include "natnap_run.h"

#include <string.h>

#include "embed/controls.h"
#include "embed/study.h"
#include "embed/verdicts.h"
#include "io/json.h"
#include "text/input_error.h"

/* ---- options ---------------------------------------------------------------------------------------------------------- */

/* Those that the caller's version of the struct has. */
static struct nap_text_options options_of(const struct nap_text_options *given)
{
	struct nap_text_options o = { .size = sizeof o };

	if (given)
		memcpy(&o, given, MIN(given->size, sizeof o));
	if (!o.name)
		o.name = "scenario";
	return o;
}

static enum nap_text_status refused(GError *error, char **out)
{
	*out = g_strdup(error->message);
	g_error_free(error);
	return NAP_TEXT_REFUSED;
}

static bool load(struct nap_study *s, const char *text, const struct nap_text_options *o, GError **error)
{
	s->document = nap_document_parse(o->name, NULL, text, strlen(text), error);
	s->goal = nap_tune_goal_usual();
	if (!s->document || !nap_study_set(s, o->set, 0, error) || !nap_study_load(s, error))
		return false;
	nap_tune_goal_priced(&s->goal, s->scenario[0]);
	return true;
}

/* ---- run -------------------------------------------------------------------------------------------------------------- */

/* A run that is watched by the caller. */
struct watched {
	const struct nap_text_options *options;
	volatile int stop;
};

static void watch(void *ctx, uint64_t done, uint64_t all)
{
	struct watched *w = ctx;
	const struct nap_text_options *o = w->options;

	if (o->progress)
		o->progress(o->ctx, done, all);
	if (o->stop && o->stop(o->ctx))
		w->stop = 1;
}

enum nap_text_status nap_text_run(const char *text, const struct nap_text_options *options, char **out)
{
	struct nap_text_options o = options_of(options);
	struct watched w = { &o, 0 };
	struct nap_study s = { 0 };
	GError *error = NULL;
	bool whole;

	if (!load(&s, text, &o, &error)) {
		nap_study_clear(&s);
		return refused(error, out);
	}
	s.campaign.threads = o.threads;
	s.campaign.stop = &w.stop;
	s.campaign.progress = watch;
	s.campaign.progress_ctx = &w;
	if (o.timeline)
		nap_study_watch(&s);
	nap_study_run(&s);
	whole = s.results->missing == 0;
	*out = nap_json_text(nap_study_json(&s, o.name, o.set));
	nap_study_clear(&s);
	return whole ? NAP_TEXT_DONE : NAP_TEXT_STOPPED;
}

/* ---- check ------------------------------------------------------------------------------------------------------------ */

static enum nap_text_status judge(
	const char *text, bool whole, const char *origin, const struct nap_text_options *o, char **out)
{
	struct nap_study s = { 0 };
	GError *error = NULL;
	GPtrArray *list = NULL;

	if (load(&s, text, o, &error))
		list = nap_verdicts(s.scenario[0], whole, s.scenario[0]->general.seed, o->threads, &error);
	if (list) {
		*out = nap_conformance_json(list, origin);
		g_ptr_array_unref(list);
	}
	nap_study_clear(&s);
	return list ? NAP_TEXT_DONE : refused(error, out);
}

enum nap_text_status nap_text_check(const char *text, const struct nap_text_options *options, char **out)
{
	struct nap_text_options o = options_of(options);

	return judge(text, true, o.name, &o, out);
}

enum nap_text_status nap_profile_check(
	const char *profile, const struct nap_text_options *options, char **out)
{
	struct nap_text_options o = options_of(options);
	GError *error = NULL;
	struct nap_profile *p =
		nap_profile_open(NAP_MIDDLEBOX, profile, NULL, &error); /* for its own messages */
	g_autofree char *text = p ? nap_verdicts_scenario(profile) : NULL;

	nap_profile_free(p);
	return p ? judge(text, false, profile, &o, out) : refused(error, out);
}

/* ---- schema ----------------------------------------------------------------------------------------------------------- */

enum nap_text_status nap_text_schema(const char *text, const struct nap_text_options *options, char **out)
{
	struct nap_text_options o = options_of(options);
	struct nap_study s = { 0 };
	GError *error = NULL;
	bool ok = !text || load(&s, text, &o, &error);

	if (ok)
		*out = nap_json_text(nap_schema_json(text ? &s : NULL));
	nap_study_clear(&s);
	return ok ? NAP_TEXT_DONE : refused(error, out);
}
