/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that has dropped its privileges, as /proc sees it: in a child, as there is no way back. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "live/privilege.h"

/* Is every one of its sets of capabilities empty, and may it gain none? */
static bool powerless(void)
{
	static const char *const fields[] = { "\nCapInh:\t0000000000000000\n",
		"\nCapPrm:\t0000000000000000\n", "\nCapEff:\t0000000000000000\n",
		"\nCapAmb:\t0000000000000000\n", "\nNoNewPrivs:\t1\n" };
	g_autofree char *status = NULL;

	if (!g_file_get_contents("/proc/self/status", &status, NULL, NULL))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
		if (!strstr(status, fields[i]))
			return false;
	return true;
}

static int in_child(bool (*check)(void))
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(check() ? 0 : 1);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	return status;
}

static bool drop(void)
{
	bool was_root = geteuid() == 0;

	return nap_drop_privileges("nobody", NULL) && powerless() && (!was_root || geteuid() != 0) &&
	       setuid(0) != 0;
}

static void test_drop(void)
{
	g_assert_cmpint(in_child(drop), ==, 0);
}

/* Who cannot be become, and root itself, are refused with a reason. */
static bool refuse(void)
{
	static const char *const users[] = { "root", "no-such-user-here" };

	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		g_autoptr(GError) error = NULL;

		if (nap_drop_privileges(users[i], &error) || !error)
			return false;
	}
	return true;
}

static void test_refuse(void)
{
	if (geteuid() != 0) {
		g_test_skip("only root becomes another");
		return;
	}
	g_assert_cmpint(in_child(refuse), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/privilege/drop", test_drop);
	g_test_add_func("/privilege/refuse", test_refuse);
	return g_test_run();
}
