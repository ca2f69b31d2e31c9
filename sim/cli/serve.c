/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/serve.h"

#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <glib-unix.h>

#define WAIT_S 5 /* for a request, so that a browser that connects ahead holds up nobody for long */

struct page {
	const char *text;
	size_t length;
	char *host; /* "127.0.0.1:8000" */
};

/* Is it asked by this address, not by a name that another site has pointed here (DNS rebinding)? */
static bool is_for_us(const char *request, const struct page *p)
{
	g_autofree char *line = g_strdup_printf("\r\nHost: %s\r\n", p->host),
			*request_low = g_ascii_strdown(request, -1), *line_low = g_ascii_strdown(line, -1);

	return strstr(request_low, line_low) != NULL;
}

/* The first bytes of a request, up to the empty line. */
static bool read_head(GInputStream *in, char *head, size_t room)
{
	size_t n = 0;
	gssize got = 1;

	while (n + 1 < room && got > 0 && !g_strstr_len(head, (gssize)n, "\r\n\r\n")) {
		got = g_input_stream_read(in, head + n, room - 1 - n, NULL, NULL);
		n += got > 0 ? (size_t)got : 0;
		head[n] = '\0';
	}
	return got > 0;
}

static gboolean answer(GThreadedSocketService *service, GSocketConnection *c, GObject *source, gpointer data)
{
	const struct page *p = data;
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(c));
	char head[4096] = "";
	bool good;

	(void)service;
	(void)source;
	g_socket_set_timeout(g_socket_connection_get_socket(c), WAIT_S);
	if (!read_head(g_io_stream_get_input_stream(G_IO_STREAM(c)), head, sizeof head))
		return TRUE;
	good = is_for_us(head, p) && g_str_has_prefix(head, "GET / ");
	g_output_stream_printf(out, NULL, NULL, NULL,
		"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
		"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
		good ? "200 OK" : "404 Not Found", good ? p->length : 0);
	if (good)
		g_output_stream_write_all(out, p->text, p->length, NULL, NULL, NULL);
	return TRUE;
}

static gboolean quit(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

bool nap_serve_page(const char *text, size_t length, uint16_t port, GError **error)
{
	g_autoptr(GSocketService) service = g_threaded_socket_service_new(8);
	g_autoptr(GInetAddress) here = g_inet_address_new_from_string("127.0.0.1");
	g_autoptr(GSocketAddress) at = g_inet_socket_address_new(here, port), got = NULL;
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	struct page page = { text, length, NULL };

	if (!g_socket_listener_add_address(G_SOCKET_LISTENER(service), at, G_SOCKET_TYPE_STREAM,
		    G_SOCKET_PROTOCOL_TCP, NULL, &got, error))
		return false;
	page.host =
		g_strdup_printf("127.0.0.1:%u", g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got)));
	g_signal_connect(service, "run", G_CALLBACK(answer), &page);
	g_unix_signal_add(SIGINT, quit, loop);
	g_unix_signal_add(SIGTERM, quit, loop);
	printf("http://%s/\n", page.host);
	fflush(stdout);
	g_socket_service_start(service);
	g_main_loop_run(loop);
	g_socket_service_stop(service);
	g_socket_listener_close(G_SOCKET_LISTENER(service));
	g_free(page.host);
	return true;
}
