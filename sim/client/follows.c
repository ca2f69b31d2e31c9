/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client tells the network of what follows a packet: release assistance, by message. */
#include "client/client.h"
#include "client/message.h"

enum nap_follows nap_client_follows(const struct nap_client_setup *setup, const struct nap_packet *p)
{
	const struct nap_app_config *app = setup->app;

	if (!app->release_assistance || p->proto != NAP_UDP)
		return NAP_FOLLOWS_UNKNOWN;
	switch (p->message) {
	case NAP_MSG_KEEPALIVE:
		return app->keepalive_answer > 0 ? NAP_FOLLOWS_ONE_ANSWER : NAP_FOLLOWS_NOTHING;
	case NAP_MSG_OPEN_UP: /* of the last step; after the others the client speaks again */
		return NAP_OPEN_STEP(p->tag) + 1 == nap_app_steps(app, NAP_OPEN_RESUMED(p->tag))
			       ? NAP_FOLLOWS_ONE_ANSWER
			       : NAP_FOLLOWS_UNKNOWN;
	case NAP_MSG_REKEY:
	case NAP_MSG_LIVENESS:
	case NAP_MSG_MOVED:
		return NAP_FOLLOWS_ONE_ANSWER;
	case NAP_MSG_SERVER_ANSWER:
	case NAP_MSG_PUSH_ANSWER:
	case NAP_MSG_BYE:
		return NAP_FOLLOWS_NOTHING;
	default:
		return NAP_FOLLOWS_UNKNOWN;
	}
}
