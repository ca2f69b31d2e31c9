/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap reflect: the cooperating server of `natnap probe`. */
#include <stdio.h>

#include <glib.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "live/confine.h"
#include "live/reflector_serve.h"

#define MOST_RATE 1e9 /* records a second */

extern const struct nap_command nap_command_reflect;

static const char help[] =
	"A firewall before it must let UDP and TCP through to its first two ports, with --raw to the two "
	"after\n"
	"them as well, with --also to those. It answers only clients that prove their address, never sends "
	"more\n"
	"than it received, and writes no file. Ctrl-C (or SIGTERM) ends it; it then prints what it counted.\n"
	"\n"
	"  natnap reflect                                 all addresses, ports 3479 and 3480\n"
	"  natnap reflect --listen A --alternate B        two addresses: mapping and filtering by address\n"
	"  natnap reflect --raw --also 53 --also 5060     as root: TCP segments by hand; more ports";

struct arguments {
	char **listen, **alternate, **also, *user;
	int port;
	gboolean raw;
	double host_rate, total_rate;
	int sessions;
};

static bool take_port(struct nap_reflector_config *c, uint32_t i, int64_t port, GError **error)
{
	if (i == NAP_RECORD_PORTS || port < 1 || port > 65535) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			"ports are from 1 to 65535, and at most %d of them", NAP_RECORD_PORTS);
		return false;
	}
	for (uint32_t k = 0; k < i; k++)
		if (c->port[k] == port) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				"port %" G_GINT64_FORMAT " is given twice", port);
			return false;
		}
	c->port[i] = (uint16_t)port;
	return true;
}

static bool take_ports(const struct arguments *a, struct nap_reflector_config *c, GError **error)
{
	if (!take_port(c, 0, a->port, error) || !take_port(c, 1, a->port + 1, error))
		return false;
	for (uint32_t i = 0; a->also && a->also[i]; i++) {
		gint64 port;

		if (!g_ascii_string_to_signed(a->also[i], 10, 1, 65535, &port, error) ||
			!take_port(c, i + 2, port, error))
			return false;
	}
	if (a->raw && a->port + 3 > UINT16_MAX) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			"--raw takes two more ports than --port and the next: %d is too high", a->port);
		return false;
	}
	if (a->raw)
		c->raw_port = (uint16_t)(a->port + 2);
	return true;
}

static bool take_address(const char *text, struct nap_inet *out, GError **error)
{
	if (nap_inet_parse(text, 0, out))
		return true;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		"\"%s\" is no numeric IPv4 or IPv6 address", text);
	return false;
}

static bool take_addresses(
	const struct arguments *a, struct nap_reflector_options *o, struct nap_inet *listen, GError **error)
{
	for (uint32_t i = 0; a->listen && a->listen[i]; i++, o->n_listen++) {
		if (i < 2 && !take_address(a->listen[i], &listen[i], error))
			return false;
		if (i == 2 || (i == 1 && listen[1].family == listen[0].family)) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				"--listen: one address of each family; a second one is --alternate");
			return false;
		}
	}
	o->listen = listen;
	for (uint32_t i = 0; a->alternate && a->alternate[i]; i++) {
		struct nap_inet at;

		if (!take_address(a->alternate[i], &at, error))
			return false;
		o->other[at.family == 6] = at;
	}
	if (o->other[0].family + o->other[1].family && !o->n_listen) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			"--alternate needs --listen: which address is the usual one?");
		return false;
	}
	return true;
}

static void say_ready(const struct nap_reflector_options *o)
{
	fprintf(stderr, "natnap reflect: serving on ports");
	for (int i = 0; i < NAP_RECORD_PORTS && o->reflector.port[i]; i++)
		fprintf(stderr, " %u", o->reflector.port[i]);
	fprintf(stderr, ", UDP and TCP");
	if (o->reflector.raw_port)
		fprintf(stderr, "; crafted segments on %u %u", o->reflector.raw_port,
			o->reflector.raw_port + 1u);
	fputc('\n', stderr);
}

