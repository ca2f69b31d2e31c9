/* SPDX-License-Identifier: BSD-2-Clause */
/* Sweep values that follow another key's: "middlebox.nat.udp-stream", "2 * client.interval + 5s". */
#ifndef NAP_IO_SWEEP_EXPRESS_H
#define NAP_IO_SWEEP_EXPRESS_H

#include <glib.h>

#include "text/arena.h"
#include "text/scenario.h"

#define NAP_STEPS_MAX 8u

/* A key, and what is done to its value, from left to right. */
struct nap_expression {
	const char *name, *group, *key; /* whose value it starts from */
	const struct nap_param *from;   /* that key's row */
	const struct nap_param *to;     /* of the key that is swept */
	struct nap_step {
		char op;       /* one of * / + - */
		double number; /* in the type's base unit, or a factor */
	} step[NAP_STEPS_MAX];
	unsigned n;
};

/*
 * *out: the expression that text is, NULL when it is a value. to is the row of the swept key; NULL: it names something. False with
 * a reason when it is a faulty expression.
 */
bool nap_expression_parse(const char *text, const struct nap_param *to, struct nap_arena *arena,
	const struct nap_expression **out, GError **error);

/*
 * What it comes to, as a value is written, where text is the value of the key that it starts from. Free with g_free; NULL with a
 * reason.
 */
char *nap_expression_value(const struct nap_expression *e, const char *text, GError **error);

#endif
