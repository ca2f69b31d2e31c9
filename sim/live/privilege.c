/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gio/gio.h>

/* All of them: one who is no root may have been given some with the file. What is open stays open. */
static bool drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capset, &head, none) == 0;
}

/* Nor can they come back with a program that is run; of one who is no root they cannot. */
static bool empty_bounding_set(void)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
			return false;
	return true;
}

bool nap_drop_privileges(const char *user, GError **error)
{
	const struct passwd *pw;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || (geteuid() == 0 && !empty_bounding_set()))
		goto failed;
	if (geteuid() != 0) {
		if (drop_capabilities())
			return true;
		goto failed;
	}
	errno = 0;
	pw = getpwnam(user);
	if (!pw || pw->pw_uid == 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			"--user %s: no such user, or root", user);
		return false;
	}
	if (setgroups(0, NULL) || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
		setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) || !drop_capabilities())
		goto failed;
	if (setuid(0) == 0 || geteuid() == 0 || getegid() == 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "root could be regained after becoming %s",
			user);
		return false;
	}
	return true;
failed:
	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno), "dropping privileges: %s",
		g_strerror(errno));
	return false;
}