static int serve(const struct nap_reflector_options *o)
{
	GError *error = NULL;
	struct nap_reflector_counts n = { 0 };

	if (!nap_reflector_serve(o, nap_catch_interrupts(), say_ready, &n, &error)) {
		g_prefix_error(&error, "natnap reflect: ");
		return nap_run_failed(error);
	}
	printf("received %" G_GUINT64_FORMAT " records, sent %" G_GUINT64_FORMAT
	       "\nturned away: %" G_GUINT64_FORMAT " malformed, %" G_GUINT64_FORMAT
	       " without a valid cookie, %" G_GUINT64_FORMAT " replayed, %" G_GUINT64_FORMAT
	       " over the rate, %" G_GUINT64_FORMAT " for lack of room\n",
		n.received, n.sent, n.malformed, n.unproven, n.replayed, n.limited, n.refused);
	return NAP_EXIT_OK;
}

static bool set_limits(const struct arguments *a, struct nap_reflector_config *c, GError **error)
{
	if (!(a->host_rate > 0 && a->host_rate <= MOST_RATE && a->total_rate > 0 &&
		    a->total_rate <= MOST_RATE) ||
		a->sessions <= 0 || a->sessions > 65536) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			"--rate and --total-rate must be above 0 and at most %g, --sessions from 1 to 65536",
			MOST_RATE);
		return false;
	}
	c->host_rate = (struct nap_rate){ a->host_rate, 2 * a->host_rate };
	c->total_rate = (struct nap_rate){ a->total_rate, 2 * a->total_rate };
	c->associations = (uint32_t)a->sessions;
	return true;
}

static void free_arguments(struct arguments *a)
{
	g_strfreev(a->listen);
	g_strfreev(a->alternate);
	g_strfreev(a->also);
	g_free(a->user);
}

static int run(int argc, char **argv)
{
	struct nap_reflector_options o = { .reflector = nap_reflector_defaults };
	struct arguments a = { .port = NAP_RECORD_PORT,
		.host_rate = o.reflector.host_rate.per_s,
		.total_rate = o.reflector.total_rate.per_s,
		.sessions = (int)o.reflector.associations };
	struct nap_inet listen[2];
	GError *error = NULL;
	const GOptionEntry entries[] = {
		{ "listen", 'l', 0, G_OPTION_ARG_FILENAME_ARRAY, &a.listen,
			"Usual address; twice for both families. Default: all", "ADDR" },
		{ "alternate", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &a.alternate,
			"Second address, for mapping and filtering tests", "ADDR" },
		{ "port", 'p', 0, G_OPTION_ARG_INT, &a.port, "First port; the second is the next (3479)",
			"N" },
		{ "also", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a.also,
			"A further port, for timers per destination port; up to six", "N" },
		{ "raw", 0, 0, G_OPTION_ARG_NONE, &a.raw,
			"Crafted TCP segments too, on the third and fourth port; needs privilege", NULL },
		{ "user", 'u', 0, G_OPTION_ARG_FILENAME, &a.user,
			"Whom to become once bound, when root (nobody)", "NAME" },
		{ "rate", 0, 0, G_OPTION_ARG_DOUBLE, &a.host_rate,
			"Records a second taken from one address (2000)", "N" },
		{ "total-rate", 0, 0, G_OPTION_ARG_DOUBLE, &a.total_rate,
			"Records a second taken in all (20000)", "N" },
		{ "sessions", 0, 0, G_OPTION_ARG_INT, &a.sessions, "Clients held at once (256)", "N" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	int status;

	if (nap_parse_options(&nap_command_reflect, entries, help, &argc, &argv, &status)) {
		o.user = a.user ? a.user : "nobody";
		if (argc > 1)
			status = nap_usage_error(&nap_command_reflect, "no argument is wanted");
		else if (!take_ports(&a, &o.reflector, &error) || !take_addresses(&a, &o, listen, &error) ||
			 !set_limits(&a, &o.reflector, &error)) {
			status = nap_usage_error(&nap_command_reflect, "%s", error->message);
			g_error_free(error);
		} else {
			nap_close_inherited();
			status = serve(&o);
		}
	}
	free_arguments(&a);
	return status;
}

const struct nap_command nap_command_reflect = { "reflect", "[--listen ADDR] [--port N]",
	"the cooperating server of natnap probe", run, false };
