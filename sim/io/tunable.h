/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys whose values a search may choose: a range, and values of it as whole numbers and as text. */
#ifndef NAP_IO_TUNABLE_H
#define NAP_IO_TUNABLE_H

#include "io/sweep.h"

struct nap_tunable {
	char *name; /* "client.interval" */
	char *group, *key;
	const struct nap_param *row;
	enum nap_param_type type; /* the row's; of one that takes two quantities that of lo and hi */
	int64_t lo, hi;           /* in the type's base unit; of real numbers in billionths of it */
	bool ranged;              /* lo and hi are known */
	const char *option;       /* by which it was named: "--over" */
	uint32_t first_address;   /* of a key that takes addresses: values are how many, from this one on */
};

/*
 * KEY or KEY=LO..HI, as given to option. False with "--over: reason" for what is no key, cannot be tuned, or has no such range. Clear with
 * nap_tunable_clear, also after a failure.
 */
bool nap_tunable_parse(struct nap_tunable *t, const char *text, const char *option, GError **error);
void nap_tunable_clear(struct nap_tunable *t);

/* Take the range from the least and the largest value that a sweep has of the key; false where it has none. */
bool nap_tunable_range_of(struct nap_tunable *t, const struct nap_sweep *sweep);

/* Is it a time, in nanoseconds? */
bool nap_tunable_is_time(const struct nap_tunable *t);

/* A value as a scenario has it; free with g_free. */
char *nap_tunable_text(const struct nap_tunable *t, int64_t value);

#endif
