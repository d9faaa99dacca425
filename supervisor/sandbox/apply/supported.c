/*
 * Each question is answered by asking the kernel in a way that changes nothing
 * here: a file in /proc, or a call that is refused before it acts.
 */
#include "supervisor/sandbox/apply/supported.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macro.h"
#include "supervisor/sandbox/apply/apply.h"
#include "supervisor/sandbox/apply/device-policy.h"
#include "supervisor/sandbox/apply/own-cgroup.h"

enum { ANSWER_MSEC = 3000 };

static int no(const char *reason, const char **ret_reason) {
        *ret_reason = reason;
        return -EOPNOTSUPP;
}

/* The exit status of a child that does one thing. Whatever else becomes of it, such as that
 * somebody stops it, is no answer, and that counts as success: only a kernel's "no" may weaken a
 * sandbox. */
static int answer_of(pid_t pid) {
        _cleanup_fd_ int fd = pidfd_open(pid, 0);
        struct pollfd p = { .fd = fd, .events = POLLIN };
        siginfo_t info = { 0 };

        if (fd < 0 || poll(&p, 1, ANSWER_MSEC) <= 0)
                (void)kill(pid, SIGKILL);
        return waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 || info.si_code != CLD_EXITED
                       ? EXIT_SUCCESS
                       : info.si_status;
}

/* Asked in a child, since a success could not be taken back. Where no child can be had, just now,
 * the answer is yes. */
static bool can_unshare(int flags) {
        pid_t pid = fork();

        if (pid == 0)
                _exit(unshare(flags) < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
        return pid < 0 || answer_of(pid) == EXIT_SUCCESS;
}

int supported_namespace(const Op *op, bool rootless, const char **ret_reason) {
        if (can_unshare((int)op->set | (rootless ? CLONE_NEWUSER : 0)))
                return 0;
        return no(rootless ? "this kernel, or the container around, gives ordinary users no such "
                             "namespace"
                           : "this kernel, or the container around, gives no such namespace",
                  ret_reason);
}

int supported_user_namespace(const Op *op, bool rootless, const char **ret_reason) {
        if (can_unshare(CLONE_NEWUSER))
                return 0;
        return no("user namespaces are switched off here", ret_reason);
}

int supported_mount(const Op *op, bool rootless, const char **ret_reason) {
        _cleanup_fd_ int fd = open_tree(AT_FDCWD, "/", OPEN_TREE_CLOEXEC);

        if (fd >= 0 && can_unshare(CLONE_NEWNS | (rootless ? CLONE_NEWUSER : 0)))
                return 0;
        return no("mounting is not possible here", ret_reason);
}

int supported_proc(const Op *op, bool rootless, const char **ret_reason) {
        if (rootless)
                return no("a new /proc needs privileges here: without them the kernel gives one "
                          "only inside a PID namespace",
                          ret_reason);
        return supported_mount(op, rootless, ret_reason);
}

/* Tried in a child, since a success would count. */
int supported_privilege(const Op *op, bool rootless, const char **ret_reason) {
        static const char *const reasons[OP_KIND_COUNT] = {
                [OP_RLIMIT] = "a higher limit needs CAP_SYS_RESOURCE, which is missing here",
                [OP_NICE] = "a lower nice level needs CAP_SYS_NICE, which is missing here",
                [OP_PROC_SELF] = "that value needs CAP_SYS_RESOURCE, which is missing here",
        };
        pid_t pid = fork();

        if (pid == 0) {
                ApplyContext x = { 0 };
                int r = apply_kinds[op->kind].apply(op, &x);

                _exit(r == -EPERM || r == -EACCES ? 1 : 0);
        }
        if (pid < 0 || answer_of(pid) == EXIT_SUCCESS)
                return 0;
        return no(reasons[op->kind], ret_reason);
}

int supported_device_policy(const Op *op, bool rootless, const char **ret_reason) {
        _cleanup_fd_ int cgroup = rootless ? -EBADF : own_cgroup_open();

        if (rootless)
                return no("a device policy needs privileges", ret_reason);
        if (cgroup < 0 || faccessat(cgroup, ".", W_OK, AT_EACCESS) < 0)
                return no("no control group of version 2 can be made here", ret_reason);
        return device_policy_can_load()
                       ? 0
                       : no("this kernel has no device programs for control groups", ret_reason);
}

int supported_keyring(const Op *op, bool rootless, const char **ret_reason) {
        if (syscall(SYS_keyctl, 0, 0, 0, 0, 0) >= 0 || errno != ENOSYS)
                return 0;
        return no("this kernel has no keyrings", ret_reason);
}

int supported_filter(const Op *op, bool rootless, const char **ret_reason) {
        unsigned action = SECCOMP_RET_ERRNO;

        if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
                return 0;
        return no("this kernel has no system call filters", ret_reason);
}
