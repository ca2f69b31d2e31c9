/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each key that is the size of a message counts byte by byte, from its least on: one byte more is one byte more of each message that is
 * sent, the same packets, and where 0 means that there is none, 1 means that there is one.
 */
#include <math.h>

#include "harness.h"

#define UDP "[client]\napplication = udp\npolicy = fixed\ninterval = 60s\n"
#define TCP "[client]\napplication = tcp\npolicy = fixed\ninterval = 60s\n"

static const struct row {
	const char *key, *text; /* %s: the size */
	double messages;        /* that it is the size of */
	bool none;              /* 0B: there is none, and so many packets less */
} rows[] = {
	{ "keepalive-size", UDP "keepalive-size = %s\n[server]\npush = none\n", 60, false },
	{ "keepalive-answer", UDP "keepalive-answer = %s\n[server]\npush = none\n", 60, true },
	{ "push-size", UDP "push-size = %s\n[server]\npush = periodic 100s\n", 35, false },
	{ "answer-size", UDP "answer-size = %s\n[server]\npush = periodic 100s\n", 35, false },
	{ "liveness-size",
		"[client]\napplication = udp\npolicy = none\nliveness = 100s\nliveness-size = %s\n"
		"answer-timeout = 5s\n[server]\npush = none\n",
		35, false },
	{ "liveness-answer",
		"[client]\napplication = udp\npolicy = none\nliveness = 100s\nliveness-answer = %s\n"
		"answer-timeout = 5s\n[server]\npush = none\n",
		35, false },
	{ "report-size", UDP "report = periodic 70s\nreport-size = %s\n[server]\npush = none\n", 51, false },
	{ "report-answer", UDP "report = periodic 70s\nreport-answer = %s\n[server]\npush = none\n", 51,
		true },
	{ "server push-size", UDP "[server]\npush = periodic 100s\npush-size = %s\n", 35, false },
	{ "server keepalive-size", UDP "[server]\npush = none\nkeepalive = 50s\nkeepalive-size = %s\n", 71,
		false },
	{ "tcp keepalive-answer", TCP "keepalive-answer = %s\n[server]\npush = none\n", 59, true },
	{ "tcp push-size", TCP "push-size = %s\n[server]\npush = periodic 100s\n", 35, false },
	{ "tcp close-size, of age",
		TCP "close-size = %s\n[server]\npush = none\nmax-age = 300s\nmax-age-grace = 10s\n", 22,
		true },
};

struct seen {
	double bytes, packets;
};

static struct seen with(const struct row *row, const char *size)
{
	g_auto(GStrv) parts = g_strsplit(row->text, "%s", 2);
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 3590s\n[path]\ndelay = 20ms\n%s%s%s", parts[0], size, parts[1]);
	struct h_run *h = h_run(text, 1);
	struct seen s = { h_mean(h, "bytes_up") + h_mean(h, "bytes_down"),
		h_mean(h, "packets_up") + h_mean(h, "packets_down") };

	h_free(h);
	return s;
}

static void test_each(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		struct seen one = with(row, "1B"), two = with(row, "2B"), ten = with(row, "10B");
		double messages = two.bytes - one.bytes;

		g_test_message("%s: %g messages", row->key, messages);
		g_assert_cmpfloat(messages, ==, row->messages);
		g_assert_cmpfloat(ten.bytes - one.bytes, ==, 9 * messages);
		g_assert_true(one.packets == two.packets && two.packets == ten.packets);
		if (row->none) {
			struct seen zero = with(row, "0B");

			g_assert_cmpfloat(one.packets - zero.packets, >=, messages);
			g_assert_cmpfloat(one.bytes - zero.bytes, >=, 29 * messages);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sizes/each", test_each);
	return g_test_run();
}
