/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside run/: what one subscriber counted, as the difference of the counts of its part. Subscribers of a part share tally and
 * meters; nothing on the way of an event knows of accounts.
 */
#ifndef NAP_RUN_ACCOUNT_H
#define NAP_RUN_ACCOUNT_H

#include "kernel/wide.h"
#include "run/run.h"

struct nap_workspace;

/* A part's counts up to now, as far as they are charged to its subscribers. */
struct nap_charged {
	uint64_t reachable_ns, offered, delivered, bindings_lost;
	uint64_t rare;          /* what grows with any of the last three */
	struct nap_wide energy; /* of meters without bills */
};

/*
 * Charge to a what the line's current part counted since the last charge. The order that goes from one subscriber to another
 * with each event lets bills run along (nap_account_bill), the other prices the meters, which comes to the same.
 */
void nap_account_charge(struct nap_workspace *ws, struct nap_charged *charged, struct nap_account *a);

/* The meters of a part are billed, or no more. */
void nap_account_bill(struct nap_workspace *ws, struct nap_meter *meter, bool on);

/* A subscriber of the subscriber order has come to its end; first: of its part. */
void nap_account_end(struct nap_workspace *ws, bool first);

#endif
