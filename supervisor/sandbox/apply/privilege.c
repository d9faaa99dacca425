/*
 * Giving privileges up: groups, ids, capabilities, and the filter that comes
 * last. The order is the plan's; each function notes what must come before it.
 */
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor/sandbox/apply/apply.h"
#include "supervisor/sandbox/apply/helper.h"
#include "units/capability.h"

int apply_groups(const Op *op, ApplyContext *x) {
        if (setgroups((size_t)op->number, (const gid_t *)(void *)op->text) < 0)
                return apply_fail(x, -errno, "setting the supplementary groups");
        if (setresgid(op->gid, op->gid, op->gid) < 0)
                return apply_fail(x, -errno, "changing to group %u", op->gid);
        return 0;
}

/* After the mounts and the groups, because the new namespace has power over neither. */
int apply_user_namespace(const Op *op, ApplyContext *x) {
        int r;

        if (unshare(CLONE_NEWUSER) < 0)
                return apply_fail(x, -errno, "making a new user namespace");
        r = helper_map_users(x->helper_fd, (PrivateUsers)op->number, op->uid, op->gid);
        if (r < 0)
                return apply_fail(x, r, "mapping the users of the new namespace");
        return 0;
}

/* Before the uid changes: dropping needs CAP_SETPCAP. Numbers that the kernel does not know end
 * the loop. */
int apply_bounding_set(const Op *op, ApplyContext *x) {
        for (unsigned long c = 0;; c++) {
                int r = prctl(PR_CAPBSET_READ, c);

                if (r < 0 && errno == EINVAL)
                        return 0;
                if (r < 0 || (!(op->set >> c & 1) && prctl(PR_CAPBSET_DROP, c) < 0))
                        return apply_fail(x, -errno, "dropping capability %lu", c);
        }
}

static int set_capabilities(uint64_t permitted, uint64_t inheritable) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2];

        for (unsigned i = 0; i < 2; i++) {
                data[i].permitted = data[i].effective = (uint32_t)(permitted >> (32 * i));
                data[i].inheritable = (uint32_t)(inheritable >> (32 * i));
        }
        return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

static int raise_ambient(uint64_t capabilities) {
        for (unsigned long c = 0; c < 64; c++)
                if (capabilities >> c & 1 &&
                    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c, 0, 0) < 0)
                        return -errno;
        return 0;
}

int apply_user(const Op *op, ApplyContext *x) {
        if (op->number && prctl(PR_GET_KEEPCAPS) != 1 && prctl(PR_SET_KEEPCAPS, 1) < 0)
                return apply_fail(x, -errno, "keeping capabilities across the change of user");
        if (setresuid(op->uid, op->uid, op->uid) < 0)
                return apply_fail(x, -errno, "changing to user %u", op->uid);
        return 0;
}

/* The kernel's answer would not tell which one, nor why. */
static int check_bounding_set(uint64_t wanted, ApplyContext *x) {
        for (unsigned c = 0; c < 64; c++)
                if (wanted >> c & 1 && prctl(PR_CAPBSET_READ, (unsigned long)c) == 0) {
                        snprintf(x->text, sizeof(x->text),
                                 "%s is not in the bounding set; CapabilityBoundingSet= and what "
                                 "else takes capabilities away have to leave it",
                                 capability_name(c));
                        return -EPERM;
                }
        return 0;
}

/* After the uid changed, which clears them. They must be permitted and inheritable. */
int apply_ambient(const Op *op, ApplyContext *x) {
        int r = check_bounding_set(op->set, x);

        if (r < 0)
                return r;
        r = set_capabilities(op->set, op->set);
        if (r < 0)
                return apply_fail(x, r, "reducing the capabilities to those that stay");
        r = raise_ambient(op->set);
        if (r < 0)
                return apply_fail(x, r, "raising the ambient capabilities");
        return 0;
}

/* Before the uid changes: it needs CAP_SETPCAP. */
int apply_secure_bits(const Op *op, ApplyContext *x) {
        if (prctl(PR_SET_SECUREBITS, op->set) < 0)
                return apply_fail(x, -errno, "setting the secure bits");
        return 0;
}

int apply_no_new_privileges(const Op *op, ApplyContext *x) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return apply_fail(x, -errno, "giving up new privileges");
        return 0;
}

int apply_syscall_filter(const Op *op, ApplyContext *x) {
        struct sock_fprog program = {
                .len = (unsigned short)op->number,
                .filter = (struct sock_filter *)(void *)op->text,
        };

        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
                return apply_fail(x, -errno, "loading the system call filter");
        return 0;
}
