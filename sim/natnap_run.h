/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libnatnap-run: what the program natnap does with a scenario's text, for programs of others: run it with its sweep and
 * replications, judge it by the RFCs, tell what keys there are, make a middlebox of a profile. Texts go in, JSON documents come
 * out, the same to the byte as `natnap run --json` prints. No file is opened: profiles are the shipped ones, and a value that names
 * a file is refused. Nothing is shared between calls: any number of threads may make them at the same time.
 *
 * The library holds all of libnatnap too: link either, and with this one use natnap.h for what a box does with packets.
 * Both headers need C11 or C++11 and nothing else; the library itself needs GLib and json-glib.
 */
#ifndef NATNAP_RUN_H
#define NATNAP_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef NAP_API
#define NAP_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* All but size may be zero. Later versions add members at the end, and take size for which are there. */
struct nap_text_options {
	size_t size;            /* sizeof(struct nap_text_options) */
	const char *name;       /* the text's, in messages and in the document; NULL: "scenario" */
	const char *const *set; /* "GROUP.KEY=VALUE", NULL-terminated: over what the text says, as --set */
	unsigned threads;       /* 0: as many as there are processors; results do not depend on it */
	/* Both are called with ctx from the calling thread, some ten times a second while others work. */
	void (*progress)(void *ctx, uint64_t done, uint64_t all);
	bool (*stop)(void *ctx); /* true: end soon */
	void *ctx;
	bool timeline; /* the document gets "timeline": what the first subscriber did, as timeline.csv has it */
};

enum nap_text_status {
	NAP_TEXT_DONE, /* *out is a whole document */
	NAP_TEXT_STOPPED, /* *out is a document of the replications that were complete, and says how many are missing */
	NAP_TEXT_REFUSED, /* *out is why: "scenario:18: [client] interval: ..." */
};

/*
 * Each of these takes options NULL for none, and sets *out to a text that is to be freed with nap_free.
 *
 * nap_text_run     natnap-run/1: the points of the sweep with all metrics, each with its interval of 95 %
 * nap_text_check   natnap-check/1: verdicts on the scenario's middleboxes and client; it is not stopped
 * nap_profile_check  the same of one box of the shipped middlebox profile of that name
 * nap_text_schema  natnap-schema/1: every key with type, bounds, default and help, the policies and profiles; with a text (else
 *                  NULL) also the values that hold in it, and within which bounds a person may like to move them
 */
NAP_API enum nap_text_status nap_text_run(
	const char *text, const struct nap_text_options *options, char **out);
NAP_API enum nap_text_status nap_text_check(
	const char *text, const struct nap_text_options *options, char **out);
NAP_API enum nap_text_status nap_profile_check(
	const char *profile, const struct nap_text_options *options, char **out);
NAP_API enum nap_text_status nap_text_schema(
	const char *text, const struct nap_text_options *options, char **out);

NAP_API void nap_free(void *text);

/*
 * A middlebox of a shipped profile ("linux") with keys set over it ("udp=45s", NULL-terminated, or NULL); seed is of the ports
 * that it draws. NULL, *why then (unless why is NULL) to be freed with nap_free. What natnap.h takes as a box is given by
 * nap_made_box_get, as long as the made box lives.
 */
struct nap_box;
struct nap_made_box;
NAP_API struct nap_made_box *nap_made_box_new(
	const char *profile, const char *const *set, uint64_t seed, char **why);
NAP_API struct nap_box *nap_made_box_get(const struct nap_made_box *made);
NAP_API void nap_made_box_free(struct nap_made_box *made); /* accepts NULL */

#ifdef __cplusplus
}
#endif

#endif
