/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole scenarios for programs that embed the library and open no file. */
#ifndef NAP_TEXT_EMBED_H
#define NAP_TEXT_EMBED_H

#include "kernel/api.h"
#include "text/scenario.h"

/* --- natnap.h --- */
struct nap_scenario;
struct nap_radio_tech;

/* The name of shipped profile number i of a kind ("middlebox", "radio", "battery", "application"), NULL after the last. */
NAP_API const char *nap_profile_name(const char *kind, size_t i);

/*
 * A scenario from its text, as `natnap run` reads it from a file; profiles are the shipped ones, and no value may name a file.
 * NULL when it is not sound: *why then (unless why is NULL) is "scenario:LINE: [group] key: what is wrong", to be freed with
 * nap_free. Free with nap_scenario_free, which accepts NULL.
 */
NAP_API struct nap_scenario *nap_scenario_parse(const char *text, char **why);
NAP_API void nap_free(void *text);

/* The config of [middlebox NAME], NULL when there is none, and the radio of [radio]; both live as long as the scenario. */
NAP_API const struct nap_box_config *nap_scenario_box(const struct nap_scenario *scenario, const char *name);
NAP_API const struct nap_radio_tech *nap_scenario_radio(const struct nap_scenario *scenario);
/* --- */

#endif
