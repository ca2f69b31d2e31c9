/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap probe: the discovery of natnap discover, over a live path. */
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>

#include "cli/cli.h"
#include "cli/discovery_options.h"
#include "cli/discovery_say.h"
#include "cli/interrupt.h"
#include "cli/out_folder.h"
#include "text/input_error.h"
#include "io/outfile.h"
#include "text/quantity.h"
#include "live/prober_ask.h"
#include "live/prober_live.h"
#include "live/prober_stun.h"
#include "live/sockets.h"
#include "live/state.h"
#include "live/record.h"
#include "report/discovery_report.h"
#include "report/discovery_verdict.h"

#define PORT_UNSET   INT_MIN
#define SILENT_AFTER (30 * NAP_S) /* as the message says; the control flow asks every 5 s */

static const char help[] =
	"SERVER runs natnap reflect; packets go to it and to no one else. Without privilege ordinary sockets "
	"are\n"
	"used; as root, with reflect --raw at the server, TCP segments are crafted too. A test that cannot "
	"be run\n"
	"says what it lacks. Ctrl-C prints what is known so far (status 1); with --state FILE the same "
	"command\n"
	"goes on from there. A timer takes about its own length to find: an hour's timer an hour.\n"
	"\n"
	"  natnap probe server.example --profile home.nat --state home.state\n"
	"  natnap probe --stun stun.example --test udp-1 --test udp-3\n"
	"  natnap probe --quick stun.example --second stun.example.net:19302\n"
	"\n";

extern const struct nap_command nap_command_probe;

/* What a live path's discovery starts from: real time costs what it says. */
static struct nap_discovery_options live_defaults(void)
{
	static const char *const tests[] = { "udp-1", "udp-2", "udp-3", "udp-quick", "tcp-1", "tcp-syn",
		"tcp-syn-ack", "tcp-fin-client", "tcp-fin-server", "tcp-fin-both", "tcp-rst-client",
		"tcp-rst-server", "icmp", "path", "mapping", "filtering", "tcp-mapping", "tcp-filtering",
		"ports", "hairpin", "refresh-outbound", "refresh-inbound", "refresh-ttl", "tcp-stray-rst",
		"tcp-stray-refresh", "udp-expiry", "tcp-expiry", NULL };
	struct nap_discovery_options o = nap_discovery_defaults;

	o.only = tests;
	o.width = 512;
	o.phase = 10 * NAP_S; /* as far apart as the sweeps of pf; each round of a search costs it */
	o.flows = 512;        /* what a carrier leaves a subscriber, and a home router its other users */
	o.most_udp = 10 * NAP_MIN;
	o.most_tcp = 2 * NAP_H + 5 * NAP_MIN; /* beyond RFC 5382 REQ-5 */
	o.duration = 30 * NAP_MIN;
	o.bindings = 1024;
	return o;
}

struct settings {
	struct nap_discovery_settings discovery;
	char *alternate, *public, *state, *second;
	int port, stun, plain, six, four;
};

static bool choose_address(const char *option, const char *text, struct nap_inet *out, GError **error)
{
	if (!text || nap_inet_parse(text, 0, out))
		return true;
	return nap_fail(error, "%s: a numeric IPv4 or IPv6 address is wanted", option);
}

/* Of several addresses one is asked to the end, as what lies on the way to another is another path. */
static void tell_several(const char *name, const struct addrinfo *found, const struct nap_inet *out)
{
	g_autofree char *asked = nap_inet_string(out);
	uint32_t n = 0;

	for (; found; found = found->ai_next)
		n++;
	if (n > 1)
		fprintf(stderr,
			"natnap probe: %s has %u addresses: %s is asked (another by its number, -4 or -6)\n",
			name, n, asked);
}

/* The server by name or number, of the family asked for, else the first the resolver gives. */
static bool find_server(const char *name, const struct settings *s, struct nap_inet *out, GError **error)
{
	struct addrinfo hints = { .ai_family = s->four  ? AF_INET
					       : s->six ? AF_INET6
							: AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM },
			*found = NULL;
	int why = getaddrinfo(name, NULL, &hints, &found);
	struct sockaddr_storage ss = { 0 };
	g_autofree char *shown = nap_shown(name);

	if (why)
		return nap_fail(error, "%s: %s", shown, gai_strerror(why));
	memcpy(&ss, found->ai_addr, MIN(found->ai_addrlen, sizeof(ss)));
	why = !nap_inet_from_sockaddr(&ss, found->ai_addrlen, out);
	if (!why)
		tell_several(shown, found, out);
	freeaddrinfo(found);
	out->port = (uint16_t)s->port;
	return !why || nap_fail(error, "%s: no internet address", shown);
}

