/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that has dropped its privileges, as /proc sees it: in a child, as there is no way back. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "live/confine.h"
#include "live/privilege.h"

static bool started_as_root;

/* Is every one of its sets of capabilities empty, and may it gain none? */
static bool powerless(void)
{
	static const char *const fields[] = { "\nCapInh:\t0000000000000000\n",
		"\nCapPrm:\t0000000000000000\n", "\nCapEff:\t0000000000000000\n",
		"\nCapAmb:\t0000000000000000\n", "\nNoNewPrivs:\t1\n", "\nCapBnd:\t0000000000000000\n" };
	g_autofree char *status = NULL;

	if (!g_file_get_contents("/proc/self/status", &status, NULL, NULL))
		return false;
	/* the last: who was no root could not empty it, and cannot use it */
	for (size_t i = 0; i < G_N_ELEMENTS(fields) - (started_as_root ? 0 : 1); i++)
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

/* Confined: no file can be opened or made, no program run, no socket made, no process looked at; what is open goes on. */
static bool confined(void)
{
	int pair[2];
	char byte = 'x';

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0 || !nap_drop_privileges("nobody", NULL) ||
		!nap_confine(NULL))
		return false;
	return open("/etc/passwd", O_RDONLY) < 0 &&
	       open("/tmp/natnap-confined", O_WRONLY | O_CREAT, 0600) < 0 &&
	       socket(AF_INET, SOCK_STREAM, 0) < 0 && execl("/bin/true", "true", (char *)NULL) < 0 &&
	       fork() < 0 && kill(getppid(), 0) < 0 && send(pair[0], &byte, 1, 0) == 1 &&
	       recv(pair[1], &byte, 1, 0) == 1 && accept4(pair[0], NULL, NULL, 0) < 0 && errno != EPERM &&
	       close(pair[0]) == 0;
}

static void test_confined(void)
{
	g_assert_cmpint(in_child(confined), ==, 0);
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
	started_as_root = geteuid() == 0;
	g_test_add_func("/privilege/drop", test_drop);
	g_test_add_func("/privilege/confined", test_confined);
	g_test_add_func("/privilege/refuse", test_refuse);
	return g_test_run();
}
