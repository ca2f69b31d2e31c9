/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an application, a policy and what the device's system does go together. */
#include "client/flow.h"

/* A keepalive that is answered or encrypted is the program's. */
static bool can_offload(const struct nap_client_setup *setup)
{
	const struct nap_app_config *app = setup->app;

	if (nap_flow_over_tcp(setup))
		return setup->policy->wire == NAP_WIRE_TCP_OPTION;
	return app->keepalive_answer == 0 && !nap_app_has_secure(app) && app->tls != NAP_DTLS_12 &&
	       setup->policy->wire == NAP_WIRE_MESSAGE;
}

const char *nap_client_check(const struct nap_client_setup *setup, const char **key)
{
	const struct nap_app_config *app = setup->app;
	bool tcp = nap_flow_over_tcp(setup);

	*key = "policy";
	if (nap_policy_state_room(setup->policy) + (setup->dozes ? sizeof(struct nap_doze_state) : 0) >
		NAP_POLICY_STATE)
		return "the policy keeps more state than a client has room for";
	if (setup->policy->state && nap_fields_flaw(setup->policy->state) >= 0)
		return "the policy's table of fields does not say what each byte of its state is";
	if (setup->policy->wire == NAP_WIRE_TCP_OPTION && !tcp)
		return "the policy is an option of TCP, but the application is over UDP";
	if (setup->policy->try_silence && tcp)
		return "the policy probes by a second UDP port, but the application is over TCP";
	*key = "pool-most";
	if (nap_app_pools(app) && nap_flow_asks(setup))
		return "the policy asks a box about one flow, not about a pool of them";
	if (nap_app_pools(app) && setup->policy->try_silence)
		return "the policy probes beside one flow by a second port, not beside a pool of them";
	if (nap_app_pools(app) && setup->policy->listens & NAP_EV_BIT(NAP_EV_BINDING))
		return "the policy is told of one flow's binding, not of a pool of them";
	*key = "pool-least";
	if (app->pool.least > app->pool.most)
		return "is more than pool-most";
	*key = "retire-idle";
	if (app->report.retire_idle == 0 && nap_flow_requests(setup) && app->reopen && !nap_app_pools(app))
		return "0s would close each flow as soon as it is open: it is for reopen = no, or a pool";
	*key = "starttls";
	if (app->starttls && app->tls == NAP_TLS_NONE)
		return "there is no tls to start";
	*key = "tls";
	if (tcp && app->tls >= NAP_DTLS_12)
		return "DTLS, QUIC and WireGuard are over UDP, but the application is over TCP";
	if (nap_app_is_wireguard(app) && app->open_round_trips > 0)
		return "WireGuard's handshake is the whole opening: open-round-trips has to be 0";
	*key = "open-timeout";
	if (nap_app_has_secure(app) && app->open_dist.kind != NAP_DIST_CONSTANT)
		return "QUIC's and WireGuard's is one time";
	*key = "push-window";
	if (app->window != NAP_NEVER && !tcp && !app->reliable)
		return "it is for applications that keep pushes: tcp, or reliable = yes";
	*key = "offload";
	if (setup->program && setup->program->offload && !can_offload(setup))
		return "only UDP keepalives in the clear that want no answer, and TCP's own probes, go "
		       "without the "
		       "processor";
	return NULL;
}

bool nap_client_draws(const struct nap_client_setup *setup)
{
	const struct nap_app_config *app = setup->app;

	return setup->policy->draws || setup->policy->may_draw || app->reconnect_jitter > 0.0 ||
	       app->answer_dist.kind != NAP_DIST_CONSTANT || app->open_dist.kind != NAP_DIST_CONSTANT ||
	       app->reconnect_dist.kind != NAP_DIST_CONSTANT;
}

bool nap_client_is_plain(const struct nap_client_setup *setup)
{
	return !nap_flow_over_tcp(setup) && setup->app->idle_timeout == NAP_NEVER &&
	       !nap_app_has_secure(setup->app) && !nap_flow_checks(setup) && !nap_flow_has_second(setup) &&
	       !nap_flow_asks(setup) && !nap_flow_requests(setup) && !setup->dozes;
}