/* The second STUN server, NAME or NAME:PORT: one that shares the first one's address would not tell mappings apart. */
static bool find_second(
	const struct settings *s, const struct nap_inet *server, struct nap_inet *out, GError **error)
{
	const char *colon = strrchr(s->second, ':');
	bool port = colon && strchr(s->second, ':') == colon; /* IPv6 addresses have more */
	g_autofree char *name = port ? g_strndup(s->second, (gsize)(colon - s->second)) : g_strdup(s->second);
	guint64 number = 0;

	if (port && (!g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &number, NULL)))
		return nap_fail(error, "--second: a port is from 1 to 65535");
	if (!find_server(name, s, out, error)) {
		g_prefix_error(error, "--second: ");
		return false;
	}
	if (port)
		out->port = (uint16_t)number;
	if (out->family != server->family)
		return nap_fail(error, "--second: another family than SERVER's: try -4 or -6");
	return !nap_inet_same_host(out, server) ||
	       nap_fail(error, "--second: another address than SERVER's is wanted");
}

/* --- while it runs --- */

struct watch {
	struct nap_discovery *d;
	struct nap_prober *prober;
	struct nap_discovery_news *news; /* NULL: a document at the end */
	const volatile sig_atomic_t *stop;
	const char *state_path, *origin;
	const char *refused; /* as last told */
	nap_time shown, saved, limit;
	bool tty, silent;
};

/* Tells of a server that has gone, and of its coming back: trials wait for it, and otherwise nothing would be seen. */
static void watch_server(struct watch *w, nap_time now)
{
	bool silent = w->prober->heard && now - w->prober->heard >= SILENT_AFTER;

	if (w->prober->refused != w->refused && w->prober->refused)
		fprintf(stderr, "%snatnap probe: %s; still trying (Ctrl-C tells what is known)\n",
			w->tty ? "\r\033[K" : "", w->prober->refused);
	w->refused = w->prober->refused;
	if (silent != w->silent)
		fprintf(stderr, "%snatnap probe: %s\n", w->tty ? "\r\033[K" : "",
			silent ? "the server has not been heard for 30 s; still trying (Ctrl-C tells what is "
				 "known)"
			       : "the server is heard again");
	w->silent = silent;
}

/* One line on a terminal, a few times a second. */
static void show(struct watch *w, nap_time now)
{
	g_autofree char *about = NULL, *least_text = NULL, *most_text = NULL;
	nap_time least, most;
	bool open;

	if (!w->tty || now - w->shown < 250 * NAP_MS)
		return;
	w->shown = now;
	open = nap_discovery_remaining_range(w->d, &least, &most);
	about = nap_span(nap_time_min(nap_discovery_remaining(w->d), w->limit - now));
	least_text = nap_span(nap_time_min(least, w->limit - now));
	most_text = nap_span(nap_time_min(most, w->limit - now));
	fprintf(stderr, "\r%u of %u tests ended; ", nap_discovery_ended(w->d), nap_discovery_count(w->d));
	if (open)
		fprintf(stderr, "%s to %s left\033[K", least_text, most_text);
	else
		fprintf(stderr, "about %s left\033[K", about);
}

/* The state, every 10 s and when asked; a failed write ends the probe: a state that is not kept is a promise broken. */
static bool save(struct watch *w, nap_time now, bool must, GError **error)
{
	if (!w->state_path || (!must && now - w->saved < 10 * NAP_S))
		return true;
	w->saved = now;
	return nap_state_save(w->state_path, w->origin, w->d, error);
}

