/*
 * What a process can set about itself without namespaces: limits, scheduling,
 * personality and their like. All of it survives execve().
 */
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/text.h"
#include "supervisor/sandbox/apply/apply.h"
#include "units/names.h"

static rlim_t limit(uint64_t value) {
        return value == SETTING_INFINITY ? RLIM_INFINITY : (rlim_t)value;
}

static int set_limit(const Op *op, const struct rlimit *wanted, ApplyContext *x) {
        if (setrlimit((__rlimit_resource_t)op->number, wanted) == 0)
                return 0;
        if (errno == EPERM)
                return apply_fail(x, -EPERM, "raising RLIMIT_%s above the caller's hard limit",
                                  names_of(&names_rlimits, (int)op->number));
        return apply_fail(x, -errno, "setting RLIMIT_%s",
                          names_of(&names_rlimits, (int)op->number));
}

int apply_rlimit(const Op *op, ApplyContext *x) {
        const struct rlimit wanted = { .rlim_cur = limit(op->set), .rlim_max = limit(op->clear) };

        return set_limit(op, &wanted, x);
}

/* Nice levels and priorities are judged by these when they are set, the number of processes when
 * the user changes: execve() fails where there are too many already. */
static bool governs_set_up(int64_t resource) {
        return resource == RLIMIT_NICE || resource == RLIMIT_RTPRIO || resource == RLIMIT_NPROC;
}

/* Raising a hard limit needs privileges that are gone later; lowering it then needs none. */
int apply_rlimit_room(const Op *op, ApplyContext *x) {
        const rlim_t hard = limit(op->clear);
        struct rlimit room;

        if (getrlimit((__rlimit_resource_t)op->number, &room) < 0)
                return apply_fail(x, -errno, "reading RLIMIT_%s",
                                  names_of(&names_rlimits, (int)op->number));
        room.rlim_max = hard > room.rlim_max ? hard : room.rlim_max;
        if (governs_set_up(op->number))
                room.rlim_cur = limit(op->set);
        return set_limit(op, &room, x);
}

int apply_nice(const Op *op, ApplyContext *x) {
        if (setpriority(PRIO_PROCESS, 0, (int)op->number) < 0)
                return apply_fail(x, -errno, "setting the nice level to %d", (int)op->number);
        return 0;
}

int apply_scheduler(const Op *op, ApplyContext *x) {
        struct sched_param param = { .sched_priority = (int)op->set };
        int policy = (int)op->number | (op->clear ? SCHED_RESET_ON_FORK : 0);

        if (sched_setscheduler(0, policy, &param) < 0)
                return apply_fail(x, -errno, "setting the scheduling policy");
        return 0;
}

int apply_affinity(const Op *op, ApplyContext *x) {
        if (sched_setaffinity(0, (size_t)op->number, (const cpu_set_t *)(void *)op->text) < 0)
                return apply_fail(x, -errno, "binding the process to the CPUs");
        return 0;
}

int apply_io_priority(const Op *op, ApplyContext *x) {
        if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, (int)op->number) < 0)
                return apply_fail(x, -errno, "setting the I/O priority");
        return 0;
}

int apply_proc_self(const Op *op, ApplyContext *x) {
        _cleanup_fd_ int fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
        int r = fd < 0 ? -errno : file_write_kernel(fd, op->path, op->text);

        if (r < 0)
                return apply_fail(x, r, "writing %s to /proc/self/%s", op->text, op->path);
        return 0;
}

int apply_timer_slack(const Op *op, ApplyContext *x) {
        if (prctl(PR_SET_TIMERSLACK, op->set) < 0)
                return apply_fail(x, -errno, "setting the timer slack");
        return 0;
}

int apply_personality(const Op *op, ApplyContext *x) {
        if (personality(op->set) < 0)
                return apply_fail(x, -errno, "setting the personality");
        return 0;
}

int apply_keyring(const Op *op, ApplyContext *x) {
        if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0)
                return apply_fail(x, -errno, "making a session keyring");
        if (op->number > 1 && syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING,
                                      KEY_SPEC_SESSION_KEYRING, 0, 0) < 0)
                return apply_fail(x, -errno, "linking the user keyring");
        return 0;
}

int apply_umask(const Op *op, ApplyContext *x) {
        umask(op->mode);
        return 0;
}

int apply_working_directory(const Op *op, ApplyContext *x) {
        if (chdir(op->path) == 0)
                return 0;
        if (op->flags & OP_IGNORE_MISSING && chdir("/") == 0)
                return 0;
        return apply_fail(x, -errno, "changing to the directory %s", op->path);
}
