/* SPDX-License-Identifier: BSD-2-Clause */
/* A middlebox' config without a scenario: defaults, profiles and keys, all read as a scenario's are. */
#ifndef NAP_TEXT_BOX_TEXT_H
#define NAP_TEXT_BOX_TEXT_H

#include "kernel/api.h"
#include "middlebox/box_config.h"
#include "path/path_config.h"
#include "text/schema.h"

/*
 * Fill box, and the link behind it, from the schema's layers, whose keys profile and base are passed over: defaults where no
 * layer sets a key. The schema comes without bindings. Then nap_box_config_check. False with "WHERE: [group] key: reason".
 */
bool nap_box_config_fill(
	struct nap_schema *schema, struct nap_box_config *box, struct nap_hop_config *hop, GError **error);

/* --- natnap.h --- */
/*
 * What a middlebox does. Keys and values are those of a scenario's [middlebox NAME]: `natnap help middlebox` explains each,
 * `natnap profiles middlebox` lists what profiles there are. A config owns what it holds: keep it as long as its boxes, do
 * not copy it.
 */

/* The defaults: a NAT with the timers that RFC 4787 and 5382 recommend, tracker simple. To be given back by nap_box_config_clear. */
NAP_API void nap_box_config_init(struct nap_box_config *config);
NAP_API void nap_box_config_clear(struct nap_box_config *config);

/*
 * All values as the shipped profile of that name has them ("linux"); times and counts that it gives as distributions are
 * their means. False when there is none: the config stays as it was.
 */
NAP_API bool nap_box_config_profile(struct nap_box_config *config, const char *name);

/*
 * One key: nap_box_config_set(&config, "tcp-established", "300s"). NULL when all is well, else what is wrong with it: text
 * that lives as long as the config, which stays as it was.
 */
NAP_API const char *nap_box_config_set(struct nap_box_config *config, const char *key, const char *text);

/* A key's value as text that would set it so, of the config's own life; NULL when there is no such key. */
NAP_API const char *nap_box_config_get(const struct nap_box_config *config, const char *key);
/* --- */

#endif
