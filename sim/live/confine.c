/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gio/gio.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define THIS_ARCH AUDIT_ARCH_RISCV64
#else
#define THIS_ARCH 0 /* calls have other numbers there: not filtered */
#endif

/* Calls of a server whose sockets are bound: datagrams, connections, their ends; time, memory, the end, and telling why. */
static const int allowed[] = {
	SYS_recvmsg,
	SYS_recvfrom,
	SYS_recvmmsg,
	SYS_sendmsg,
	SYS_sendto,
	SYS_sendmmsg,
	SYS_accept4,
	SYS_shutdown,
	SYS_setsockopt,
	SYS_getsockopt,
	SYS_getsockname,
	SYS_getpeername,
	SYS_close,
	SYS_read,
	SYS_readv,
	SYS_write,
	SYS_writev,
	SYS_fcntl,
	SYS_fstat,
	SYS_lseek,
	SYS_ppoll,
	SYS_epoll_ctl,
	SYS_epoll_pwait,
	SYS_epoll_pwait2,
	SYS_clock_gettime,
	SYS_clock_nanosleep,
	SYS_nanosleep,
	SYS_gettimeofday,
	SYS_getrandom,
	SYS_brk,
	SYS_mmap,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_mprotect,
	SYS_futex,
	SYS_sched_yield,
	SYS_getpid,
	SYS_gettid,
	SYS_geteuid,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_sigaltstack,
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
	SYS_newfstatat,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
#ifdef SYS_poll
	SYS_poll,
#endif
#ifdef SYS_time
	SYS_time,
#endif
};

enum { N_ALLOWED = sizeof allowed / sizeof allowed[0], HEAD = 4 };

/* Another architecture's numbers: kill. A call of the list: allow. Else EPERM. */
static bool filter_calls(void)
{
	struct sock_filter f[HEAD + N_ALLOWED + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { .len = G_N_ELEMENTS(f), .filter = f };

	for (int i = 0; i < N_ALLOWED; i++)
		f[HEAD + i] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (__u32)allowed[i], (__u8)(N_ALLOWED - i), 0);
	f[HEAD + N_ALLOWED] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	f[HEAD + N_ALLOWED + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* All that the first version knows of files, and nothing is allowed of it. */
static bool forbid_files(void)
{
	struct landlock_ruleset_attr all = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	bool ok;

	if (rules < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP;
	ok = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return ok;
}

bool nap_confine(GError **error)
{
	if (forbid_files() && (!THIS_ARCH || filter_calls() || errno == EINVAL || errno == ENOSYS))
		return true;
	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno), "confining this process: %s",
		g_strerror(errno));
	return false;
}

void nap_close_inherited(void)
{
	if (syscall(SYS_close_range, 3, ~0U, 0) == 0)
		return;
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
}
