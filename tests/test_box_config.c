/* SPDX-License-Identifier: BSD-2-Clause */
/* A middlebox' config from defaults, profiles and keys, without scenario, file or shell. */
#include "box_test.h"

#include "text/box_text.h"

#define REMOTE NAP_ADDR(192, 0, 2, 9) /* no profile has that address */

/* Every key's default is what its row says, read back. */
static void test_defaults(void)
{
	struct nap_box_config config;
	const char *key;

	nap_box_config_init(&config);
	g_assert_null(nap_box_config_check(&config, &key));
	for (const struct nap_param *row = nap_box_params; row->key; row++) {
		g_autofree char *text = g_strdup(nap_box_config_get(&config, row->key));

		g_assert_nonnull(row->def);
		g_assert_nonnull(text);
		/* the default's own words give that value again */
		g_assert_null(nap_box_config_set(&config, row->key, row->def));
		g_assert_cmpstr(nap_box_config_get(&config, row->key), ==, text);
	}
	g_assert_cmpint(config.timer[NAP_TIMER_ESTABLISHED], ==, 7440 * NAP_S);
	g_assert_cmpuint(config.addresses.n, ==, 1);
	nap_box_config_clear(&config);
	g_assert_null(config.own);
}

/* What a config without an init would be: everything at zero. No box is made of it, whatever its kind. */
static void test_zeroed(void)
{
	struct nap_box_config config = { 0 };
	const char *key = "";

	g_assert_null(nap_box_new(&config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 4));
	g_assert_nonnull(nap_box_config_check(&config, &key));
	config.kind = NAP_BOX_FIREWALL;
	g_assert_null(nap_box_new(&config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 4));
	g_assert_nonnull(nap_box_config_check(&config, &key));
	g_assert_cmpstr(key, ==, "port-range");
}

/* Every shipped profile gives a box that lets a packet out and, where it tracks at all, its answer in. */
static void test_profiles(void)
{
	struct nap_box_config config;
	size_t n = 0;

	nap_box_config_init(&config);
	for (const char *name; (name = nap_profile_name("middlebox", n)); n++) {
		struct nap_box *box;
		struct nap_endpoint mapped;
		nap_addr client;

		g_test_message("%s", name);
		g_assert_true(nap_box_config_profile(&config, name));
		client = config.inside_first.n ? config.inside_first.addr[0] : IN_A;
		box = nap_box_new(&config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 4);
		g_assert_nonnull(box);
		mapped = udp_out(box, NAP_S, client, 5000, REMOTE, 8000);
		g_assert_cmpuint(mapped.port, >, 0);
		g_assert_true(udp_in(box, 2 * NAP_S, REMOTE, 8000, mapped));
		nap_box_free(box);
	}
	g_assert_cmpuint(n, >, 40);
	nap_box_config_clear(&config);
}

static void test_keys(void)
{
	struct nap_box_config config;

	nap_box_config_init(&config);
	g_assert_true(nap_box_config_profile(&config, "linux"));
	g_assert_cmpstr(nap_box_config_get(&config, "tcp-established"), ==, "5d");
	g_assert_null(nap_box_config_set(&config, "tcp-established", "300s"));
	g_assert_cmpint(config.timer[NAP_TIMER_ESTABLISHED], ==, 300 * NAP_S);
	g_assert_null(nap_box_config_set(&config, "addresses", "198.51.100.0/30"));
	g_assert_cmpuint(config.addresses.n, ==, 4);
	g_assert_cmpstr(nap_box_config_get(&config, "addresses"), ==, "198.51.100.0-198.51.100.3");

	g_assert_cmpstr(nap_box_config_set(&config, "tcp-estblished", "1s"), ==,
		"unknown key (did you mean tcp-established?)");
	g_assert_nonnull(strstr(nap_box_config_set(&config, "tcp-established", "300"), "unit"));
	g_assert_nonnull(strstr(nap_box_config_set(&config, "kind", "nta"), "did you mean nat"));
	g_assert_nonnull(nap_box_config_set(&config, "probe-count", "64"));
	g_assert_cmpint(config.timer[NAP_TIMER_ESTABLISHED], ==, 300 * NAP_S);
	g_assert_null(nap_box_config_get(&config, "nonesuch"));
	g_assert_false(nap_box_config_profile(&config, "lynux"));
	g_assert_false(nap_box_config_profile(&config, "../middlebox/linux"));
	g_assert_false(nap_box_config_profile(&config, "EXAMPLES"));
	g_assert_cmpint(config.timer[NAP_TIMER_ESTABLISHED], ==, 300 * NAP_S);
	nap_box_config_clear(&config);
}

/* Text that names a file is refused: nothing is opened here. */
static void test_no_files(void)
{
	char *why = NULL;

	g_assert_null(
		nap_scenario_parse("[scenario]\nduration = 1h\n[path]\ndelay = empirical /dev/null\n", &why));
	g_assert_cmpstr(why, ==, "scenario:4: [path] delay: no file can be named here: /dev/null");
	nap_free(why);
	g_assert_null(nap_scenario_parse("[scenario]\nduration = 1h\n[radio]\nprofile = ./x\n", NULL));
}

/* What names a port: a number from 1 on, after a protocol or none, and nothing behind it. */
static void test_ports(void)
{
	static const char *const bad[] = { "", "0", "udp/0", "80x", "0x", "80 ", "65536", "udp/", "what/80",
		"-1" };
	uint8_t proto;
	uint16_t port;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(nap_box_port_parse(bad[i], &proto, &port));
	g_assert_true(nap_box_port_parse("1", &proto, &port));
	g_assert_cmpuint(proto, ==, 0);
	g_assert_cmpuint(port, ==, 1);
	g_assert_true(nap_box_port_parse("tcp/65535", &proto, &port));
	g_assert_cmpuint(proto, ==, NAP_TCP);
	g_assert_cmpuint(port, ==, 65535);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/box-config/defaults", test_defaults);
	g_test_add_func("/box-config/zeroed", test_zeroed);
	g_test_add_func("/box-config/profiles", test_profiles);
	g_test_add_func("/box-config/keys", test_keys);
	g_test_add_func("/box-config/no-files", test_no_files);
	g_test_add_func("/box-config/ports", test_ports);
	return g_test_run();
}
