/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a document asks of a middlebox or a client, with the experiment that tells by packets alone whether one meets it.
 * Texts are in our own words.
 */
#ifndef NAP_CONFORMANCE_REQUIREMENT_H
#define NAP_CONFORMANCE_REQUIREMENT_H

#include <stdint.h>

#include "kernel/time.h"

#define NAP_OBSERVED 240 /* bytes of an observation's text */

struct nap_dut;

enum nap_check_verdict { NAP_MEETS, NAP_VIOLATES, NAP_NOT_APPLICABLE, NAP_NOT_TESTED };

/* How strongly it is asked for; RECOMMENDED is SHOULD, REQUIRED is MUST (RFC 2119). OPEN: not at all, and told for information. */
enum nap_level { NAP_MUST, NAP_SHOULD, NAP_OPEN };

/* What a requirement is about. Which of these a box is, is the only thing ever read from its profile. */
enum nap_subject {
	NAP_OF_ALL,    /* NATs and firewalls */
	NAP_OF_NAT,    /* what translates */
	NAP_OF_CGN,    /* a NAT that subscribers share */
	NAP_OF_CPE,    /* a NAT that they do not share: rules that RFC 6888 changes for CGNs */
	NAP_OF_CLIENT, /* the scenario's client, judged in its own run */
};

struct nap_requirement {
	const char *id; /* RFC number and the requirement's own: "4787-REQ-5" */
	const char *section;
	const char *keyword; /* as the document has it: "MUST NOT" */
	enum nap_level level;
	enum nap_subject subject;
	const char *text;
	const char *how; /* the experiment in words; why there is none when run is NULL */
	enum nap_check_verdict (*run)(struct nap_dut *b, const struct nap_requirement *r);
	/* for experiments that several requirements share */
	const char *test[3]; /* tests of discovery whose flows must be alive after `idle` */
	nap_time idle;
};

#endif
