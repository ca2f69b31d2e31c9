/* SPDX-License-Identifier: BSD-2-Clause */
/* The experiments, one function each (or one for several rows of requirements.c). Private to conformance. */
#ifndef NAP_CONFORMANCE_CHECK_H
#define NAP_CONFORMANCE_CHECK_H

#include "conformance/dut.h"
#include "discovery/finding.h"

typedef enum nap_check_verdict nap_check_fn(struct nap_dut *b, const struct nap_requirement *r);

/* Does state that dies after `life` outlive its end when it is told something a moment before, as s says with its idle time and gap? */
bool nap_check_lives_beyond(struct nap_dut *b, const struct nap_procedure *s, nap_time life);

/* Does an outbound packet restart the timer of a stream of UDP, as far as it has one that ends within a day? */
bool nap_check_outbound_restarts(struct nap_dut *b);

/* check_udp.c */
nap_check_fn nap_check_survives, nap_check_mapping, nap_check_filtering, nap_check_filtering_eif,
	nap_check_port_class, nap_check_parity, nap_check_overloading, nap_check_tcp_overloading,
	nap_check_random_ports, nap_check_hairpin, nap_check_tcp_hairpin, nap_check_outbound_refresh,
	nap_check_filtered_refresh, nap_check_refusal_refresh, nap_check_icmp_refresh, nap_check_protocols,
	nap_check_deterministic;

/* check_tcp.c */
nap_check_fn nap_check_mail_ports, nap_check_acap, nap_check_any_port, nap_check_duration, nap_check_outage,
	nap_check_dormancy, nap_check_soft_errors, nap_check_server_leg, nap_check_maintained,
	nap_check_both_ways, nap_check_mail_idle, nap_check_sequences, nap_check_simultaneous,
	nap_check_no_early_answer, nap_check_held_syn, nap_check_late_answer, nap_check_blind_reset,
	nap_check_reset_passes, nap_check_reset_revives;

/* check_icmp.c */
nap_check_fn nap_check_icmp_tcp, nap_check_icmp_udp, nap_check_icmp_in, nap_check_icmp_out,
	nap_check_icmp_kills_tcp, nap_check_icmp_kills_udp, nap_check_icmp_any_source, nap_check_echo,
	nap_check_icmp_unknown_in, nap_check_icmp_unknown_out, nap_check_icmp_checksum,
	nap_check_hairpin_error;

/* Do segments of many sizes get through on the mail ports, both ways? If not, observed says which did not. */
bool nap_check_dialogues(struct nap_dut *b);

/* check_alg.c */
nap_check_fn nap_check_tcp_algs, nap_check_udp_algs, nap_check_undamaged, nap_check_not_partial;

/* check_fragments.c */
nap_check_fn nap_check_too_big, nap_check_fragments_sent, nap_check_fragments_in_order,
	nap_check_fragments_received, nap_check_fragments_flood, nap_check_ip_id;

/* check_map.c */
nap_check_fn nap_check_mapping_asked, nap_check_pcp, nap_check_port_reuse_reboot, nap_check_overlap,
	nap_check_stray_told, nap_check_log_destinations, nap_check_port_utilisation, nap_check_log_volume;

#define NAP_CHECK_HOLD (119 * NAP_S) /* RFC 6888 REQ-8: two minutes, not quite over */

/* Is a freed external endpoint given to another host, if so many open flows that every free port would be? */
bool nap_check_port_given(struct nap_dut *b, struct nap_endpoint freed);

/* check_cgn.c */
nap_check_fn nap_check_pooling, nap_check_pool_empty, nap_check_port_limit, nap_check_state_limit,
	nap_check_port_reuse, nap_check_session_rate, nap_check_full_drops, nap_check_full_icmp,
	nap_check_full_admin, nap_check_full_keeps, nap_check_all_of_it;

#endif
