/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of a middlebox that change while sessions live, as text: "udp-stream = 5s"; and in the course of a run,
 * "35s: rules = drop inside, accept; 1h: udp-stream = 5s", where commas divide the elements of one key's list.
 */
#ifndef NAP_TEXT_SETTING_TEXT_H
#define NAP_TEXT_SETTING_TEXT_H

#include <stdbool.h>

#include <glib.h>

#include "kernel/param.h"
#include "text/arena.h"

/* One, whose moment is the caller's; its value goes to the arena. */
bool nap_setting_parse(
	const char *text, struct nap_arena *arena, struct nap_setting *setting, GError **error);

bool nap_settings_parse(const char *text, struct nap_arena *arena, struct nap_settings *out, GError **error);

/* Text that reads back as the same. Free with g_free. */
char *nap_settings_format(const struct nap_settings *settings);

/* The moments at which any of them changes, each once, as arrivals in the arena. */
struct nap_arrivals nap_settings_times(const struct nap_settings *settings, struct nap_arena *arena);

#endif
