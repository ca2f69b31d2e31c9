/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A path of boxes and links with packets in flight and nothing else: what the
 * simulated prober sends its packets over. No radio: discovery asks what the
 * middleboxes do.
 */
#ifndef NAP_PROBE_SIM_PATH_H
#define NAP_PROBE_SIM_PATH_H

#include "probe/prober.h"
#include "middlebox/box.h"
#include "run/scenario.h"

struct nap_sim_path;

#define NAP_SIM_TTL 64 /* of packets that ask for none, hosts' and boxes' alike */

/* A packet that reached an end. sent: when the other end sent it, NAP_NEVER when a box made it. */
struct nap_sim_arrival {
	nap_time at, sent;
	nap_flow flow; /* the sender's mark, NAP_NO_FLOW when a box made it */
	enum nap_end end;
	struct nap_packet packet;
};

/*
 * The path of sc, which must outlive it: that of the first subscriber in the first replication of a run with this seed, with the
 * same boxes, addresses, outages and restarts.
 */
struct nap_sim_path *nap_sim_path_new(const struct nap_scenario *sc, uint64_t seed);
void nap_sim_path_free(struct nap_sim_path *path);

/* The path's clock, 0 at the beginning. */
nap_time nap_sim_path_now(const struct nap_sim_path *path);

/* An end sends p now, marked as flow's. */
void nap_sim_path_send(
	struct nap_sim_path *path, enum nap_end from, const struct nap_packet *p, nap_flow flow);

/* When anything next happens on the path, if that is by `until`; else some time after it, NAP_NEVER when nothing will. */
nap_time nap_sim_path_next(const struct nap_sim_path *path, nap_time until);

/* Take the next happening, or move the clock to `until` if that is earlier; true when a packet reached an end. */
bool nap_sim_path_step(struct nap_sim_path *path, nap_time until, struct nap_sim_arrival *out);

/* The device's address: the scenario's, unless the first box knows its subscribers by theirs. */
nap_addr nap_sim_path_device(const struct nap_sim_path *path);

/* The boxes, from the client outwards: for tests, which may know the truth. */
struct nap_box *nap_sim_path_box(struct nap_sim_path *path, uint32_t i);

#endif