static bool explore(struct watch *w, GError **error)
{
	nap_time now;

	while (!*w->stop && !nap_discovery_done(w->d) && (now = w->prober->ops->now(w->prober)) < w->limit) {

		watch_server(w, now);
		nap_discovery_say(w->news, now, w->tty ? "\r\033[K" : NULL);
		show(w, now);
		if (!save(w, now, false, error))
			return false;
		nap_discovery_turn(w->d, nap_time_min(w->limit, now + (w->tty ? 250 * NAP_MS : NAP_S)));
	}
	if (w->tty)
		fputs("\r\033[K", stderr);
	return save(w, w->prober->ops->now(w->prober), true, error);
}

static bool write_files(
	const struct settings *s, const struct nap_discovery *d, const char *origin, GError **error)
{
	g_autofree char *profile = nap_discovery_profile(d, origin, NULL);

	return nap_discovery_write_out(&s->discovery, d, origin, NULL, NULL, error) &&
	       nap_discovery_write_profile(&s->discovery, d, profile, error);
}

static int probe(const struct settings *s, const struct nap_discovery_options *o, struct nap_prober *prober,
	const volatile sig_atomic_t *stop, const char *origin, nap_time began)
{
	struct nap_discovery *d = nap_discovery_new(prober, o);
	struct watch w = { .d = d,
		.prober = prober,
		.stop = stop,
		.state_path = s->state,
		.origin = origin,
		.tty = isatty(STDERR_FILENO) };
	GError *error = NULL;
	int status;
	bool kept;

	w.saved = prober->ops->now(prober);
	w.limit = nap_discovery_limit(&s->discovery, began);
	if (s->state && !nap_state_load(s->state, origin, d, &error)) {
		nap_discovery_free(d);
		return nap_input_failed(error);
	}
	w.news = s->discovery.json ? NULL : nap_discovery_news_new(d, origin, false);
	kept = explore(&w, &error); /* what is known is told even if the state cannot be kept */
	nap_discovery_say_all(w.news, d, origin);
	nap_discovery_news_free(w.news);
	if (!write_files(s, d, origin, kept ? &error : NULL) || !kept)
		status = nap_run_failed(error);
	else
		status = nap_discovery_status(&nap_command_probe, d, &s->discovery, s->state != NULL);
	nap_discovery_free(d);
	return status;
}

/* stop: once it is not 0, waits return at once. */
static struct nap_prober *open_prober(const struct settings *s, const volatile sig_atomic_t *stop,
	const struct nap_inet *server, const struct nap_inet *second, const struct nap_inet *alternate,
	const struct nap_inet *public, GError **error)
{
	const struct nap_live_options live = {
		.server = *server, .alternate = *alternate, .public = *public, .raw = !s->plain, .stop = stop
	};
	const struct nap_stun_options stun = { .server = *server, .alternate = *alternate, .stop = stop };
	const struct nap_ask_options ask = { .server = *server, .second = *second, .stop = stop };
	g_autoptr(GError) why = NULL;
	struct nap_prober *prober;

	if (!s->stun)
		return nap_prober_live_new(&live, error);
	if (second->family)
		return nap_prober_ask_new(&ask, error);
	prober = nap_prober_stun_new(&stun, &why);
	if (prober || !g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)) {
		if (!prober)
			g_propagate_error(error, g_steal_pointer(&why));
		return prober;
	}
	fprintf(stderr, "natnap probe: %s\n", why->message);
	return nap_prober_ask_new(&ask, error);
}

static int start(const struct settings *s, const struct nap_discovery_options *o, const char *name)
{
	struct nap_inet server, second = { 0 }, alternate = { 0 }, public = { 0 };
	const volatile sig_atomic_t *stop;
	struct nap_prober *prober;
	GError *error = NULL;
	g_autofree char *address = NULL, *origin = NULL;
	nap_time began;
	int status;

	if (s->four && s->six)
		return nap_usage_error(&nap_command_probe, "one of -4 and -6 is wanted");
	if (!choose_address("--alternate", s->alternate, &alternate, &error) ||
		!choose_address("--public", s->public, &public, &error) ||
		!find_server(name, s, &server, &error) ||
		(s->second && !find_second(s, &server, &second, &error))) {
		status = nap_usage_error(&nap_command_probe, "%s", error->message);
		g_error_free(error);
		return status;
	}
	address = nap_inet_string(&server);
	origin = g_strdup_printf("the path to %s", address);
	if (!nap_discovery_can_write(&s->discovery, s->state, &error))
		return nap_run_failed(error);
	stop = nap_catch_interrupts();
	began = nap_clock();
	prober = open_prober(s, stop, &server, &second, &alternate, &public, &error);
	if (!prober) {
		g_prefix_error(&error, "natnap probe: ");
		return nap_run_failed(error);
	}
	status = probe(s, o, prober, stop, origin, began);
	prober->ops->free(prober);
	return status;
}

