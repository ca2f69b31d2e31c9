/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of ends beforehand (a plain client, a server without timers of its own) changes nothing: each asked anew does the same. */
#include "pair.h"
#include "policy_settings.h"

/* Half a day of any policy over UDP: losses, a binding that is lost now and then, pushes every seven minutes. */
static void live(struct pair *p, const char *policy, uint32_t answer, bool known)
{
	pair_init(p, NAP_OVER_UDP, policy, NAP_S);
	set_defaults(p->policy_config, p->setup.policy);
	p->timeout = 3 * NAP_MIN;
	p->loss = 0.05;
	p->app.keepalive_answer = answer;
	p->app.answer_timeout = answer ? 5 * NAP_S : NAP_NEVER;
	p->app.answer_tries = 3;
	pair_wire(p);
	if (!known)
		p->setup.plain = p->server_config.still = false;
	for (nap_time t = 7 * NAP_MIN; t <= 12 * NAP_H; t += 7 * NAP_MIN) {
		pair_run(p, t);
		pair_push(p);
	}
}

static void test_known(void)
{
	struct pair *known = g_new(struct pair, 2), *asked = known + 1;
	uint32_t plain = 0, still = 0;

	for (const struct nap_policy *const *i = nap_policies; *i; i++)
		for (uint32_t answer = 0; answer <= 20 && (*i)->wire != NAP_WIRE_TCP_OPTION; answer += 20) {
			live(known, (*i)->name, answer, true);
			live(asked, (*i)->name, answer, false);
			plain += known->setup.plain;
			still += known->server_config.still;
			g_test_message("%s, answer %u", (*i)->name, answer);
			g_assert_cmpuint(known->up, ==, asked->up);
			g_assert_cmpuint(known->down, ==, asked->down);
			g_assert_cmpuint(known->bytes_up, ==, asked->bytes_up);
			g_assert_cmpuint(known->reconnects, ==, asked->reconnects);
			g_assert_cmpuint(known->delivered, ==, asked->delivered);
			g_assert_cmpint(known->c.deadline, ==, asked->c.deadline);
			g_assert_cmpint(known->s.deadline, ==, asked->s.deadline);
			g_assert_cmpint(memcmp(known->log, asked->log, sizeof known->log), ==, 0);
		}
	g_assert_cmpuint(plain, >, 10);
	g_assert_cmpuint(still, >, 10);
	g_free(known);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plain-ends/known", test_known);
	return g_test_run();
}