/* RFC 5780 5 asks for no more than ten transactions a second: fewer flows, fewer packets to measure loss with. */
static void slow_down(struct nap_discovery_options *o)
{
	o->width = MIN(o->width, 8);
	o->flows = MIN(o->flows, 8);
	o->control = MIN(o->control, o->at_once ? 20 : 40);
	if (o->at_once) /* of transactions there are 300 in that time */
		o->error = MAX(o->error, 0.05);
	o->spacing =
		250 * NAP_MS; /* a copy is two transactions, with its control packet, and timers come late */
	o->bindings = MIN(o->bindings, 256);
}

static int run(int argc, char **argv)
{
	struct nap_discovery_options defaults = live_defaults(), options;
	struct settings s = { .port = PORT_UNSET };
	const GOptionEntry own[] = {
		{ "port", 'p', 0, G_OPTION_ARG_INT, &s.port,
			"The server's first port (3479; with --stun 3478)", "N" },
		{ "stun", 0, 0, G_OPTION_ARG_NONE, &s.stun,
			"SERVER is a STUN server: UDP only; timers if it has RFC 5780's RESPONSE-PORT",
			NULL },
		{ "second", 0, 0, G_OPTION_ARG_FILENAME, &s.second,
			"Another ordinary STUN server: mapping by the two, filtering by CHANGE-REQUEST",
			"SERVER[:PORT]" },
		{ "alternate", 'a', 0, G_OPTION_ARG_FILENAME, &s.alternate,
			"The server's second address, if it may be sent to: for mapping and filtering",
			"ADDR" },
		{ "public", 0, 0, G_OPTION_ARG_FILENAME, &s.public,
			"Your own public address, if it may be sent to: for hairpinning", "ADDR" },
		{ "state", 0, 0, G_OPTION_ARG_FILENAME, &s.state,
			"Keep what is known here, and go on from it", "FILE" },
		{ "no-raw", 0, 0, G_OPTION_ARG_NONE, &s.plain, "Ordinary sockets only, even with privilege",
			NULL },
		{ "ipv4", '4', 0, G_OPTION_ARG_NONE, &s.four, "Use the server's IPv4 address", NULL },
		{ "ipv6", '6', 0, G_OPTION_ARG_NONE, &s.six, "Use the server's IPv6 address", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree GOptionEntry *entries = NULL;
	g_autofree char *shared = nap_discovery_details(&defaults), *more = g_strconcat(help, shared, NULL);
	GError *error = NULL;
	int status;

	nap_discovery_settings_init(&s.discovery, &defaults);
	s.discovery.command = nap_command_line(argc, argv);
	entries = nap_discovery_entries(&s.discovery, own);
	if (nap_parse_options(&nap_command_probe, entries, more, &argc, &argv, &status)) {
		s.stun = s.stun || s.second;
		if (s.port == PORT_UNSET)
			s.port = s.stun ? NAP_STUN_PORT : NAP_RECORD_PORT;
		if (argc != 2 || s.port < 1 || s.port > 65535)
			status = nap_usage_error(&nap_command_probe,
				argc != 2 ? "one SERVER is wanted" : "--port: from 1 to 65535");
		else if (!nap_discovery_choose(&s.discovery, &defaults, &options, &error)) {
			status = nap_usage_error(&nap_command_probe, "%s", error->message);
			g_error_free(error);
		} else {
			if (s.stun) {
				slow_down(&options);
				s.discovery.quick_span *= 2;
			}
			status = start(&s, &options, argv[1]);
		}
	}
	nap_discovery_settings_clear(&s.discovery);
	g_free(s.alternate);
	g_free(s.public);
	g_free(s.second);
	g_free(s.state);
	return status;
}

const struct nap_command nap_command_probe = { "probe",
	"SERVER [--json] [--out DIR] [--profile FILE] [--state FILE]",
	"binding timeouts and habits of a live path, with natnap reflect at its end", run, false };
